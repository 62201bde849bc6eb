"""Recognises addresses that nobody reads: of a device, a program, a whole company, this machine."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

from mailbot.core.intake.automatic.auto_text import asks
from mailbot.core.model.mail import Address, Mail
from mailbot.core.model.reason import Reason, why

_LONGEST: Final = 100  # characters of a local part; RFC 5321 section 4.5.3.1.1 allows 64
_SEPARATED = re.compile(r"[-_.+=]")
_TYPED: Final = 1_000  # characters of the text within which a person speaks of themselves
# No person and no team has such a name: with such a word in the local part, a machine sends.
_UNMISTAKABLE: Final = frozenset(
    {
        # mail systems and their filters
        *("autoresponder", "autoresponse", "autoreply", "automailer", "automail", "automated", "automatic"),
        *("dmarc", "tlsrpt", "quarantine", "quarantaene", "cuarentena", "antispam", "spamfilter", "antivirus", "mailscanner", "mailguard"),
        *("clamav", "amavis", "rspamd", "spamassassin", "mailgateway", "mailfilter", "listserv", "majordomo", "mailman", "sympa", "ezmlm"),
        *("newsletter", "newsletters", "mailinglist", "unattended", "unmonitored"),
        # reporting programs
        *("notification", "notifications", "notify", "notifier", "notifications2", "benachrichtigung", "benachrichtigungen", "alert", "alerts"),
        *("alerting", "alertmanager", "monitoring", "reminders", "watchdog", "heartbeat", "autoconfirm", "shipconfirm"),
        *("notificaciones", "notificacion", "notificacoes", "notifiche", "notifica", "powiadomienia", "meldingen", "uvedomleniya"),
        # monitoring
        *("nagios", "zabbix", "icinga", "icinga2", "prtg", "prometheus", "grafana", "munin", "cacti", "checkmk", "uptimerobot", "uptime"),
        *("pingdom", "statuscake", "statuspage", "pagerduty", "opsgenie", "datadog", "newrelic", "netdata", "librenms", "observium", "graylog"),
        *("solarwinds", "wazuh", "ossec", "fail2ban", "logwatch", "logcheck", "smartd", "mdadm", "apcupsd", "healthchecks", "betteruptime"),
        # devices
        *("scanner", "scan", "scans", "scan2mail", "scan2email", "scantomail", "scantoemail", "printer", "drucker", "imprimante", "impresora"),
        *("stampante", "impressora", "copier", "kopierer", "photocopier", "kopiarka", "drukarka", "mfp", "mfc", "multifunction", "scaner"),
        *("workcentre", "imagerunner", "bizhub", "kyocera", "ricoh", "konica", "lexmark", "nas", "diskstation", "synology", "qnap", "truenas"),
        *("freenas", "unraid", "idrac", "ipmi", "proxmox", "esxi", "vcenter", "ups", "usv", "firewall", "fritzbox", "pfsense", "opnsense"),
        *("fortigate", "mikrotik", "sonicwall", "unifi", "kamera", "nvr", "dvr", "doorbell", "alarmanlage", "smarthome", "plc", "sps"),
        # telephones
        *("voicemail", "voicemails", "voicemessage", "voicebox", "fax", "telefax", "efax", "faxserver", "fax2mail", "faxtomail", "faxgateway"),
        *("pbx", "asterisk", "freepbx", "3cx", "telefonanlage", "anrufbeantworter", "messagerievocale", "callmanager", "missedcall"),
        *("missedcalls", "phonesystem", "sms2mail", "smsgateway"),
        # programs of the web, for developers and for offices
        *("wordpress", "joomla", "drupal", "typo3", "magento", "shopware", "prestashop", "woocommerce", "moodle", "mediawiki", "nextcloud"),
        *("owncloud", "wwwdata", "apache", "httpd", "nginx", "tomcat", "cronjob", "cronjobs", "crond", "cronmail", "anacron", "crontab"),
        *("jira", "confluence", "gitlab", "github", "gitea", "bitbucket", "gerrit", "bugzilla", "redmine", "phabricator", "mantis", "otrs"),
        *("zammad", "jenkinsci", "buildbot", "buildserver", "buildsystem", "circleci", "travisci", "teamcity", "dependabot", "renovatebot"),
        *("sonarqube", "argocd", "sentry", "veeam", "acronis", "bareos", "duplicati", "backupexec", "backupserver", "chatbot", "cronbot"),
        *("tracking", "sysmail", "systemmail", "servermail", "mailserver", "webserver", "fileserver", "scheduler", "workflow"),
    }
)  # fmt: skip
# A machine alone, or with words that say which: people and firms may have these names as well.
_ALONE: Final = frozenset(
    {
        *("root", "toor", "cron", "bot", "robot", "robo", "auto", "automat", "automation", "system", "systems", "server", "mailer", "mta"),
        *("smtp", "backup", "backups", "sicherung", "spam", "junk", "virus", "news", "mailing", "mailings", "bulletin", "digest", "promo"),
        *("promotions", "campaign", "campaigns", "alarm", "alarms", "monitor", "monit", "sensu", "sensor", "sensors", "iot", "telemetry"),
        *("reminder", "update", "updates", "invitations", "report", "reports", "reporter", "reporting", "log", "logs", "logger", "syslog"),
        *("jenkins", "travis", "hudson", "bamboo", "drone", "ci", "cicd", "build", "builds", "deploy", "deployment", "git", "svn", "nut"),
        *("wiki", "redmine", "trac", "harbor", "octopus", "wwwrun", "www", "webapp", "mysql", "postgres", "oracle", "ldap", "sap", "edi"),
        *("erp", "router", "switch", "gateway", "ilo", "bmc", "pve", "camera", "cam", "vm", "voip", "sip", "phone", "unity", "xerox"),
        *("print", "scanning", "spooler", "lpd", "cups", "batch", "anonymous", "sys", "bin", "adm", "operator", "ftp", "uucp", "test"),
    }
)  # fmt: skip
_BESIDE: Final = frozenset(
    {
        *("server", "servers", "host", "web", "www", "mail", "email", "prod", "production", "dev", "stage", "staging", "live", "it", "edv"),
        *("office", "hq", "main", "local", "service", "services", "admin", "user", "job", "jobs", "task", "message", "messages", "status"),
        *("info", "internal", "intern", "extern", "node", "cluster", "db", "sql", "cloud", "mailer", "account", "order", "shipment", "ship"),
        *("security", "push", "center", "centre", "data", "net", "network", "app", "api", "site", "shop", "daily", "weekly", "monthly"),
        *("no", "confirm", "confirmation", "from", "by", "the", "our", "to"),
    }
)  # fmt: skip
_BACKWARDS: Final = frozenset(
    {"replynot", "noreplay", "noreplies", "donotanswer", "replyno", "neverreply", "noanswers"}
)
_COMPOUND = re.compile(  # "rootmail", "ci-bot2", "zabbixserver", "dmarcreports", "backup2nas"
    r"(?:dmarc|tls-?rpt|cron|backup|monitoring|monitor|alert|alarm|build|deploy|update|report|news|spam|scan|fax|print|system|sys|web|nagios|zabbix|jenkins|jira|gitlab|wordpress|wp|notification|notify|ups|nas|log)"
    r"(?:reports?|server|servers|bot|robot|mailer|daemon|alerts?|notifier|notifications?|messages?|letter|mails?|2mail|tomail)"
)
_NAMES_TOO: Final = frozenset(
    {"root", "bot", "jenkins", "travis", "hudson", "mailer", "cron", "drone", "monit", "scan", "print", "switch"}
)
"""Of these, those that are surnames and given names as well."""
_MAY_BE_TYPED: Final = frozenset(
    {
        *("root", "bot", "robot", "robo", "auto", "system", "systems", "server", "mailer", "backup", "backups", "spam", "junk", "news"),
        *("test", "build", "deploy", "operator", "print", "oracle", "sap", "erp", "phone", "switch", "gateway", "update", "updates"),
        *("wiki", "harbor", "octopus", "bamboo", "drone", "hudson", "travis", "jenkins", "anonymous", "report", "reports", "promo"),
    }
)  # fmt: skip
"""An address from which somebody may write by hand; a telephone's or a tracker's mail holds the words of others."""
_OF_ONE = re.compile(  # "I" and "my", which nobody programs a machine to say
    r"(?<![\w'’])(?:i|i['’]m|i['’]ve|my|ich|mein\w{0,2}|mir|mich|je|j['’]\w+|mon|mes|yo|mis|io|mio|mia|eu|meu|minha|ik|mijn|mam|mój|moja|jag|jeg|mitt|minä|я|мой|моя|моё|мне)(?![\w])",
    re.IGNORECASE,
)
_WORD = re.compile(r"[^\W\d_]{2,}")
_WHOLE_COMPANY: Final = frozenset(
    {
        *("all", "alle", "everyone", "everybody", "allhands", "allstaff", "staff", "staffall", "team", "teamall", "allteam", "company"),
        *("companywide", "mitarbeiter", "allemitarbeiter", "belegschaft", "kollegen", "kollegium", "tous", "equipe", "toutelequipe"),
        *("personnel", "todos", "equipo", "plantilla", "tutti", "dipendenti", "equipa", "iedereen", "medewerkers", "wszyscy", "zespol"),
        *("alla", "employees", "allemployees", "allusers", "officeall"),
    }
)  # fmt: skip
_HERE: Final = ("localhost", "localhost.localdomain")
# What programs write about the mail that they send; none of it is an answer.
_HEADERS: Final = (
    "x-cron-env", "x-gitlab-project", "x-gitlab-pipeline-id", "x-github-reason", "x-github-sender", "x-jira-fingerprint",
    "x-jenkins-job", "x-bugzilla-reason", "x-redmine-host", "x-redmine-issue-id", "x-sentry-project", "x-gerrit-messagetype",
    "x-nagios-notification", "x-zabbix-trigger", "x-icinga-host", "x-alertmanager-receiver", "x-pagerduty-incident",
)  # fmt: skip


def machine_sender(mail: Mail, new_text: str, desk_domains: Collection[str] = ()) -> Reason | None:
    """Why nobody would read a letter to the sender; None for whoever may be a person.

    `desk_domains` are ours: addresses for everybody in the company are looked for there, and such a domain is never
    taken for a machine's own. An address that merely looks like a machine's counts as a person's if their name holds it
    as a name, or if they write of themselves and want something.
    """
    for name in _HEADERS:
        if mail.header(name) is not None:
            return why("screen.machine_header", header=name.title())
    for box in mail.from_:
        if (local := _local_of(box)) is None:
            continue
        if box.domain in desk_domains:
            if is_whole_company(box, desk_domains):
                return why("screen.whole_company", address=box.address)
        elif box.domain in _HERE or box.domain.endswith((".localhost", ".localdomain")) or "." not in box.domain:
            return why("screen.this_machine", address=box.address)
        if _is_machine(local) and not _is_person(box, local, mail, new_text):
            return why("screen.machine_sender", address=box.address)
    return None


def is_whole_company(box: Address, desk_domains: Collection[str]) -> bool:
    """Whether an address of our own domain reaches everybody in the company."""
    local = _local_of(box)
    return local is not None and box.domain in desk_domains and "".join(_SEPARATED.split(local)) in _WHOLE_COMPANY


def generates(mail: Mail) -> bool:
    """Whether a machine wrote a mail of its own accord, judging by its sender: no answer, and no autoresponder.

    RFC 3834 section 5 has programs say `auto-generated` in such mail, as do autoresponders that know no better.
    """
    if mail.in_reply_to or mail.references:
        return False
    named = any((local := _local_of(box)) is not None and _is_machine(local) for box in mail.from_)
    return named or any(mail.header(name) is not None for name in _HEADERS)


def _local_of(box: Address) -> str | None:
    local, at, _ = box.key.rpartition("@")
    return local.strip("\"'")[:_LONGEST] if at else None


def _parts(local: str) -> list[str]:
    """The words of a local part, without the numbers that tell one machine from the next."""
    words = (each if each in _UNMISTAKABLE else each.strip("0123456789") or each for each in _SEPARATED.split(local))
    return [word for word in words if word]


def _is_machine(local: str) -> bool:
    parts = _parts(local.partition("+")[0])
    whole = "".join(parts)
    if whole in _BACKWARDS or whole in _UNMISTAKABLE or not _UNMISTAKABLE.isdisjoint(parts):
        return True
    if whole.startswith(("dmarc", "wwwdata")) or any(map(_COMPOUND.fullmatch, parts)):
        return True
    if whole in _ALONE:
        return True
    beside = all(part in _ALONE or part in _BESIDE or any(map(str.isdigit, part)) for part in parts)
    return beside and not _ALONE.isdisjoint(parts)


def _is_person(box: Address, local: str, mail: Mail, new_text: str) -> bool:
    """Whether the word is somebody's name, or a person sits at the keyboard all the same."""
    parts = _parts(local.partition("+")[0])
    alone = parts[0] if len(parts) == 1 else ""
    named = [word.casefold() for word in _WORD.findall((box.name or "")[:_LONGEST])]
    others = [word for word in named if word != alone]
    firm = box.domain.split(".")
    if alone in _NAMES_TOO and alone in named and others:
        known = {*_ALONE, *_BESIDE, *_UNMISTAKABLE, *firm, "daemon", "team"}
        if known.isdisjoint(others):
            return True
    if alone not in _MAY_BE_TYPED or mail.header("auto-submitted") is not None:
        return False
    return _OF_ONE.search(new_text[:_TYPED]) is not None and asks(mail.subject[:300], new_text)
