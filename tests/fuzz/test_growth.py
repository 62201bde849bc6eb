"""Every reader over every payload: twice the text costs at most two and a half times the seconds (hazards 29 and 30).

The seconds are of this thread's CPU, the least of several looks, and only judged where there are enough of them: what
else a shared machine does spoils a look, and never makes it cheaper. `MAILBOT_SWEEP=all` tries every pair of payloads
in every place, which takes an hour.
"""

from __future__ import annotations

import collections.abc as abc
import gc
import importlib
import inspect
import os
import random
import time
import types
import typing
from collections.abc import Callable
from datetime import UTC, datetime, tzinfo
from functools import cache
from pathlib import Path

import pytest

from mailbot.core.intake.read import read
from mailbot.core.intake.tokens import Signer
from mailbot.core.model.mail import Mail, Unreadable
from mailbot.core.model.policy import Hours, Policy
from mailbot.core.rules.setting import Setting
from tests.fuzz.payloads import PLACES, UNITS, CraftedDesk, of_length, pairs
from tests.simulation.simulated_desk import BERLIN, SIGNER, shipped
from tests.thorough import THOROUGH, examples

SIZES = (10_000, 20_000, 40_000)
GROWTH = 2.5  # times the seconds for twice the text
WORTH = 0.1  # seconds for the longest text: below, nothing is judged
LONGEST = 1.0  # seconds for it, at most,
SLOW, HONEST = 16, 4  # or so many times what hardly any text takes, or as much of honest words, where a machine is slow
DRAWN = examples(15)  # payloads for each place in an ordinary run, and a third as many pairs
ROOT = Path(__file__).parents[2]

Tried = Callable[[str], object]


def seconds(tried: Tried, text: str, looks: int = 1) -> float:
    """The least CPU that a try took. The memory of the whole run is not looked through meanwhile: that is its own cost."""
    spent = []
    gc.disable()
    try:
        for _ in range(looks):
            began = time.thread_time()
            tried(text)
            spent.append(time.thread_time() - began)
    finally:
        gc.enable()
    return min(spent)


def grows(tried: Tried, unit: str, usual: float = 0.0, honest: float = 0.0) -> str | None:
    """What is wrong with the time that a reader takes for a unit; None where it is linear and short.

    `usual`: what it takes for hardly any text, `honest` for the longest one of ordinary words.
    """
    if seconds(tried, of_length(unit, SIZES[0])) < usual + WORTH / 16:  # what quadratic growth would take
        return None
    for looks in (1, 2, 4):
        longest = seconds(tried, of_length(unit, SIZES[2]), looks)
        if longest < usual + WORTH:
            return None
        half = seconds(tried, of_length(unit, SIZES[1]), looks)
        if longest < max(LONGEST, SLOW * usual, HONEST * honest) and longest < GROWTH * half:
            return None
    return f"{unit!r}: {half:.2f} s for {SIZES[1]:,}, {longest:.2f} s for {SIZES[2]:,}"


# --- each function that takes foreign text, found by its signature ----------------------------------------------------

#: What is no reader of mail: rule files, articles, letters' templates and other things that the admin writes.
OURS = (
    "mailbot.adapters.rule",
    "mailbot.adapters.rulefiles.articles",
    "mailbot.core.language.terms",
    "mailbot.core.rules",
)
GIVEN = frozenset({"currency", "template", "zone", "language"})  # arguments that no mail brings
KNOWN: dict[object, object] = {
    Policy: shipped().current().policy,
    Setting: shipped().current(),
    Signer: SIGNER,
    datetime: datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
    tzinfo: BERLIN,
    Hours: Hours(zone=BERLIN, always=True),
    int: 1,
    bool: False,
}


@cache
def as_mail(text: str) -> Mail:
    """A mail with that text."""
    head = b"From: Ana <ana@c.example>\r\nTo: help@lumen.example\r\nSubject: Re: x\r\nMessage-ID: <a@b.example>\r\n\r\n"
    found = read(head + text.encode("utf-8", "replace"))
    assert not isinstance(found, Unreadable) or not text.strip()
    return found if isinstance(found, Mail) else as_mail("x")


def made_of(kind: object) -> Callable[[str], object] | None:
    """How an argument of that type is made of a text; None where it is none."""
    if kind is str:
        return str
    if kind is bytes:
        return lambda text: text.encode("utf-8", "replace")
    if kind is Mail:
        return as_mail
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin in (types.UnionType, typing.Union):
        return next((made for each in inner if (made := made_of(each))), None)
    if origin in (abc.Sequence, abc.Iterable, abc.Collection, list, tuple) and inner[:1] == (str,):
        return lambda text: tuple(text.split("\n"))
    return None


def readers() -> dict[str, list[Tried]]:
    """By name, each public function of core and adapters that takes text, once for each argument that may be it."""
    found: dict[str, list[Tried]] = {}
    for path in sorted([*(ROOT / "mailbot/core").rglob("*.py"), *(ROOT / "mailbot/adapters").glob("*.py")]):
        name = ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        if name.startswith(OURS):
            continue
        for own, value in vars(importlib.import_module(name)).items():
            bare = inspect.unwrap(value) if callable(value) else None
            if own.startswith("_") or not inspect.isfunction(bare) or bare.__module__ != name:
                continue
            if tries := _tries(value, bare):
                found[f"{name}.{own}"] = tries
    return found


def _tries(function: Callable[..., object], bare: Callable[..., object]) -> list[Tried]:
    try:
        hints = typing.get_type_hints(bare)
    except NameError:  # a type that is imported for the checker only
        return []
    made: dict[str, Callable[[str], object]] = {}
    fixed: dict[str, object] = {}
    for name, argument in inspect.signature(bare).parameters.items():
        kind = hints.get(name)
        if name in GIVEN and kind is str:
            fixed[name] = "EUR"
        elif (maker := made_of(kind)) is not None:
            made[name] = maker
        elif kind in KNOWN and argument.default is argument.empty:
            fixed[name] = KNOWN[kind]
        elif argument.default is argument.empty and argument.kind not in (
            argument.VAR_POSITIONAL,
            argument.VAR_KEYWORD,
        ):
            return []

    def tried(which: str) -> Tried:
        def one(text: str) -> object:
            given = {**fixed, **{name: maker(text if name == which else "x") for name, maker in made.items()}}
            try:
                said = function(**given)
                return list(said) if inspect.isgenerator(said) else said
            except Exception:
                return None  # a word that it does not know is refused: it is its time that is looked at

        return one

    positional = any(p.kind is p.POSITIONAL_ONLY for p in inspect.signature(bare).parameters.values())
    return [] if positional else [tried(name) for name in made]


READERS = readers()
SHARES = 12


def test_readers_are_found_by_themselves():
    assert len(READERS) > 200
    wanted = {
        "core.intake.newtext.new_text",
        "core.verbs.parse.parse_reply",
        "core.intake.thanks.only_thanks",
        "core.intake.mime.headers.addresses",
    }
    assert {f"mailbot.{name}" for name in wanted} <= READERS.keys()


@pytest.mark.parametrize("share", range(SHARES))
def test_hazard_30_each_reader_takes_linear_time(share):
    bad = []
    units = UNITS if THOROUGH else random.Random(random.randrange(1 << 30)).sample(UNITS, len(UNITS) // 2)
    for name in sorted(READERS)[share::SHARES]:
        for tried in READERS[name]:
            for unit in units:
                if said := grows(tried, unit):
                    bad.append(f"{name}: {said}")
                    break
    assert not bad, "\n".join(bad)


# --- the whole way: read, decided with a known ticket, stored, and all that follows rendered --------------------------


def tried_at(place: str) -> tuple[str, ...]:
    """The payloads that are tried there, drawn by the seed of the run; all the way: in a ticket's own mail each."""
    seed = random.randrange(1 << 30)
    if os.environ.get("MAILBOT_SWEEP") == "all":
        return (*UNITS, *pairs(seed))
    everywhere = THOROUGH and place == "behind words of a further mail"
    units = UNITS if everywhere else random.Random(seed).sample(UNITS, DRAWN)
    return (*units, *pairs(seed, DRAWN // 3))


@pytest.mark.timeout(600 if "MAILBOT_SWEEP" not in os.environ else 20_000)
@pytest.mark.parametrize("place", PLACES)
def test_hazard_30_each_place_of_a_mail_takes_linear_time(place):
    crafted = CraftedDesk()
    try:
        usual = max(seconds(lambda text: crafted.receive(place, text), "x") for _ in range(3))
        honest = seconds(lambda text: crafted.receive(place, text), of_length("ok\n", SIZES[2]))
        bad = [
            said
            for unit in tried_at(place)
            if (said := grows(lambda text: crafted.receive(place, text), unit, usual, honest))
        ]
    finally:
        crafted.close()
    assert not bad, "\n".join(bad)


@pytest.mark.parametrize("unit", [" ", "\t", "\u00a0", ",", "\n", ", ", " \n", "Mara, ", ">", "a:\n"])
def test_hazard_29_a_further_mail_of_400_000_signs_costs_what_as_many_lines_of_words_cost(unit):
    crafted = CraftedDesk()
    try:
        words = "ok\n" if "\n" in unit else "It is still so.\n"
        honest = seconds(lambda text: crafted.receive("a further mail", text), of_length(words, 400_000))
        for looks in (1, 2, 4):
            took = seconds(lambda text: crafted.receive("a further mail", text), of_length(unit, 400_000), looks)
            if took < GROWTH * honest:
                break
        else:
            pytest.fail(f"{took:.2f} s, and {honest:.2f} s for honest words")
        told = [sent.outgoing.agent for sent in crafted.desk.sent if sent.outgoing.name == "followup"]
        assert len(set(told)) == 10
    finally:
        crafted.close()
