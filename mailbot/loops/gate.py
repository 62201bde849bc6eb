"""Whether the submission server takes our mail: a refusal that is about us makes mail wait, and the admins are told once."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime

import structlog

from mailbot.core.actions.trouble import server_refuses, server_takes_again
from mailbot.core.model.decision import Decision
from mailbot.core.model.known import Known
from mailbot.core.rules.setting import Setting
from mailbot.core.sending import server
from mailbot.core.sending.refusals import About
from mailbot.core.sending.server import Refusing
from mailbot.ports import OutboxRow, OutboxStore, Submission

log = structlog.get_logger("mailbot.send")

Change = Callable[[OutboxRow, Callable[[Known, Setting], Decision]], None]

UNWANTED_IN_A_ROW = 3
OUT_OF_STEP = 503  # of the connection, not of us


class Gate:
    """Asked before a mail goes out, and told how each went. What it knows is in the store, for all processes.

    Every method may raise StoreDown.
    """

    def __init__(self, outbox: OutboxStore, change: Change) -> None:
        self._outbox = outbox
        self._change = change
        self._state: dict[str, Refusing] = {}
        self._first = True
        self._probe: int | None = None
        self._unwanted: dict[int, str] = {}  # rows refused one after the other as this mail's fault, and their domains
        self._logins = 0

    @property
    def narrow(self) -> bool:
        """Whether some mail waits for the server."""
        return any(one.next_try is not None for one in self._state.values())

    def look(self, now: datetime) -> None:
        """Read what is known. A process that starts tries at once: whoever started it may have fixed the cause."""
        self._state = server.by_side(self._outbox.refusing())
        if self._first:
            self._first = False
            self._state = {
                side: one if one.next_try is None else replace(one, next_try=min(one.next_try, now))
                for side, one in self._state.items()
            }

    def choose(self, rows: Sequence[OutboxRow], flying: Collection[int], now: datetime) -> list[OutboxRow]:
        """Those of `rows` that may go now: all for an open side; for a closed one the first, as a probe, when it is time."""
        if not self.narrow:
            return list(rows)
        probing = self._probe is not None and self._probe in flying
        self._probe = self._probe if probing else None
        chosen = []
        for row in rows:
            one = self._state.get(server.side_of(row.outgoing))
            due = one is None or one.next_try is None or one.next_try <= now
            if due and one is not None and one.next_try is not None:
                if self._probe is not None:
                    continue
                self._probe = row.id
                log.info("submission", state="probe", key=row.outgoing.key, side=one.side)
            if due:
                chosen.append(row)
        return chosen

    def lets(self, row: OutboxRow) -> bool:
        """Whether a mail that was chosen may still go: one that was refused meanwhile may have closed its side."""
        return row.id == self._probe or not server.closed(self._state, server.side_of(row.outgoing))

    def learn(self, row: OutboxRow, sent: Submission, about: About, *, begun: datetime, now: datetime) -> About:
        """Draw the conclusions of one result; what the refusal is about, all in all."""
        side = server.side_of(row.outgoing)
        if sent.accepted:
            self._taken(row, side, now)
            return about
        reply = f"{sent.code} {sent.reply}".strip() if sent.code else sent.reply
        if sent.down:
            # RFC 4954 section 6 and RFC 5321 section 3.1: they do not let us in. Once may be chance.
            self._logins += sent.code >= 500 and sent.code != OUT_OF_STEP
            if self._logins > 1 and sent.code >= 500:
                self._refused(row, server.login_refused(self._state, reply, now), reply, now, login=True)
            return about
        self._logins = 0
        if not sent.permanent or about not in (About.SERVER, About.MAIL):
            return about
        certain = False
        if about is About.MAIL:
            self._unwanted[row.id] = row.outgoing.to.domain
            domains = set(self._unwanted.values())
            certain = len(self._unwanted) >= UNWANTED_IN_A_ROW and len(domains) > 1
            if not certain and not server.closed(self._state, side):
                return about
        found = server.refused(self._state, side, reply, begun=begun, now=now, certain=certain)
        self._refused(row, found, reply, now)
        # The one that shows it was told to its agent as this mail's fault where it was; those behind it are not.
        return About.MAIL if certain and about is About.MAIL else About.SERVER

    def _taken(self, row: OutboxRow, side: str, now: datetime) -> None:
        self._unwanted.clear()
        self._logins = 0
        found = server.taken(self._state, side)
        if not found:
            return
        was = [one for one in self._state.values() if one.next_try is not None]
        self._outbox.remember(found)
        self._state |= server.by_side(found)
        if was and not self.narrow:
            since, reply = min(one.since for one in was), was[0].reply
            log.warning("submission", state="takes our mail again", since=since.isoformat(), reply=reply)
            self._change(
                row,
                lambda _, setting: server_takes_again(row.outgoing, reply, since=since, setting=setting, now=now),
            )

    def _refused(
        self, row: OutboxRow, found: Sequence[Refusing], reply: str, now: datetime, *, login: bool = False
    ) -> None:
        if not found:
            return
        since = min(one.since for one in found)
        # Before storing that they know: if we are killed in between, they are told again, under the same key.
        self._change(
            row,
            lambda _, setting: server_refuses(row.outgoing, reply, since=since, login=login, setting=setting, now=now),
        )
        self._outbox.remember(found)
        self._state |= server.by_side(found)
        waits = [one for one in found if one.next_try is not None]
        log.error(
            "submission",
            state="refuses us",
            reply=reply,
            waits=[one.side for one in waits],
            next_try=waits[0].next_try.isoformat() if waits and waits[0].next_try else None,
        )
