"""Single mails, one a second: from their delivery to the ack, and to the IMAP server's notice in IDLE."""

from __future__ import annotations

import smtplib
import threading
import time
from collections.abc import Iterable
from typing import Any, Protocol

from imapclient import IMAPClient

from tests.bench.figures import spread
from tests.bench.mails import SUPPORT, Made
from tests.servers.mailstack import MailStack

EVERY = 1.0
PATIENCE = 15.0


class Seen(Protocol):
    """The part of the sink that is used here."""

    seen: list[dict[str, Any]]


class Watcher:
    """A plain client in IDLE beside the desk: the earliest moment at which anybody could know of a mail."""

    def __init__(self, stack: MailStack, user: str) -> None:
        self.told: list[float] = []
        self._client: IMAPClient = stack.connect(user)
        self._client.select_folder("INBOX", readonly=True)
        self._client.idle()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def _watch(self) -> None:
        while not self._stopping.is_set():
            if any(len(line) > 1 and line[1] == b"EXISTS" for line in self._client.idle_check(timeout=0.5)):
                self.told.append(time.time())

    def close(self) -> None:
        self._stopping.set()
        self._thread.join(5)
        self._client.idle_done()
        self._client.logout()


def deliver_one_by_one(stack: MailStack, sink: Seen, mails: Iterable[Made]) -> dict[str, Any]:
    """Deliver one mail a second over LMTP; the time from the server's 250 to each ack, and to the notice in IDLE."""
    delivered: dict[str, float] = {}
    watcher = Watcher(stack, SUPPORT)
    try:
        with smtplib.LMTP(stack.host, stack.lmtp) as lmtp:
            for mail in (each for each in mails if each.expects_ack):
                next_at = time.monotonic() + EVERY
                lmtp.sendmail("postmaster@desk.example", [SUPPORT], mail.raw)
                delivered[mail.message_id] = time.time()
                time.sleep(max(0.0, next_at - time.monotonic()))
        deadline = time.monotonic() + PATIENCE
        while len(acked := _acked(sink, delivered)) < len(delivered) and time.monotonic() < deadline:
            time.sleep(0.05)
    finally:
        watcher.close()
    told = [min((at for at in watcher.told if at >= then), default=then) - then for then in delivered.values()]
    return {
        "mails": len(delivered),
        "acked": len(acked),
        "ack": spread([acked[id_] - delivered[id_] for id_ in acked]),
        "idle": spread(told),
    }


def _acked(sink: Seen, delivered: dict[str, float]) -> dict[str, float]:
    found: dict[str, float] = {}
    for mail in sink.seen:
        if mail.get("answers") in delivered:
            found.setdefault(mail["answers"], mail["at"])
    return found
