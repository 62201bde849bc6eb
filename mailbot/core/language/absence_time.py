"""Reads until when somebody is away: what an agent writes after /away, and what an out-of-office reply says clearly.

A day alone is the day of the return: "until monday" is Monday, when they begin. An automatic reply also says "until
9 March" of the last day away: there the next beginning counts, since who is back earlier says so by writing.
"""

from __future__ import annotations

import re
from datetime import datetime, time, timedelta

from mailbot.core.language.dates import parse_when
from mailbot.core.model.policy import Hours
from mailbot.core.promises.business_hours import next_open

_UNTIL = r"until|till|through|bis(?:\s+(?:zum|einschlie(?:ß|ss)lich))?|jusqu['’]au|hasta(?:\s+el)?|fino\s+al?|tot(?:\s+en\s+met)?"
_BACK = (
    r"(?:am\s+|be\s+|will\s+be\s+)?back(?:\s+(?:in|at)\s+(?:the|my)\s+(?:office|desk|work))?(?:\s+on)?"
    r"|return(?:ing)?(?:\s+to\s+(?:the\s+)?(?:office|work))?(?:\s+on)?"
    r"|(?:wieder|zurück)(?:\s+(?:da|im\s+büro|erreichbar))?\s+(?:am|ab(?:\s+dem)?)|ab(?:\s+dem)?"
    r"|de\s+retour(?:\s+au\s+bureau)?\s+(?:le|à\s+partir\s+du)|(?:de\s+vuelta|regreso)\s+el"
)
_MARKED = re.compile(
    rf"(?<!\w)(?:(?P<until>{_UNTIL})|(?P<back>{_BACK}))(?:\s+(?:the|on|am|le|el|incl(?:uding|usive)?))?\s+(?=(?P<rest>[^\n;!?]{{2,60}}))",
    re.IGNORECASE,
)
_WORDS = 6
_LOOKED_AT = 4000  # characters
_CLEAR = timedelta(days=4)
_SURE = timedelta(
    days=62
)  # further ahead, a day without its year is as likely one that has passed: the note was left on
_DAY = timedelta(days=1)
_ALWAYS_ENDS = time(23, 59)
_HAS_YEAR = re.compile(r"(?<!\d)20\d\d(?!\d)")
_YEAR = re.compile(r"\W{0,2}(?:19|20)\d\d(?!\w)")


def away_until(text: str, *, now: datetime, hours: Hours) -> datetime | None:
    """The moment (UTC) of the return that an agent names, by the clock of `hours`; None if that is not clear."""
    begins = _beginning(hours)
    moment = parse_when(f"{text} {begins:%H:%M}", now=now, zone=hours.zone, hours=hours)
    return moment or parse_when(text, now=now, zone=hours.zone, hours=hours)


def named_return(text: str, *, now: datetime, hours: Hours) -> datetime | None:
    """When an out-of-office reply says that its writer is back at work, which may be earlier on the day of `now`.

    None if it says no date, or several, or one months ahead without its year.
    """
    found: list[datetime] = []
    for marked in _MARKED.finditer(text[:_LOOKED_AT]):
        named = _day(marked["rest"], now, hours)
        if named is not None:
            day, dated = named
            if day - now > _SURE and not dated:
                return None
            ends = day if marked["back"] else day + _DAY
            found.append(next_open(ends, hours))
    if not found or max(found) - min(found) > _CLEAR:
        return None
    return max(found)


def _day(rest: str, now: datetime, hours: Hours) -> tuple[datetime, bool] | None:
    """The beginning of the day that the first of these words name, in UTC, and if its year is said; the more words, the surer."""
    words = rest.replace(",", " ").split()[:_WORDS]
    always = Hours(zone=hours.zone, always=True)
    for count in range(len(words), 0, -1):
        if count < len(words) and _YEAR.match(words[count]):
            return None  # without it, the day would be one of another year
        phrase = " ".join(words[:count]).rstrip(".):")
        moment = parse_when(phrase, now=now, zone=hours.zone, hours=always)
        local = moment.astimezone(hours.zone) if moment is not None else None
        if local is not None and local.time() == _ALWAYS_ENDS:  # a day alone, no clock time and no length
            begins = datetime.combine(local.date(), time(0), hours.zone).astimezone(now.tzinfo)
            return begins, _HAS_YEAR.search(phrase) is not None
    return None


def _beginning(hours: Hours) -> time:
    """When a day begins that has hours: the earliest beginning of the week."""
    return min((spans[0][0] for spans in hours.spans.values() if spans), default=time(9))
