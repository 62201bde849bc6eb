"""The notices about a new ticket: who is told, and what they read."""

from __future__ import annotations

from mailbot.core.actions.carried_files import for_notice
from mailbot.core.actions.change import Change
from mailbot.core.actions.contact_form_mail import of_form, tap_of, waits_for_an_agent
from mailbot.core.actions.recipients import (
    also_to,
    hearers,
    note_passed_on,
    on_call,
    outsiders,
    tell_outsider,
    who_hears,
)
from mailbot.core.intake.find_ticket import Place
from mailbot.core.intake.incoming import Incoming
from mailbot.core.letters.build import shown
from mailbot.core.letters.reply_links import Choice
from mailbot.core.model.known import Known
from mailbot.core.model.notice_fields import NewNotice
from mailbot.core.model.reason import why
from mailbot.core.rules.triage import LEVELS, Triage
from mailbot.core.sending.header_values import no_address

_KINDS = tuple(
    Choice(line=f"/p {level}", label=why("level.tap", priority=level, level=called)) for level, called in LEVELS.items()
)
"""One tap each, where no rule told the kind: an agent does."""


def tell_of_new(
    change: Change, incoming: Incoming, place: Place, known: Known, result: Triage, message_id: str
) -> None:
    """The notices about a new ticket, whose first mail is `incoming`."""
    ticket, setting = change.ticket, change.setting
    attach, files = for_notice(incoming)
    notice = NewNotice(
        text=shown(incoming.told),
        first_contact=known.customer is None,
        files=files,
        also=also_to(incoming, setting.policy),
        claimed=place.claimed,
        again=known.recent_trouble if ticket.priority <= 3 else 0,
        currency=setting.policy.currency,
        passed_on_by=incoming.passed_on_by.name if incoming.passed_on_by else None,
        passed_on_with=shown(incoming.passed_on_with),
        whose=incoming.whose is not None,
        nowhere=no_address(incoming.sender.address),
        form=of_form(incoming, setting),
        vouch=waits_for_an_agent(incoming),
        unread=incoming.mail.unread,
    )
    note_passed_on(change, incoming)
    for agent in who_hears(incoming, change.ticket, hearers(change, result), setting.policy):
        change.notice(
            agent,
            notice,
            key=f"notice:{message_id}",
            attach=attach,
            choices=() if ticket.sure else _KINDS,
            tap=tap_of(incoming, setting) or ("" if change.setting.policy.has_it(change.ticket) else "/take"),
        )
    for agent in on_call(change):
        change.call(agent)
    for address in outsiders(change, result):
        tell_outsider(change, address, notice, key=f"notice:{message_id}")
