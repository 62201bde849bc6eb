"""Rules in force: a saved change counts at once if it is good; if not, the old ones stay and the admins hear of it once."""

import asyncio
import os
import shutil
import time
from dataclasses import replace

import pytest
from structlog.testing import capture_logs

from mailbot.adapters import live as module
from mailbot.adapters.language import detect_language
from mailbot.adapters.letters.templates import Templates, _Set
from mailbot.adapters.live import Live, load_live, state_of
from mailbot.adapters.rulefiles.load import load_rules
from mailbot.adapters.site import data_dir
from mailbot.core.actions.trouble import not_reloaded
from mailbot.core.rules.triage import Facts, triage
from mailbot.errors import StoreDown
from tests.contract.made import NOW
from tests.simulation.simulated_desk import SIGNER, desk_policy, shipped

pytestmark = pytest.mark.slow

RULE = '[[rule]]\nid = "{id}"\n[rule.when]\ntext = "{word}"\n[rule.then]\npriority = {level}\n'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "10-a.toml").write_text(RULE.format(id="a", word="apple", level=2), "utf-8")
    return rules


class NoLetters:
    """Letters that are always good: reading the real ones again takes a second."""

    def reload(self):
        return []


@pytest.fixture
def live(folder):
    rules, problems = load_rules(folder)
    assert problems == []
    return Live(replace(shipped().current(), rules=rules), NoLetters(), folder, [])


def level(live, said):
    return triage(Facts(text=said), live.current().rules).priority


def saved(path, text):
    """Written as editors save: at no moment is half of it there."""
    beside = path.with_name(f".{path.name}~")
    beside.write_text(text, "utf-8")
    beside.replace(path)


class Watching:
    """A watch that runs while something is done to the files."""

    def __init__(self, live, tell=None):
        self.told = []
        self.stop = asyncio.Event()
        self._task = asyncio.ensure_future(live.watch(self.stop, tell or self.told.append))

    async def until(self, holds, poke=lambda: None):
        """The watch needs a moment to begin, so `poke` is done again and again."""
        deadline = time.monotonic() + 120
        while not holds():
            assert time.monotonic() < deadline
            assert not self._task.done(), self._task
            poke()
            await asyncio.sleep(0.1)

    async def end(self):
        self.stop.set()
        await asyncio.wait_for(self._task, 10)


def test_a_reload_counts_only_if_the_tests_hold(folder, live):
    file = folder / "10-a.toml"
    good = RULE.format(id="a", word="apple", level=4)
    saved(file, good + '[[rule.test]]\ntext = "pear"\n')
    assert live.reload() == ["10-a.toml:7:1: test of rule `a`: the rule does not hit"]
    assert level(live, "apple") == 2
    saved(file, good)
    (folder / "tests").mkdir()
    (folder / "tests" / "shop.toml").write_text('[[test]]\nname = "fruit"\ntext = "apple"\npriority = 2\n', "utf-8")
    (problem,) = live.reload()
    assert problem.startswith("tests/shop.toml:1:1: test “fruit”: priority 2 was expected, it is 4")
    shutil.rmtree(folder / "tests")
    assert live.reload() == []
    assert level(live, "apple") == 4


async def test_a_good_change_says_what_came_went_and_changed(folder, live):
    with capture_logs() as logs:
        watch = Watching(live)
        text = RULE.format(id="a", word="apple", level=1) + RULE.format(id="b", word="pear", level=5)
        await watch.until(lambda: level(live, "pear") == 5, lambda: saved(folder / "10-a.toml", text))
        await watch.until(lambda: any(line["event"] == "reloaded" for line in logs))
        await watch.end()
    first = next(line for line in logs if line["event"] == "reloaded")
    assert (first["came"], first["changed"], first["files"]) == (["b"], ["a"], ["10-a.toml"])
    assert "went" not in first
    assert watch.told == []


async def test_a_faulty_change_is_told_once(folder, live):
    with capture_logs() as logs:
        watch = Watching(live)
        half = "[[rule]]\nid = "
        await watch.until(lambda: watch.told, lambda: saved(folder / "20-b.toml", half))
        looks, really = [], live._reload
        live._reload = lambda: (really(), looks.append((folder / "30-c.toml").exists()))[0]
        saved(folder / "30-c.toml", RULE.format(id="c", word="plum", level=5))
        await watch.until(lambda: looks and looks[-1])
        assert level(live, "plum") == 3
        (folder / "20-b.toml").unlink()
        await watch.until(lambda: level(live, "plum") == 5)
        await watch.end()
    assert len(watch.told) == 1
    assert watch.told[0].files == ("20-b.toml",)
    assert watch.told[0].problems[0].startswith("20-b.toml:2:")
    assert [line["event"] for line in logs].count("not reloaded") == 1


async def test_the_same_mistake_saved_again_is_told_once_and_a_new_one_as_well(folder, live):
    file = folder / "20-b.toml"
    wrong = '[[rule]]\nid = "b"\n[rule.when]\ntxt = "pear"\n[rule.then]\npriority = 5\n'
    with capture_logs() as logs:
        watch = Watching(live)
        said = lambda: [line["event"] for line in logs]  # noqa: E731 - read again at every look
        await watch.until(lambda: len(watch.told) == 1, lambda: saved(file, wrong))
        many = said().count("not reloaded")
        saved(file, "# a line more\n" + wrong)  # the same mistake, one line further down
        await watch.until(lambda: said().count("not reloaded") > many)
        saved(file, wrong.replace("txt", "text").replace("5", "9"))
        await watch.until(lambda: len(watch.told) == 2)
        saved(file, RULE.format(id="b", word="pear", level=5))
        await watch.until(lambda: level(live, "pear") == 5)
        assert logs[-1] == {
            "event": "reloaded",
            "log_level": "info",
            "files": ["20-b.toml"],
            "came": ["b"],
        }
        saved(file, wrong)  # after it was mended it is news again
        await watch.until(lambda: len(watch.told) == 3)
        await watch.end()
    assert ["unknown key `txt`" in told.problems[0] for told in watch.told] == [True, False, True]


async def test_a_folder_that_was_swapped_is_noticed(folder, live, monkeypatch):
    monkeypatch.setattr(module, "LOOK_AGAIN", 0.2)
    watch = Watching(live)
    await watch.until(lambda: level(live, "apple") == 5, lambda: _save(folder / "10-a.toml", "apple", 5))
    other = folder.parent / "other"
    other.mkdir()
    _save(other / "10-a.toml", "pear", 4)
    folder.rename(folder.parent / "before")
    other.rename(folder)
    await watch.until(lambda: level(live, "pear") == 4)
    _save(folder / "10-a.toml", "plum", 2)
    await watch.until(lambda: level(live, "plum") == 2)
    await watch.end()


async def test_written_beside_and_renamed_as_editors_do(folder, live):
    watch = Watching(live)
    beside = folder / ".10-a.toml.swp"

    def save():
        _save(beside, "apple", 4)
        beside.rename(folder / "10-a.toml")

    await watch.until(lambda: level(live, "apple") == 4, save)
    await watch.end()
    assert watch.told == []


@pytest.mark.parametrize("fault", ["loop", "large", "latin-1", "pipe", "folder", "cut"])
async def test_whatever_lies_there_the_old_rules_stay_and_the_watch_goes_on(folder, live, fault):
    file = folder / "20-b.toml"
    watch = Watching(live)
    await watch.until(lambda: level(live, "apple") == 5, lambda: _save(folder / "10-a.toml", "apple", 5))
    match fault:
        case "loop":
            file.symlink_to(file)
        case "large":
            with file.open("wb") as opened:
                opened.truncate(50 << 20)
        case "latin-1":
            file.write_bytes("# für alle\n".encode("latin-1"))
        case "pipe":
            os.mkfifo(file)
        case "folder":
            file.mkdir()
        case "cut":
            saved(file, RULE.format(id="b", word="pear", level=5)[:-30])
    # A link to itself and a pipe have no time of their own that changes: something else is saved with them.
    await watch.until(lambda: watch.told, lambda: _save(folder / "10-a.toml", "apple", 4))
    assert level(live, "apple") == 5
    assert watch.told[0].problems[0].startswith("20-b.toml")
    file.rmdir() if fault == "folder" else file.unlink()
    await watch.until(lambda: level(live, "apple") == 4)
    await watch.end()


@pytest.mark.parametrize("to", ["10-a.toml", "20-b.toml", "nowhere.toml"])
def test_a_link_is_noticed_when_it_comes_and_when_it_goes(folder, to):
    before = state_of([folder])
    (folder / "20-b.toml").symlink_to(to)
    assert state_of([folder]) != before
    (folder / "20-b.toml").unlink()
    assert state_of([folder]) == before


async def test_rules_count_though_a_letter_cannot_be_used(folder, tmp_path):
    letters = tmp_path / "letters"
    shutil.copytree(data_dir("templates"), letters)
    live = load_live(rules=folder, templates=[letters], signer=SIGNER, detect=detect_language, policy=desk_policy)
    with capture_logs() as logs:
        watch = Watching(live)
        (letters / "en" / "ack.txt.j2").write_text("Dear {{ custmer }}", "utf-8")
        await watch.until(lambda: watch.told, lambda: _save(folder / "10-a.toml", "apple", 5))
        await watch.end()
    assert level(live, "apple") == 5
    assert any(line["event"] == "reloaded" and line.get("changed") == ["a"] for line in logs)
    assert "'custmer' is not a field of ack" in watch.told[0].problems[0]


def _save(file, word, level):
    saved(file, RULE.format(id="a", word=word, level=level))


async def test_what_is_mended_at_once_is_told_to_nobody(folder, live, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 1.0)
    with capture_logs() as logs:
        watch = Watching(live)
        said = lambda: [line["event"] for line in logs]  # noqa: E731 - read again at every look
        await watch.until(lambda: "not reloaded" in said(), lambda: saved(folder / "20-b.toml", "half"))
        saved(folder / "20-b.toml", RULE.format(id="b", word="pear", level=5))
        await watch.until(lambda: level(live, "pear") == 5)
        await watch.end()
    assert watch.told == []


async def test_the_admins_hear_of_it_once_the_store_is_back(folder, live):
    tried = []

    def tell(faults):
        tried.append(faults)
        if len(tried) == 1:
            raise StoreDown("gone")

    watch = Watching(live, tell)
    await watch.until(lambda: len(tried) == 2, lambda: saved(folder / "20-b.toml", "half"))
    await watch.end()


@pytest.mark.parametrize(
    ("file", "words"),
    [
        ("en/ack.txt.j2", "Dear {{ custmer }}"),
        ("en/extra.txt.j2", "{% if %}"),
        ("billing/en/late.txt.j2", "{{ nobody }}"),
        ("de/phrases.toml", "["),
        ("fi/ack.txt.j2", "Hei"),
    ],
)
def test_letters_as_shipped_are_not_read_through_at_each_start_and_edited_ones_are(tmp_path, monkeypatch, file, words):
    letters = tmp_path / "letters"
    shutil.copytree(data_dir("templates"), letters, ignore=shutil.ignore_patterns("__pycache__"))
    checked, really = [], _Set.in_the_way
    monkeypatch.setattr(_Set, "in_the_way", lambda self: checked.append(self) or really(self))
    assert Templates([letters, data_dir("templates")]).check_edited() == []
    assert checked == []
    (letters / file).parent.mkdir(parents=True, exist_ok=True)
    (letters / file).write_text(words, "utf-8")
    found = [str(problem) for problem in Templates([letters, data_dir("templates")]).check_edited()]
    assert len(checked) == 1
    assert (found == []) is (file in ("en/extra.txt.j2", "fi/ack.txt.j2")), (
        "a piece of nothing, a language that is begun"
    )


def test_the_notice_names_every_mistake_and_goes_out_once_a_day(live):
    problems = [f"10-a.toml:{n}:1: wrong" for n in range(60)]
    setting = live.current()
    decision = not_reloaded(["10-a.toml"], problems, setting, now=NOW)
    (notice,) = decision.outgoing
    assert (notice.name, notice.to.address) == ("trouble", "admin@lumen.example")
    assert notice.key == not_reloaded(["other"], problems, setting, now=NOW).outgoing[0].key
    assert notice.key != not_reloaded([], problems[:1], setting, now=NOW).outgoing[0].key
    said = shipped().templates.render("trouble", language="en", inbox="", zone="UTC", fields=notice.fields)
    assert "60 mistakes" in (said.subject or "")
    assert "10-a.toml:39:1: wrong" in said.text
    assert "and 20 more" in said.text
