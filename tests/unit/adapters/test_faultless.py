"""Letters that were found faultless are tried again when one of their files has changed, and not before."""

from __future__ import annotations

import pytest

from mailbot.adapters.letters.phrases import FILE
from mailbot.adapters.letters.templates import Templates, _Voice
from tests.unit.adapters.golden_letters import ROOT

pytestmark = pytest.mark.slow  # every letter in every language, once


@pytest.fixture
def tried(monkeypatch):
    """The letters that are written to try them, by language."""
    found = []
    render = _Voice.render

    def noted(voice, name, zone, fields):
        found.append((voice._language, name))
        return render(voice, name, zone, fields)

    monkeypatch.setattr(_Voice, "render", noted)
    return found


def problems(*folders):
    return [str(problem) for problem in Templates([*folders, ROOT / "templates"]).check()]


def written(folder, name, words):
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(words, "utf-8")


def test_only_the_letters_of_files_that_changed_are_tried_again(tmp_path, tried):
    assert problems() == []
    tried.clear()
    assert problems() == problems(tmp_path) == []
    assert tried == []
    written(tmp_path, "fr/ack.txt.j2", "Bonjour {{ customer }}\n")
    assert problems(tmp_path) == []
    assert {language for language, _ in tried} == {"fr"}
    tried.clear()
    written(tmp_path, "fr/ack.txt.j2", "Bonjour {{ custmer }}\n")
    for _ in range(2):
        (problem,) = problems(tmp_path)
        assert "'custmer' is not a field of ack" in problem, "a fault is told each time"
    assert {language for language, _ in tried} == {"fr"}
    tried.clear()
    (tmp_path / "fr" / "ack.txt.j2").unlink()
    assert problems(tmp_path) == []
    assert tried == [], "all is as it was"


@pytest.mark.parametrize(
    ("name", "words", "fault"),
    [
        ("en/_foot.txt.j2", "{{ nobody }}", "nobody"),
        ("notice.html.j2", "{{ nobody }}", "nobody"),
        ("support/en/ack.txt.j2", "{% if %}", "Expected an expression"),
        ("late.html.j2", "{{ nobody }}", "nobody"),
        (f"en/{FILE}", "no table", "line 1"),
    ],
    ids=["a piece", "a frame", "an inbox's own", "where there was none", "sentences"],
)
def test_whatever_file_it_is(tmp_path, name, words, fault):
    assert problems() == []
    written(tmp_path, name, words)
    assert any(fault in problem for problem in problems(tmp_path))


def test_an_inbox_with_one_letter_of_its_own_is_tried_in_that_language(tmp_path, tried):
    assert problems() == []
    tried.clear()
    written(tmp_path, "support/en/ack.txt.j2", "Hello {{ customer }}\n")
    assert problems(tmp_path) == []
    assert {language for language, _ in tried} == {"en"}
