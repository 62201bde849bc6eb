"""A marketplace that passes mail on between a shop and its buyers, each of whom has an address there, and what it forbids."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from mailbot.core.model.mail import Address


class Forbidden(StrEnum):
    """What must not be in a mail to a marketplace's buyer: links, or our mail addresses and telephone numbers."""

    LINKS = "links"
    ADDRESSES = "addresses"


@dataclass(frozen=True, kw_only=True, slots=True)
class Marketplace:
    """One that the config names. `senders` are compared addresses, or domains with all below them."""

    name: str
    senders: frozenset[str]
    forbids: frozenset[Forbidden] = frozenset()

    def has(self, address: Address) -> bool:
        """Whether an address is one that the marketplace gives out, or writes from."""
        if address.key in self.senders:
            return True
        labels = address.domain.split(".")
        return any(".".join(labels[at:]) in self.senders for at in range(len(labels) - 1))
