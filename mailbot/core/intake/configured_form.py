"""Reads a mail of a form that the config names (`[[form]]`): who filled it in, what is kept, and whether it is trusted.

Such a mail is a form's whatever it answers, so that no letter goes to the form itself. Who it names is the customer of a
new ticket, and of no other: anybody may type anybody's address into a form. If our server does not vouch for its sender
it is taken like the mail of any form of which the config says nothing.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from typing import Final

from mailbot.core.intake.agent_proof import within_microsoft_365
from mailbot.core.intake.authresults import passes
from mailbot.core.intake.contact_form import Form, form_of, only_address, unfit
from mailbot.core.intake.form_fields import FormText
from mailbot.core.intake.incoming import Incoming
from mailbot.core.intake.marketplace import passed_on_by_market
from mailbot.core.intake.tokens import Token
from mailbot.core.intake.trace import handed_in_here
from mailbot.core.model.form_source import LINE, REPLY_TO, FormProof, FormSource
from mailbot.core.model.mail import Address, Mail
from mailbot.core.model.mailboxes import plain_boxes
from mailbot.core.model.policy import Policy
from mailbot.core.model.reason import Reason, why

_LONGEST_NAME: Final = 80
_LONGEST_KEPT: Final = 200


def which_form(mail: Mail, tokens: Collection[Token], policy: Policy, inbox: str) -> Form | None:
    """The form or the marketplace that a mail comes from, as the config says, else by its addresses alone (`form_of`)."""
    source = source_of(mail.sender, mail.subject, policy, inbox)
    if source is None or mail.sender is None or tokens:
        return passed_on_by_market(mail, policy) or form_of(mail, tokens, policy)
    return filled_in(source, mail.sender, mail.text, mail.reply_to, policy, trusted=vouched_for(mail, source, policy))


def source_of(sender: Address | None, subject: str, policy: Policy, inbox: str) -> FormSource | None:
    """What the config says of the form that sends from this address; None if nothing."""
    if sender is None:
        return None
    return next((source for source in policy.forms if source.fits(sender, subject, inbox)), None)


def vouched_for(mail: Mail, source: FormSource, policy: Policy) -> bool:
    """Whether our own server says that the form's sender sent this, in the way that the config asks for."""
    sender = mail.sender
    if sender is None:
        return False
    by_results = policy.authserv_id is not None and passes(mail, policy.authserv_id, sender.domain)
    if source.proven_by is FormProof.RESULTS:
        return by_results
    handed_in = handed_in_here(mail, policy.own_hosts) or within_microsoft_365(mail, policy)
    return handed_in if source.proven_by is FormProof.INTERNAL_HOP else by_results or handed_in


def filled_in(
    source: FormSource, mailer: Address, text: str, reply_to: Sequence[Address], policy: Policy, *, trusted: bool
) -> Form:
    """What the text of a form's mail says. `reply_to`: where that mail asks to be answered."""
    read = FormText(text, source.labels, source.message)
    visitor, refused = _visitor(source, read, reply_to, policy)
    if visitor is not None and not visitor.name and source.called and (called := read.values(source.called)):
        visitor = replace(visitor, name=" ".join(called[0].split())[:_LONGEST_NAME] or None)
    return Form(
        mailer=mailer,
        visitor=visitor,
        source=source,
        trusted=trusted,
        fields=tuple((name, found) for name, label in source.keep.items() if (found := _kept(read.values(label)))),
        words=read.words,
        refused=() if visitor is not None else refused,
    )


def as_filled_in(incoming: Incoming, policy: Policy) -> Incoming:
    """A mail of a configured form that an agent passed on by hand, as that of whoever filled it in; any other unchanged.

    Nothing shows that the form sent what was passed on, so it is not trusted.
    """
    mail, mailer = incoming.mail, incoming.sender
    source = source_of(mailer, mail.subject, policy, "") if incoming.passed_on_by is not None else None
    if source is None or incoming.whose is not None:
        return incoming
    form = filled_in(source, mailer, incoming.new_text, mail.reply_to, policy, trusted=False)
    if form.visitor is None and not mail.reply_to and (found := only_address(incoming.new_text, policy)):
        # No client shows the Reply-To of what it passes on, and the agent vouches for the words.
        form = replace(form, visitor=Address(address=found), refused=())
    incoming = replace(incoming, form=form)
    if form.visitor is not None:
        keys = replace(incoming.keys, sender=form.visitor.key, form=True)
        incoming = replace(incoming, mail=replace(mail, from_=(form.visitor,)), keys=keys)
    if form.words:
        incoming = replace(incoming, new_text=form.words, with_pasted=incoming.told)
    return incoming


def _kept(values: Sequence[str]) -> str:
    return " ".join(next((each for each in values if each), "").split())[:_LONGEST_KEPT]


def _visitor(
    source: FormSource, read: FormText, reply_to: Sequence[Address], policy: Policy
) -> tuple[Address | None, tuple[Reason, ...]]:
    """Whoever stands in the first place that names somebody, and why the places before it do not."""
    refused: list[Reason] = []
    for place in source.customer:
        found = _in_reply_to(reply_to) if place == REPLY_TO else _in_line(place.removeprefix(LINE), read)
        if isinstance(found, Address):
            because = unfit(found, policy)
            if because is None:
                return found, ()
            found = because
        refused.append(found)
    return None, tuple(dict.fromkeys(refused))


def _in_reply_to(reply_to: Sequence[Address]) -> Address | Reason:
    if not reply_to:
        return why("form.no-reply-to")
    several = len({box.key for box in reply_to}) > 1
    return why("form.several", place="Reply-To", count=len(reply_to)) if several else reply_to[0]


def _in_line(label: str, read: FormText) -> Address | Reason:
    """The one address behind a label. Two lines that say different ones name nobody: an agent decides."""
    values = read.values(label)
    if not values:
        return why("form.no-line", label=label)
    said = [value for value in values if value]
    if not said:
        return why("form.empty", label=label)
    boxes = {box.key: box for value in said for box in plain_boxes(value)}
    if not boxes:
        return why("form.malformed", given=said[0][:100])
    return next(iter(boxes.values())) if len(boxes) == 1 else why("form.several", place=label, count=len(boxes))
