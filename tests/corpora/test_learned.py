"""The invented mails of the grammar: as many as they should be, of every language, trade and kind, and how alike they are."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from tests.corpora.learned.maker import LEVELS, NONE, made, nearest

pytestmark = pytest.mark.slow

LANGUAGES = {"en", "de", "fr", "es", "it", "nl", "pt", "pl", "sv", "ja"}


def test_every_language_has_twenty_trades_and_every_kind():
    mails = made()
    assert len(mails) >= 3_000
    assert len({mail.text for mail in mails}) > 0.95 * len(mails)
    for language in LANGUAGES:
        mine = [mail for mail in mails if mail.language == language]
        assert len({mail.trade for mail in mine}) == 20
        assert {mail.level for mail in mine} == {*LEVELS.values(), NONE}
        often = Counter(mail.phrase for mail in mine)
        assert max(often.values()) <= 10, "no phrase stands for many mails"
    assert {mail.language for mail in mails} == LANGUAGES
    assert {mail.trade for mail in mails if mail.language == "ja"} == {m.trade for m in mails if m.language == "en"}


def test_nothing_is_left_to_be_filled_in_and_every_call_makes_the_same():
    mails = made()
    assert not [mail for mail in mails if re.search("[{}|]", mail.subject + mail.text)]
    assert made() == mails


def test_the_words_of_the_two_hands_have_nothing_in_common():
    hands = {hand: {(m.language, m.phrase) for m in made() if m.hand == hand} for hand in "AB"}
    assert not hands["A"] & hands["B"]
    assert min(map(len, hands.values())) > 250


def test_how_alike_they_are_is_as_the_page_says():
    near = sorted(nearest(made()))
    assert 0.55 < near[len(near) // 2] < 0.7
    assert sum(share > 0.8 for share in near) < 0.15 * len(near)
