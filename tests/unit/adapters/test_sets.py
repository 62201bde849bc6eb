"""Languages as whole sets: what is missing is told, what is begun is in nobody's way, and no letter mixes two languages."""

from __future__ import annotations

import shutil

import pytest

from mailbot.adapters.letters.new_language import lay_out, still_english
from mailbot.adapters.letters.phrases import FILE
from mailbot.adapters.letters.samples import SAMPLES
from mailbot.adapters.letters.sets import MARK
from mailbot.adapters.letters.templates import NAMES, Templates
from mailbot.app.letters import check_letters
from mailbot.core.model.letter_kinds import KINDS, Audience
from mailbot.errors import ConfigError
from tests.unit.adapters.golden_letters import ROOT

pytestmark = pytest.mark.slow  # every letter in every language, several times

SHIPPED = ROOT / "templates"
LETTERS = [name for name in NAMES if KINDS[name].audience is Audience.CUSTOMER]
ACK, NEW = SAMPLES["ack"][0], SAMPLES["new"][0]


def letters_with(folder, own="en"):
    return Templates([folder, SHIPPED], own=own)


def said(letters, name, fields, language):
    return letters.render(name, language=language, inbox="", zone="UTC", fields=fields).text


def begun(folder, *names):
    """A set in Finnish of which only some letters are there."""
    (folder / "fi").mkdir()
    for name in names:
        shutil.copyfile(SHIPPED / "en" / f"{name}.txt.j2", folder / "fi" / f"{name}.txt.j2")
    return folder


def whole(folder, *without):
    shutil.copytree(SHIPPED / "en", folder / "fi", ignore=lambda *_: without)
    return folder


def test_a_language_that_is_not_whole_is_not_used_and_is_told(tmp_path):
    letters = letters_with(begun(tmp_path, "ack"))
    assert "fi" not in letters.languages()
    assert said(letters, "ack", ACK, "fi").startswith("Hello Ada")
    (problem,) = letters.check()
    assert "late" in problem.reason
    assert problem.file == "fi/"


def test_who_is_written_to_in_no_language_of_ours_gets_the_desk_s_own(tmp_path):
    letters = letters_with(begun(tmp_path, "ack"), own="de")
    for language in ("fi", "tlh"):
        assert said(letters, "ack", ACK, language).startswith("Guten Tag Ada Byrne,")
    letters.fall_back_to("fi")
    assert said(letters, "ack", ACK, "tlh").startswith("Hello Ada"), "its own is not whole either"


@pytest.mark.parametrize("missing", ["_foot.txt.j2", "_stand.txt.j2", "ack.txt.j2", FILE])
def test_a_piece_or_a_sentence_that_is_missing_makes_no_letter_of_two_languages(tmp_path, missing):
    letters = letters_with(whole(tmp_path, missing))
    assert "fi" not in letters.languages()
    (problem,) = letters.check()
    assert missing.partition(".")[0] in problem.reason


def test_letters_to_customers_may_ship_before_the_notices_do(tmp_path):
    notices = [f"{name}.txt.j2" for name in NAMES if name not in LETTERS]
    letters = letters_with(whole(tmp_path, *notices), own="de")
    assert "fi" in letters.languages()
    assert said(letters, "ack", ACK, "fi").startswith("Hello Ada")
    assert "schreibt" in said(letters, "new", NEW, "fi"), "a notice is whole in the desk's own"
    assert letters.check() == []
    (tmp_path / "fi" / "new.txt.j2").write_text("Subject: x\n\n##^^##\n", "utf-8")
    (problem,) = letters_with(tmp_path).check()
    assert problem.reason.startswith("notices are not written in it")


def test_a_language_that_is_begun_stands_in_nobody_s_way_and_one_that_is_lost_does(tmp_path):
    letters = letters_with(whole(tmp_path))
    (tmp_path / "nn").mkdir()
    (tmp_path / "nn" / "ack.txt.j2").write_text("Hei", "utf-8")
    assert letters.check_edited() == letters.reload() == []
    (tmp_path / "fi" / "late.txt.j2").unlink()
    assert "late" in letters.reload()[0].reason
    assert "fi" in letters.languages()


def test_a_set_is_laid_out_told_sentence_by_sentence_and_used_when_it_is_done(tmp_path):
    files = lay_out("fi", SHIPPED, tmp_path)
    assert {file.name for file in files} == {file.name for file in (SHIPPED / "en").iterdir()}
    letters = letters_with(tmp_path)
    assert "fi" not in letters.languages()
    assert "ack" in letters.check()[0].reason
    assert not letters.reload(), "whoever edits other letters meanwhile is not held up"
    told = [str(each) for each in still_english(letters.unfinished(), SHIPPED)]
    lines = (tmp_path / "fi" / "closed.txt.j2").read_text("utf-8").splitlines()
    at = next(number for number, line in enumerate(lines, 1) if line.startswith("We haven't heard"))
    assert any(f"fi/closed.txt.j2:{at}: still in English: We haven't heard back" in each for each in told)
    assert any("phrases.toml" in each and "there's nothing above the quoted text" in each for each in told)
    assert any("still in English: {clock} {zone} today" in each for each in told)
    assert not any(each.endswith(".j2") or "{%" in each for each in told), "tags are left alone"
    for file in files:
        words = file.read_text("utf-8").replace("We haven't heard back from you", "Emme ole kuulleet teistä")
        file.write_text(words.partition("\n")[2], "utf-8")
    letters = letters_with(tmp_path)
    assert letters.check() == []
    assert "fi" in letters.languages()
    assert "Emme ole kuulleet teistä" in said(letters, "closed", SAMPLES["closed"][0], "fi")


def test_a_file_without_english_says_that_its_mark_can_go(tmp_path):
    lay_out("fi", SHIPPED, tmp_path)
    foot = tmp_path / "fi" / "closed.txt.j2"
    foot.write_text(f"{{# {MARK} #}}\nHei,\n\nsuljemme asian.\n", "utf-8")
    assert any(
        each.file == str(foot) and "delete its first line" in each.reason
        for each in still_english(letters_with(tmp_path).unfinished(), SHIPPED)
    )


@pytest.mark.parametrize(("language", "reason"), [("finnish", "no code"), ("de", "ships already"), ("../x", "no code")])
def test_what_cannot_be_laid_out(tmp_path, language, reason):
    with pytest.raises(ConfigError, match=reason):
        lay_out(language, SHIPPED, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_nothing_is_written_over_what_is_there(tmp_path):
    lay_out("fi", SHIPPED, tmp_path)
    with pytest.raises(ConfigError, match="already exists"):
        lay_out("fi", SHIPPED, tmp_path)


def test_the_command_line_counts_what_is_left(tmp_path):
    (tmp_path / "templates").mkdir()
    lay_out("fi", SHIPPED, tmp_path / "templates")
    _, languages, problems = check_letters(tmp_path)
    assert "fi" not in languages
    assert len(problems) > 300
