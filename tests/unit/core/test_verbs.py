"""What agents ask for at the top of a mail: obeyed whole or refused whole, and never a word to the wrong reader."""

import pytest

from mailbot.core.model.reason import why
from mailbot.core.verbs.names import NAMES
from mailbot.core.verbs.parse import HELP, Asked, Refusal, Verb, parse_reply


def asked(text):
    result = parse_reply(text)
    assert isinstance(result, Asked), result
    return result


def refused(text):
    result = parse_reply(text)
    assert isinstance(result, Refusal), result
    return result


def verbs(text):
    return [(v.name, v.argument) for v in asked(text).verbs]


# --- what each verb takes --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/take", ("take", "")),
        ("/release", ("release", "")),
        ("/assign Anna", ("assign", "Anna")),
        ("/assign to @anna", ("assign", "anna")),
        ("/assign “Anna Berg”", ("assign", "Anna Berg")),
        ("/p 2", ("p", "2")),
        ("/p2", ("p", "2")),
        ("/p: 2", ("p", "2")),
        ("/p=2", ("p", "2")),
        ("/P 2.", ("p", "2")),
        ("／ｐ　２", ("p", "2")),
        ("/promise -2h", ("promise", "-2h")),
        ("/plan we see\u200c it", ("plan", "we see\u200c it")),
        ("/prio 2", ("p", "2")),
        ("/priority 2", ("p", "2")),
        ("/p P2", ("p", "2")),
        ("/promise fri 14:00", ("promise", "fri 14:00")),
        ("/promise “fri 14:00”", ("promise", "fri 14:00")),
        ("/promise 2026–03–06 14:00", ("promise", "2026-03-06 14:00")),
        ("/plan We replace the disk – tonight.", ("plan", "We replace the disk – tonight.")),
        ("/workaround Use “Save as”", ("workaround", "Use “Save as”")),
        ("/eta when the part is here", ("eta", "when the part is here")),
        ("/resolve", ("resolve", "")),
        ("/resolve quietly", ("resolve", "quietly")),
        ("/resolve –Quietly.", ("resolve", "quietly")),
        ("/reopen", ("reopen", "")),
        ("/wait customer 3d", ("wait", "customer 3d")),
        ("/wait Customer: for 3 days", ("wait", "customer 3 days")),
        ("/wait third-party Paper Mill", ("wait", "third-party Paper Mill")),
        ("/wait third–party “Paper Mill”", ("wait", "third-party Paper Mill")),
        ("/wait third party Paper Mill", ("wait", "third-party Paper Mill")),
        ("/thanks", ("thanks", "")),
        ("/thanks for the screenshot", ("thanks", "for the screenshot")),
        ("/spam", ("spam", "")),
        ("/ignore", ("ignore", "")),
        ("/status", ("status", "")),
        ("/why?", ("why", "")),
        ("/help", ("help", "")),
        ("/send", ("send", "")),
        ("/confirm", ("confirm", "")),
    ],
)
def test_each_verb_and_its_argument(text, expected):
    assert verbs(text) == [expected]


def test_verbs_stand_at_the_top_and_prose_below():
    text = "\n/take\n\n/p 2\n/promise fri 14:00\n\nDear Kim,\n\nwe are on it.\n\nAnna\n"
    assert asked(text) == Asked(
        verbs=(Verb(name="take"), Verb(name="p", argument="2"), Verb(name="promise", argument="fri 14:00")),
        prose="Dear Kim,\n\nwe are on it.\n\nAnna",
    )
    assert asked("/take\nDear Kim").prose == "Dear Kim"
    assert asked(text.replace("\n", "\r\n")).verbs == asked(text).verbs


def test_the_same_twice_is_once():
    assert verbs("/take\n/take\n/p 2\n/priority 2") == [("take", ""), ("p", "2")]


def test_an_empty_mail_asks_nothing():
    for text in ("", "\n \n", "\u200b\n\u00a0"):
        assert asked(text) == Asked(verbs=(), prose="")


@pytest.mark.parametrize(
    "line",
    [
        *(
            "/note x",
            "#note x",
            "!note x",
            "/NOTE x",
            "／note x",
            "＃note x",
            "！Note x",
            "⁄note x",
            "∕note x",
            "/ｎｏｔｅ x",
        ),
        *(
            "/note\u00a0x",
            "\u200b/note\u200b x",
            "\ufeff/note x",
            "/\u200bnote x",
            "/note\u202fx",
            "  /note   x  ",
            "\t/note x",
        ),
        *(
            "/ note x",
            "/note: x",
            "/note, x",
            "/note. x",
            "*/note* x",
            "**/note** x",
            "_/note_ x",
            "“/note x”",
            "*/note x*",
        ),
        *("- /note x", "• /note x", "1. /note x", "12) /note x", "a) /note x", "> /note x", "» /note x", "[/note x]"),
        *("(/note) x", "→ /note x", "=> /note x", "[ ] /note x", "☐ /note x", "📝 /note x", "～/note x", "/note:x"),
        *(
            "\u202a/note x\u202c",
            "\u2066/note\u2069 x",
            "\ufe0f/note x",
            "1\ufe0f\u20e3 /note x",
            "① /note x",
            "~~/note~~ x",
        ),
        *("1.1. /note x", "… /note x", "§ /note x", "- **/note** x", "/**note** x", "\x00/note x", "\u2800/note x"),
    ],
)
def test_what_phones_put_in_is_understood(line):
    assert asked(line) == Asked(verbs=(Verb(name="note", argument="x"),), prose="")


def test_words_below_a_question_to_the_desk_go_to_nobody():
    both = (Verb(name="status"), Verb(name="why"))
    assert asked("/status\n/why\n\nDear Kim,\nhello") == Asked(verbs=both, prose="", unsent="Dear Kim,\nhello")


# --- notes stay inside -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("/note they are angry", "they are angry"),
        ("/note\nthey are angry\n\nbe quick", "they are angry\n\nbe quick"),
        ("/note they are angry\n\nDear Kim,\nhello", "they are angry\n\nDear Kim,\nhello"),
        ("/take\n/note\n/p 2\n\nthey are angry", "they are angry"),
        ("/note x\n/resolve quietly", "x"),
        ("/note /etc/hosts is wrong", "/etc/hosts is wrong"),
        ("/status\n/note\nwhat is this?", "what is this?"),
    ],
)
def test_with_a_note_no_word_is_left_for_the_customer(text, note):
    result = asked(text)
    assert result.prose == ""
    assert [v.argument for v in result.verbs if v.name == "note"] == [note]


def test_an_empty_note_is_refused():
    assert refused("/note").reason == why("verbs.note-empty")
    assert refused("/take\n/note\n\n").reason == why("verbs.note-empty")


@pytest.mark.parametrize(
    ("line", "draft"),
    [
        ("/etc/hosts is the file", "“/etc/hosts” is the file"),
        ("- /tmp is full", "- “/tmp” is full"),
        ("#hash_tag", "“#hash_tag”"),
        ("!important: read this", "“!important:” read this"),
        ("/plan.pdf is attached", "“/plan.pdf” is attached"),
        ("(/foo)", "(“/foo)”"),
        ("#!/bin/sh", "“#!/bin/sh”"),
        ("/take/it", "“/take/it”"),
        ("/привет всем", "“/привет” всем"),
        ("“/foo is bar”", "““/foo” is bar”"),
    ],
)
def test_what_begins_like_a_verb_and_is_none_is_refused_with_quotation_marks(line, draft):
    result = refused(f"/take\n{line}\n\nDear Kim")
    assert result.reason.code == "verbs.unknown"
    assert result.draft == f"/take\n\n{draft}\n\nDear Kim"
    assert asked(result.draft).prose == f"{draft}\n\nDear Kim"


@pytest.mark.parametrize(
    ("line", "verb"),
    [
        *(("/notiz x", "/note x"), ("/Poznámka x", "/note x"), ("/poznamka x", "/note x"), ("#intern x", "/note x")),
        *(("/erledigt", "/resolve"), ("/GELÖST", "/resolve"), ("/résoudre", "/resolve"), ("/resoudre.", "/resolve")),
        *(("/résolu", "/resolve"), ("/opgelost", "/resolve"), ("/решено", "/resolve"), ("/解決", "/resolve")),
        *(("/übernehmen", "/take"), ("/priorität 2", "/p 2"), ("/danke", "/thanks"), ("/hilfe", "/help")),
        *(("/warum", "/why"), ("/メモ x", "/note x"), ("!remarque: x", "/note x"), ("- /notiz x", "/note x")),
        *(("/note,x", "/note x"), ("/note—x y", "/note x y"), ("/-note x", "/note x"), ("“/note” x", "/note x")),
    ],
)
def test_the_right_verb_is_proposed(line, verb):
    result = refused(line)
    assert result.reason == why("verbs.mistaken", word=line.split()[0], meant=verb.split()[0].removeprefix("/"))
    assert result.draft == verb


@pytest.mark.parametrize(
    "line",
    [
        *(
            "/ntoe he lies",
            "/notes he lies",
            "/noet",
            "#ntoe he lies",
            "!nite he lies",
            "//note he lies",
            "\\note he lies",
        ),
        *("/ntoe: he lies", "/internal he lies", "##note he lies", "!!note he lies"),
    ],
)
def test_a_mistyped_note_never_reaches_the_customer(line):
    result = refused(f"{line}\nand so on")
    assert result.reason == why("verbs.mistaken", word=line.split()[0], meant="note")
    assert asked(result.draft).prose == ""


# --- prose -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        *("/", "//", "/*", "/1", "// a remark", "/ Kim", "#1 priority for us", "#", "##", "# Heading", "# Status"),
        *(
            "## Plan",
            "#42",
            "!!!",
            "!",
            "! Careful",
            "!= is not equal",
            "!?",
            "/?",
            "50/month",
            "1/2",
            "\\\\server\\share",
        ),
        *(
            "note: this is prose",
            "take care",
            "Please /resolve it",
            "`/tmp`",
            "“Hello”",
            "“/foo” is bar",
            "“/etc/hosts”",
        ),
        *("__init__", "*Dear* Kim", "https://shop.example/note", "<https://shop.example/note>", "Kim/note", "1. Hello"),
        *("¡Hola!", "a) /", "- [ ] one", "> Hello", "«/foo» is bar", "3/note"),
    ],
)
def test_ordinary_lines_are_prose(line):
    assert asked(line) == Asked(verbs=(), prose=line)
    assert asked(f"{line}\nmore\n{line}").prose == f"{line}\nmore\n{line}"
    assert asked(f"/take\n{line}") == Asked(verbs=(Verb(name="take"),), prose=line)


@pytest.mark.parametrize(
    "line", ["/foo", "/usres shows them", "“/resolve”", "(/help)", "# note", "!importnat", "/etc/hosts"]
)
def test_below_the_first_words_only_a_known_verb_counts(line):
    text = f"Dear Kim, this is how it goes:\n{line}\nYours"
    assert asked(text).prose == text


@pytest.mark.parametrize(
    "line",
    [
        *(
            "/note he lies",
            "- /note he lies",
            "* /note he lies",
            "1. /note he lies",
            "**/note** he lies",
            "→ /note he lies",
        ),
        *(
            "/ note he lies",
            "//note he lies",
            "/ntoe he lies",
            "/notiz er lügt",
            "/poznámka lže",
            "\u200b/note he lies",
        ),
    ],
)
@pytest.mark.parametrize("above", ["Dear Kim, it is mended.\n\nThe cause was a cable.", "Hi team,", "Dear Kim"])
def test_a_note_below_words_is_refused(above, line):
    result = refused(f"{above}\n\n{line}\nand so on")
    assert asked(result.draft).prose == ""


@pytest.mark.parametrize("greeting", ["Hi team,", "Hello Kim", "Hallo zusammen!", "Ben,"])
@pytest.mark.parametrize(
    "line", ["/foo he lies", "“/note he lies", "#intern er lügt", "/メモ 難しい", "> /note he lies", "(/foo)"]
)
def test_below_a_greeting_counts_what_counts_at_the_top(greeting, line):
    refused(f"{greeting}\n{line}\n\nMara")
    refused(f"{greeting}\n\n{line}")
    assert asked(refused(f"{greeting}\n{line}").draft)


# --- refusals --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code", "line", "draft"),
    [
        ("/resovle\n\nIt works.", "verbs.mistaken", "/resovle", "/resolve\n\nIt works."),
        (
            "/take\n/promse fri 14:00\n\nHello",
            "verbs.mistaken",
            "/promse fri 14:00",
            "/take\n/promise fri 14:00\n\nHello",
        ),
        ("/close", "verbs.mistaken", "/close", "/resolve"),
        ("/zone Berln", "verbs.zone", "/zone Berln", "/zone Europe/Berlin"),
        ("/zone half past\n\nHello", "verbs.zone", "/zone half past", "/zone PLACE\n\nHello"),
        ("/merge 12\n\nHello", "verbs.unknown", "/merge 12", "“/merge” 12\n\nHello"),
        ("/take\n/foo\n/p 2\nHello", "verbs.unknown", "/foo", "/take\n/p 2\n\n“/foo”\n\nHello"),
        ("Hello\n/resolve\nYours", "verbs.below", "/resolve", "/resolve\n\nHello\nYours"),
        ("/take\nHello\n#p2", "verbs.below", "#p2", "/take\n#p2\n\nHello"),
        ("Hello\n/status shows it", "verbs.below", "/status shows it", "Hello\n“/status” shows it"),
        ("/note\nHello\n/resolve quietly", "verbs.below", "/resolve quietly", "/note\n/resolve quietly\n\nHello"),
        ("/resolve it works again", "verbs.resolve", "/resolve it works again", "/resolve\n\nit works again"),
        ("/take /p 2", "verbs.one-a-line", "/take /p 2", "/take\n/p 2"),
        ("/resolve /p 2", "verbs.one-a-line", "/resolve /p 2", "/resolve\n/p 2"),
        (
            "/reopen it broke again\n\nSorry",
            "verbs.words-below",
            "/reopen it broke again",
            "/reopen\n\nit broke again\n\nSorry",
        ),
        ("/p 6", "verbs.priority", "/p 6", "/p N"),
        ("/p", "verbs.priority", "/p", "/p N"),
        ("/p 2 urgent", "verbs.priority", "/p 2 urgent", "/p N"),
        ("/promise", "verbs.lacks", "/promise", "/promise WHEN"),
        ("/assign “”", "verbs.lacks", "/assign “”", "/assign NAME"),
        ("/plan\nsomething", "verbs.lacks", "/plan", "/plan TEXT\n\nsomething"),
        ("/wait", "verbs.wait-for-whom", "/wait", "/wait third-party NAME"),
        ("/wait 3d", "verbs.wait-for-whom", "/wait 3d", "/wait customer 3d"),
        ("/p 2 /take", "verbs.one-a-line", "/p 2 /take", "/p 2\n/take"),
        ("/promise 2h /take\n\nHello", "verbs.one-a-line", "/promise 2h /take", "/promise 2h\n/take\n\nHello"),
        ("/plan a new disk /resolve", "verbs.one-a-line", "/plan a new disk /resolve", "/plan a new disk\n/resolve"),
        ("/p -1", "verbs.priority", "/p -1", "/p N"),
        ("/p –1", "verbs.priority", "/p –1", "/p N"),
        ("/wait customer", "verbs.wait-how-long", "/wait customer", "/wait customer DURATION"),
        ("/wait Paper Mill", "verbs.wait-for-whom", "/wait Paper Mill", "/wait third-party Paper Mill"),
        ("/p 2\n/p 3", "verbs.twice", "/p 3", "/p 2"),
        ("/promise 2h\n/promise 3h\n\nHello", "verbs.twice", "/promise 3h", "/promise 2h\n\nHello"),
        ("/resolve\n/reopen", "verbs.contradicts", "/reopen", "/resolve"),
        ("/wait customer 3d\n/resolve", "verbs.contradicts", "/resolve", "/wait customer 3d"),
        ("/take\n/assign anna", "verbs.contradicts", "/assign anna", "/take"),
        ("/take\n/release", "verbs.contradicts", "/release", "/take"),
        ("/spam\n/thanks", "verbs.contradicts", "/thanks", "/spam"),
        ("/note x\n/promise 2h", "verbs.contradicts", "/promise 2h", "/note x"),
        ("/note x\n/send", "verbs.contradicts", "/send", "/note x"),
        ("/resolve\n/note x", "contradiction.note-and-resolve", "/note x", "/resolve"),
        ("/status\n/take\n\nHello", "verbs.unheard", "/status", "/status\n/take\n/note\n\nHello"),
        ("/status\n/thanks\n/p 2\n\nHello", "verbs.unheard", "/status", "/status\n/p 2\n/note\n\nHello"),
        ("/spam\nphishing", "verbs.unheard", "/spam", "/spam\n/note\n\nphishing"),
        ("/ntoe x\nHello\n/take\n/p 9", "verbs.mistaken", "/ntoe x", "/note x\n/take\n\nHello\n“/p” 9"),
    ],
)
def test_refusals_say_why_and_bring_a_draft(text, code, line, draft):
    result = refused(text)
    assert result.reason.code == code
    assert (result.line, result.draft) == (line, draft)


def test_help_names_every_verb():
    told = {usage.split()[0].removeprefix("/") for usage, _ in HELP if usage}
    assert told == set(NAMES)
