"""The mails that are fed: customers who can be told apart by their number, and the agent who answers some of them."""

from __future__ import annotations

import itertools
import re
import threading
from collections.abc import Callable, Iterator, Sequence

from tests.wire.daemon import BEN, DESK, letter, parsed, reply

SERVER = "mx.desk.example"
NUMBER = re.compile(r"Export (\d+) broken")
LOOKS_EVERY = 0.05  # seconds between two checks of the agent's mailbox


def customer(number: int, domain: str = "shop{number}.example") -> tuple[str, str]:
    """Name and address of that customer."""
    return f"Customer {number}", f"c{number}@{domain.format(number=number)}"


def proven(address: str) -> dict[str, str]:
    """The header by which our own server says that a mail is from this address (RFC 8601)."""
    domain = address.partition("@")[2]
    return {"Authentication_Results": f"{SERVER}; dkim=pass header.d={domain}; dmarc=pass header.from={domain}"}


def first_mail(number: int, sender: tuple[str, str] | None = None) -> bytes:
    """What opens that customer's ticket."""
    name, address = sender or customer(number)
    words = f"Hello,\n\nthe export number {number} is broken: the column with the names is empty.\n\n{name}\n"
    message_id = f"<first.{number}@{address.partition('@')[2]}>"
    return letter((name, address), DESK, f"Export {number} broken", words, message_id=message_id, **proven(address))


def second_mail(number: int, sender: tuple[str, str] | None = None) -> bytes:
    """What the same customer adds; may come before the first."""
    name, address = sender or customer(number)
    domain = address.partition("@")[2]
    first = f"<first.{number}@{domain}>"
    return letter(
        (name, address),
        DESK,
        f"Re: Export {number} broken",
        f"Hello,\n\none more thing about {number}: it was right until last week.\n",
        message_id=f"<second.{number}@{domain}>",
        In_Reply_To=first,
        References=first,
        **proven(address),
    )


def endless(sender: Callable[[int], tuple[str, str]] = customer) -> Iterator[tuple[bytes, int]]:
    """First mails with their customers' numbers, every eighth with a second one behind it."""
    for number in itertools.count():
        yield first_mail(number, sender(number)), number
        if number % 8 == 0:
            yield second_mail(number, sender(number)), number


def bearing(raw: bytes, headers: str) -> bytes:
    """The mail with these header lines on top, where the server that accepted it puts them."""
    return headers.replace("\n", "\r\n").encode() + raw


class Agent(threading.Thread):
    """Answers every `each`-th ticket once, as soon as a notice of it is there. `answered` are the customers' numbers."""

    def __init__(
        self, mailbox: Callable[[], Sequence[bytes]], deliver: Callable[[str, bytes], None], *, each: int
    ) -> None:
        super().__init__(daemon=True)
        self.answered: set[int] = set()
        self._mailbox, self._deliver, self._each = mailbox, deliver, each
        self._read = 0
        self._over = threading.Event()

    def run(self) -> None:
        while not self._over.wait(LOOKS_EVERY):
            notices = self._mailbox()
            for raw in notices[self._read :]:
                self._answer(raw)
            self._read = len(notices)

    def _answer(self, raw: bytes) -> None:
        mail = parsed(raw)
        found = NUMBER.search(str(mail["Subject"]))
        if found is None or not mail["Reply-To"] or "+" not in str(mail["Reply-To"]):
            return
        number = int(found.group(1))
        if number % self._each or number in self.answered:
            return
        self.answered.add(number)
        to, answer = reply(BEN, raw, f"Hello,\n\nthe export {number} is mended.\n\nBen", **proven(BEN[1]))
        self._deliver(to, answer)

    def finish(self) -> None:
        """No more answers."""
        self._over.set()
        self.join(30)
