"""Gathers the facts that the rules ask about: of a mail that just came in, or of a stored one."""

from __future__ import annotations

from datetime import datetime

from mailbot.core.intake.incoming import Incoming
from mailbot.core.language.similarity import count_alike, fingerprint
from mailbot.core.model.facts import Facts, Weighed
from mailbot.core.model.known import Known
from mailbot.core.model.message import Message
from mailbot.core.model.policy import Policy
from mailbot.core.promises.business_hours import is_open
from mailbot.core.rules.model import RuleSet
from mailbot.core.rules.setting import Detect, Setting
from mailbot.core.rules.triage import Triage

_HEADER = 1000  # characters of a header that are stored


def facts_of(incoming: Incoming, known: Known, setting: Setting, now: datetime) -> Facts:
    """All that the rules may ask about a mail that just came in."""
    mail = incoming.mail
    form = incoming.form if incoming.form is not None and incoming.form.trusted else None
    language = setting.detect(incoming.new_text or mail.subject)
    return Facts(
        text=f"{mail.subject}\n{incoming.new_text}",
        subject=mail.subject,
        body=incoming.new_text,
        from_address=incoming.sender.key,
        to=tuple(a.key for a in (*mail.to, *mail.cc)),
        inbox=incoming.inbox,
        headers=mail.headers,
        language=language[0] if language else None,
        first_contact=known.customer is None,
        tickets_30d=known.recent_tickets,
        last_promise_broken=known.last_promise_broken,
        customer_tags=known.customer_tags,
        attachments=tuple((a.name or "", a.type) for a in mail.attachments),
        in_hours=is_open(now, setting.policy.cadences[3].hours),
        similar=count_alike(alike_of(incoming), known.alike),
        form=form.source.name if form is not None and form.source is not None else "",
        fields=form.fields if form is not None else (),
    )


def alike_of(incoming: Incoming) -> str | None:
    """The key by which mails alike are found; None if no rule asks."""
    if incoming.keys.alike_within is None:
        return None
    return fingerprint(incoming.sender.key, incoming.mail.subject, incoming.new_text)


def weighed(facts: Facts, result: Triage, rules: RuleSet) -> Weighed:
    """What is stored of a weighing: all but the words, which are in the message."""
    return Weighed(
        language=facts.language,
        first_contact=facts.first_contact,
        tickets_30d=facts.tickets_30d,
        last_promise_broken=facts.last_promise_broken,
        customer_tags=facts.customer_tags,
        in_hours=facts.in_hours,
        similar=facts.similar,
        headers=tuple((name, value[:_HEADER]) for name, value in facts.headers if name in rules.headers),
        priority=result.priority,
        urgency=result.urgency,
        why=result.why,
        form=facts.form,
        fields=facts.fields,
    )


def facts_again(
    message: Message, inbox: str, policy: Policy, detect: Detect, headers: tuple[tuple[str, str], ...] | None = None
) -> Facts:
    """The facts of a stored mail as they were when it was weighed.

    `headers` are those of its raw bytes, if they were read. For a mail without stored facts they are gathered
    again; what the desk knew of the customer then is unknown.
    """
    kept = message.weighed
    if kept is None:
        found = detect(message.new_text or message.subject)
        kept = Weighed(
            language=found[0] if found else None, in_hours=is_open(message.received_at, policy.cadences[3].hours)
        )
    return Facts(
        text=f"{message.subject}\n{message.new_text}",
        subject=message.subject,
        body=message.new_text,
        from_address=message.from_.key,
        to=message.to,
        inbox=inbox,
        headers=kept.headers if headers is None else headers,
        form=kept.form,
        fields=kept.fields,
        language=kept.language,
        first_contact=kept.first_contact,
        tickets_30d=kept.tickets_30d,
        last_promise_broken=kept.last_promise_broken,
        customer_tags=kept.customer_tags,
        attachments=tuple((a.name or "", a.type) for a in message.attachments),
        in_hours=kept.in_hours,
        similar=kept.similar,
    )
