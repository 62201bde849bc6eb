"""Random mails of several agents, of customers and machines: what was noted, or waits to be sent, reaches nobody else.

`NOTE_WORLDS=2000` plays more; `tests/simulation/test_note_faults.py` shows that what would leak is found.
"""

from __future__ import annotations

import os

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulation.note_world import WAYS, run

pytestmark = pytest.mark.slow


@settings(max_examples=int(os.environ.get("NOTE_WORLDS", "12")), deadline=None)
@given(
    steps=st.lists(st.tuples(st.sampled_from(WAYS), st.integers(0, 10**6)), min_size=8, max_size=30),
    vouches=st.booleans(),
)
def test_what_is_noted_or_held_reaches_nobody_but_agents(steps, vouches):
    world = run(steps, vouches=vouches)
    assert world.reached & world.notes, "what is noted reaches colleagues"
