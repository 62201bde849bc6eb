"""Mails that are decided one after the other and stored together: what each must know of those before it."""

from __future__ import annotations

from dataclasses import replace

from mailbot.core.intake.incoming import Incoming
from mailbot.core.model.decision import Decision
from mailbot.core.model.known import Keys, Known
from mailbot.core.model.letter_kinds import Limited, kind_of
from mailbot.core.sending.limits import FORM_ACK

MOST_ALIKE = 50  # the most that `Known.alike` has
MOST_BYTES = 1_000_000  # of text: a batch that takes longer to store would keep its first mail waiting


class Batch:
    """A group of decisions that no store has yet. A mail that bears on the same people or tickets waits for the next.

    What its mails may share, the counts of a domain or of forms and the mails alike, is told by `beside`.
    """

    def __init__(self) -> None:
        self._addresses: set[str] = set()
        self._ids: set[str] = set()
        self._contents: set[str] = set()
        self._tickets: set[int] = set()
        self._domains: dict[tuple[str, bool], int] = {}
        self._alike: list[str] = []
        self._forms = 0
        self._bytes = 0

    def takes(self, incoming: Incoming) -> bool:
        """Whether nothing decided here can bear on this mail, by its keys alone."""
        keys = incoming.keys
        # What an agent asks for may bear on any ticket, ledger or held text.
        if keys.held is not None or keys.ledger is not None or keys.opening:
            return not self._contents
        return (
            self._bytes < MOST_BYTES
            and keys.content_key not in self._contents
            and keys.sender not in self._addresses
            and self._ids.isdisjoint(keys.message_ids)
            and self._tickets.isdisjoint(keys.numbers)
        )

    def allows(self, known: Known) -> bool:
        """Whether none of the tickets that the store found for a mail is changed here."""
        return self._tickets.isdisjoint(ticket.number for ticket in known.tickets.values())

    def beside(self, keys: Keys, known: Known) -> Known:
        """What the store would say of the mail if it had the batch already."""
        if keys.alike_within is not None and self._alike:
            known = replace(known, alike=(*reversed(self._alike), *known.alike)[:MOST_ALIKE])
        domain = _domain(keys.sender) if keys.sender else ""
        rest, of_confirmed = self._domains.get((domain, False), 0), self._domains.get((domain, True), 0)
        if domain and (rest or of_confirmed):
            counts = replace(
                known.counts,
                domain_hour=known.counts.domain_hour + rest,
                domain_confirmed=known.counts.domain_confirmed + of_confirmed,
            )
            known = replace(known, counts=counts)
        if keys.form and self._forms:
            known = replace(known, counts=replace(known.counts, forms_hour=known.counts.forms_hour + self._forms))
        return known

    def take_in(self, incoming: Incoming) -> None:
        """Add what a mail says by itself."""
        keys = incoming.keys
        self._contents.add(keys.content_key)
        self._ids.update(keys.message_ids)
        self._tickets.update(keys.numbers)
        if keys.sender:
            self._addresses.add(keys.sender)

    def add(self, incoming: Incoming, decision: Decision, *, confirmed: bool = False) -> None:
        """Add a mail and what was decided about it; `confirmed`: whether its sender's address was so before."""
        self.take_in(incoming)
        self._ids.update(ref.message_id for ref in decision.refs)
        self._tickets.update(ticket.number for ticket in decision.tickets)
        self._addresses.update(ticket.requester.key for ticket in decision.tickets)
        self._addresses.update(promise.to for promise in decision.promises)
        self._tickets.update(promise.ticket for promise in decision.promises)
        self._tickets.update(message.ticket for message in decision.messages if message.ticket is not None)
        self._tickets.update(number for move in decision.moves for number in move)
        self._addresses.update(customer.address for customer in decision.customers)
        for outgoing in decision.outgoing:
            to = outgoing.to.key
            self._addresses.add(to)
            if outgoing.automatic and kind_of(outgoing).limited is not Limited.NOT:
                self._forms += outgoing.key.startswith(FORM_ACK)
                known = (confirmed and to == incoming.keys.sender) or any(
                    one.address == to for one in decision.confirmed
                )
                self._domains[_domain(to), known] = self._domains.get((_domain(to), known), 0) + 1
        for message in decision.messages:
            self._bytes += len(message.text)
            if message.alike is not None:
                self._alike.append(message.alike)


def _domain(address: str) -> str:
    return address.rpartition("@")[2]
