"""What the desk decides, shown as examples: each folder of `desk` is one."""

from __future__ import annotations

import pytest

from tests.golden.desk_cases import CASES, cases, in_words, played


@pytest.mark.parametrize("name", cases())
def test_the_desk_does_what_the_case_says(name):
    expected = in_words((CASES / name / "expected.txt").read_text("utf-8"))
    assert played(name) == expected, "if this is meant: python -m tests.golden.update, and read the diff"


def test_every_mail_of_a_case_is_used():
    for name in cases():
        story = (CASES / name / "story.toml").read_text("utf-8")
        unused = [mail.name for mail in (CASES / name).glob("*.eml") if f'"{mail.name}"' not in story]
        assert not unused, name
