"""Checks that the time of every regular expression of the standard library is linear in its text (hazard 30).

google-re2, on which the patterns of rules run, would keep that promise by itself; but it knows no lookaround, which
half of the patterns here need, and for each call it turns the text into UTF-8 and its places back. So the engine stays, and each pattern is looked at: `backtracking.ways` finds two loops that
can read the same word. Such a pattern is mended (possessive loops, a lookbehind before the loop), or the text that it
gets is cut, and it stands in `BOUNDED` with the most characters that it is ever given. Then it is tried with the worst
text of that length.
"""

from __future__ import annotations

import ast
import importlib
import re
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from dataclasses import dataclass, fields, is_dataclass
from functools import cache
from pathlib import Path

import pytest

from tests.unit.house.backtracking import Ways, ways

ROOT = Path(__file__).parents[3]
READERS = ("mailbot.core", "mailbot.adapters")
SEARCHES = frozenset({"search", "finditer", "findall", "sub", "subn", "split"})
KNOWN = SEARCHES | {"match", "fullmatch"}
#: What the admin writes in rule files; no mail brings it.
ADMINS = ("mailbot.config.toml_source", "mailbot.adapters.rulefiles.toml", "mailbot.adapters.rulefiles.articles")

#: How patterns are used that are called by another name than their own.
USED = {
    "mailbot.core.intake.automatic.auto_submitted:_ANSWERS": {"match"},
    "mailbot.core.language.dates:_DATES": {"fullmatch"},
    "mailbot.core.language.dates:_DAY_THEN_CLOCK": {"fullmatch"},
    "mailbot.core.language.dates:_CLOCK_THEN_DAY": {"fullmatch"},
}

#: Patterns with two loops that read the same, the most characters that they are given, and where that is cut.
BOUNDED: dict[str, int] = {
    "mailbot.adapters.language:_NOISE": 4_000,  # LONGEST, twice
    "mailbot.core.intake.automatic.bounce_text:_STRONG": 300,  # a line of `report_words`
    "mailbot.core.intake.automatic.auto_submitted:_CHALLENGE_WORDS": 2_000,  # _HEAD
    "mailbot.core.intake.automatic.auto_submitted:_FULL": 2_000,  # _HEAD
    "mailbot.core.intake.automatic.auto_submitted:_NO_REPLY": 100,  # of a local part
    "mailbot.core.intake.automatic.reaction:_TITLE": 400,  # _LONGEST
    "mailbot.core.intake.mime.parts:_ACTS_AS_BOUNDARY": 400_000,  # two loops of at most 200 runs, once in a line
    "mailbot.core.intake.mime.pictures:_IN_PLAIN": 400_000,  # a loop of at most 300 runs
    "mailbot.core.intake.quotes.banners:_CLASSIFIED": 110,  # _SHORT, twice
    "mailbot.core.intake.quotes.banners:_LINK_ONLY": 600,  # _SENTENCE
    "mailbot.core.intake.quotes.cards:_POSTAL": 500,  # LINE_CAP
    "mailbot.core.intake.quotes.cards:_URL": 500,  # LINE_CAP
    "mailbot.core.intake.quotes.forward:_QUOTED_NAME": 500,  # LINE_CAP
    "mailbot.core.intake.quotes.lines:_BRACKETED": 500,  # LINE_CAP
    "mailbot.core.intake.quotes.lines:_EXCUSE": 300,  # `is_sent_from`
    "mailbot.core.intake.quotes.lines:_LINKED": 300,  # `is_sent_from`
    "mailbot.core.intake.quotes.lines:_MARKDOWN": 200,  # of a line
    "mailbot.core.intake.quotes.notice_words:_NOISE": 20_000,  # _LINE_CAP, and a loop of at most 300 runs
    "mailbot.core.language.promised_time:_WILL": 400,  # _LONGEST
    "mailbot.core.language.dates:_END_OF_DAY": 80,  # _LONGEST_PHRASE
    "mailbot.core.intake.thanks_tail:_CONTACT": 80,  # of a line of a signature
}

#: Patterns that are made when they are needed, of names that the admin or a letter gives, each escaped.
COMPUTED = {
    "mailbot.adapters.letters.html:words_to_html",
    "mailbot.adapters.letters.fields_asked:_line_of",
    "mailbot.adapters.second_road:_without_secrets",
    "mailbot.adapters.site_answers:_set",
    "mailbot.adapters.site_answers:_without",
    "mailbot.core.actions.gratitude:_unaddressed",
    "mailbot.core.model.goodwill:parse_goodwill",
}


@dataclass(frozen=True)
class Found:
    """A pattern, where it is defined, and the methods it is used with."""

    name: str
    pattern: str | bytes
    flags: int
    uses: frozenset[str]


def modules() -> Iterator[tuple[str, ast.Module]]:
    """The modules that read, by name, with their text taken apart."""
    for path in sorted((ROOT / "mailbot").rglob("*.py")):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if name.startswith(READERS) and not name.startswith(ADMINS):
            yield name, ast.parse(path.read_text("utf-8"))


def inside(value: object, deep: int = 0) -> Iterator[re.Pattern[str]]:
    """The patterns in a value of a module, also in its tables."""
    if isinstance(value, re.Pattern):
        yield value
    elif deep > 4:
        return
    elif isinstance(value, (tuple, list, set, frozenset)):
        for each in value:
            yield from inside(each, deep + 1)
    elif isinstance(value, dict):
        for each in value.values():
            yield from inside(each, deep + 1)
    elif is_dataclass(value) and not isinstance(value, type):
        for each in fields(value):
            yield from inside(getattr(value, each.name, None), deep + 1)


def called(tree: ast.AST) -> Iterator[tuple[ast.Call, str, str]]:
    """The calls of methods: the call, the last name of what it is called on, and the method."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            of = node.func.value
            if isinstance(of, (ast.Name, ast.Attribute)):
                yield node, of.id if isinstance(of, ast.Name) else of.attr, node.func.attr


def uses() -> dict[tuple[str, str], set[str]]:
    """By what methods a name is used: a private one in its module, a public one anywhere."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for module, tree in modules():
        for _, name, method in called(tree):
            if method in KNOWN:
                found[module if name.startswith("_") else "", name].add(method)
    return found


def inline(module: str, tree: ast.Module) -> Iterator[Found]:
    """Patterns written where they are used: `re.sub("…", …)`."""
    for node, of, method in called(tree):
        if of != "re" or method not in KNOWN or not node.args or not isinstance(node.args[0], ast.Constant):
            continue
        given = [ast.unparse(word.value) for word in node.keywords if word.arg == "flags"]
        flags = sum(int(getattr(re, each)) for one in given for each in re.findall(r"re\.([A-Z]+)", one))
        yield Found(f"{module}:{node.args[0].value!r}", node.args[0].value, flags, frozenset({method}))


@cache
def patterns() -> tuple[Found, ...]:
    """Every pattern of the standard library in what reads, each once."""
    once: dict[tuple[str | bytes, int], Found] = {}
    used = uses()
    for module, tree in modules():
        for name, value in vars(importlib.import_module(module)).items():
            for each in inside(value):
                said = USED.get(f"{module}:{name}") or used[module if name.startswith("_") else "", name]
                before = once.get((each.pattern, each.flags))
                more = before.uses if before else frozenset()
                once[each.pattern, each.flags] = Found(
                    before.name if before else f"{module}:{name}", each.pattern, each.flags, more | said
                )
        for each in inline(module, tree):
            once.setdefault((each.pattern, each.flags), each)
    return tuple(once.values())


@cache
def look(found: Found) -> Ways | None:
    """The worst that is known of a pattern; one of which nobody knows how it is used may be used in any way."""
    anyhow = not found.uses
    if anyhow or found.uses & SEARCHES:
        said = ways(found.pattern, found.flags, searched=True)
    else:
        said = ways(found.pattern, found.flags, searched=False) if "match" in found.uses else None
    if said is None and (anyhow or "fullmatch" in found.uses):
        said = ways(found.pattern, found.flags, searched=False, whole=True)
    return said


@pytest.mark.slow
def test_there_are_patterns_to_look_at():
    assert len(patterns()) > 300
    assert sum(not found.uses for found in patterns()) < 80


@pytest.mark.slow
def test_hazard_30_no_two_loops_of_a_pattern_read_the_same_word():
    bad = []
    for found in patterns():
        said = look(found)
        if said is not None and found.name not in BOUNDED:
            bad.append(f"{found.name}: {said.first} and {said.second} both read {said.word!r}, behind {said.lead!r}")
    assert not bad, "\n".join(bad)


@pytest.mark.slow
def test_a_pattern_that_needs_no_bound_has_none():
    two = {found.name for found in patterns() if found.name in BOUNDED and look(found) is not None}
    assert not BOUNDED.keys() - two


@pytest.mark.slow
@pytest.mark.parametrize("name", BOUNDED)
def test_hazard_30_what_is_bounded_is_quick_at_its_bound(name):
    for found in (each for each in patterns() if each.name == name):
        said = look(found)
        if said is None:
            continue
        for end in ("", "!", "\n", "\0x", " "):
            text = (said.lead + said.word * (BOUNDED[name] // len(said.word) + 1))[: BOUNDED[name]] + end
            given = text.encode("latin-1", "replace") if isinstance(found.pattern, bytes) else text
            compiled = re.compile(found.pattern, found.flags)
            began = time.thread_time()
            if not found.uses or found.uses & SEARCHES:
                deque(compiled.finditer(given), maxlen=0)
            compiled.match(given)
            compiled.fullmatch(given)
            assert time.thread_time() - began < 1.0, repr(text[:80])


@pytest.mark.slow
def test_patterns_that_are_made_of_words_are_known():
    found = set()
    for module, tree in modules():
        for function in ast.walk(tree):
            if not isinstance(function, ast.FunctionDef):
                continue
            for node, of, method in called(function):
                if of == "re" and method in KNOWN | {"compile"} and not isinstance(node.args[0], ast.Constant):
                    found.add(f"{module}:{function.name}")
    assert found == COMPUTED


@pytest.mark.parametrize(
    ("pattern", "how"),
    [
        (r"\s*\n\s*", "search"),
        (r"\S+@", "search"),
        (r"a*a*b", "match"),
        (r"(?:a+)+b", "match"),
        (r"(?:\r\n|\r|\n)+x", "match"),
        (r"a++b", "search"),
        (r"[*_\s]*([^*_:]{1,500}?)[*_\s]*:", "match"),
        (r"https?://\S+>", "search"),
        (r"x*(?=y)", "search"),
        (r".*a.*b", "match"),
        (r"(?m)^\s+x", "search"),
        (r"(?:\w+ ?)*$", "fullmatch"),
        (r"(a|b|ab)*c", "match"),
    ],
)
def test_what_grows_is_found(pattern, how):
    assert look(Found("here", pattern, 0, frozenset({how}))) is not None


@pytest.mark.parametrize(
    ("pattern", "how"),
    [
        (r"\s*\n\s*", "match"),
        (r"(?<!\S)\S+@", "search"),
        (r"\S+", "search"),
        (r"(?>a*)a*b", "match"),
        (r"<[^<>]*>", "search"),
        (r"^\s+x", "search"),
        (r"\n(?:[^\S\n]*+\n)+", "search"),
        (r"(?:(?<![ \t])[ \t]++)?\[picture\]", "search"),
        (r"\bfoo\w+bar", "search"),
        (r"(?:[a-z]+,)*[a-z]+;", "match"),
        (r"a{1,60}b", "search"),
        (rb"=[ \t]*+[\r\n]++(?=\S)", "search"),
    ],
)
def test_what_is_linear_is_not_taken_for_more(pattern, how):
    assert look(Found("here", pattern, 0, frozenset({how}))) is None
