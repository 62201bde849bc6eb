"""Arabic is found as people type it: with and without its signs, drawn out, in its own digits, and written onto other words."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.language.folding import bare, compared, fold, open_to_any_ending, words
from mailbot.core.language.structures import BadStructure, WordList, checked_word
from mailbot.core.language.terms import BadTerm, TermIndex, term

RULES = Path(__file__).parents[3] / "rules"
LISTS = [
    (name, word)
    for file in sorted(RULES.glob("*.toml"))
    for name, listed in tomllib.loads(file.read_text("utf-8")).get("lists", {}).items()
    if isinstance(listed, dict)
    for word in listed.get("ar", [])
]


def found(said, text):
    return bool(TermIndex.of([term(said)]).find(text))


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("شكرا", "شُكراً لكم"),
        ("شكرا", "شُكرًا لكم"),
        ("شكرا", "شكـــرا لكم"),
        ("أريد", "اريد المساعدة"),
        ("الأجهزة", "الاجهزه"),
        ("مستشفى", "مستشفي"),
        ("آخر", "اخر موعد"),
        ("موقع", "والموقع لا يفتح"),
        ("موقع", "بالموقع"),
        ("الموقع", "للموقع"),
        ("فاتورة", "وفاتورة"),
        ("فاتورة", "بالفاتورة"),
        ("بطاقة", "للبطاقة"),
        ("يعمل", "ما بيعمل"),
        ("خطأ 503", "خطأ ٥٠٣"),
        ("خطأ 503", "خطأ ۵۰۳"),
        ("کهرباء", "كهرباء"),
        ("موظف", "شكوت موظفا"),
    ],
)
def test_one_word_is_found_however_it_is_typed(said, text):
    assert found(said, text)


@pytest.mark.parametrize(
    ("said", "text"),
    [
        ("اليوم", "يوم الثلاثاء"),  # today, and Tuesday
        ("ولا", "لا يعمل"),  # not a single one, and not
        ("كتاب", "كاتب"),
        ("بدون", "دون"),
        ("لماذا", "ماذا"),  # why, and what
        ("ولدي", "لدي سؤال"),  # my boy, and I have
    ],
)
def test_what_means_something_else_is_left_whole(said, text):
    assert not found(said, text)


def test_a_sentence_ends_at_an_arabic_question_mark():
    listed = {
        "one": WordList.of("one", {"ar": [checked_word("المصعد")]}),
        "two": WordList.of("two", {"ar": [checked_word("متوقف")]}),
    }
    index = TermIndex.of([term("{one} ... {two}", listed)])
    assert index.find("المصعد قديم وهو متوقف", "ar")
    assert not index.find("أين المصعد؟ العمل متوقف", "ar")


def test_a_star_needs_enough_letters_to_leave_the_beginning_alone():
    with pytest.raises(BadStructure, match="begins as if with the Arabic"):
        checked_word("فات*")
    with pytest.raises(BadTerm, match="begins as if with the Arabic"):
        term("البائع*")
    assert found("فاتور*", "فاتورتي")
    assert found("فاتور*", "والفاتورة")


@pytest.mark.parametrize("before", ["و", "ال", "وال", "بال", "لل", "فال"])
def test_every_word_that_ships_is_found_with_what_is_written_onto_it(before):
    # A word of two letters keeps "the", and those that are left whole keep all.
    missed = [
        word
        for _, word in LISTS
        if len(plain := fold(word)) > 5 and " " not in word and not plain.startswith(("ال", "لل", "بال", "وال", "كال"))
        if (beginning := plain.removesuffix("*")).isalpha() and bare(before + beginning) != bare(beginning)
    ]
    assert missed == []


@given(st.text(alphabet="ابتفولكمنيهةىأإؤئ", min_size=1, max_size=12), st.text(alphabet="نمها", max_size=4))
def test_an_open_word_fits_whatever_its_ending(word, ending):
    word = fold(word)
    if open_to_any_ending(word):
        assert bare(word + "ن" + ending.replace("ا", "")).startswith(bare(word))


@given(st.text())
def test_written_and_compared_words_go_together(text):
    assert len(compared(text)[0]) == len(compared(text)[1]) == len(words(text)[0])


def test_other_languages_are_compared_as_they_were():
    for text in ("La façade est tombée", "ошибка 503", "サーバーが落ちました", "שרת לא עובד"):
        assert compared(text) == words(text)
