"""How far properties look: some way in `make test`, all the way with `make test THOROUGH=1` and before a release."""

from __future__ import annotations

import os

THOROUGH = os.environ.get("THOROUGH", "") not in {"", "0"}


def examples(all_the_way: int) -> int:
    """The examples that a property tries: a third of them in an ordinary run, which is another third each time."""
    return all_the_way if THOROUGH else -(-all_the_way // 3)
