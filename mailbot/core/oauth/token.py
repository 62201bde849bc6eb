"""An access token (RFC 6749 section 5.1): what it is, until when it holds, and when a new one is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

EARLY = timedelta(minutes=5)
"""A new one is asked for this long before the end, so that a token endpoint may be away for that long."""
UNSAID = timedelta(minutes=5)  # what a token is taken to hold where the answer does not say (`expires_in` is optional)
LONGEST = timedelta(days=1)


@dataclass(frozen=True, kw_only=True, slots=True)
class Token:
    """The token itself is shown nowhere. The times are by our own clock, so a wrong clock of the endpoint does not matter."""

    value: str = field(repr=False)
    since: datetime
    until: datetime
    refresh: str | None = field(default=None, repr=False)

    def holds(self, now: datetime) -> bool:
        """Whether it may still be used. A clock that was set back behind its beginning says nothing about it."""
        return self.since <= now < self.until

    def fresh(self, now: datetime) -> bool:
        """Whether no new one is due: at most a fifth of its time is kept as a margin, so a short one is not due at once."""
        early = min(EARLY, (self.until - self.since) / 5)
        return self.since <= now < self.until - early


def token_in(answer: Mapping[str, object], asked: datetime) -> Token | None:
    """The token in a good answer, counted from when it was asked for; None if there is none that can be used."""
    value, kind, seconds = answer.get("access_token"), answer.get("token_type", "Bearer"), answer.get("expires_in")
    if not isinstance(value, str) or not value or not all("!" <= c <= "~" for c in value):
        return None
    if not isinstance(kind, str) or kind.casefold() != "bearer":  # RFC 6749 section 7.1: no other may be used
        return None
    refresh = answer.get("refresh_token")
    return Token(
        value=value,
        since=asked,
        until=asked + _length(seconds),
        refresh=refresh if isinstance(refresh, str) and refresh else None,
    )


def _length(seconds: object) -> timedelta:
    """Some endpoints write the number as a text."""
    if isinstance(seconds, str) and seconds.isdecimal():
        seconds = int(seconds[:9])
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not seconds > 0:
        return UNSAID
    return timedelta(seconds=min(float(seconds), LONGEST.total_seconds()))
