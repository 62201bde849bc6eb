"""Logs in to the submission server once as the desk starts, so that a wrong password shows before a letter is due."""

from __future__ import annotations

from typing import Protocol

import structlog

log = structlog.get_logger("mailbot")


class Submission(Protocol):
    """A submission server that can be tried."""

    async def probe(self) -> str | None:
        """Connect and log in without sending anything; what is wrong, or None."""


async def first_login(server: Submission) -> None:
    """Say in one line of the log what is wrong, if anything is. Letters are tried in any case, when they are due."""
    problem = await server.probe()
    if problem is not None:
        log.error(
            "submission",
            state="lets nobody in",
            error=problem,
            hint="no letter leaves until it does: `mailbot check` tries it again after a change of [smtp] in config.toml",
        )
