"""However a line to the desk is spelled, it never becomes words for the customer; and ordinary letters stay letters."""

from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.core.verbs.lines import LineKind, read_line
from mailbot.core.verbs.names import NAMES
from mailbot.core.verbs.openings import bare_opening, bare_verb, first_word_as_verb, only_verbs
from mailbot.core.verbs.parse import Asked, Refusal, parse_reply
from tests.thorough import examples

SECRET = "zq7secret"
SIGNS = ["/", "#", "!", "／", "⁄", "∕", "＃", "！", "//", "##", "/ "]
BEFORE = [
    "",
    "- ",
    "• ",
    "* ",
    "– ",
    "1. ",
    "2) ",
    "a) ",
    "(",
    "[",
    "{",
    "<",
    "> ",
    ">> ",
    "» ",
    "« ",
    "“",
    "„",
    "'",
    "`",
]
BEFORE += [
    "→ ",
    "-> ",
    "=> ",
    "➤ ",
    "📝 ",
    "[ ] ",
    "[x] ",
    "☐ ",
    "| ",
    "… ",
    "· ",
    "§ ",
    "~ ",
    "1.2. ",
    "① ",
    "+ ",
    "= ",
]
INVISIBLE = [
    "",
    "\u200b",
    "\ufeff",
    "\u00ad",
    "\u202a",
    "\u2066",
    "\u200e",
    "\ufe0f",
    "\u2060",
    "\u00a0",
    "\u3000",
    "\t",
    "\u2063",
    "\x00",
]
EMPHASIS = ["", "*", "**", "_", "__", "~~", "***"]
BEHIND = ["", ":", ".", ",", "：", "…", "!"]
OTHERS = [
    "notiz",
    "poznámka",
    "ntoe",
    "erledigt",
    "résoudre",
    "メモ",
    "заметка",
    "foo",
    "qwertz",
    "ملاحظة",
    "הערה",
    "备注",
]
CASES = [str, str.upper, str.title, lambda word: unicodedata.normalize("NFD", word)]


@st.composite
def spelled(draw):
    """A line that begins with a sign and a letter, as clients and people dress it, and the secret behind it."""
    word = draw(st.sampled_from(CASES))(draw(st.sampled_from([*NAMES, *OTHERS])))
    invisible, emphasis = draw(st.sampled_from(INVISIBLE)), draw(st.sampled_from(EMPHASIS))
    sign = draw(st.sampled_from(SIGNS))
    if sign == "/ ":
        word = draw(st.sampled_from(NAMES))
    line = f"{draw(st.sampled_from(BEFORE))}{invisible}{emphasis}{sign}{draw(st.sampled_from(['', invisible.strip()]))}{word}"
    return f"{line}{emphasis}{draw(st.sampled_from(BEHIND))} {SECRET}"


def prose_of(text):
    result = parse_reply(text)
    return result.prose if isinstance(result, Asked) else ""


@pytest.mark.slow
@settings(max_examples=examples(600))
@given(spelled(), st.sampled_from(["", "\n", "\u200b\n", "\n\u00a0\n\n"]))
def test_no_line_to_the_desk_becomes_words_for_the_customer(line, above):
    text = f"{above}{line}\n\nplease look at her bill"
    for_customer = read_line(line).name == "reply" and read_line(line).kind is LineKind.VERB
    assert for_customer or SECRET not in prose_of(text)
    if read_line(line).name == "note" and read_line(line).kind is LineKind.VERB:
        assert prose_of(text) == ""


@pytest.mark.slow
@settings(max_examples=examples(300))
@given(spelled(), st.sampled_from(["Hi team,", "Hello Ben", "Hallo,", "Kim,\n", "Dobrý den,"]))
def test_nor_does_it_below_a_greeting(line, greeting):
    if not line.startswith(tuple("“„'`«")):
        assert SECRET not in prose_of(f"{greeting}\n{line}\n\nplease look at her bill")


@settings(max_examples=examples(300))
@given(
    st.sampled_from(["", "- ", "• ", "* ", "1. ", "→ ", "**", "\u200b", "\u00a0", "\ufeff- ", "_"]),
    st.sampled_from(["/", "／", "#", "!", "/ "]),
    st.sampled_from(["note", "NOTE", "Note", "ｎｏｔｅ"]),
)
def test_a_note_below_words_never_goes_out(before, sign, word):
    text = f"Dear Kim, the cable was broken.\n\n{before}{sign}{word}: {SECRET}\n\nMara"
    assert isinstance(parse_reply(text), Refusal)


@settings(max_examples=examples(300))
@given(spelled())
def test_the_draft_of_a_refusal_leaks_nothing_that_was_known_for_a_note(line):
    result = parse_reply(f"{line}\n\nplease look at her bill")
    if isinstance(result, Refusal) and read_line(line).name == "note":
        again = parse_reply(result.draft)
        assert isinstance(again, Refusal) or again.prose == "", result


@pytest.mark.parametrize(
    ("line", "verb"),
    [
        *(("note", "/note"), ("Note:", "/note"), ("NOTE: she called", "/note she called"), ("note : x", "/note x")),
        *(("**Note:** x", "/note x"), ("- note: x", "/note x"), ("1. note: x", "/note x"), ("[note] x", "/note x")),
        *(("[internal]", "/note"), ("internal", "/note"), ("Internal: x", "/note x"), ("Internal note: x", "/note x")),
        *(("note to self: x", "/note x"), ("Note to self x", "/note x"), ("note to the team, x", "/note x")),
        *(("Note – she is difficult", "/note she is difficult"), ("note - x", "/note x"), ("Notiz: x", "/note x")),
        *(
            ("(internal) x", "/note x"),
            ("<note> x", "/note x"),
            ("Note (internal): x", "/note x"),
            ("private: x", "/note x"),
        ),
        *(
            ("Interne : x", "/note x"),
            ("Note interne : x", "/note x"),
            ("Interno: x", "/note x"),
            ("Uso interno: x", "/note x"),
            ("Notitie: x", "/note x"),
        ),
        *(("Usage interne : x", "/note x"), ("Internal use only", "/note"), ("Private note: x", "/note x")),
        *(("For internal use only: x", "/note x"), ("Team only: x", "/note x"), ("Not for the customer: x", "/note x")),
        *(("Nur für uns: x", "/note x"), ("Nicht für die Kundin: x", "/note x"), ("Notatka: x", "/note x")),
        *(("Not for the customer to open.", None), ("Interne Kabel: grau", None), ("Staff only, sorry.", None)),
        *(("p: 2", "/p 2"), ("Private cars only", None), ("(note the date)", None), ("*Note* that it is hot", None)),
        *(("take", "/take"), ("Take.", "/take"), ("release", "/release"), ("assign: ben", "/assign ben")),
        *(("resolve", "/resolve"), ("Resolved!", "/resolve"), ("resolved: it works", "/resolve it works")),
        *(("spam", "/spam"), ("SPAM", "/spam"), ("ignore", "/ignore"), ("\u200bignore\u00a0", "/ignore")),
        *(("p 1", "/p 1"), ("P 5", "/p 5"), ("p2", "/p 2"), ("p 3:", "/p 3"), ("prio 2", "/p 2")),
        *(("p 6", None), ("p 2 please", None), ("take it", None), ("resolve - now", None), ("resolved it", None)),
    ],
)
def test_a_verb_without_its_slash_is_asked_about(line, verb):
    assert bare_verb(line) == verb
    if verb is not None:
        assert bare_opening(f"/take\n\n{line}\n\nmore") == verb
        assert first_word_as_verb(f"/take\n{line}\nmore") == f"/take\n{verb}\nmore"


OPENINGS = [
    "Thanks,", "Thanks, that did it.", "Thank you for the screenshot.", "Note that the lamp gets hot.", "Note, please, that",
    "Noted, thank you.", "Notes from our call:", "Take your time.", "Take care,", "Taken together, both help.",
    "Release notes are on our page.", "Released today: version 4.", "Assigned to the workshop, yes.", "Resolving it takes a day.",
    "Resolved it is, then.", "Spam filters caught it.", "Ignore the red light.", "Ignoring it is fine.", "Internally it is 12 V.",
    "Internal cables are grey.", "Internal parts:", "P.S. It works.", "P 3000 is the larger one.", "P1000: see page 3.",
    "Hello Nora,", "Hi Nora,", "Good morning!", "Status: on its way.", "Why: the cable was loose.", "Help is on its way.",
    "Wait for the green light.", "Plan: we send a new one.", "Promise: it comes on Friday.", "Close the lid first.",
    "Hallo Frau Vogt,", "Danke für die Nachricht.", "Notieren Sie bitte die Nummer.", "Internes Netzteil: 12 V.", "Übrigens:",
    "Bonjour Madame,", "Merci,", "Note bien reçue.", "Buenos días:", "Gracias por su mensaje.", "¡Hola, Nora!", "Nota bene",
    "Buongiorno,", "Grazie.", "Olá Nora,", "Obrigado pela foto.", "Dag Nora,", "Bedankt!", "Dzień dobry,", "Dziękuję.",
    "Hej Nora,", "Tack!", "Dobrý den,", "こんにちは。", "ご連絡ありがとうございます。", "“Note” is on the left key.", "50/50 it is.",
    "#1 is the power button.", "1. Press it.\n2. Wait.", "- Press it\n- Wait", "http://shop.example/note", "!!! Nora, careful",
    "> your question\nYes.", "*Hello* Nora,", "(By the way:)", "…and it works.", "Re: your question", "FYI: it is on its way.",
]  # fmt: skip


@pytest.mark.parametrize("opening", OPENINGS)
def test_an_ordinary_letter_stays_a_letter(opening):
    text = f"{opening}\n\nHold the switch for ten seconds.\n\nMara"
    assert parse_reply(text) == Asked(verbs=(), prose=text)
    assert bare_opening(text) is None


@pytest.mark.parametrize("above", ["In the chat type", "Then write into it", "Geben Sie dort ein"])
def test_a_line_that_is_announced_is_no_verb_below_a_greeting(above):
    text = f"{above}\n/join #desk\nand ask for Kim."
    assert parse_reply(text) == Asked(verbs=(), prose=text)


@pytest.mark.parametrize(
    "above", ["Hi", "hello dear ben", "Guten Morgen zusammen", "Kim Vogt", "salut les amis,", "Ben"]
)
def test_a_line_below_a_greeting_is_refused(above):
    assert isinstance(parse_reply(f"{above}\n\n/foobar he is difficult"), Refusal)


def test_of_a_tapped_mail_only_the_verbs_count():
    assert only_verbs("/take\n\nMara Lind\nLumen GmbH") == "/take"
    assert only_verbs("/promise 2026-03-02 12:00\n\n/p 2\nSent from my phone") == "/promise 2026-03-02 12:00\n\n/p 2"
    assert only_verbs("A banner\n\n/take\n\nMara") == "/take"
    assert only_verbs("Mara Lind") == ""


def test_hostile_lines_are_read_at_once():
    start = time.process_time()
    for line in (
        "1." * 50_000 + "/note",
        "-" * 100_000,
        "“" * 100_000 + "/note",
        "a)" * 50_000,
        "/" + "*" * 100_000,
        "note" + " " * 100_000 + "x",
        "/take " + "/p " * 100_000,
        "_" * 100_000,
        "/note " + "\u200b" * 100_000 + "x",
    ):
        read_line(line)
        bare_verb(line)
        parse_reply(line)
    assert time.process_time() - start < 10
