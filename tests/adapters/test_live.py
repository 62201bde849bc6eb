"""Rules in force: a saved change counts at once if it is good; if not, the old ones stay and the admins hear of it once."""

import asyncio
import shutil
import time

import pytest
from structlog.testing import capture_logs

from mailbot.adapters import live as module
from mailbot.adapters.language import detect_language
from mailbot.adapters.live import load_live
from mailbot.adapters.site import data_dir
from mailbot.core.triage import Facts, triage
from mailbot.core.trouble import not_reloaded
from mailbot.errors import StoreDown
from tests.contract.made import NOW
from tests.core.simulated_desk import SIGNER, desk_policy

RULE = '[[rule]]\nid = "{id}"\n[rule.when]\ntext = "{word}"\n[rule.then]\npriority = {level}\n'


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 0.05)
    rules = tmp_path / "rules"
    rules.mkdir()
    (rules / "10-a.toml").write_text(RULE.format(id="a", word="apple", level=2), "utf-8")
    return rules


@pytest.fixture
def live(folder):
    return load_live(
        rules=folder, templates=[data_dir("templates")], signer=SIGNER, detect=detect_language, policy=desk_policy
    )


def level(live, said):
    return triage(Facts(text=said), live.current().rules).priority


class Watching:
    """A watch that runs while something is done to the files."""

    def __init__(self, live, tell=None):
        self.told = []
        self.stop = asyncio.Event()
        self._task = asyncio.ensure_future(live.watch(self.stop, tell or self.told.append))

    async def until(self, holds, poke=lambda: None):
        """The watch needs a moment to begin, so `poke` is done again and again."""
        deadline = time.monotonic() + 30
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
    file.write_text(good + '[[rule.test]]\ntext = "pear"\n', "utf-8")
    assert live.reload() == ["10-a.toml:7:1: test of rule `a`: the rule does not hit"]
    assert level(live, "apple") == 2
    file.write_text(good, "utf-8")
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
        await watch.until(lambda: level(live, "pear") == 5, lambda: (folder / "10-a.toml").write_text(text, "utf-8"))
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
        await watch.until(lambda: watch.told, lambda: (folder / "20-b.toml").write_text(half, "utf-8"))
        (folder / "30-c.toml").write_text(RULE.format(id="c", word="plum", level=5), "utf-8")
        await asyncio.sleep(0.5)
        assert level(live, "plum") == 3
        (folder / "20-b.toml").unlink()
        await watch.until(lambda: level(live, "plum") == 5)
        await watch.end()
    assert len(watch.told) == 1
    assert watch.told[0].files == ("20-b.toml",)
    assert watch.told[0].problems[0].startswith("20-b.toml:2:")
    assert [line["event"] for line in logs].count("not reloaded") == 1


async def test_what_is_mended_at_once_is_told_to_nobody(folder, live, monkeypatch):
    monkeypatch.setattr(module, "PATIENCE", 1.0)
    with capture_logs() as logs:
        watch = Watching(live)
        said = lambda: [line["event"] for line in logs]  # noqa: E731 - read again at every look
        await watch.until(lambda: "not reloaded" in said(), lambda: (folder / "20-b.toml").write_text("half", "utf-8"))
        (folder / "20-b.toml").write_text(RULE.format(id="b", word="pear", level=5), "utf-8")
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
    await watch.until(lambda: len(tried) == 2, lambda: (folder / "20-b.toml").write_text("half", "utf-8"))
    await watch.end()


def test_the_notice_names_every_mistake_and_goes_out_once_a_day(live):
    problems = [f"10-a.toml:{n}:1: wrong" for n in range(60)]
    setting = live.current()
    decision = not_reloaded(["10-a.toml"], problems, setting, now=NOW)
    (notice,) = decision.outgoing
    assert (notice.name, notice.to.address) == ("trouble", "admin@lumen.example")
    assert notice.key == not_reloaded(["other"], problems, setting, now=NOW).outgoing[0].key
    assert notice.key != not_reloaded([], problems[:1], setting, now=NOW).outgoing[0].key
    said = live.templates.render("trouble", language="en", inbox="", zone="UTC", fields=notice.fields)
    assert "60 mistakes" in (said.subject or "")
    assert "10-a.toml:39:1: wrong" in said.text
    assert "and 20 more" in said.text
