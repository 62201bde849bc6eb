"""What holds of the times in letters after every step of a desk's life, each letter read in one of all languages."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from functools import cache
from zlib import crc32

from mailbot.adapters.letters.templates import Templates
from mailbot.adapters.site import data_dir
from tests.simulation.life_looks import Holds, Written, always, moment
from tests.simulation.simulated_desk import BERLIN
from tests.simulation.told_times import LANGUAGES, Truth, baseless, disagreeing, strange_zone

Wrong = Callable[[str, str, Truth], Iterator[str]]


@always("no letter holds a clock time without a promise or an estimate behind it")
def _(desk: Holds) -> Iterator[object]:
    yield from _read(desk, baseless)


@always("no letter holds a time by another clock than its reader's")
def _(desk: Holds) -> Iterator[object]:
    yield from _read(desk, strange_zone)


@always("no letter holds two times that disagree")
def _(desk: Holds) -> Iterator[object]:
    yield from _read(desk, disagreeing)


@cache
def _shipped() -> Templates:
    return Templates([data_dir("templates")])


def _read(desk: Holds, wrong: Wrong) -> Iterator[object]:
    for one in desk.fresh:
        if one.kind == "notice" or one.ticket is None:
            continue
        language = LANGUAGES[crc32(one.key.encode()) % len(LANGUAGES)]
        if one.id not in desk.read:
            desk.read[one.id] = _text(one, language), _truth(desk, one)
        text, truth = desk.read[one.id]
        for said in wrong(text, language, truth):
            yield f"{one.key}, {language}: {said}\n{text}"


def _text(one: Written, language: str) -> str:
    fields = {**one.fields, "now": one.at.isoformat()}
    return _shipped().render(one.name, language=language, inbox=one.inbox, zone=one.zone, fields=fields).text


def _truth(desk: Holds, one: Written) -> Truth:
    rows = desk.sees("SELECT due, made_at, ended_at, stated_by FROM promise WHERE to_key = lower(:to)", to=one.to)
    stated = [moment(due) for due, _, _, by in rows if by == one.key]
    return Truth(
        now=one.at,
        clock=_clock(desk, one, stated[0] if stated else one.at),
        promised=frozenset(moment(due) for due, *_ in rows),
        estimated=frozenset(desk.estimates.get(one.to.lower(), ())),
        past=frozenset(moment(at) for _, made, ended, _ in rows for at in (made, ended) if at is not None),
        next=stated[0] if stated else None,
        open=frozenset(moment(due) for due, _, ended, _ in rows if ended is None or moment(ended) > one.at),
    )


def _clock(desk: Holds, one: Written, told: datetime) -> Callable[[datetime], timedelta | None]:
    """The desk's, unless a mail of theirs told another; whoever has the desk's clock then changes it with the desk."""
    theirs = desk.offsets.get(one.key)
    if theirs is None or told.astimezone(BERLIN).utcoffset() == theirs:
        return lambda at: at.astimezone(BERLIN).utcoffset()
    return lambda _: theirs
