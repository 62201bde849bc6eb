"""The program's short sentences in another language: none that it no longer says; `test_reasons` asks for each code."""

from __future__ import annotations

import ast
import shutil
from pathlib import Path

import pytest

import mailbot.core
from mailbot.adapters.letters.phrases import Phrases
from mailbot.adapters.letters.samples import SAMPLES
from mailbot.adapters.letters.templates import Templates
from mailbot.core.model.reason import why
from mailbot.core.model.silence import HELD, closed_by
from mailbot.core.verbs.parse import Refusal, parse_reply

CORE = Path(mailbot.core.__file__).parent
TEMPLATES = Path(__file__).parents[3] / "templates"
GERMAN = (TEMPLATES / "de" / "phrases.toml").read_text("utf-8")
SAID_ELSEWHERE = {
    "closed",
    "open",
    "waiting",
    "resolved",
    "nobody",
}  # a word alone


def pattern(node):
    """A sentence of the source with {} for what it fills in; None for anything else."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(part.value if isinstance(part, ast.Constant) else "{}" for part in node.values)
    return None


@pytest.mark.parametrize("language", ["de", "en"])
def test_nothing_stands_for_a_sentence_that_is_never_said(language):
    catalogue = (TEMPLATES / language / "phrases.toml").read_text("utf-8")
    source = set()
    for path in CORE.rglob("*.py"):
        source |= {pattern(node) for node in ast.walk(ast.parse(path.read_text("utf-8")))}
    stale = {english for english in Phrases(catalogue).known if english not in source | SAID_ELSEWHERE}
    assert stale == set()


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
            "3 automatic mails to this address within the hour",
            "3 automatische Mails an diese Adresse in einer Stunde",
        ),
        (
            why("screen.list_header", header="List-Id"),
            "a mailing list, by its header List-Id",
            "eine Mailingliste, nach ihrer Kopfzeile List-Id",
        ),
        (
            closed_by("ignore", "Mara Lind").reason,
            "Mara Lind says that no answer is needed",
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


def test_what_is_filled_in_is_kept_as_it_is_and_what_is_asked_for_is_looked_up_as_well():
    phrases = Phrases('[a]\n"{} and {}" = "{2} und {~1}"\n"open" = "offen"\n"open or shut" = "offen oder zu"\n')
    assert phrases.said("open and open") == "open und offen"
    assert phrases.said("open or shut and {} \\1") == "{} \\1 und offen oder zu"
    assert phrases.said("something else") == "something else"


def test_the_longer_sentence_comes_first_and_one_that_leads_to_itself_ends():
    phrases = Phrases('[a]\n"{} given" = "{} da"\n"{} given over it" = "{} darüber"\n"x{}" = "{~}"\n')
    assert phrases.said("5 EUR given over it") == "5 EUR darüber"
    assert phrases.said("x" * 9) == "x" * 5


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ('[a]\n"one {}" = "{} {}"\n', "asks for more"),
        ('[a]\n"one" = 3\n', "not a text"),
        ('"one" = "eins"\n', "under no heading"),
        ('[a]\n"one" = \n', "line 2"),
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
    shutil.copytree(TEMPLATES / "en", tmp_path / "fr")
    (tmp_path / "fr" / "phrases.toml").unlink()
    letters = Templates([tmp_path, TEMPLATES])
    fields = {**SAMPLES["refused"][0], "reason": why("verbs.one-a-line").field}
    for language, said in (("de", "ein Verb je Zeile"), ("fr", "one verb a line")):
        assert said in letters.render("refused", language=language, inbox="", zone="UTC", fields=fields).text


def test_what_is_longer_than_any_sentence_is_left_alone():
    made_to_be_slow = ", priority , urgency " * 800
    assert Phrases(GERMAN).said(made_to_be_slow) == made_to_be_slow
