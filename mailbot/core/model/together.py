"""How a notice may wait for others while its reader has been getting many of them for hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Together:
    """Until when it may wait, `by`, and the bounds of the last working `hours`, the latest first: each must have brought many."""

    by: datetime
    hours: tuple[datetime, ...]
