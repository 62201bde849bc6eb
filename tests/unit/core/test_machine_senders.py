"""Senders that are machines, and people whose address merely looks so: who gets no letter, and who must get one."""

from datetime import timedelta

import pytest

from mailbot.core.decide import take_in
from mailbot.core.model.mail import Kind
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk

REPORT = "Report of the night: 12 items, no change since yesterday."
TYPED = "Hello,\n\nmy parcel has not come and I need it on Friday. Can you tell me where it is?\n\nThanks\nAnton"


def raw_of(sender, *more, subject="Message", body=REPORT, to="help@lumen.example"):
    head = [
        f"From: {sender}", f"To: {to}", f"Subject: {subject}", f"Date: {MONDAY:%a, %d %b %Y %H:%M:%S %z}",
        "Message-ID: <1@machines.example>", *more, "Content-Type: text/plain; charset=utf-8",
    ]  # fmt: skip
    return "\r\n".join([*head, "", body]).encode()


@pytest.fixture(scope="module")
def setting():
    desk = SimulatedDesk(start=MONDAY)
    yield desk.setting
    desk.close()


def screened(setting, *args, **more):
    raw = raw_of(*args, **more)
    return take_in(raw, setting, inbox="support", received_at=MONDAY + timedelta(minutes=1)).screening


@pytest.mark.parametrize(
    "local",
    [
        "root", "Root", "root+web3", "root-web01", "cron", "cron-nas", "crond", "scanner", "scanner2", "office-scanner", "scan-to-mail", "scan2mail",
        "hp_scan", "kopierer.og2", "mfp-3", "bizhub", "printer", "drucker-empfang", "fax", "fax-zentrale", "telefax", "fax2mail", "faxserver",
        "voicemail", "voicemail.berlin", "pbx", "asterisk", "3cx", "anrufbeantworter", "missed-calls", "nas", "nas-keller", "diskstation", "qnap", "ups",
        "usv1", "apcupsd", "idrac", "firewall", "fritzbox", "camera", "nvr", "nagios", "icinga2", "zabbix", "zabbix-prod", "alertmanager", "grafana",
        "alerts", "alerts-eu", "prod.alerts", "monitoring", "uptime", "pagerduty", "sentry", "wordpress", "wordpress+shop", "joomla", "typo3",
        "jira", "jira-cloud", "gitlab", "github", "jenkins", "jenkins-ci", "ci", "ci-bot", "buildbot", "dependabot", "dmarcreport", "dmarc-reports",
        "dmarc.rua", "tls-rpt", "notification", "notifications", "shop-notifications", "notifications@lists", "order-notify", "automailer", "robot", "bot",
        "system", "system-mail", "sysmail", "server", "server01", "backup", "backup-nas", "backups", "veeam", "proxmox", "quarantine", "spam", "antispam",
        "mailman", "listserv", "majordomo", "newsletter", "news", "digest", "shipment-tracking", "auto-confirm", "ship-confirm", "account-update",
        "invoices-noreply", "billing-no-reply", "reply-not", "noreply-shop", "reminders", "benachrichtigung", "notifiche", "webserver", "www-data",
    ],
)  # fmt: skip
def test_a_machine_gets_no_letter_and_is_shown(setting, local):
    found = screened(setting, f"{local}@{'' if '@' in local else 'machines.'}example".replace("@lists@", "@"))
    assert found.opens_ticket
    assert not found.may_answer


@pytest.mark.parametrize(
    "sender",
    [
        "Anna Root <anna.root@mail.example>", "Thomas Bot <t.bot@mail.example>", "Katherine Jenkins <jenkins@mail.example>", "bot.jan@mail.example",
        "Travis Lee <travis@mail.example>", "autoservice@firm.example", "printservice@firm.example", "abbot@abbey.example", "talbot@mail.example", "Rob Ott <robott@mail.example>",
        "newson@mail.example", "systemhaus-meier@firm.example", "info@scanner-shop.example", "sales@fax.example", "monitora@mail.example",
        "office@firm.example", "info@firm.example", "support@firm.example", "billing@firm.example", "admin@firm.example", "webmaster@firm.example",
        "it@firm.example", "edv@firm.example", "service@firm.example", "mail@firm.example", "shop@firm.example", "orders@firm.example", "post@firm.example",
        "rechnung@firm.example", "invoice@firm.example", "einkauf@firm.example", "hello@firm.example", "kontakt@firm.example", "team@firm.example",
        "all@firm.example", "staff@firm.example", "security@firm.example", "jobs@firm.example", "marketing@firm.example", "press@firm.example",
        "printing@firm.example", "copy-shop@firm.example", "faxe@mail.example", "cronenberg@mail.example", "rootes@mail.example",
        "systema@mail.example", "logan@mail.example", "digby@mail.example", "cameron@mail.example", "mail.service@firm.example", "info.it@firm.example",
    ],
)  # fmt: skip
def test_a_person_or_a_team_gets_one(setting, sender):
    assert screened(setting, sender).may_answer


@pytest.mark.parametrize("local", ["root", "bot", "robot", "system", "backup", "server", "news", "travis", "test"])
def test_whoever_writes_of_themselves_from_such_an_address_is_a_person(setting, local):
    assert screened(setting, f"{local}@home.example", body=TYPED).may_answer
    assert not screened(setting, f"{local}@home.example", "Auto-Submitted: auto-generated", body=TYPED).may_answer


@pytest.mark.parametrize(
    "local", ["voicemail", "fax", "jira", "gitlab", "scanner", "notifications", "zabbix", "tracking"]
)
def test_what_a_device_passes_on_are_words_of_somebody_who_cannot_be_reached_there(setting, local):
    assert not screened(setting, f"{local}@pbx.example", body=TYPED).may_answer


@pytest.mark.parametrize("name", ["Acme Jenkins", "Jenkins CI", "Jenkins", "Build Server", "Bot Service"])
def test_a_name_that_says_the_firm_or_the_machine_is_no_persons(setting, name):
    local = name.split()[0].lower().replace("acme", "jenkins")
    assert not screened(setting, f"{name} <{local}@acme.example>").may_answer


@pytest.mark.parametrize(
    "sender",
    ["all@lumen.example", "everyone@lumen.example", "all-staff@lumen.example", "team@lumen.example", "alle.mitarbeiter@lumen.example",
     "mara@localhost", "root@localhost{}", "anna@web01{}", "anna@web01", "billing@lumen.example", "billing+x@lumen.example"],
)  # fmt: skip
def test_neither_the_whole_house_nor_one_machine_nor_our_own_inbox_is_written_to(setting, sender):
    found = screened(setting, f"Somebody <{sender.format('.localdomain')}>")
    assert found.opens_ticket
    assert not found.may_answer


def test_the_whole_house_is_no_forms_visitor(setting):
    raw = raw_of("Shop <wordpress@site.example>", "Reply-To: all@lumen.example")
    incoming = take_in(raw, setting, inbox="support", received_at=MONDAY)
    assert incoming.form is not None
    assert incoming.form.visitor is None
    assert not incoming.screening.may_answer


@pytest.mark.parametrize(
    "header",
    ["Auto-Submitted: auto-generated", "Auto-Submitted: auto-notified", "X-Cron-Env: <SHELL=/bin/sh>", "X-Mailer: x"],
)
def test_what_a_machine_tells_of_its_own_accord_is_shown(setting, header):
    found = screened(
        setting, "Cron Daemon <root@web01.machines.example>", header, subject="Cron <root@web01> backup.sh"
    )
    assert (found.kind, found.opens_ticket, found.may_answer) == (Kind.LIST, True, False)


@pytest.mark.parametrize(
    ("sender", "header"),
    [("Anna <anna@mail.example>", "Auto-Submitted: auto-generated"), ("jira@machines.example", "Auto-Submitted: auto-replied"),
     ("system@machines.example", "In-Reply-To: <x@y.example>\r\nAuto-Submitted: auto-generated")],
)  # fmt: skip
def test_an_answering_machine_stays_one(setting, sender, header):
    assert screened(setting, sender, header).kind is Kind.AUTO_REPLY


@pytest.mark.slow
@pytest.mark.parametrize(
    ("sender", "subject", "body"),
    [
        ("Zabbix <zabbix@ops.example>", "PROBLEM: shop-prod-1 is down", "Host shop-prod-1 is unreachable since 08:55. Severity: disaster"),
        ("nagios@ops.example", "** PROBLEM Host Alert: prod-web is DOWN **", "Notification Type: PROBLEM\nHost: prod-web\nState: DOWN\nInfo: CRITICAL - host unreachable"),
        ("Uptime <alerts@uptime.example>", "Monitor is DOWN: Production", "Your monitor Production is currently DOWN (503 Service Unavailable)."),
        ("Icinga <monitoring@ops.example>", "Produktion: Server prod-1 nicht erreichbar", "Der Server prod-1 ist nicht erreichbar. Status: CRITICAL"),
        ("root@prod-1.ops.example", "production is down", "healthcheck: production is down, error 503"),
        ("Watcher <alerts@watch.example>", "PROBLEM: production is down", "Check shop failed 3 times since 08:57: 503. Error: problem with upstream."),
    ],
)  # fmt: skip
@pytest.mark.parametrize("header", ["Auto-Submitted: auto-generated", "Precedence: bulk", "X-Mailer: x"])
def test_an_outage_that_monitoring_tells_of_reaches_the_agents_as_one(sender, subject, body, header):
    desk = SimulatedDesk(start=MONDAY)
    try:
        (decision,) = desk.receive(raw_of(sender, header, subject=subject, body=body))
        assert (decision.outcome, decision.tickets[0].priority) == ("opened", 1)
        assert decision.promises == ()
        assert {sent.outgoing.to.address for sent in desk.sent} == {"mara@lumen.example", "joost@lumen.example"}
    finally:
        desk.close()


@pytest.mark.parametrize(
    ("subject", "body"),
    [("RECOVERY: prod-web is UP", "It was down for 4 minutes; 3 checks failed."), ("Resolved: production is reachable", "The outage is over."),
     ("Disk space is low on web3", "Used: 91 %. WARNING")],
)  # fmt: skip
def test_what_is_over_or_only_a_warning_is_no_outage(subject, body):
    desk = SimulatedDesk(start=MONDAY)
    try:
        (decision,) = desk.receive(raw_of("Zabbix <zabbix@ops.example>", subject=subject, body=body))
        assert decision.tickets[0].priority > 1
    finally:
        desk.close()
