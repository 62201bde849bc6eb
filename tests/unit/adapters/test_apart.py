"""What is loaded in a process of its own arrives whole; and where it cannot, it is done here."""

import os
import pickle
import subprocess
import sys

import pytest

from mailbot.adapters.process import apart as module
from mailbot.adapters.process.apart import apart
from mailbot.core.language.structures import WordList
from mailbot.core.language.terms import TermIndex, term
from mailbot.core.rules.triage import Facts, triage
from mailbot.errors import ConfigError
from tests.simulation.simulated_desk import shipped

TEXT = "Since noon none of my fourteen pages load, order 4711 either. Nothing at all goes."


def index():
    lists = {"none": WordList.of("none", {"en": ["none", "no"]}), "load": WordList.of("load", {"en": ["load*"]})}
    return TermIndex.of(term(t, lists) for t in ("{none} ... {load}", "nothing * goes", "fourteen", r"order [0-9]{4}"))


def test_only_what_it_returns_comes_here():
    made = []
    assert apart(lambda: made.append(1) or {"pid": os.getpid()})["pid"] != os.getpid()
    assert made == []


def test_what_it_raises_is_raised_here():
    def fail():
        raise ConfigError(["rules/10-a.toml:3: no such letter"])

    with pytest.raises(ConfigError, match="no such letter"):
        apart(fail)


@pytest.mark.parametrize("result", ["dies", "cannot be pickled"])
def test_where_the_other_process_brings_nothing_it_is_done_here(result):
    here = os.getpid()

    def work():
        if os.getpid() != here and result == "dies":
            os._exit(9)
        return memoryview(bytes([1, 2])) if result == "cannot be pickled" else "done"

    assert apart(work) in ("done", b"\1\2")


def test_a_system_that_cannot_fork_does_it_here(monkeypatch):
    monkeypatch.setattr(module, "can_fork", lambda: False)
    assert apart(os.getpid) == os.getpid()


def test_rules_and_letters_come_over_as_they_are():
    live = shipped()
    other = apart(lambda: live)
    facts = Facts(text="The whole site is down since noon and nothing works at all")
    assert triage(facts, other.current().rules) == triage(facts, live.current().rules)
    assert other.templates.languages() == live.templates.languages()
    assert other.templates.check_edited() == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["0", "1"], ids=["alike", "otherwise"])
def test_an_index_finds_the_same_where_words_are_hashed_otherwise(seed):
    """A parent of workers that is started anew hashes words otherwise than the desk that sends it the rules."""
    made = (
        "import pickle, sys; from tests.unit.adapters.test_apart import index; pickle.dump(index(), sys.stdout.buffer)"
    )
    read = f"import pickle, sys; print(pickle.load(sys.stdin.buffer).find({TEXT!r}))"

    def python(code, given, hashed):
        env = {**os.environ, "PYTHONHASHSEED": hashed}
        return subprocess.run(
            [sys.executable, "-c", code], input=given, env=env, capture_output=True, check=True
        ).stdout

    found = index().find(TEXT)
    assert len(found) == 4
    assert python(read, python(made, b"", "0"), seed).decode().strip() == str(found)


def test_an_index_is_pickled_without_being_built_anew(monkeypatch):
    found, whole = index().find(TEXT), pickle.dumps(index())
    monkeypatch.setattr(TermIndex, "of", None)
    assert pickle.loads(whole).find(TEXT) == found
