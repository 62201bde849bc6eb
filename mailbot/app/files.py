"""Ties the files of a ticket to the command line: what its mails brought, and where it is saved."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mailbot.adapters.store.sql_store import open_store
from mailbot.config import Config
from mailbot.core.actions.carried_files import sized
from mailbot.core.intake.read import ReadLimits, attachments
from mailbot.core.sending.files import letter_name, names_of


@dataclass(frozen=True, kw_only=True, slots=True)
class TicketFile:
    """One file of a mail: who sent the mail and when, the file's name and size, and the path where it was saved."""

    ticket: int
    sender: str
    received_at: str
    name: str
    size: int
    saved: str | None = None


def ticket_files(config: Config, number: int, folder: Path | None, *, originals: bool) -> list[TicketFile] | None:
    """The files of all mails of a ticket, oldest first, saved into `folder` where one is given; None: no such ticket.

    `originals`: the mails themselves as well, as they came. Nothing that is there is overwritten: a further file of a
    name gets a number. Raises OSError if the folder cannot be written.
    """
    store = open_store(config.database_url)
    page = store.lists.ticket(number)
    if page is None:
        return None
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    found: list[TicketFile] = []
    for message in page.messages:
        if message.inbound is None:
            continue
        listed = sized(message.inbound, message.attachments)
        raw = store.raw(message.inbound) if (folder is not None and listed) or originals else None
        ticket, sender, at = page.ticket.number, message.from_.address, message.received_at.isoformat()
        parts = attachments(raw, frozenset(each.place[1] for each in listed), _all_of(raw)) if raw is not None else {}
        for each in listed:
            part = parts.get(each.place[1])
            saved = _save(folder, each.name, part.data) if folder is not None and part is not None else None
            found.append(
                TicketFile(ticket=ticket, sender=sender, received_at=at, name=each.name, size=each.size, saved=saved)
            )
        if originals and raw is not None:
            name = letter_name(message.subject)
            saved = _save(folder, name, raw) if folder is not None else None
            found.append(
                TicketFile(ticket=ticket, sender=sender, received_at=at, name=name, size=len(raw), saved=saved)
            )
    return found


def _all_of(raw: bytes) -> ReadLimits:
    return ReadLimits(size=max(ReadLimits().size, len(raw)))


def _save(folder: Path, name: str, data: bytes) -> str:
    """Write a file under a name that is not taken, and readable by its owner alone: it is a customer's."""
    tried: list[str] = []
    while True:
        tried.append(name)
        path = folder / names_of(tried)[-1]
        try:
            with path.open("xb") as file:
                path.chmod(0o600)
                file.write(data)
        except FileExistsError:
            continue
        return str(path)
