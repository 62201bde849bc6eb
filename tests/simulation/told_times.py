"""Reads the clock times in a letter, in every language that ships, and says which of them it must not hold.

It knows nothing of how letters are made: it reads the finished text as a customer does, and compares it with the promises and
estimates that there are, and with the customer's own clock.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from mailbot.core.language.told_time import zone_of

_COLON: Final = r"(?<![\d:.])(\d{1,2}):(\d\d)(?!:?\d)"
_DOT: Final = r"(?<![\d:.])(\d{1,2})\.(\d\d)(?![\d.])(?!\s?(?:EUR|€|MB))(?: uur)?"
_CLOCKS: Final[Mapping[str, str]] = {
    **dict.fromkeys(("en", "es", "it", "pl", "ja", "ar"), _COLON),
    **dict.fromkeys(("de", "de-du"), _COLON + "(?: Uhr)?"),
    **dict.fromkeys(("nl", "sv"), _DOT),
    "fr": r"(?<![\d:.])(\d{1,2})\sh(?:\s(\d\d))?(?!\w)",
    "pt-BR": r"(?<![\d:.])(\d{1,2})h(\d\d)?(?!\w)",
}
_ZONE: Final = r"(?:\s*(UTC(?:[+-]\d{1,2}(?::\d\d)?)?|[A-Z]{3,4}(?![A-Za-z])|\((?:heure|hora|ora|horário) [^)]*\)))?"
LANGUAGES: Final = tuple(_CLOCKS)
"""All in which customers are written to."""
_BY_LETTERS: Final[Mapping[str, int]] = {
    "UTC": 0, "GMT": 0, "CET": 60, "MEZ": 60, "CEST": 120, "MESZ": 120, "EST": -300, "EDT": -240,
}  # fmt: skip
_BY_PLACE: Final[Mapping[str, str]] = {
    "(heure de Paris)": "Europe/Paris",
    "(heure de l’Est)": "America/Toronto",
    "(hora de Madrid)": "Europe/Madrid",
    "(ora italiana)": "Europe/Rome",
    "(horário de Brasília)": "America/Sao_Paulo",
    "(horário da Europa Central)": "Europe/Berlin",
}
# How long it is until then: the words before the number, and how the units begin, from seconds to days.
_LEFT: Final[Mapping[str, tuple[str, tuple[str, str, str, str]]]] = {
    "en": ("in about (?:an? )?", ("second", "minute", "hour", "day")),
    "de": ("in etwa (?:eine[mr] )?", ("Sekunde", "Minute", "Stunde", "Tag")),
    "fr": ("dans environ (?:une? )?", ("seconde", "minute", "heure", "jour")),
    "es": ("dentro de (?:un[ao]?s? )?", ("segundo", "minuto", "hora", "día")),
    "it": ("tra circa (?:una? |un’)?", ("second", "minut", "or[ae]", "giorn")),
    "pt-BR": ("em cerca de (?:uma? )?", ("segundo", "minuto", "hora", "dia")),
    "nl": ("over ongeveer (?:een )?", ("second", "minu", "u[ur]", "dag")),
    "pl": ("za mniej więcej ", ("sekund", "minut", "godzin", "d[onz]")),
    "sv": ("om ungefär (?:ett |en )?", ("sekund", "minut", "tim", "d[ay]")),
    "ja": ("約", ("秒", "分", "時間", "日")),
    "ar": ("خلال ", ("ثاني|ثوان", "دقيق|دقائق", "ساع", "يوم|أيام")),
}
_SIZES: Final = (1, 60, 3600, 86400)
_TWO: Final = re.compile("(?:ت|م)ين")  # Arabic says two by the ending, without a number
_NEAR: Final = 50  # characters between a clock and how long it is until then: the day stands there
_ACCOUNT: Final = re.compile(r"- .*\d.*")


@dataclass(frozen=True, kw_only=True, slots=True)
class Truth:
    """What a letter may speak of. `promised` and `estimated` may stand anywhere, `past` in the account of promises.

    `next` is the time that it states itself, `open` are promises that still run when it is written; `clock` gives the
    customer's offset east of UTC at a moment.
    """

    now: datetime
    clock: Callable[[datetime], timedelta | None]
    promised: frozenset[datetime] = frozenset()
    estimated: frozenset[datetime] = frozenset()
    past: frozenset[datetime] = frozenset()
    next: datetime | None = None
    open: frozenset[datetime] = frozenset()


@dataclass(frozen=True, kw_only=True, slots=True)
class Clock:
    """A time as it stands in a text; `left` is how long it says that it is until then, and the size of that unit."""

    said: str
    line: str
    minutes: int
    zone: str | None
    account: bool
    left: tuple[timedelta, timedelta] | None

    def offset(self, at: datetime) -> timedelta | None:
        """What its zone means at that moment; None if nobody could know."""
        zone = self.zone or ""
        if place := _BY_PLACE.get(zone):
            return at.astimezone(zone_of(place)).utcoffset()
        if zone in _BY_LETTERS:
            return timedelta(minutes=_BY_LETTERS[zone])
        found = re.fullmatch(r"UTC([+-])(\d{1,2})(?::(\d\d))?", zone)
        if found is None:
            return None
        length = timedelta(hours=int(found[2]), minutes=int(found[3] or 0))
        return -length if found[1] == "-" else length

    def shows(self, at: datetime, offset: timedelta | None) -> bool:
        """Whether a clock with that offset shows this time at that moment."""
        if offset is None:
            return False
        local = at.replace(tzinfo=None) - (at.utcoffset() or timedelta()) + offset
        return local.hour * 60 + local.minute == self.minutes


def clocks_in(text: str, language: str) -> Iterator[Clock]:
    """The clock times of a text, in order."""
    pattern = re.compile(_CLOCKS[language] + _ZONE)
    for line in text.splitlines():
        account = _ACCOUNT.fullmatch(line) is not None
        for found in pattern.finditer(line):
            yield Clock(
                said=found.group(),
                line=line,
                minutes=int(found[1]) * 60 + int(found[2] or 0),
                zone=found[3],
                account=account,
                left=_left(line[found.end() :], language),
            )


def _left(rest: str, language: str) -> tuple[timedelta, timedelta] | None:
    lead, units = _LEFT["de" if language == "de-du" else language]
    for size, unit in zip(_SIZES, units, strict=True):
        found = re.search(rf"{lead}(\d*)\s?(?:{unit})\w*", rest)
        between = rest[: found.start()] if found is not None else ""
        if found is None or len(between) > _NEAR or re.search(r"[.;。]\s|。|\d[:.h]\d", between):
            continue
        count = int(found[1]) if found[1] else 2 if language == "ar" and _TWO.search(found.group()) else 1
        return timedelta(seconds=count * size), timedelta(seconds=size)
    return None


def baseless(text: str, language: str, truth: Truth) -> Iterator[str]:
    """Times without a promise or an estimate."""
    for one in clocks_in(text, language):
        if not any(
            one.shows(at, offset) for at in _allowed(one, truth) for offset in (one.offset(at), truth.clock(at))
        ):
            yield one.said


def strange_zone(text: str, language: str, truth: Truth) -> Iterator[str]:
    """Times by another clock than the customer's, or by nobody knows whose."""
    for one in clocks_in(text, language):
        allowed = [at for at in _allowed(one, truth) if one.shows(at, one.offset(at))]
        if one.zone is None:
            beside = one.account and any(other.zone for other in clocks_in(one.line, language))
            if not beside or not any(one.shows(at, truth.clock(at)) for at in _allowed(one, truth)):
                yield one.said
        elif one.offset(truth.now) is None or (
            allowed and not any(one.offset(at) == truth.clock(at) for at in allowed)
        ):
            yield one.said


def disagreeing(text: str, language: str, truth: Truth) -> Iterator[str]:
    """Times of which how long it is until then says another one, and two times of our next word."""
    ahead: set[datetime] = set()
    for one in clocks_in(text, language):
        meant = [at for at in _allowed(one, truth) if one.shows(at, truth.clock(at))]
        if one.left is not None and meant:
            left, size = one.left
            if not any(abs(at - truth.now - left) <= size / 2 + timedelta(seconds=1) for at in meant):
                yield f"{one.said}: {left} left"
        # What is expected by then is told as that, also where a promise happens to be due at the same minute.
        expected = not truth.estimated.isdisjoint(meant) and truth.next not in meant
        if not one.account and meant and not expected and all(at in truth.open or at == truth.next for at in meant):
            ahead.add(truth.next if truth.next in meant else min(meant))
    if len(ahead | {truth.next} - {None}) > 1:
        yield f"{', '.join(f'{at:%d %b %H:%M}' for at in sorted(ahead))} UTC, and {truth.next} is stated"


def _allowed(one: Clock, truth: Truth) -> frozenset[datetime]:
    known = truth.promised | truth.estimated
    return known | truth.past if one.account else known
