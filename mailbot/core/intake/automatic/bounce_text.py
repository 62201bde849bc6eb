"""Recognises a delivery report that only people can read, and finds the addresses in its words."""

from __future__ import annotations

import re
from collections.abc import Iterable

from mailbot.core.intake.automatic.delivery_status import STATUS
from mailbot.core.model.addresses import address_key
from mailbot.core.model.mail import FailedRecipient, Mail

_LOOKED_AT = 20_000  # characters of the text
_HEAD = 2_500
_LINE = 300  # characters of one line that are searched for an address, so that no pattern runs long

_DAEMON_LOCAL = re.compile(
    r"(?:mailer[-_.]?daemon|mail[-_.]?daemon|maildaemon|mdaemon|post[-_.]?master|postmaster[-_+.].*|mailer-daemon[-_+.].*"
    r"|double-bounce|bounces?|bounce[sd]?[-+=].*|mailerdaemon.*|mail-?delivery|maildelivery.*|mail[-_.]system|ndr"
    r"|microsoftexchange[0-9a-f]{8,}|non-?deliver.*|undeliver.*|mmdf|uucp|noreply-delivery.*|qmail.*daemon)",
    re.IGNORECASE,
)
_ROLE = re.compile(r"post[-_.]?master.*|ndr|uucp", re.IGNORECASE)  # such a sender may be somebody
_DAEMON_NAME = re.compile(
    r"(?:mail(?:er)?[\s_-]?daemon|(?:e-?)?mail deliver(?:y)?\b|returned (?:e-?)?mail|mail system|interscan|mail administrator|system administrator"
    r"|internet mail delivery|delivery (?:sub)?system|post ?master|mdaemon|mail router|mail server|mailserver"
    r"|microsoft outlook|delivery notification|メール配信|systemadministrator|administrateur système|系统管理员|邮件系统|系統管理員)",
    re.IGNORECASE,
)
# A subject as the machine wrote it: from its start, so that "Re:" or "Fwd:" before it makes it a person's.
_SUBJECT = re.compile(
    r"\W{0,3}(?:postmaster\] )?(?:"
    r"un(?:-|\s)?deliver(?:able|ed|ability)\b|(?:e-?)?mail delivery (?:fail|warning|delay)|mail(?:er)? delivery (?:problem|system|status|error)"
    r"|delivery (?:status )?notification|delivery[- ](?:status|failure|report|failed|has failed|problem|error|unsuccess|delay)"
    r"|delivery to .{1,200} (?:failed|delayed)|returned (?:e-?)?mail\b|returned to sender|fail(?:ure|ed) (?:notice|delivery|mail|notification)"
    r"|failure (?:to deliver|delivering)|failed: |(?:e-?)?mail (?:could not|cannot|can't|was not|not) be? ?deliver|mail error"
    r"|(?:e-?)?mail (?:return|reject|bounce|failure|undeliver|delay)|message (?:could not|cannot|was not|not|delivery|undeliver|reject|delay|status|bounced|you sent)"
    r"|message you sent blocked|non[- ]?(?:delivery|deliverable)|not deliver|nondeliverable|notice: mail|"
    r"could(?:n.t| not) (?:deliver|send)|cannot (?:deliver|send)|can't (?:deliver|send)|unable to deliver|problems? delivering"
    r"|warning: (?:could not|message|mail|e-?mail|delayed)|warning - delayed|delayed mail|delay(?:ed)? (?:mail|delivery|notification)|status of .{0,40} delivery|mail system error|sorry, your (?:mail|message|e-?mail)|there was an error sending your|banned file|virus (?:found|detected)|content filter|メッセージを配信|メール配信に失敗|配信に失敗|メールシステム|自动回复退信"
    r"|\[?mail(?:er)?[- ]daemon\]?|bounced? (?:mail|message|email|e-mail)|user unknown|unknown (?:user|address|recipient)"
    r"|(?:permanent|temporary) (?:delivery )?(?:failure|error)|automatically rejected mail|rejected(?: mail|:)|spam mail rejected"
    r"|unzustellbar|nicht zustellbar|zustellung (?:fehl|nicht|verz)|fehler bei der zustellung|rücksendung|mail konnte nicht"
    r"|non remis|échec (?:de|d.|à) |message non (?:délivr|distrib|remis)|non distribuable|avis de non[- ]remise|remise (?:impossible|différée|retardée)"
    r"|no se (?:puede|pudo|ha podido) entregar|no entregado|devuelto|correo devuelto|error de entrega|fallo (?:en|de) (?:la )?entrega"
    r"|non recapitabil|mancat[ao] (?:consegna|recapito)|errore (?:di )?consegna|avviso di mancata|messaggio non (?:recapit|consegn)|notifica (?:di|dello stato)"
    r"|não (?:entregue|foi poss)|falha na entrega|devolvid|mensagem não entregue|onbestelba|niet (?:te )?bestel(?:bare|d)|kan niet worden afgeleverd"
    r"|niedostarcz|nie można dostarczyć|zwrot|błąd dostar|oleverer|kunde inte (?:leverer|skick)|olevererbar|(?:meddelelsen|beskeden|mailen|meldingen|e-posten) (?:blev|ble|kunne) ikke|ikke leveret|kan ikke leveres|uleverbar|ei voi(?:tu|da) toimittaa|nedoruč|kézbesít"
    r"|недоставлен|не ?доставлен|невозможно доставить|ошибка доставки|сообщение не|письмо не|iletilemedi|teslim edil"
    r"|配信不能|配信エラー|配送エラー|エラーメール|送信エラー|送信できません|メール送信エラー|届けられません|配信できません|未送達|宛先不明|不達|返信できません"
    r"|退信|系统退信|系統退信|无法投递|無法投遞|投递失败|投遞失敗|发送失败|未送达|无法送达|반송|전송 ?실패|배달|수신 ?실패"
    r")",
    re.IGNORECASE,
)
# Whole subjects that people do not write.
_FORMAL = re.compile(
    r"delivery status notification ?\((?:failure|delay|mail)|undelivered mail returned to sender|mail delivery failed: returning"
    r"|returned mail: \w+ \w|undeliverable: |undeliverable mail$|failure notice$|delivery failure$|mail system error - returned",
    re.IGNORECASE,
)
_BODY = re.compile(
    r"could ?n[o']t be deliver|not be delivered|(?:was|were|is|has been|been) undeliver|undeliverable|unable to deliver|cannot (?:be )?deliver|can't be deliver"
    r"|not (?:been )?delivered|delivery (?:has |attempt|to the following|to these|of the following|failed|failure|error|is delayed)|fail(?:ed|ure) (?:to|in) deliver|"
    r"permanent (?:fatal )?(?:error|failure)|fatal errors|did not reach|returned to (?:you|sender|the sender)|returning (?:it|this|your) |bounced?\b|"
    r"user unknown|unknown user|no such user|unknown (?:local part|recipient|address)|mailbox (?:is )?(?:full|unavailable|not found|unknown|does not exist)|over ?quota|exceeded (?:storage|quota|the)|"
    r"does(?: not|n't) (?:exist|have a)|not (?:a valid|listed in)|no valid|advisory-only|been postponed|invalid (?:recipient|address|user|mailbox)|recipient (?:address )?(?:rejected|unknown|not)|"
    r"message (?:was |has been )?(?:rejected|refused|blocked|delayed|not accepted)|rejected (?:for|by|your|the|because)|still being retried|delayed|not yet been delivered|"
    r"(?:blev|ble) ikke lever|kunne ikke lever|kunde inte lever|ei voitu toimittaa|nebyla doručena|nepodařilo (?:se )?doručit|teslim edilemedi|"
    r"(?:following|these) (?:address|recipient|message|user|error)|"
    r"remote host said|said: ?[45]\d\d|\b5\d\d[ -]5\.\d\.\d|\b[45]\d\d[ -][45]?\.?\d|transcript of session|smtp error|error from remote|"
    r"konnte nicht (?:zugestellt|übermittelt)|nicht zugestellt|n'a pas pu être|n’a pas pu|no se pudo entregar|non (?:è stato )?(?:possibile|recapit)|não (?:foi|pôde|pode) ser entreg|"
    r"не (?:может|было|удалось|доставлен)|не доставлен|nie (?:mogła|została|udało)|"
    r"配信でき|届けでき|届きません|送信でき|送達でき|配送でき|見つかりません|存在しません|宛先|無法|无法|不存在|失敗|失败|退回|拒绝|拒絕|전송|존재하지",
    re.IGNORECASE,
)
_OPENING = re.compile(
    r"(?:an error occurred while trying to deliver (?:the|your) (?:mail|message|e-?mail)|error: (?:invalid|unknown|message|no such|no valid)|your (?:e-?)?mail sent on|could not deliver (?:the |your )?(?:message|mail|e-?mail) to|non-?delivery report|message from interscan|this is an? (?:advisory-only|automatically generated (?:delivery|message)|automated delivery)"
    r"|this (?:message|e-?mail|report|is a) (?:was |has been |is )?(?:created|generated) automatically by (?:the )?(?:mail|e-?mail|an? )|(?:unable to|cannot|can't|could not) deliver (?:the |your )?(?:message|mail|e-?mail)? ?to"
    r"|(?:your|the) (?:message|mail|e-?mail)\b.{0,200}(?:did not reach|could not be delivered|was not delivered|cannot be delivered|couldn't be delivered|was undeliverable|has been delayed|is delayed|wasn't delivered|has not been delivered)"
    r"|the original message was received at|delivery (?:to the following|has failed|failed|to these|of the following)|(?:hi\. )?this is the .{1,200} (?:program|at )|this is the mail(?: delivery)? system"
    r"|i'm sorry to have to inform you|the following (?:address|recipient|message|addresses|recipients)\b.{0,80}(?:fail|error|not|problem|undeliver|reject)|failed (?:to deliver|recipient|addresses)|message delivery (?:has )?fail|undeliverable (?:message|mail|to)"
    r"|sorry, (?:we|i) (?:were|was|could|couldn't|wasn't)\b.{0,20}(?:able )?to deliver|we (?:were|are) unable to deliver|mail delivery (?:failed|error|report)|a message (?:that )?you (?:recently )?sent|the (?:mail|e-?mail|message) (?:below|you sent)"
    r"|\*{0,3}\s?(?:warning|attention|error)\W{1,4}.{0,60}(?:deliver|recipient|mailbox|user))",
    re.IGNORECASE | re.DOTALL,
)
# The line that comes before the returned mail, without its dashes and stars.
_MARKED = re.compile(
    r"original|returned|message|header|copy|body|mail|unsent|enclosed|本文|原文|オリジナル|元の", re.IGNORECASE
)
_ORIGINAL = re.compile(
    r"original message follows|(?:below|here) (?:this line )?is (?:a|the) (?:copy|original|text|header)|below this line|received: (?:from|by|\(qmail) "
    r"|(?:your|the) original message\b.{0,60}$|original (?:mail|message) header|message headers?(?: follow.{0,10})?\W{0,3}$|returned mail follows",
    re.IGNORECASE,
)
# Not the letters of East Asia: there an address follows a word without a blank.
_ADDRESS = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~.\-\u00c0-\u1fff]{1,128}@(?:[A-Za-z0-9\-\u00c0-\u1fff]{1,63}\.){0,8}[A-Za-z0-9\-\u00c0-\u1fff]{1,63}"
_ANY = re.compile(rf"(?<![A-Za-z0-9!#$%&'*+/=?^_`{{|}}~.\-\u00c0-\u1fff@])({_ADDRESS})")
_STRONG = re.compile(
    rf"^[ \t>*\-=]*<({_ADDRESS})>[ \t]*(?:[:,(;]|\.{{2,}}|$)"  # qmail, Postfix, sendmail
    rf"|^[ \t>*\-=]*(?:mailto:)?({_ADDRESS})[ \t]*(?:[:;,]|\.{{2,}}|\(.{{0,200}}\)?[:.,]?[ \t]*$|on [A-Z]|$| +(?:\[?[45]\d\d|user|unknown|is |was |mailbox|does|failed|delay|の|宛))"
    rf"|^.{{0,40}}(?:recipient|addressee|address|rcpt|user|account|mailbox|failed|to|alias|mail box|受信者|宛先|送信先|收件人|地址|получател[ья]|empfänger|destinataire|destinatario)"
    rf"[^@<\n]{{0,40}}(?:[:=：]|\bis\b| )[ \t]*[\"'<\[(]{{0,3}}(?:smtp:|mailto:|rfc822;[ \t]*)?({_ADDRESS})"
    rf"|rcpt to:[ \t]*<?({_ADDRESS})"
    rf"|[45]\d\d[ \-].{{0,120}}?<({_ADDRESS})>",
    re.IGNORECASE,
)
_ALONE = re.compile(rf"^[ \t]*<?({_ADDRESS})>?[ \t]*+:?[ \t]*+$")
_TEMPORARY = re.compile(
    r"this is (?:a |only a )?warning|warning message only|warning only|will (?:keep|continue)[^.]{0,40}(?:try|trying|attempt|retr|deliver)|still being retried|"
    r"has not yet been delivered|not been delivered yet|not yet (?:been )?deliver|delivery (?:is|has been|was) delayed|being retried|keep trying|"
    r"you do not need to resend|do not need to resend|will be retried|will retry|postponed|advisory-only|attempts? (?:to deliver )?(?:the message )?will continue|could not send message for past|"
    r"temporar(?:y|ily) (?:failure|error|problem|unable|deferred|reject)|verzögert|retardée|再送"
    r"|later opnieuw|vertraagd|ritardat|retrasad|atrasad|försenad|forsinket|viiväst|opóźnion|zpožděn|odloženo|gecik|відкладен|затриман|затримк|отложен|задержан|задержив|будет повторен|повторит попытк|延迟|延遲|稍后重试|지연",
    re.IGNORECASE,
)
# Only a warning says this, though it may mention a failure that is yet to come.
_STILL = re.compile(
    r"warning (?:message )?only|not need to resend|will retry|will be retried|will (?:keep|continue) trying|still being retried|(?:attempts|retries) will continue"
    r"|has not yet been delivered|delivery incomplete|keep trying until",
    re.IGNORECASE,
)
_REFUSED = re.compile(
    r"(?<![\d.])5\d\d[ \-#]|(?<![\d.])5\.\d{1,2}\.\d{1,3}(?![.\d])|giv(?:en|ing) up|has been returned|will not be retried",
    re.IGNORECASE,
)
_GIVEN_UP = re.compile(
    r"giv(?:en?|ing) up|permanent|fatal|has been returned|retry timeout exceeded|too long|will not be retried|no longer|expired|"
    r"could not be delivered (?:to|for)|\b5\d\d[ -]|\b5\.\d\.\d",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?<![\w.])([45])\d\d[ \-](?=\D|[45]\.)")
_NOT_RECIPIENT = re.compile(
    r"(?:mailer-daemon|postmaster|abuse|support|help|helpdesk|admin|administrator|hostmaster|webmaster|noc|no-?reply)@.*",
    re.IGNORECASE,
)


def from_daemon(mail: Mail) -> bool:
    """Whether the mail comes from a mail system: by its sender, or by a null return path (RFC 5321 section 4.5.5)."""
    return null_return_path(mail) or daemon_sender(mail)


def daemon_sender(mail: Mail) -> bool:
    """Whether the From or the Return-Path is that of a mail system, by address or name; `From: <>` counts too."""
    if mail.header("from") is not None and not mail.from_:
        written = (mail.header("from") or "")[:300]
        return "<>" in written or bool(_DAEMON_NAME.match(written.lstrip("\"' ")))
    locals_ = [box.address.rpartition("@")[0] or box.address for box in mail.from_[:1]]
    locals_.append((mail.header("return-path") or "").strip("<> ").rpartition("@")[0])
    names = [mail.from_[0].name or ""] if mail.from_ else []
    return any(_DAEMON_LOCAL.fullmatch(each.strip("\"'\\ ")[:100]) for each in locals_) or any(
        _DAEMON_NAME.match(each.lstrip("\"' ")) for each in (*names, *locals_)
    )


def may_be_a_person(mail: Mail) -> bool:
    """Whether the only sign of a mail system is a role that people have, too."""
    if null_return_path(mail) or not mail.from_:
        return False
    local = (mail.from_[0].address.rpartition("@")[0] or mail.from_[0].address).strip("\"'\\ ")[:100]
    return _DAEMON_LOCAL.fullmatch(local) is None or _ROLE.fullmatch(local) is not None


def null_return_path(mail: Mail) -> bool:
    """Whether the topmost Return-Path is empty."""
    value = mail.header("return-path")
    return value is not None and value.replace(" ", "") in ("<>", "")


def subject_says_so(mail: Mail, *, behind_a_name: bool = False) -> bool:
    """Whether the subject begins like a delivery report's, or (`behind_a_name`) does after a name: "MailServer: …"."""
    subject = mail.subject[:300].strip()
    if behind_a_name:
        name, mark, rest = subject.partition(":")
        return bool(mark) and 4 <= len(name) <= 24 and bool(_SUBJECT.match(rest.strip()))
    return bool(_SUBJECT.match(subject))


def formal_subject(mail: Mail) -> bool:
    """Whether the subject is word for word that of a mail system."""
    return bool(_FORMAL.match(mail.subject[:300].strip()))


def text_says_so(mail: Mail) -> bool:
    """Whether the first lines are about a mail that did not arrive."""
    return bool(_BODY.search(mail.text[:_HEAD]))


def opens_like_a_machine(mail: Mail) -> bool:
    """Whether the very first lines are a mail system's, with no word of a person's own before them."""
    return bool(_OPENING.match(mail.text[:1_000].lstrip("\ufeff \t\n*-=#|>_")))


def report_words(mail: Mail) -> str:
    """What the mail system itself wrote: the text above the returned mail."""
    lines: list[str] = []
    named = False
    for line in mail.text[:_LOOKED_AT].split("\n"):
        # The marker may be the very first line: "--- The following addresses had permanent errors ---".
        if named and _returned_follows(line):
            break
        named = named or "@" in line
        lines.append(line[:_LINE])
    return "\n".join(lines)


def _returned_follows(line: str) -> bool:
    if len(line) > 160:
        return False
    bare = line.strip(" \t>*|=_-")
    dashed = line.lstrip(" \t>*|").startswith("--")
    return bool((dashed and _MARKED.search(bare)) or _ORIGINAL.match(bare))


def only_late(words: str) -> bool:
    """Whether the words say that delivery is still being tried."""
    if _STILL.search(words) and not _REFUSED.search(words):
        return True
    return bool(_TEMPORARY.search(words)) and not _GIVEN_UP.search(words)


def has_code(words: str) -> bool:
    """Whether the words hold a failure as every mail system writes it, in any language: a status or a reply code."""
    return bool(STATUS.search(words) or _REFUSED.search(words))


def recipients_in(words: str, mail: Mail) -> tuple[FailedRecipient, ...]:
    """The addresses that the words say failed; if only one address is named at all, that one."""
    not_these = {box.key for box in (*mail.from_, *mail.to, *mail.cc)}
    lines = words.split("\n")
    strong = (next(filter(None, each.groups())) for line in lines for each in _STRONG.finditer(line))
    found = _kept(strong, not_these)
    if not found:
        named = _kept((each.group(1) for each in _ANY.finditer(words)), not_these)
        found = named if len(named) == 1 else {}
    if not found:  # a report to the very address that failed, or about a postmaster
        found = _kept((each.group(1) for line in lines for each in _ALONE.finditer(line)), set())
    status = status_in(words)
    lasting = not only_late(words)
    return tuple(FailedRecipient(address=each, status=status, permanent=lasting) for each in found.values())


def status_in(words: str) -> str | None:
    """The first RFC 3463 status in the words, or the class of the first SMTP reply code."""
    if status := STATUS.search(words):
        return status.group()
    code = _CODE.search(words)
    return f"{code.group(1)}.0.0" if code else None


def _kept(addresses: Iterable[str], not_these: set[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for each in addresses:
        address = each.strip("'`.=*-")
        key = address_key(address)
        if "@" in address and key not in not_these and not (not_these and _NOT_RECIPIENT.fullmatch(address)):
            found.setdefault(key, address)
        if len(found) >= 200:
            break
    return found
