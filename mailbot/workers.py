"""What the loops need of the processes that read and decide: small protocols, and how such a process can end."""

from __future__ import annotations

from contextlib import AbstractContextManager
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from mailbot.ports import Claim

OUT_OF_MEMORY, STORE_DOWN = 71, 75
"""Exit codes: a mail took more memory than it may; the store does not answer (EX_TEMPFAIL of sysexits)."""


@dataclass(frozen=True, kw_only=True, slots=True)
class At:
    """The stored mail that a worker is reading or deciding; `again`: it was tried before."""

    inbound: int
    again: bool = False


class End(StrEnum):
    """How a worker ended."""

    DONE = "done"
    TIME = "time"  # the mail took more time than it may
    MEMORY = "memory"
    STORE = "store"
    KILLED = "killed"  # from outside, or with its parent: nothing speaks against its mail
    BROKEN = "broken"  # by itself, or it waited for ever


@dataclass(frozen=True, kw_only=True, slots=True)
class Ended:
    """How a worker ended, with which words (an exit code, a signal, what the store said), and at which mail."""

    how: End
    words: str = ""
    at: At | None = None


class Worker(Protocol):
    """One process that claims and decides mail. Every method returns at once, and may be called from any thread."""

    @property
    def holder(self) -> str:
        """The name under which it claims."""

    @property
    def ended(self) -> Ended | None:
        """How it ended; None while it is alive."""

    def at(self) -> At | None:
        """The mail that it is reading or deciding."""

    def silent_for(self) -> float:
        """Seconds since it last said something, or was started."""

    def wake(self) -> bool:
        """Tell it that there may be mail; whether it could be told."""

    def dismiss(self) -> None:
        """Tell it to end after what it has begun."""


class Workers(Protocol):
    """Where workers come from."""

    def hire(self) -> Worker | None:
        """A new one, which looks for mail by itself; None if that is not possible just now. Never raises."""

    def renew(self, setting: object) -> None:
        """Those that are hired from now on have this setting."""

    def end(self, seconds: float) -> None:
        """Wait at most that long until all dismissed ones have ended, then end all of them, and what made them."""


class Wall(Protocol):
    """Limits what one mail may take."""

    def __call__(self, claim: Claim) -> AbstractContextManager[None]:
        """While the block runs, this mail is being read or decided; a mail that takes too much ends the process."""
