"""How far properties look: some way in `make test`, a few steps in `make quick`, and all the way with `make test THOROUGH=1`.

All the way is for before a release.
"""

from __future__ import annotations

import os

THOROUGH = os.environ.get("THOROUGH", "") not in {"", "0"}
QUICK = os.environ.get("QUICK", "") not in {"", "0"}


def examples(all_the_way: int) -> int:
    """The examples that a property tries: a third of them in an ordinary run, a twelfth in a quick one, others each time."""
    return all_the_way if THOROUGH else -(-all_the_way // (12 if QUICK else 3))
