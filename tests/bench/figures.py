"""What was measured, as plain numbers, and as a table for people."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any


def percentile(values: Sequence[float], share: float) -> float:
    """The smallest value that at least `share` (0..1) of the values do not exceed; NaN for none."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)] if ordered else math.nan


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Percentiles in milliseconds."""
    parts = {"p50_ms": 0.5, "p90_ms": 0.9, "p99_ms": 0.99, "max_ms": 1.0}
    return {name: round(percentile(seconds, share) * 1000, 1) for name, share in parts.items()}


def table(figures: dict[str, Any]) -> str:
    """The figures, aligned."""
    bare, whole, single, start = figures["bare"], figures["whole"], figures["single"], figures["start"]
    work = (
        ("", "bare loop", "whole way"),
        ("mails", f"{bare['mails']:,}", f"{whole['mails']:,}"),
        ("mails/s", f"{bare['mails_per_s']:.1f}", f"{whole['mails_per_s']:.1f}"),
        ("letters and notices/s", "", f"{whole['letters_per_s']:.1f}"),
        ("CPU s per 1,000 mails", f"{bare['cpu_per_1000']:.2f}", f"{whole['cpu_per_1000']:.2f}"),
        ("peak memory, MB", f"{bare['peak_mb']:.0f}", f"{whole['peak_mb']:.0f}"),
    )
    waits = (
        ("delivery to …", "p50", "p90", "p99", "max ms"),
        ("ack at the SMTP server", *_row(single["ack"])),
        ("the server's own word in IDLE", *_row(single["idle"])),
    )
    lines = [f"{name:<30}{left:>12}{right:>12}" for name, left, right in work]
    lines += ["", f"ratio whole / bare{figures['ratio']:>24.2f}   (0.30 is asked, 0.50 is the aim)", ""]
    lines += [f"{name:<30}{a:>8}{b:>8}{c:>8}{d:>8}" for name, a, b, c, d in waits]
    lines += [
        "",
        (
            f"acks {whole['acks']:,} of {whole['expected']:,} · twice {whole['twice']} · unasked {whole['unasked']}"
            f" · single mails {single['acked']} of {single['mails']}"
        ),
        (
            f"start to first look {start['to_watching_s']:.1f} s · stop {start['stop_s']:.1f} s"
            f" · explain {figures['explain']['mails_per_s']:.0f} mails/s, alone on one core"
        ),
    ]
    return "\n".join(lines)


def _row(spread_ms: dict[str, float]) -> tuple[str, ...]:
    return tuple(f"{spread_ms[name]:.0f}" for name in ("p50_ms", "p90_ms", "p99_ms", "max_ms"))
