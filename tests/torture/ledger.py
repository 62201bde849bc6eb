"""The result: each mail that was fed and each letter that left, checked against what the store says."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from mailbot.core.model.message import Author
from mailbot.core.model.outgoing import OutboxState, OutgoingKind
from mailbot.loops.brakes import stops
from mailbot.ports import OutboxRow
from tests.wire.daemon import Site, parsed

# A notice that waits for a digest, an hour at most, or was told by one: the histories check that each is told.
_SETTLED = frozenset({OutboxState.SENT, OutboxState.GATHERING, OutboxState.TOLD})
_ID = re.compile(rb"(?im)^message-id:\s*(<[^>\r\n]+>)")


@dataclass(frozen=True, kw_only=True)
class Result:
    """One line of the table. `copies`: the same bytes once more, which SMTP makes unavoidable (RFC 1047).

    `tried`: mails fed, kills or attempts, as `unit` says. `let_in`: what was done or said that nobody was allowed to.
    `words`: what was found, in a few words for each.
    """

    trial: str
    store: str
    tried: int
    unit: str
    lost: int = 0
    doubled: int = 0
    let_in: int = 0
    copies: int = 0
    seconds: float = 0.0
    words: tuple[str, ...] = ()

    @classmethod
    def of(cls, trial: str, store: str, tried: int, unit: str, tally: Tally) -> Result:
        """The line of a trial with these counts."""
        return cls(
            trial=trial,
            store=store,
            tried=tried,
            unit=unit,
            lost=tally.lost,
            doubled=tally.doubled,
            let_in=tally.let_in,
            copies=tally.copies,
            words=tuple(tally.words),
        )

    @property
    def whole(self) -> bool:
        """Whether nothing was lost, doubled or let in."""
        return not (self.lost or self.doubled or self.let_in)


@dataclass
class Tally:
    """Faults as they are found; `words` describes the first few of each kind."""

    lost: int = 0
    doubled: int = 0
    let_in: int = 0
    copies: int = 0
    words: list[str] = field(default_factory=list)

    def say(self, what: str, found: Iterable[object]) -> int:
        """Record the fault, with three examples; how many there are."""
        every = list(found)
        if every:
            self.words.append(f"{what}: {len(every)} ({', '.join(map(str, every[:3]))})")
        return len(every)


@dataclass(frozen=True, kw_only=True)
class Left:
    """One mail as a server took it: to whom, and its bytes."""

    to: str
    data: bytes

    @property
    def message_id(self) -> str:
        found = _ID.search(self.data)
        return found.group(1).decode() if found else ""


def count(
    site: Site,
    left: Sequence[Left],
    *,
    customers: Iterable[str],
    fed: Iterable[str],
    answered: Iterable[str] = (),
    at_rest: bool = True,
) -> Tally:
    """What is missing and what is there twice.

    `customers` wrote and must have one ticket and one first letter each; `fed` are the Message-IDs of all that they
    wrote; `answered` are the customers to whom an agent wrote once. Each customer has an address of their own.
    Unless everything is `at_rest`, a mail may still wait to be sent.
    """
    tally = Tally()
    wanted = {one.casefold() for one in customers}
    _tickets(site, tally, wanted, [one.strip("<>") for one in fed])
    _letters(site, left, tally, wanted, {one.casefold() for one in answered}, at_rest)
    return tally


def _tickets(site: Site, tally: Tally, customers: set[str], fed: Sequence[str]) -> None:
    tickets = site.tickets()
    of = Counter(ticket.requester.key for ticket in tickets)
    tally.lost += tally.say("no ticket", customers - set(of))
    tally.doubled += tally.say("two tickets", [who for who, n in of.items() if who in customers and n > 1])
    stored: Counter[str] = Counter()
    with site.store() as store:
        for ticket in tickets:
            page = store.lists.ticket(ticket.number)
            stored.update(m.message_id for m in page.messages if m.author is Author.CUSTOMER and m.message_id)
        quarantined = store.lists.inbound("quarantined")
    tally.lost += tally.say("mails in no ticket", set(fed) - set(stored))
    tally.doubled += tally.say("mails stored twice", [one for one, n in stored.items() if n > 1])
    tally.lost += tally.say("quarantined", [row.reason for row in quarantined])


def _letters(
    site: Site, left: Sequence[Left], tally: Tally, customers: set[str], answered: set[str], at_rest: bool
) -> None:
    rows = site.outbox()
    unsent = [f"{row.outgoing.name} {row.state}" for row in rows if row.state not in _SETTLED and at_rest]
    tally.lost += tally.say("not sent", unsent)
    bytes_of: dict[str, set[bytes]] = {}
    for one in left:
        bytes_of.setdefault(one.message_id, set()).add(one.data)
    tally.doubled += tally.say("one letter in two wordings", [i for i, texts in bytes_of.items() if len(texts) > 1])
    known = {f"<{(row.message_id or '').strip('<>')}>": row for row in rows}
    sent = [i for i, row in known.items() if row.state is OutboxState.SENT]
    tally.lost += tally.say("said to be sent, and never left", set(sent) - set(bytes_of))
    tally.doubled += tally.say("left, and not in the outbox", set(bytes_of) - set(known))
    copies = Counter((one.to, one.message_id) for one in left)
    tally.copies += sum(n - 1 for n in copies.values())
    kinds = {"first letters": (customers, _first), "answers of the agent": (answered, _relay)}
    for name, (wanted, fits) in kinds.items():
        of = Counter(row.outgoing.to.key for row in rows if fits(row))
        tally.lost += tally.say(f"without {name}", wanted - set(of))
        tally.doubled += tally.say(f"more {name} than one", [who for who in wanted if of[who] > 1])


def _first(row: OutboxRow) -> bool:
    return stops(row.outgoing)


def _relay(row: OutboxRow) -> bool:
    return row.outgoing.kind is OutgoingKind.RELAY


def message_id_of(raw: bytes) -> str:
    """The Message-ID of a mail, with its brackets."""
    return str(parsed(raw)["Message-ID"])
