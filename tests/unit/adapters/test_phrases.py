"""The program's short sentences in another language; `test_reasons` asks for the words of each code."""

from __future__ import annotations

import shutil
from datetime import datetime, timedelta, timezone
from pathlib import Path

import pytest

from mailbot.adapters.letters.phrases import Phrases
from mailbot.adapters.letters.samples import SAMPLES
from mailbot.adapters.letters.templates import Templates
from mailbot.core.model.reason import why
from mailbot.core.model.silence import HELD, closed_by
from mailbot.core.verbs.parse import Refusal, parse_reply

TEMPLATES = Path(__file__).parents[3] / "templates"
GERMAN = (TEMPLATES / "de" / "phrases.toml").read_text("utf-8")


@pytest.mark.parametrize(
    "written",
    [
        "/resolved",
        "/p 9",
        "/take it",
        "/assign",
        "/wait 3d",
        "/take\n/release",
        "Hello\n/note x",
        "/note\n",
        "/xyzzy 3",
    ],
)
def test_a_refusal_is_said_in_german(written):
    refusal = parse_reply(written)
    assert isinstance(refusal, Refusal)
    said = Phrases(GERMAN).said(refusal.reason.field)
    assert not {"the", "there", "is", "and"} & set(said.replace("«", " ").split())


@pytest.mark.parametrize(
    ("mute", "english", "german"),
    [
        (
            why("screen.not_addressed"),
            "none of our addresses in To or Cc",
            "keine unserer Adressen in To oder Cc",
        ),
        (
            why("limit.address_hour", count=3),
            "3 automatic mails to this address in an hour",
            "3 automatische Mails an diese Adresse in einer Stunde",
        ),
        (
            why("screen.list_header", header="List-Id"),
            "a mailing list, by its header List-Id",
            "eine Mailingliste, nach ihrer Kopfzeile List-Id",
        ),
        (
            closed_by("ignore", "Mara Lind").reason,
            "Mara Lind says no answer is needed",
            "Mara Lind sagt, es braucht keine Antwort",
        ),
        (
            HELD.reason,
            "a rule wants a person to answer first",
            "nach einer Regel antwortet zuerst ein Mensch",
        ),
    ],
)
def test_why_the_desk_keeps_silent_is_said_in_both_languages(mute, english, german):
    assert Phrases((TEMPLATES / "en" / "phrases.toml").read_text("utf-8")).said(mute.field) == english
    assert Phrases(GERMAN).said(mute.field) == german


def test_what_is_filled_in_is_kept_as_it_is_and_what_is_asked_for_is_said_as_well():
    phrases = Phrases('[reasons]\nx = "{b} before {~a}"\ny = "one of {~each}, not {each}"\nopen = "offen"\n')
    assert phrases.said(why("x", a=why("open"), b='{"args": {}')) == '{"args": {} before offen'
    assert phrases.said(str(why("x", a="open", b="{~a}"))) == "{~a} before open"
    assert phrases.said(why("y", each=[why("open"), "2"])).startswith("one of offen, 2, not ")
    assert phrases.said("something else") == "something else"


def test_a_moment_is_said_by_the_reader_s_clock_and_stays_as_it_is_where_there_is_none():
    phrases = Phrases('[reasons]\nx = "by {due:when}"\nouter = "they wait: {~inner}"\n')
    moment = datetime(2026, 3, 6, 14, tzinfo=timezone(timedelta(hours=1)))
    reason = why("outer", inner=why("x", due=moment))
    assert phrases.said(reason) == "they wait: by 2026-03-06T13:00:00+00:00"
    assert phrases.said(str(reason), lambda found: f"<{found[:10]}>") == "they wait: by <2026-03-06>"
    assert phrases.said(why("x", due="2026-03-06 soon"), str.upper) == "by 2026-03-06 soon"


@pytest.mark.parametrize(
    ("language", "said"), [("ja", ("30分", "2時間")), ("nl", ("30 min", "2 uur")), ("en", ("30 min", "2 h"))]
)
def test_a_length_of_time_is_said_in_the_units_of_the_language(language, said):
    phrases = Phrases((TEMPLATES / language / "phrases.toml").read_text("utf-8"))
    for left, words in zip(("30 min", "2 h"), said, strict=True):
        assert words in phrases.said(why("tap.no-news-within", left=left))
    assert "<left>" in phrases.said(why("tap.no-news-within", left="<left>"))


def test_several_values_stand_apart_as_the_language_sets_them():
    words = '[reasons]\nx = "{words:quoted}"\ny = "{words}"\nz = "{~words}"\n'
    japanese = Phrases('[quotation]\nopen = "「"\nclose = "」"\nbetween = "、"\n' + words)
    assert [japanese.said(why(code, words=["a", "b"])) for code in "xyz"] == ["「a」、「b」", "a、b", "a、b"]
    assert Phrases(words, beneath=japanese).said(why("y", words=["a", "b"])) == "a、b"
    with pytest.raises(TypeError, match="between"):
        Phrases('[quotation]\nopen = "「"\nclose = "」"\nbetween = ""\n')


@pytest.mark.parametrize(("table", "said"), [("", "“a”, “b”"), ('[quotation]\nopen = "„"\nclose = "“"\n', "„a“, „b“")])
def test_words_are_quoted_in_the_marks_of_the_language(table, said):
    assert Phrases(table + '[reasons]\nx = "{words:quoted}"\n').said(why("x", words=["a", "b"])) == said


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ('[quotation]\nopen = "„"\n', "open and close"),
        ('[reasons]\n"one" = 3\n', "not a text"),
        ('"one" = "eins"\n', "under no heading"),
        ('[reasons]\n"one" = \n', "line 2"),
    ],
)
def test_a_faulty_file_is_named_and_does_not_count(tmp_path, source, reason):
    with pytest.raises((TypeError, ValueError), match=reason):
        Phrases(source)
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "phrases.toml").write_text(source, "utf-8")
    [problem] = {str(p) for p in Templates([tmp_path, TEMPLATES]).check()}
    assert problem.startswith(str(tmp_path / "de" / "phrases.toml"))
    assert reason in problem


def test_an_admin_may_say_it_in_other_words(tmp_path):
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "phrases.toml").write_text('[reasons]\n"verbs.one-a-line" = "bitte einzeln"\n', "utf-8")
    fields = {**SAMPLES["refused"][0], "reason": why("verbs.one-a-line").field}
    rendered = Templates([tmp_path, TEMPLATES]).render(
        "refused", language="de", inbox="", zone="Europe/Berlin", fields=fields
    )
    assert "bitte einzeln" in rendered.text


def test_a_code_that_an_admins_catalogue_lacks_is_said_as_shipped_or_else_in_english(tmp_path):
    (tmp_path / "de").mkdir()
    (tmp_path / "de" / "phrases.toml").write_text('[refused]\n"one verb a line" = "bitte einzeln"\n', "utf-8")
    shutil.copytree(TEMPLATES / "en", tmp_path / "da")
    (tmp_path / "da" / "phrases.toml").unlink()
    letters = Templates([tmp_path, TEMPLATES])
    fields = {**SAMPLES["refused"][0], "reason": why("verbs.one-a-line").field}
    for language, said in (("de", "ein Befehl je Zeile"), ("da", "one verb a line")):
        assert said in letters.render("refused", language=language, inbox="", zone="UTC", fields=fields).text


ARABIC = '[quotation]\nopen = "«"\nclose = "»"\nbetween = "، "\n[reasons]\nx = "{words:quoted} و{more} غيرها"\ny = "{words:quoted}"\n'


def test_quoted_words_that_run_the_other_way_stay_whole_in_words_from_right_to_left():
    said = Phrases(ARABIC).said(why("x", words=["refund", "sent back (2)", "استرجاع"], more=3))
    assert said == "«\u2068refund\u2069»، «\u2068sent back (2)\u2069»، «استرجاع» و3 غيرها"
    # A catalogue runs one way, also where a sentence of it has no words of its own, and an admin's few lines lie upon it.
    assert Phrases(ARABIC).said(why("y", words="refund")) == "«\u2068refund\u2069»"
    assert Phrases('[reasons]\nz = "{words:quoted}"\n', Phrases(ARABIC)).said(why("z", words="a")) == "«\u2068a\u2069»"
    assert Phrases(ARABIC).said(why("y", words="see https://shop.example/a")).endswith("/a \u2069»")


def test_words_from_left_to_right_have_no_marks_around_what_they_quote():
    for language in ("en", "de", "ja"):
        phrases = Phrases((TEMPLATES / language / "phrases.toml").read_text("utf-8"))
        assert "\u2068" not in phrases.said(why("account.words", words=["refund", "استرجاع"]))
    assert Phrases((TEMPLATES / "ar" / "phrases.toml").read_text("utf-8")).from_right
