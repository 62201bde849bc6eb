"""The ledger of goodwill: what an agent gives a customer for their trouble, and who may give how much."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from mailbot.core.model.reason import Reason, why

BUDGET_FOR = timedelta(days=30)
"""The period of a budget: what was given before it no longer counts."""

_SUM = re.compile(
    r"(?:(?P<before>[A-Z]{3}|[€$£])\s?)?(?P<whole>[0-9]{1,6})(?:[.,](?P<cents>[0-9]{2}))?"
    r"(?:\s?(?P<after>[A-Z]{3}|[€$£])(?![A-Za-z]))?(?:[\s,:]++(?P<reason>.*))?",
    re.DOTALL,
)
_SIGNS = {"€": "EUR", "$": "USD", "£": "GBP"}


class GoodwillState(StrEnum):
    """The state of a gesture: asked for, since it exceeds the agent's budget, or granted and told."""

    ASKED = "asked"
    GRANTED = "granted"


@dataclass(frozen=True, kw_only=True, slots=True)
class Goodwill:
    """One line of the ledger. `customer` is the address as compared, `cents` hundredths of the currency.

    `after`, which is not stored: the lines that the agent's budget had paid for when this one was found to be within
    it. The store accepts the line only if there is no other one by then.
    """

    id: str
    ticket: int
    customer: str
    agent: str
    cents: int
    currency: str
    reason: str
    at: datetime
    state: GoodwillState
    approved_by: str | None = None
    after: frozenset[str] = field(default=frozenset(), compare=False)

    @property
    def from_budget(self) -> bool:
        """Whether the agent's own budget paid for it: it did not if a lead approved it."""
        return self.state is GoodwillState.GRANTED and self.approved_by is None

    @property
    def amount(self) -> str:
        """As people write it: `15 EUR`, `7.50 EUR`."""
        return said(self.cents, self.currency)


def said(cents: int, currency: str) -> str:
    """A sum as people write it."""
    whole, rest = divmod(cents, 100)
    return f"{whole}.{rest:02d} {currency}" if rest else f"{whole} {currency}"


def parse_goodwill(text: str, currency: str) -> tuple[int, str] | Reason:
    """The cents and the reason of `15 EUR for the second outage`; else why it is not understood.

    Only the desk's own currency is accepted: a budget in euros says nothing about dollars.
    """
    own = re.compile(rf"\b{re.escape(currency)}\b", re.IGNORECASE)
    found = _SUM.fullmatch(own.sub(currency, text.strip(), count=1))
    if found is None:
        return why("goodwill.needs-a-sum", currency=currency)
    named = found["before"] or found["after"]
    reason = " ".join((found["reason"] or "").split())
    asked = _SIGNS.get(named or "", named or currency)
    cents = int(found["whole"]) * 100 + int(found["cents"] or 0)
    if asked != currency:
        return why("goodwill.currency", currency=currency, asked=asked)
    if not cents:
        return why("goodwill.nothing")
    if not reason:
        return why("goodwill.needs-a-reason", amount=said(cents, currency))
    return cents, reason
