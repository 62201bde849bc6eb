"""The first lines of a mail stand at the top of a notice and the rest below: together they are all that was written."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.letters.first_lines import SHOWN, first_lines, later_lines, lines_below


def numbered(count):
    return "\n".join(f"line {number}" for number in range(1, count + 1))


@pytest.mark.parametrize(("lines", "above", "below"), [(1, 1, 0), (15, 15, 0), (17, 17, 0), (18, 15, 3), (60, 15, 45)])
def test_fifteen_lines_are_read_at_a_glance_and_a_few_more_are_not_worth_a_sentence(lines, above, below):
    text = numbered(lines)
    assert len(first_lines(text).splitlines()) == above
    assert lines_below(text) == below
    assert first_lines(text).splitlines() + later_lines(text).splitlines() == text.splitlines()


def test_a_paragraph_in_one_line_counts_as_the_lines_that_it_fills():
    text = "\n\n".join(["word " * 100] * 6)
    assert 1 <= len([line for line in first_lines(text).splitlines() if line]) < 3
    assert lines_below(text) > SHOWN


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"]), max_size=200), max_size=60).map("\n".join))
def test_nothing_that_was_written_is_lost(text):
    above, below = first_lines(text), later_lines(text)
    assert [*above.split(), *below.split()] == text.split()
    assert (lines_below(text) == 0) == (not below.strip())
