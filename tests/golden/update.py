"""`python -m tests.golden.update [CASE ...]` writes what the desk does now beside each case: read the diff."""

from __future__ import annotations

import sys

from tests.golden.desk_cases import CASES, cases, played

if __name__ == "__main__":
    for name in sys.argv[1:] or cases():
        (CASES / name / "expected.txt").write_text(played(name), "utf-8")
