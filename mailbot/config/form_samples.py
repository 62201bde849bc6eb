"""Tries each [[form]] on the samples beside it: at load and by `mailbot check`, before the first customer does."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from mailbot.config.forms import FormConfig, FormTestConfig, sample_of
from mailbot.config.models import Config
from mailbot.config.policies import policy_of
from mailbot.core.intake.configured_form import filled_in
from mailbot.core.intake.contact_form import Form
from mailbot.core.intake.read import ReadLimits, read
from mailbot.core.model.mail import Address, Unreadable
from mailbot.core.model.policy import Policy
from mailbot.core.model.reason import Reason

_SAID: Final[Mapping[str, str]] = {
    "form.no-reply-to": "it has no Reply-To",
    "form.no-line": 'no line has the label "{label}"',
    "form.empty": 'nothing stands behind "{label}"',
    "form.several": "{place} names {count} addresses",
    "form.malformed": '"{given}" is no address that mail can be sent to',
    "form.ours": "{address} is an address of the desk",
    "form.agent": "{address} is an agent's",
    "form.itself": "{address} is a form's own address",
    "form.machine": "{address} is a program's that reads no answers",
}


def sample_problems(config: Config) -> list[str]:
    """One line for each sample that does not give what it says; [] if there are none."""
    if not any(form.test for form in config.forms):
        return []
    policy = policy_of(config, frozenset())
    return [problem for at, form in enumerate(config.forms, 1) for problem in differences(form, at, policy)]


def differences(form: FormConfig, at: int, policy: Policy) -> Iterator[str]:
    """One line for each sample of the form, the `at`th in the file, that does not give what it says."""
    where = f"form[{form.name or f'#{at}'}]"
    for number, test in enumerate(form.test, 1):
        here = f"{where}.test[#{number}]"
        try:
            mail = read(sample_of(test), ReadLimits())
        except OSError as error:
            yield f"{here}.file: {test.file} cannot be read: {error.strerror}"
            continue
        if isinstance(mail, Unreadable):
            yield f"{here}.{'mail' if test.file is None else 'file'}: is no mail that can be read"
            continue
        mailer = Address(address=form.from_[0] if "@" in form.from_[0] else f"form@{form.from_[0]}")
        found = filled_in(form.source, mailer, mail.text, mail.reply_to, policy, trusted=False)
        yield from _differences(here, test, found)


def _differences(here: str, test: FormTestConfig, found: Form) -> Iterator[str]:
    named = "" if found.visitor is None else found.visitor.address
    because = "" if found.visitor is not None else f": {'; '.join(map(_said, found.refused))}"
    if test.customer.strip() != named:
        wanted, got = test.customer.strip() or "nobody", named or "nobody"
        yield f"{here}.customer: the sample names {got}, not {wanted}{because}"
    kept = dict(found.fields)
    for name, value in test.keep.items():
        if kept.get(name, "") != " ".join(value.split()):
            yield f'{here}.keep: of the sample "{kept.get(name, "")}" is kept as {name}, not "{value}"'
    if test.words.strip() and " ".join(test.words.split()) != " ".join(found.words.split()):
        yield f'{here}.words: the customer\'s own words in the sample are "{" ".join(found.words.split())}"'


def _said(reason: Reason) -> str:
    return _SAID[reason.code].format(**{name: str(value) for name, value in reason.args})
