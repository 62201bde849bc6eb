"""The domains of public mail providers: a list that comes with the package."""

from __future__ import annotations

import functools
from importlib.resources import files


@functools.cache
def public_domains() -> frozenset[str]:
    """All of them, lower case, as in addresses (A-labels if they are international)."""
    text = files("mailbot.config").joinpath("public_mail_providers.txt").read_text("utf-8")
    return frozenset(line for line in map(str.strip, text.splitlines()) if line and not line.startswith("#"))
