"""Sends a mail from the desk to itself for `mailbot check`, to each of its addresses, and looks at what comes back."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial

from mailbot.adapters.imap.survey import Surveyor
from mailbot.adapters.places import Found
from mailbot.adapters.site import read_secret
from mailbot.app.safely import safely
from mailbot.app.servers import submitter_of, surveyor_of
from mailbot.config import Config, InboxConfig
from mailbot.core.intake.own_probe_back import Shown, clock_off, shown_by
from mailbot.core.intake.read import read
from mailbot.core.intake.tokens import Signer
from mailbot.core.letters.own_probe import probe_mail
from mailbot.core.model.mail import Mail
from mailbot.errors import MailbotError
from mailbot.ports import Submission

LATER_THAN_THE_FIRST = 15.0  # seconds: mail of the same minute, to the same mailbox, by the same server
_LOOK_AGAIN = 1.0


@dataclass(kw_only=True, slots=True)
class _Sent:
    """One mail on its way: to which address, and what that is to the desk ("" for its plain one)."""

    to: str
    kind: str
    message_id: str
    at: datetime
    refused: str = ""
    back: Mail | None = None
    bounced: bool = False


@dataclass(kw_only=True, slots=True)
class _Folder:
    """A folder in which it may arrive: the watched one, and the one to which a running desk moves mail."""

    box: Surveyor
    first: int
    ours: list[int] = field(default_factory=list)


def check_loops(config: Config, seconds: float) -> Found:
    """A mail to each address of each inbox, awaited for this long at most and then removed. Never raises."""
    found = Found()
    for inbox in config.inboxes:
        safely(partial(_try, config, inbox, seconds, found), f"inbox {inbox.name}", found)
    return found


def _try(config: Config, inbox: InboxConfig, seconds: float, found: Found) -> None:
    _Loop(config, inbox, seconds, found).run()


class _Loop:
    def __init__(self, config: Config, inbox: InboxConfig, seconds: float, found: Found) -> None:
        self._config = config
        self._inbox = inbox
        self._seconds = seconds
        self._found = found
        self._signer = Signer(read_secret(config.desk.secret_file))
        self._folders: list[_Folder] = []
        self._domain = inbox.address.rpartition("@")[2].lower()
        self._where = f"inbox[{inbox.name}]"

    def run(self) -> None:
        try:
            self._open()
            authserv_id = self._config.desk.authserv_id
            sent = self._round(self._addresses(), authserv_id)
            shown = self._judge(sent, authserv_id)
            if authserv_id is None and shown is not None and shown.server is not None:
                # only now is it known in whose name results can be forged here
                again = self._round([(self._inbox.address, "")], shown.server)
                self._judge_forged(again[0], shown.server)
        finally:
            for folder in self._folders:
                with suppress(MailbotError):
                    if folder.ours:
                        folder.box.remove(folder.ours)
                folder.box.close()

    def _open(self) -> None:
        for name in filter(None, (self._inbox.folder, self._inbox.move_to)):
            box = surveyor_of(self._inbox, name)
            try:
                account = box.survey()
            except MailbotError:
                box.close()
                if name == self._inbox.folder:
                    raise
                continue  # it is made with the first mail
            self._folders.append(_Folder(box=box, first=account.uidnext))

    def _addresses(self) -> list[tuple[str, str]]:
        own = self._inbox.address
        local, _, domain = own.rpartition("@")
        plus = [(f"{local}+check@{domain}", "plus")] if self._config.desk.subaddress == "plus" else []
        return [(own, ""), *plus, *((alias, "alias") for alias in self._inbox.aliases)]

    def _round(self, addresses: Iterable[tuple[str, str]], forged_as: str | None) -> list[_Sent]:
        self._mark = f"forged{secrets.token_hex(6)}"
        sent = asyncio.run(self._send(addresses, forged_as))
        self._await([one for one in sent if not one.refused])
        return sent

    async def _send(self, addresses: Iterable[tuple[str, str]], forged_as: str | None) -> list[_Sent]:
        submitter = submitter_of(self._config)
        sent = []
        try:
            for to, kind in addresses:
                now = datetime.now(UTC)
                message_id, raw = probe_mail(
                    own=self._inbox.address,
                    to=to,
                    ident=secrets.token_hex(8),
                    signer=self._signer,
                    now=now,
                    forged_as=forged_as,
                    mark=self._mark,
                )
                one = _Sent(to=to, kind=kind, message_id=message_id, at=now)
                answer = await submitter.submit(self._inbox.address, to, raw)
                one.refused = "" if answer.accepted or answer.ambiguous else _words(answer)
                sent.append(one)
        finally:
            await submitter.close()
        return sent

    def _await(self, sent: list[_Sent]) -> None:
        deadline = time.monotonic() + self._seconds
        waiting = list(sent)
        while waiting and (left := deadline - time.monotonic()) > 0:
            for folder in self._folders:
                self._look(folder, waiting)
            here, waiting = waiting, [one for one in waiting if one.back is None and not one.bounced]
            if len(waiting) < len(here):
                deadline = min(deadline, time.monotonic() + LATER_THAN_THE_FIRST)
            elif waiting:
                self._folders[0].box.wait(min(left, _LOOK_AGAIN))

    def _look(self, folder: _Folder, waiting: list[_Sent]) -> None:
        uids = folder.box.uids_from(folder.first)
        for raw in folder.box.fetch(uids):
            folder.first = max(folder.first, raw.uid + 1)
            mail = read(raw.raw)
            for one in waiting:
                if isinstance(mail, Mail) and mail.message_id == one.message_id:
                    one.back = mail
                    folder.ours.append(raw.uid)
                    self._clock(folder, raw.uid, one.at)
                elif one.message_id.encode() in raw.raw:  # a report that it could not be delivered
                    one.bounced = True
                    folder.ours.append(raw.uid)

    def _clock(self, folder: _Folder, uid: int, sent: datetime) -> None:
        arrived = folder.box.arrived(uid)
        off = clock_off(arrived, sent, datetime.now(UTC)) if arrived is not None else None
        if off is not None and not any(note.startswith("clock:") for note in self._found.notes):
            minutes = abs(off.total_seconds()) / 60
            ahead = "ahead of" if off.total_seconds() > 0 else "behind"
            self._found.notes.append(
                f"clock: this machine is {minutes:.0f} minutes {ahead} the mail server {self._inbox.host}; times that "
                "customers are told are wrong by as much: let a time service (NTP) set it"
            )

    def _judge(self, sent: list[_Sent], forged_as: str | None) -> Shown | None:
        found, plain = self._found, sent[0]
        back = [one for one in sent if one.back is not None]
        if not back:
            why = plain.refused or f"nothing came within {self._seconds:.0f} s"
            found.problems.append(
                f"{self._where}: a mail from {plain.to} to itself did not come back: {why}; look into its spam folder, and at "
                "where the server puts mail for this address"
            )
            return None
        for one in sent:
            if one.back is None:
                found.problems.append(self._missing(one))
        came = [one.to for one in back]
        found.facts.append(f"{self._inbox.name}: came back to {', '.join(came)}")
        mail = (plain.back or back[0].back) if back else None
        assert mail is not None
        shown = shown_by(
            mail,
            authserv_id=self._config.desk.authserv_id,
            forged_as=forged_as,
            mark=self._mark,
            domain=self._domain,
        )
        found.notes += [note for note in shown.notes if note not in found.notes]
        found.facts += [fact for fact in shown.facts if fact not in found.facts]
        return shown

    def _judge_forged(self, one: _Sent, server: str) -> None:
        if one.back is None:
            return
        shown = shown_by(one.back, authserv_id=server, forged_as=server, mark=self._mark, domain=self._domain)
        self._found.notes += [note for note in shown.notes if "RFC 8601" in note]
        self._found.facts += [fact for fact in shown.facts if fact.startswith("forged")]

    def _missing(self, one: _Sent) -> str:
        why = one.refused or ("it was sent back as undeliverable" if one.bounced else "it did not come in time")
        if one.kind == "plus":
            return (
                f'desk.subaddress: {one.to}: {why}, and mail to {self._inbox.address} comes: set desk.subaddress = "none", or '
                "have your server take plus addresses (in Postfix: recipient_delimiter = +)"
            )
        if one.kind == "alias":
            return (
                f"{self._where}.aliases: {one.to}: {why}, and mail to {self._inbox.address} comes: let your server deliver it "
                "here, or take it out"
            )
        return f"{self._where}.address: {one.to}: {why}, although mail to another address of this inbox comes"


def _words(answer: Submission) -> str:
    return f"the server refuses it: {' '.join(answer.reply.split())[:200]}"
