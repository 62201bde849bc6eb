"""Decides what kind of mail this is and whether the desk may answer it by itself: the first rule that fits."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field, replace
from datetime import datetime

from mailbot.core.intake.authresults import fails_dmarc
from mailbot.core.intake.automatic import auto_submitted
from mailbot.core.intake.automatic.auto_text import asks, machine_speaks
from mailbot.core.intake.automatic.bounce_text import from_daemon, may_be_a_person, null_return_path, subject_says_so
from mailbot.core.intake.automatic.reaction import gesture
from mailbot.core.intake.automatic.senders import machine_sender
from mailbot.core.intake.contact_form import Form, nobody_named
from mailbot.core.intake.mime.headers import moment
from mailbot.core.intake.read import ADDRESS_IN_NAME, MALFORMED_FROM
from mailbot.core.intake.spam import marked_as_spam
from mailbot.core.intake.tokens import Signer
from mailbot.core.model.addresses import domain_key, readable
from mailbot.core.model.mail import Bounce, Kind, Mail, Screening
from mailbot.core.model.mailboxes import plain_boxes
from mailbot.core.model.policy import Limits
from mailbot.core.model.reason import Reason, why
from mailbot.core.model.spam_marks import SpamMarks

LOOP_HEADER = "X-Mailbot-Loop"
DOUBTS = frozenset({"screen.dmarc_failed", "screen.several_from", "screen.malformed_from"})
"""The codes that say that the sender may not be who the mail says."""
_RESENT = ("resent-to", "resent-cc")
_RESENT_MOST = 5
_FEW = 5
# Where mail servers note the address that they delivered to.
_ENVELOPE = ("delivered-to", "x-original-to", "envelope-to", "x-envelope-to", "x-delivered-to", "x-forwarded-to")


@dataclass(frozen=True, kw_only=True, slots=True)
class Own:
    """What the desk must know of itself to recognise its own mail and mail to itself.

    `own_addresses` are folded, without anything after a plus sign. `desk_domains` are those used in our
    Message-IDs. `answer_when_not_addressed`: that of the inbox the mail came into. `handed_in_here`: its writer logged
    in at our own server, which may find no signature on what it has yet to sign.
    """

    own_addresses: frozenset[str]
    signer: Signer
    desk_domains: frozenset[str] = frozenset()
    limits: Limits = field(default_factory=Limits)
    authserv_id: str | None = None
    spam: SpamMarks = field(default_factory=SpamMarks)
    answer_when_not_addressed: bool = False
    handed_in_here: bool = False


def loop_word(signer: Signer, message_id: str) -> str:
    """The value of the loop header in our mail with that Message-ID (without brackets)."""
    return signer.secret_word("loop:" + message_id)


def screen(
    mail: Mail, new_text: str, *, own: Own, now: datetime, bounce: Bounce | None = None, form: Form | None = None
) -> Screening:
    """The kind of a mail, and what may be done with it; the table of the design, in its order.

    `bounce` is what `find_bounce` said of the same mail; if it is None, the mail is not taken for a delivery failure.
    `form` is what `form_of` said of it: what a form's mailer says about itself does not count. `now` is aware.
    `new_text` is what the mail adds: its words count only if no header decides.
    """
    found = _screened(mail, new_text, own=own, now=now, bounce=bounce, form=form)
    mark = marked_as_spam(mail, own.spam, _servers(own)) if found.opens_ticket else None
    if mark is None:
        return found
    return replace(found, may_answer=False, marked=mark, reason=mark if found.may_answer else found.reason)


def _servers(own: Own) -> tuple[str, ...]:
    """The domains whose mail servers are ours."""
    server = own.authserv_id or ""
    return (*own.desk_domains, server, server.partition(".")[2] if server.count(".") > 1 else "")


def _screened(
    mail: Mail, new_text: str, *, own: Own, now: datetime, bounce: Bounce | None, form: Form | None
) -> Screening:
    if loop := _loops(mail, own):
        return Screening(kind=Kind.OWN, opens_ticket=False, may_answer=False, reason=loop)
    if quiet := _machine(mail, new_text, own, bounce, form=form):
        kind, reason = quiet
        return Screening(kind=kind, opens_ticket=False, may_answer=False, reason=reason)
    named = form is not None and (form.source or form.market) is not None  # the config says what it is
    if not named and (bulk := auto_submitted.bulk(mail, new_text, form=form is not None and form.visitor is not None)):
        return Screening(kind=Kind.LIST, opens_ticket=True, may_answer=False, reason=bulk)
    if form is None and (nobody := machine_sender(mail, new_text, own.desk_domains)):
        return Screening(kind=Kind.LIST, opens_ticket=True, may_answer=False, reason=nobody)
    flagged = _doubtful(mail, own)
    if form is not None and form.visitor is None and not flagged:
        return _person(nobody_named(form))
    if null_return_path(mail) and form is None and not _plainly_asks(mail, new_text):
        # Some gateways empty it for people's mail as well: somebody must see the mail, and no letter may go there.
        return _person(why("screen.null_return_path"), flagged=flagged is not None)
    if old := _too_old(mail, own, now):
        return _person(old, flagged=flagged is not None)
    if flagged:
        return _person(flagged, flagged=True)
    if form is None and any(_plain(box.key) in own.own_addresses for box in mail.from_):
        return _person(why("screen.own_address"))
    if not _addressed(mail, own) and not own.answer_when_not_addressed:
        return _person(why("screen.not_addressed"))
    return Screening(kind=Kind.PERSON, opens_ticket=True, may_answer=True, reason=why("screen.person"))


def _person(reason: Reason, *, flagged: bool = False) -> Screening:
    return Screening(kind=Kind.PERSON, opens_ticket=True, may_answer=False, reason=reason, flagged=flagged)


def _loops(mail: Mail, own: Own) -> Reason | None:
    if mail.message_id:
        if _carries_loop_word(mail, own, mail.message_id):
            return why("screen.own_loop_header")
        if domain_key(mail.message_id.rpartition("@")[2]) in own.desk_domains and own.signer.read(mail.message_id):
            return why("screen.own_message_id")
    received = len(mail.header_all("received"))
    if received > own.limits.max_received:
        return why("screen.too_many_hops", count=received, most=own.limits.max_received)
    return None


def _carries_loop_word(mail: Mail, own: Own, message_id: str) -> bool:
    carried = mail.header_all(LOOP_HEADER)[:5]
    if not carried:
        return False
    wanted = loop_word(own.signer, message_id).encode()
    return any(hmac.compare_digest(value.strip().encode(), wanted) for value in carried)


def _machine(
    mail: Mail, new_text: str, own: Own, bounce: Bounce | None, *, form: Form | None
) -> tuple[Kind, Reason] | None:
    """The kinds that open no ticket and get no answer, and why."""
    if bounce is not None:
        return Kind.BOUNCE, why("screen.late_delivery") if bounce.delayed else why("screen.failed_delivery")
    if found := auto_submitted.report(mail):
        return Kind.REPORT, found
    if form is not None and form.trusted:
        return None  # whatever its mailer says of itself: somebody filled it in, and no answer goes to a machine
    if found := auto_submitted.challenge(mail, new_text):
        return Kind.CHALLENGE, found
    if found := auto_submitted.answering_machine(mail, new_text, form=form is not None):
        return Kind.AUTO_REPLY, found
    if found := auto_submitted.full_mailbox(mail, new_text):
        return Kind.AUTO_REPLY, found
    if sign := gesture(mail, new_text):
        return sign
    if any(_carries_loop_word(mail, own, each) for each in (*mail.in_reply_to[:5], *mail.references[-5:])):
        return Kind.AUTO_REPLY, why("screen.loop_header_back")
    if null_return_path(mail) and machine_speaks(mail.subject[:300].strip(), new_text):
        return Kind.AUTO_REPLY, why("screen.null_return_path")  # RFC 5321 section 4.5.5
    if from_daemon(mail) and not may_be_a_person(mail) and subject_says_so(mail):
        return Kind.AUTO_REPLY, why("screen.mail_system")
    return None


def _plainly_asks(mail: Mail, new_text: str) -> bool:
    """Whether a mail that answers nothing asks or complains of something: no machine does, whatever its return path.

    RFC 5321 section 4.5.5 reserves the null path for reports about what was sent, and nothing was sent here.
    """
    return not (mail.in_reply_to or mail.references) and asks(mail.subject[:300], new_text)


def arrived(mail: Mail) -> datetime | None:
    """When our own server took the mail, or None if it does not say."""
    # The topmost Received header is our own server's (RFC 5321 section 4.4): its time is after the last semicolon.
    return moment((mail.header("received") or "").rpartition(";")[2])


def too_old(limits: Limits) -> Reason:
    """Why a mail that came in longer ago than the limit is not answered."""
    return why("screen.too_old", hours=f"{limits.too_old.total_seconds() / 3600:g}")


def _too_old(mail: Mail, own: Own, now: datetime) -> Reason | None:
    # Our own server knows when it took the mail; the sender's clock may be years behind.
    since = arrived(mail) or mail.date
    if since is not None and now - since > own.limits.too_old:
        return too_old(own.limits)
    return None


def _doubtful(mail: Mail, own: Own) -> Reason | None:
    """Why the sender may not be who the mail says."""
    if own.authserv_id and not own.handed_in_here and fails_dmarc(mail, own.authserv_id):
        return why("screen.dmarc_failed")
    if len(mail.from_) > 1:
        return why("screen.several_from")
    if not mail.from_ or "@" not in mail.from_[0].address:
        return why("screen.malformed_from")
    if any(map(_misleads, mail.defects)) or _poses_as_us(mail, own):
        return why("screen.malformed_from")
    return None


def _misleads(defect: str) -> bool:
    """Whether a defect of From leaves doubt about who wrote. An address in the name does not (see `_poses_as_us`)."""
    return defect.startswith(MALFORMED_FROM) and defect != MALFORMED_FROM + ADDRESS_IN_NAME


def _poses_as_us(mail: Mail, own: Own) -> bool:
    """Whether the name in From holds an address of ours, quoted, encoded or as it is: clients show the name alone.

    Not if the mail is from our own domain: many clients there use the address as the name.
    """
    ours = own.desk_domains | {address.rpartition("@")[2] for address in own.own_addresses}
    name = " ".join(box.name or "" for box in mail.from_ if box.domain not in ours).casefold()
    return any(f"@{form}" in name for domain in ours for form in {domain, readable(domain).casefold()})


def _addressed(mail: Mail, own: Own) -> bool:
    """Whether the mail was written to us, or passed on to us on purpose (RFC 5322 section 3.6.6 for Resent-To).

    What a server notes of the envelope counts only if To and Cc name a few others: mail for an old address, or for a
    mailbox that is forwarded here. For an undisclosed crowd, it means nothing.
    """
    named = [*mail.to, *mail.cc]
    for header in _RESENT:
        for value in mail.header_all(header)[:_RESENT_MOST]:
            named += plain_boxes(value)
    if any(_plain(box.key) in own.own_addresses for box in named):
        return True
    if not 1 <= len(named) <= _FEW:
        return False
    return any(
        _plain(box.key) in own.own_addresses
        for header in _ENVELOPE
        for value in mail.header_all(header)[:_RESENT_MOST]
        for box in plain_boxes(value)
    )


def _plain(address: str) -> str:
    """The address without what follows a plus sign (RFC 5233)."""
    local, _, domain = address.rpartition("@")
    return f"{local.partition('+')[0]}@{domain}"
