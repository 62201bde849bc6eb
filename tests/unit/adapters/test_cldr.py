"""The names and plurals of each language are those of the CLDR, as Babel has it."""

from __future__ import annotations

import pytest
from babel import Locale

from mailbot.adapters.letters.cldr import FILE, cldr
from tests.unit.adapters.cldr_of_babel import LANGUAGES, table


def test_the_table_is_what_babel_says():
    assert FILE.read_text("utf-8") == table(), "see tests/unit/adapters/cldr_of_babel.py"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_plural_of_each_number_is_the_right_one(language):
    known, babel = cldr(language), Locale.parse(language, sep="-")
    assert all(known.category(count) == babel.plural_form(count) for count in (*range(1200), 4021, 10_000, 99_999))


def test_a_form_of_a_language_is_called_as_the_language_is():
    assert cldr("de-du").months == cldr("de").months
    assert cldr("pt-BR").months[2] == "março"
    assert cldr("pt-pt").language == "pt-pt"
    assert cldr("tlh") is cldr("x") is None
