"""Mailboxes that are watched during a test: every mail with the time at which it was there, as its owner saw it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from typing import Any, cast

from sqlalchemy import select

from mailbot.adapters.clock import WallClock
from mailbot.adapters.store.schema import outbox
from tests.servers.mailstack import MailStack
from tests.wire.daemon import PATIENCE, Site, parsed, text_of, wait_until

LOOKS_EVERY = 0.1  # seconds between two checks of a mailbox
WITHIN = timedelta(seconds=2)


@dataclass(frozen=True)
class Arrival:
    """A mail in a mailbox: its bytes, when it was first seen there over IMAP, and the server's INTERNALDATE."""

    raw: bytes
    seen: datetime
    internal: datetime

    @property
    def mail(self) -> EmailMessage:
        return parsed(self.raw)

    @property
    def subject(self) -> str:
        return str(self.mail["Subject"])

    @property
    def words(self) -> str:
        """The text, without its line breaks."""
        return " ".join(text_of(self.mail).split())

    @property
    def there(self) -> datetime:
        """The latest time at which it was there. INTERNALDATE has whole seconds, and the check may be late itself."""
        return min(self.seen, self.internal + timedelta(seconds=1))


class Mailbox:
    """One INBOX, checked from now on in a thread of its own; marks nothing."""

    def __init__(self, stack: MailStack, address: str) -> None:
        self.address = address
        self.arrived: list[Arrival] = []
        self.taken = 0
        self._client = stack.connect(address)
        self._client.normalise_times = False
        self._client.select_folder("INBOX", readonly=True)
        self._newest = max(self._client.search("ALL"), default=0)
        self._failed: Exception | None = None
        self._closed = threading.Event()
        self._thread = threading.Thread(target=self._watch, name=f"watch-{address}", daemon=True)
        self._thread.start()

    def next(self, *, seconds: float = PATIENCE) -> Arrival:
        """The next mail that has not been returned yet; waits for it."""
        wait_until(self._more, f"no mail number {self.taken + 1} for {self.address}", seconds=seconds)
        self.taken += 1
        return self.arrived[self.taken - 1]

    def _more(self) -> bool:
        assert self._failed is None, f"{self.address} cannot be looked into: {self._failed!r}"
        return len(self.arrived) > self.taken

    def close(self) -> None:
        self._closed.set()
        self._thread.join(10)
        self._client.logout()

    def _watch(self) -> None:
        try:
            while not self._closed.wait(LOOKS_EVERY):
                self._client.noop()
                for uid in sorted(uid for uid in self._client.search("ALL") if uid > self._newest):
                    seen = WallClock().now()
                    found = self._client.fetch([uid], ["BODY.PEEK[]", "INTERNALDATE"])[uid]
                    internal = found[b"INTERNALDATE"].astimezone(UTC)
                    self.arrived.append(Arrival(raw=found[b"BODY[]"], seen=seen, internal=internal))
                    self._newest = uid
        except Exception as error:
            self._failed = error


@contextmanager
def watching(stack: MailStack, *addresses: str) -> Iterator[list[Mailbox]]:
    """Watch these mailboxes, in that order, during the block."""
    boxes = [Mailbox(stack, address) for address in addresses]
    try:
        yield boxes
    finally:
        for box in boxes:
            box.close()


def row_of(arrival: Arrival, site: Site) -> Any:
    """What the desk has in its outbox about this mail: its name, its fields, and the moments of its way."""
    column = outbox.c
    asked = select(column.name, column.fields, column.created_at, column.first_tried_at, column.ended_at)
    message_id = str(arrival.mail["Message-ID"]).strip("<> ")
    with site.store() as store, store._database.engine.connect() as connection:
        row = connection.execute(asked.where(column.message_id.in_([message_id, f"<{message_id}>"]))).one_or_none()
    assert row is not None, f"the desk knows nothing of {arrival.subject}"
    return row


def on_time(arrival: Arrival, name: str, moment: datetime, site: Site) -> Mapping[str, Any]:
    """Check that it is that letter or notice, and was there at the moment or within two seconds after; its fields.

    AssertionError says where it was late: at the desk, at the mail servers, or in this test.
    """
    row = row_of(arrival, site)
    assert row.name == name, f"{row.name} in place of {name}: {arrival.subject}"
    if moment <= arrival.there <= moment + WITHIN:
        return cast("Mapping[str, Any]", row.fields)

    def after(other: datetime | None) -> str:
        return "never" if other is None else f"{(other - moment).total_seconds():+.3f} s"

    dated = parsedate_to_datetime(str(arrival.mail["Date"]))
    raise AssertionError(
        f"{name}: not at {moment:%H:%M:%S.%f}. The desk decided it {after(row.created_at)}, first tried it "
        f"{after(row.first_tried_at)}, and had it taken before {after(row.ended_at)}; Date {after(dated)}, "
        f"INTERNALDATE {after(arrival.internal)}, seen over IMAP {after(arrival.seen)}: {arrival.subject}"
    )
