"""Tries the servers of a desk for `mailbot check`: its database, its inboxes, and the server that takes its mail."""

from __future__ import annotations

import asyncio
from difflib import get_close_matches
from functools import partial

from mailbot.adapters.imap.survey import Account
from mailbot.adapters.places import Found, database_file
from mailbot.adapters.store.sql_store import open_store
from mailbot.app.safely import safely
from mailbot.app.servers import submitter_of, surveyor_of
from mailbot.app.stores import unusable
from mailbot.config import Config, InboxConfig
from mailbot.errors import MailbotError


def check_servers(config: Config) -> Found:
    """Log in at each inbox and at the submission server; what is wrong, unwise and so."""
    found = Found()
    for inbox in config.inboxes:
        safely(partial(_inbox, inbox, found), f"inbox {inbox.name}", found)
    safely(lambda: _submission(config, found), "smtp", found)
    return found


def check_store(config: Config) -> Found:
    """Open the database, and begin to write in it; changes nothing. A new SQLite file is not made."""
    found = Found()
    safely(lambda: _store(config, found), "store", found)
    return found


def _store(config: Config, found: Found) -> None:
    url = config.database_url
    path = database_file(url)
    if path is not None and not path.exists():
        found.facts.append("made at the first start")
        return
    store = open_store(url, migrate=False)
    try:
        store.try_writing()
        revision, newest = store.revision()
    except MailbotError as error:
        found.problems.append(unusable(config, error))
        return
    finally:
        store.close()
    if revision is None:
        found.facts.append("empty: its tables are made at the first start")
    elif revision > newest:
        found.problems.append(
            f"store: the database is of a newer mailbot ({revision}; this one knows {newest}): install that one again"
        )
    else:
        found.facts.append(
            "can be written" if revision == newest else "can be written; is brought up to date at the start"
        )


def _inbox(inbox: InboxConfig, found: Found) -> None:
    box = surveyor_of(inbox, inbox.folder)
    try:
        account = box.survey()
    finally:
        box.close()
    where = f"inbox[{inbox.name}]"
    found.facts.append(f"{inbox.name}: {_can(account)}")
    if "IDLE" not in account.can:
        found.notes.append(
            f"{where}: the server has no IDLE, so new mail is seen every {inbox.poll.total_seconds():.0f} s; "
            "poll says how often"
        )
    if not account.keywords:
        found.notes.append(
            f"{where}: the server takes no keywords, so nothing keeps a second desk with another database out of this inbox"
        )
    if inbox.move_to is not None:
        _folder(inbox.move_to, where, account, found)


def _can(account: Account) -> str:
    able = [*sorted(account.can), *(["keywords"] if account.keywords else [])]
    mails = f"{account.mails:,} mail{'' if account.mails == 1 else 's'} in it"
    return f"{mails}; {' '.join(able) or 'no extensions'}"


def _folder(folder: str, where: str, account: Account, found: Found) -> None:
    if folder not in account.folders:
        near = get_close_matches(folder, account.folders, n=1, cutoff=0.5)
        meant = f'; did you mean "{near[0]}"?' if near else ""
        others = ", ".join(account.folders[:12])
        found.notes.append(
            f'{where}.after: there is no folder "{folder}" yet; it is made with the first mail{meant} (there are: {others})'
        )
    if not account.can & {"MOVE", "UIDPLUS"}:
        found.notes.append(
            f"{where}.after: the server can neither MOVE nor expunge single mails: a mail is copied, and what stays is "
            "marked as deleted until another client tidies up"
        )


def _submission(config: Config, found: Found) -> None:
    async def tried() -> str | None:
        submitter = submitter_of(config)
        try:
            return await submitter.probe()
        finally:
            await submitter.close()

    failure = asyncio.run(tried())
    if failure is not None:
        found.problems.append(f"smtp: {failure}")
    else:
        found.facts.append("smtp: takes us")
