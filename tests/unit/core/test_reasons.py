"""Reasons are values: compared whole, stored as one line, put into words only by the catalogues."""

from __future__ import annotations

import ast
import json
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path

import pytest

import mailbot
from mailbot.adapters.letters.phrases import Phrases
from mailbot.core.model.event import Event
from mailbot.core.model.reason import Reason, reason_of, stored_reason, why
from tests.unit.adapters.golden_letters import LANGUAGES, NOTICED

ROOT = Path(mailbot.__file__).parent
TEMPLATES = ROOT.parent / "templates"
FROM_BEFORE = {"event.said": {"what"}, "event.said.words": {"what", "words"}}
"""Codes that no line of the program gives any more: the migrations do, to what a version of before wrote."""


@lru_cache
def all_codes():
    """Each code in the source, found once for all languages."""
    return tuple(codes_in_source())


def codes_in_source():
    """Each code that the source gives to `why(...)`, with the names of its arguments."""
    for path in ROOT.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "why" and node.args:
                assert isinstance(node.args[0], ast.Constant), f"{path}:{node.lineno}: a code is written out"
                yield node.args[0].value, {word.arg for word in node.keywords}
    yield from FROM_BEFORE.items()


def all_words(phrases, reason):
    """What a reason says; the heading of an event before what its code says."""
    if not reason.code.startswith("event."):
        return phrases.said(reason)
    event = Event(ticket=None, at=datetime(2026, 3, 2, tzinfo=UTC), what=reason)
    return ": ".join(phrases.said(one) for one in (event.heading, event.detail) if one is not None)


def test_a_reason_comes_back_from_what_is_stored_and_from_a_field():
    reason = why("relay.empty", size=3, words='a "quoted" {word}\nü')
    assert stored_reason(str(reason)) == why("relay.empty", size=3, words='a "quoted" {word}\nü')
    assert reason_of(reason.field) == reason
    assert "\n" not in str(reason)


@pytest.mark.parametrize("text", ["", "a sentence", '{"args": ', '{"args": {}}', '{"args": [], "code": "x"}', "{}"])
def test_what_is_no_reason_is_none(text):
    assert stored_reason(text) is None


@pytest.mark.slow
@pytest.mark.parametrize("language", [*LANGUAGES, *NOTICED])
def test_every_code_has_its_words_in_every_language_shipped(language):
    catalogue = (TEMPLATES / language / "phrases.toml").read_text("utf-8")
    phrases = Phrases(catalogue)
    used = set(dict(all_codes()))
    headings = {".".join(code.split(".")[:2]) for code in used if code.startswith("event.")}
    assert used | headings == phrases.codes
    for code, names in all_codes():
        said = all_words(phrases, Reason(code, tuple((name, f"<{name}>") for name in sorted(names))))
        missing = [name for name in names if f"<{name}>" not in said]
        assert not missing, f"{language}: {code} does not say {missing}"
        assert "{" not in said, f"{language}: {code} asks for what it is not given: {said}"


def test_a_reason_within_a_reason_is_the_same_however_it_was_stored():
    inner = why("state.open")
    outer = why("status.priority", state=inner, several=["a", inner], since=datetime(2026, 3, 6, 14, tzinfo=UTC))
    assert stored_reason(str(outer)) == outer
    assert reason_of(outer.field) == outer
    assert dict(outer.args) == {"state": inner, "several": ("a", inner), "since": "2026-03-06T14:00:00+00:00"}
    assert stored_reason(json.dumps({"args": {"state": str(inner)}, "code": "x"})) == why("x", state=inner)


def test_a_code_without_words_is_said_with_its_arguments():
    assert Phrases().said(why("unknown", a=1).field) == "unknown: 1"
