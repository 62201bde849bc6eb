"""The ticket that a first mail opens: its subject, its customer, its language, and whether letters may go out."""

from __future__ import annotations

from mailbot.core.actions.case import Case
from mailbot.core.actions.contact_form_mail import names_nobody
from mailbot.core.actions.letter_limits import too_many
from mailbot.core.actions.writing_permission import against
from mailbot.core.intake.contact_form import BY_FORM, UNTITLED
from mailbot.core.intake.contact_form import UNCONFIRMED as UNPROVEN
from mailbot.core.intake.incoming import Incoming
from mailbot.core.intake.newtext import sign_off
from mailbot.core.letters.build import matter_of
from mailbot.core.letters.quotable import is_proven, is_trusted_form
from mailbot.core.letters.reader_zone import clock_of
from mailbot.core.model.mail import Address
from mailbot.core.model.policy import in_form
from mailbot.core.model.silence import HELD, NOWHERE, UNCONFIRMED, WHOSE, Mute, Silence
from mailbot.core.model.ticket import ALARMING, Ticket
from mailbot.core.rules.setting import Setting
from mailbot.core.rules.triage import Triage
from mailbot.core.sending.header_values import no_address

SURE_OF_LANGUAGE = 0.6


def new_ticket(case: Case, result: Triage, number: int) -> Ticket:
    """The ticket that a first mail opens, before anything is done with it."""
    incoming = case.incoming
    mail, policy, sender = incoming.mail, case.setting.policy, incoming.sender
    titled = " ".join(mail.subject.split())
    theirs = titled and incoming.form is None  # whoever filled in a form did not choose its mail's subject
    unsaid: tuple[str, ...] = () if is_proven(incoming) else (UNPROVEN,) if theirs else (UNPROVEN, UNTITLED)
    if is_trusted_form(incoming):
        unsaid = (UNPROVEN, BY_FORM) if titled else (UNPROVEN, BY_FORM, UNTITLED)
    return Ticket(
        number=number,
        inbox=incoming.inbox,
        subject=titled or matter_of(incoming.new_text, ""),
        requester=Address(name=_called(incoming), address=sender.address),
        priority=result.priority,
        sure=result.matched,
        urgency=result.urgency,
        category=result.category,
        why=result.why,
        tags=(
            *result.tags,
            *([ALARMING] if result.alarm else []),
            *([f"incident:{result.incident}"] if result.incident else []),
            *unsaid,
        ),
        assignee=(assignee := result.assign if result.assign in policy.agents else None),
        taken_at=None if assignee is None else case.now,
        language=_language(incoming, case.setting),
        utc_offset=clock_of(incoming, policy, case.now, before=case.known.utc_offset),
        zone_name=(result.zone if case.known.zone_name is None else case.known.zone_name) or None,
        mute=_mute(case, result),
        thread=(mail.message_id,) if mail.message_id and incoming.form is None else (),
        opened_at=case.now,
    )


def _called(incoming: Incoming) -> str | None:
    """The customer's name: the one who forwarded it is not the one who wrote it."""
    if incoming.whose is not None:
        return incoming.whose or None
    return incoming.sender.name or sign_off(incoming.new_text)


def _language(incoming: Incoming, setting: Setting) -> str:
    policy = setting.policy
    inbox = policy.inboxes.get(incoming.inbox)
    own, form = (policy.language, "") if inbox is None else (inbox.language, inbox.address_form)
    if incoming.form is not None and incoming.form.source is not None and incoming.form.source.language:
        return in_form(incoming.form.source.language, form, policy.languages)
    found = setting.detect(incoming.new_text or incoming.mail.subject)
    if not found or found[1] < SURE_OF_LANGUAGE:
        return own
    if found[0] in policy.languages:
        # "de-du" is how this inbox speaks German, whether it says so by its language or by its form of address
        return own if own.startswith(f"{found[0]}-") else in_form(found[0], form, policy.languages)
    # A language that is known in one form alone, as Portuguese is in that of Brazil.
    forms = [each for each in sorted(policy.languages) if each.startswith(f"{found[0]}-")]
    return own if own in forms or not forms else forms[0]


def _mute(case: Case, result: Triage) -> Mute | None:
    """Why the desk may not write to this customer by itself; None if it may."""
    incoming = case.incoming
    if incoming.whose is not None:
        return WHOSE
    if no_address(incoming.sender.address) is not None:
        return NOWHERE
    if (found := against(incoming.screening)) is not None:
        return Mute(Silence.FORM, found.reason) if names_nobody(incoming) else found
    if incoming.unconfirmed:
        return UNCONFIRMED
    if result.hold:
        return HELD
    limit = too_many(incoming, case.known, case.setting.policy.limits, result.priority)
    return Mute(Silence.LIMIT, limit) if limit is not None else None
