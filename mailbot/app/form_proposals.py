"""Looks at recent mail for `mailbot check`: forms and marketplaces that the config does not name, each as a whole section."""

from __future__ import annotations

from pathlib import Path

from mailbot.adapters.store.sql_store import open_store
from mailbot.config import Config, policy_of
from mailbot.config.form_proposal import section_for
from mailbot.core.intake.form_proposal import ENOUGH, Found, found_in, mailer_of
from mailbot.core.intake.read import read
from mailbot.core.model.mail import Address, Mail
from mailbot.core.model.policy import Policy
from mailbot.errors import MailbotError

_MAILS = 1_000  # the latest that came in
_HEAD = 64_000  # bytes of each
_EACH = 20  # mails of one mailer that are kept to be looked at
_MOST = 5  # sections at once


def proposed_sections(config: Config) -> list[str]:
    """A section of TOML for each form or marketplace of which three mails have come; reads the database, if there is one."""
    scheme, _, path = config.database_url.partition(":///")
    if scheme == "sqlite" and not Path(path).is_file():
        return []
    policy = policy_of(config, frozenset())
    try:
        found = _found(config, policy)
    except MailbotError:
        return []  # what is wrong with the database is told elsewhere
    taken = {form.name for form in policy.forms}
    sections = []
    for each in found:
        sections.append(section_for(each, taken, policy))
        taken |= {each.mailer, each.mailer.partition("@")[0]}
    return sections


def forms_of(config: Config) -> list[str]:
    """The same as notes of `mailbot check`."""
    return [
        f"config.toml does not name this yet; check it and paste it:\n\n{each}\n" for each in proposed_sections(config)
    ]


def _found(config: Config, policy: Policy) -> list[Found]:
    kept: dict[str, list[bytes]] = {}
    mailers: dict[str, Address] = {}
    store = open_store(config.database_url, migrate=False)
    try:
        for _, head in store.lists.recent_heads(_MAILS, _HEAD):
            mail = read(head.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
            mailer = mailer_of(mail, policy) if isinstance(mail, Mail) else None
            if mailer is not None and len(mails := kept.setdefault(mailer.key, [])) < _EACH:
                mails.append(head)
                mailers[mailer.key] = mailer
    finally:
        store.close()
    found: list[Found] = []
    for key, heads in sorted(kept.items(), key=lambda one: -len(one[1])):
        if len(heads) < ENOUGH or len(found) >= _MOST:
            break
        whole = [mail for mail in map(read, heads) if isinstance(mail, Mail)]
        if (one := found_in(mailers[key], whole, policy)) is not None:
            found.append(one)
    return found
