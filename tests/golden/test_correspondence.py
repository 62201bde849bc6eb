"""One ticket's whole correspondence, as each of its people has it in their mailbox, byte for byte."""

from __future__ import annotations

import pytest

from tests.golden.letterbox import STORIES, mailboxes, stories

_HAND_WRITTEN = "story.toml"


@pytest.mark.parametrize("name", stories())
def test_everybodys_mailbox_holds_what_the_story_says(name):
    folder = STORIES / name
    there = {str(f.relative_to(folder)): f.read_bytes() for f in folder.rglob("*") if f.is_file()}
    del there[_HAND_WRITTEN]
    played = mailboxes(name)
    assert sorted(played) == sorted(there), "if this is meant: python -m tests.golden.update, and read the diff"
    for path, raw in played.items():
        assert raw == there[path], f"{path}: if this is meant: python -m tests.golden.update, and read the diff"


@pytest.mark.parametrize("name", stories())
def test_nothing_of_the_house_reaches_the_customer(name):
    for path, raw in mailboxes(name).items():
        if path.startswith("customer/"):
            assert b"mailto" not in raw, "a link that acts for an agent"
            assert b"+a" not in raw.partition(b"\r\n\r\n")[0], "an agent's signed address"
            assert b"joost@" not in raw
            assert b"mara@" not in raw
