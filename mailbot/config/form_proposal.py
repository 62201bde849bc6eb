"""Writes the section for a form or a marketplace that was found in recent mail, ready to be pasted into config.toml."""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping

from mailbot.config.form_samples import differences
from mailbot.config.forms import FormConfig
from mailbot.core.intake.form_proposal import Found
from mailbot.core.model.form_source import LINE, REPLY_TO
from mailbot.core.model.policy import Policy

_PERSON, _ADDRESS, _SAID = "Ada Byrne", "ada@customer.example", "A question, and its second line."


def section_for(found: Found, taken: Collection[str], policy: Policy) -> str:
    """The section as TOML, with a comment for each thing that the mails do not tell. `taken`: names that other forms have."""
    if found.market:
        return "\n".join(
            [
                f"# {found.mails} mails of {found.mailer}, which gives each person an address of its own: a marketplace.",
                "[[marketplace]]",
                f"name = {_text(found.market)}",
                f"from = [{_text(found.market)}]",
                '# Not known: what it forbids in mail to its buyers. forbid = ["links", "addresses"]',
            ]
        )
    head = [
        f"# {found.mails} mails of {found.mailer}.",
        "[[form]]",
        f"name = {_text(_name(found, taken))}",
        f"from = {_text(found.mailer)}",
        f"customer = [{', '.join(map(_text, found.customer))}]",
    ]
    if found.proven_by is not None:
        head.append(f"proven_by = {_text(found.proven_by)}")
    else:
        head += _nothing_proves_it(policy)
    if found.called:
        head.append(f"customer_name = {_text(found.called)}")
    if found.message:
        head.append(f"message = {_text(found.message)}")
    else:
        head.append('# Not known: the label of their own words. message = "Message"')
    if found.keep:
        head.append(f"keep = {{ {', '.join(f'{name} = {_text(label)}' for name, label in found.keep.items())} }}")
    head.append('# Not known: its language, and what such a mail weighs at least. language = "en", priority = 4')
    whole = "\n".join([*head, *_sample(found)])
    return whole if _holds(whole, policy) else "\n".join([*head, "# Save one of its mails as a sample: [[form.test]]"])


def _name(found: Found, taken: Collection[str]) -> str:
    local, _, domain = found.mailer.partition("@")
    return next((name for name in (local, domain) if name not in taken), found.mailer)


def _nothing_proves_it(policy: Policy) -> list[str]:
    """What is missing to trust the form."""
    if policy.authserv_id is None and not policy.own_hosts:
        return [
            "# Nothing can prove who sent it yet: set desk.authserv_id, or desk.own_hosts if it is handed in at your own server.",
            "# Until then its customers get a first word in neutral terms.",
        ]
    return [
        "# Your mail server did not prove that the form sent these, so its customers get a first word in neutral terms.",
        "# Let the form send as a domain of yours, signed with DKIM, or hand its mail in at your own server with a login.",
    ]


def _sample(found: Found) -> list[str]:
    """A mail of that shape with invented values."""
    fields: dict[str, str] = {found.called: _PERSON} if found.called else {}
    fields |= {place.removeprefix(LINE): _ADDRESS for place in found.customer if place.startswith(LINE)}
    kept = {name: f"sample {number}" for number, name in enumerate(found.keep, 1)}
    fields |= {label: kept[name] for name, label in found.keep.items()}
    lines = [f"{label}: {value}" for label, value in fields.items()]
    if found.message:
        lines.append(f"{found.message}: {_SAID}")
    if REPLY_TO in found.customer:
        lines = [f"Reply-To: {_PERSON} <{_ADDRESS}>", "", *lines]
    sample = ["[[form.test]]", 'mail = """', *map(_escaped, lines), '"""', f"customer = {_text(_ADDRESS)}"]
    if kept:
        sample.append(f"keep = {{ {', '.join(f'{name} = {_text(value)}' for name, value in kept.items())} }}")
    if found.message:
        sample.append(f"words = {_text(_SAID)}")
    return sample


def _holds(section: str, policy: Policy) -> bool:
    """Whether the section loads and its own sample holds: a label may be like another once it stands in a config."""
    try:
        data: Mapping[str, list[Mapping[str, object]]] = tomllib.loads(section)
        form = FormConfig.model_validate(data["form"][0])
    except ValueError:
        return False
    return not list(differences(form, 1, policy))


def _text(value: str) -> str:
    return f'"{_escaped(value)}"'


def _escaped(value: str) -> str:
    return "".join(sign for sign in value if sign.isprintable()).replace("\\", "\\\\").replace('"', '\\"')
