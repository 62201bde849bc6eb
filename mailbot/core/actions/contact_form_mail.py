"""What is special about a contact form's mail: what is told of it, and what is not believed."""

from __future__ import annotations

from dataclasses import replace

from mailbot.core.intake.contact_form import Form as Filled
from mailbot.core.intake.contact_form import only_address
from mailbot.core.intake.incoming import Incoming
from mailbot.core.model.mail import Kind
from mailbot.core.model.notice_fields import Form
from mailbot.core.model.reason import Reason, why
from mailbot.core.rules.setting import Setting
from mailbot.core.rules.triage import LEVELS, Triage


def names_nobody(incoming: Incoming) -> bool:
    """Whether a form sent it and nothing says who could be written to: never the form that the config names."""
    form = incoming.form
    if form is None or form.visitor is not None or incoming.screening.kind is not Kind.PERSON:
        return False
    return (form.source or form.market) is not None or not incoming.screening.flagged


def of_form(incoming: Incoming, setting: Setting) -> Form | None:
    """What a notice says of the form: its mailer, whether it names its visitor, else the one address in its text."""
    if incoming.form is None:
        return None
    named = incoming.form.visitor is not None
    found = None if named else _found(incoming, setting)
    if not (named or found or incoming.screening.kind is Kind.PERSON):
        return None  # a program that reads no answers, and perhaps not a form's
    form = incoming.form
    return Form(
        mailer=form.mailer.address,
        named=named,
        found=found,
        said=_said(form),
        kept=() if form.source is None else [f"{form.source.keep[name]}: {value}" for name, value in form.fields],
    )


def _said(form: Filled) -> Reason | None:
    """What a notice says of a form that the config names, and who filled it in."""
    if form.source is None or form.visitor is None:
        return None
    form_name, address = form.source.name, form.visitor.address
    if form.trusted:
        return why("form.through", form=form_name, address=address)
    return why("form.unproven", form=form_name, address=address)


def as_the_form_says(incoming: Incoming, result: Triage) -> Triage:
    """What a mail weighs: as the rules say, unless the config says that its form's mails weigh more."""
    source = incoming.form.source if incoming.form is not None and incoming.form.trusted else None
    level = None if source is None else source.priority
    if source is None or level is None or (result.matched and result.priority <= level):
        return result
    because = why("account.form", priority=level, level=LEVELS[level], form=source.name)
    return replace(result, priority=level, matched=True, alarm=False, why=because)


def tap_of(incoming: Incoming, setting: Setting) -> str:
    """The line that one tap in the notice sends; empty if the form's text does not settle who the visitor is.

    For a forward that no server vouches for, the line says that one of us passed it on, and its writer hears from us.
    """
    if waits_for_an_agent(incoming):
        return f"/customer {incoming.sender.address}"
    found = _found(incoming, setting) if incoming.form is not None and incoming.form.visitor is None else None
    return f"/customer {found}" if found else ""


def waits_for_an_agent(incoming: Incoming) -> bool:
    """Whether only an agent's name says that they passed a mail on, and the mail says whose it was."""
    return incoming.passed_on_by is not None and incoming.unconfirmed and incoming.whose is None


def _found(incoming: Incoming, setting: Setting) -> str | None:
    return only_address(incoming.mail.text, setting.policy)
