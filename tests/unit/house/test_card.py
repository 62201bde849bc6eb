"""The agent's card, `/help` and what is obeyed are the same ten verbs, in the same order."""

from __future__ import annotations

import re
from pathlib import Path

from mailbot.core.verbs.arguments import CARD, HELP
from mailbot.core.verbs.parse import Asked, parse_reply

PAGE = (Path(__file__).parents[3] / "docs" / "agents.md").read_text("utf-8")
PLAIN = {"[TEXT]": "", "NAME": "mia", "N": "2", "WHEN": "2h", "TEXT": "we look", "DURATION": "3d", "[quietly]": ""}


def test_the_card_on_the_page_is_what_help_begins_with():
    card = PAGE[PAGE.index("The ten lines that matter") :]
    written = re.findall(r"^\| `(/[^`]+)` \|", card, re.MULTILINE)[: len(CARD)]
    assert written == [usage for usage, _ in CARD]
    assert len(CARD) == 10
    assert [usage for usage, _ in HELP][1:11] == written


def test_each_is_obeyed_as_it_is_written_there():
    for usage, _ in CARD:
        line = " ".join(PLAIN.get(word, word) for word in usage.split()).strip()
        asked = parse_reply(f"{line}\n\nIs it the red one?")
        assert isinstance(asked, Asked), line
        assert [verb.name for verb in asked.verbs] == [usage.split()[0].removeprefix("/")]


def test_the_card_fits_one_page():
    card = PAGE[: PAGE.index("All of it, in detail")]
    assert len(card.splitlines()) <= 45
