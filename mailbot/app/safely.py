"""Runs one part of a check, so that whatever it meets is a line for a person, and the other parts go on."""

from __future__ import annotations

import re
import traceback
from collections.abc import Callable
from pathlib import Path

from mailbot.adapters.places import Found
from mailbot.errors import MailbotError

_PASSWORD = re.compile(r"(?<=://)[^/@\s]*:[^/@\s]*@")


def safely(look: Callable[[], object], what: str, found: Found) -> None:
    """What `look` raises becomes a problem of that part; never raises."""
    try:
        look()
    except MailbotError as error:
        found.problems += [f"{what}: {without_password(line)}" for line in str(error).splitlines()]
    except Exception as error:  # noqa: BLE001 - whatever it is: somebody who sets up a desk can do nothing with a traceback
        place = traceback.extract_tb(error.__traceback__)[-1]
        # not its words: they may hold what was read, such as a password
        found.problems.append(
            f"{what}: could not be checked: {type(error).__name__} at {Path(place.filename).name}:{place.lineno}, which is "
            "a mistake of mailbot's; please report it"
        )


def without_password(words: str) -> str:
    """The words of a driver without the name and password of a URL in them."""
    return _PASSWORD.sub("...@", words)
