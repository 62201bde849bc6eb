"""Sizes as people say them."""

from __future__ import annotations


def said_size(count: int) -> str:
    """How large something is, as people say it: "300 kB", "24 MB", "1.5 MB"."""
    if count < 999_500:
        return f"{max(1, round(count / 1000))} kB"
    return f"{count / 1_000_000:.{0 if count >= 9_950_000 else 1}f}".removesuffix(".0") + " MB"
