"""Finds a time that an agent promised in prose ("I'll write tomorrow morning"), in English, German, French, Spanish
and Polish.

A sentence counts if somebody of ours says in it that they will write, and it names one clear time. Questions, denials
and conditions do not count, nor do words that name a time only by accident (German "so", French "mon"). What is found
is promised, as the customer reads it, and shown to the agent; where /promise says another time, the agent is asked which
of the two counts (`actions.two_times`). A miss costs less than a time that nobody meant.

Times of something else do not count either: what happened then, what they need by then, their demo, our opening hours.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta, tzinfo

from mailbot.core.language.date_words import UNITS
from mailbot.core.language.dates import parse_when
from mailbot.core.language.named_time import names_something_else, within_a_span
from mailbot.core.model.policy import Hours

_SENTENCE = re.compile(r"[^.!?\n]+(?:[.](?=\S)[^.!?\n]+)*[.!?]*")
_WILL = re.compile(
    r"\b(?:i'?ll|we'?ll|i will|we will|i am going to|i'm going to|you(?:'ll| will) (?:hear|have|get)"
    r"|let me (?:write|get back|come back))\b.*?"
    r"\b(?:writ|get back|come back|be back|let you know|be in touch|get in touch|updat|repl|answer|report|send|call"
    r"|follow up|from (?:me|us)|word|keep you posted|tell you)"
    r"|\b(?:ich|wir) (?:melden?|schreiben?|antworten?|geben?|gebe|rufen?|schicken?|informieren?|berichten?)\b"
    r"|\b(?:melde|schreibe|antworte|gebe|schicke|informiere) ich\b|\b(?:melden|schreiben|geben|schicken) wir\b"
    r"|\b(?:ich|wir) (?:werden?|werde) .*\b(?:melden|schreiben|antworten|geben|schicken|informieren)\b"
    r"|\b(?:sie|du) (?:horen|horst|bekommen|bekommst|erhalten) .*\b(?:von (?:mir|uns)|antwort|bescheid|nachricht)\b"
    r"|\b(?:je|nous) (?:vous|te) (?:ecri|repon|recontact|tien|inform|envoi|envoy|rappel|redi|revien)"
    r"|\b(?:je|nous) (?:reviens|reviendrai|revenons|reviendrons) vers (?:vous|toi)\b"
    r"|\b(?:le|les|te|os) (?:escrib|respond|avis|inform|contact|contest|envi|llam|dig|dir)"
    r"|\b(?:odezwe|odezwiemy) sie\b|\b(?:dam|damy) (?:pani|panu|panstwu|ci|wam)? ?znac\b"
    r"|\b(?:napiszemy|odpiszemy|odpowiem|odpowiemy|poinformuje|poinformujemy|zadzwonimy|oddzwonie|oddzwonimy|wyslemy|przeslemy)\b"
    r"|\b(?:wroce|wrocimy) do (?:pani|pana|panstwa|ciebie|was|sprawy)\b"
    r"|\b(?:dostanie|dostana|otrzyma|otrzymaja) (?:pani|pan|panstwo) .*\b(?:odpowiedz|wiadomosc|informacje)\b"
    r"|\b(?:me pongo|nos ponemos|me pondre|nos pondremos) en contacto\b|\b(?:tendra|tendras) noticias\b"
)
_AHEAD = re.compile(
    r"(?:\b(?:will|should|ought|expect\w{0,3}|estimat\w{1,3}|hope|wird|werden|sollte\w?|soll|durfte\w?|musste\w?|rechnen|erwarten"
    r"|voraussichtlich|devrait|sera|deberia|estara|esperamos|powin\w{2,4}|bedzie|beda|spodziewam\w{0,3}|przewidujemy|szacujemy)|'ll)\b"
)
_FIXED = re.compile(
    r"\b(?:fixed|solved|resolved|repaired|restored|back (?:up|online)|(?:up and |be )running|(?:working|running|available|online) again"
    r"|work again|be (?:done|ready|live|sorted)|behoben|gelost|repariert|wiederhergestellt|erledigt|fertig|laufen|funktionier\w{1,3}"
    r"|wieder (?:da|online|erreichbar|verfugbar)|corrige|resolu|retabli|reparado|resuelto|solucionado|naprawion\w|gotow\w|przywrocon\w|rozwiazan\w|zadziala|dzialac|znowu dziala\w{0,2})\b"
)
_NOT_SO = re.compile(
    r"\b(?:won'?t|will not|should(?: not|n'?t)|cannot|can'?t|not be able|not (?:before|until)|earliest|if|unless|maybe|perhaps|nicht"
    r"|kein\w*|falls|wenn|sofern|vielleicht|fruhestens|ne|pas|peut-etre|au plus tot|no|quizas?|tal vez|nie|jesli|jezeli|gdyby|byc moze|chyba|o ile|najwczesniej)\b"
)
_PARTS = (
    (r"(?:tomorrow|morgen|demain|manana|jutro)", "tomorrow"),
    (r"(?:today|this|heute|ce|cet|cette|hoy|esta|dzis|dzisiaj)", "today"),
)
_CLOCKS = (
    (
        r"(?:morning|fruh|vormittag|matin|por la manana|a primera hora|rano|przed poludniem)",
        "12:00",
        time(0, 0),
        timedelta(0),
    ),
    (r"(?:noon|mittag|midi|a mediodia|w poludnie)", "12:00", time(11, 30), timedelta(minutes=30)),
    (
        r"(?:afternoon|nachmittag|apres-midi|apres midi|tarde|por la tarde|po poludniu)",
        "17:00",
        time(12, 0),
        timedelta(hours=1),
    ),
    (r"(?:evening|tonight|abend|soir|noche|por la noche|wieczorem)", "20:00", time(17, 0), timedelta(hours=4)),
)
"""The part of a day, the time that it names, when it begins, and how much later it ends."""
_DAY_PART = [(re.compile(rf"\b{day}(?: |, )(?:in the |au )?{part}\b"), f"{at} {clock}", since, more)
             for day, at in _PARTS for part, clock, since, more in _CLOCKS]  # fmt: skip
_WEEKDAY_PART = [
    (re.compile(rf"\b([a-z]{{5,10}}tag|[a-z]{{3,6}}day|[a-z]{{4,6}}di|lunes|martes|miercoles|jueves|viernes|poniedzialek|wtorek|srode|czwartek|piatek) {part}\b"),
     clock, since, more) for part, clock, since, more in _CLOCKS
]  # fmt: skip
_ONE = re.compile(
    r"\b(in|within|innerhalb|dans|en) (?:(an?|one|einer|une?|una) (hour|minute|stunde|heure|hora)"
    r"|half an hour|einer halben stunde|une demi-heure|media hora)\b"
    r"|\b(za|w ciagu) (?:()(godzine|godziny)|pol godziny)\b"
)
_LENGTH = re.compile(r"(?:in |dans |en |za |w ciagu )?[0-9]{1,4} ?(?P<unit>[a-z]++)")
_CLOCK = re.compile(
    r"[0-9]:[0-9]|[0-9]\.[0-9]{2} ?uhr|[0-9] ?(?:[ap]\.?m|uhr|h)(?![a-z])|\b(?:noon|midday|mittags?|midi|mediodia)\b"
)
_BY_ITSELF = frozenset({"hoy", "eod", "nbd", "dzis"})
_ENDS = re.compile(r"\b(?:eod|eob|cob|end of|close of|ende des|feierabend)\b")
_TO_THE_MINUTE = timedelta(seconds=59)
_LOOSELY = {
    "minute": timedelta(minutes=5),
    "hour": timedelta(minutes=30),
    "business hour": timedelta(minutes=30),
    "week": timedelta(days=3),
}
"""How exact a length of time is, by its unit; of days, the day counts."""
_WORD = re.compile(r"(?<![\w'])\w")
_LEAD_IN = 4  # words
_MOST_WORDS = 6
_LONGEST = 400  # characters of a sentence; of a text, a hundred times as many


_Part = tuple[str, time, timedelta]
"""What stands in the sentence now, when that part of the day begins, and how much later than told it ends."""


@dataclass(frozen=True, kw_only=True, slots=True)
class Caught:
    """The sentence as it was written, the moment (UTC) that it names, and from when to when the same words would do.

    "Tomorrow" is said of any hour of that day, "in 2 hours" of half an hour more or less, "14:00" of that minute.
    """

    phrase: str
    moment: datetime
    earliest: datetime
    latest: datetime

    def agrees(self, moment: datetime) -> bool:
        """Whether whoever reads the words would take them for that moment too."""
        return self.earliest <= moment <= self.latest


def catch_promise(text: str, *, now: datetime, zone: tzinfo, hours: Hours) -> Caught | None:
    """The earliest time by which the words promise another word; None if there is none. Times as in `parse_when`."""
    reader = _Reader(now=now, zone=zone, hours=hours)
    found = (reader.caught(one, part) for one, plain in _sentences(text) for part in _promising(plain))
    return min((one for one in found if one is not None), key=lambda one: one.moment, default=None)


def catch_estimates(text: str, *, now: datetime, zone: tzinfo, hours: Hours) -> tuple[Caught, ...]:
    """The times by which the words expect it to be put right ("it should be back up by noon")."""
    reader = _Reader(now=now, zone=zone, hours=hours)
    found = (
        reader.caught(one, plain)
        for one, plain in _sentences(text)
        if _FIXED.search(plain) and _AHEAD.search(plain) and not _WILL.search(plain)
    )
    return tuple(one for one in found if one is not None)


def _sentences(text: str) -> Iterator[tuple[str, str]]:
    """The sentences that say that something will be so: as written, and in the form that is compared."""
    for match in _SENTENCE.finditer(text[: 100 * _LONGEST]):
        sentence = " ".join(match[0].split())
        plain = _plain(sentence)
        if len(plain) <= _LONGEST and not plain.endswith("?") and not _NOT_SO.search(plain):
            yield sentence, plain


def _promising(plain: str) -> Iterator[str]:
    """The parts of a sentence that say that somebody of ours will write, each from there to the next "I'll", "wir …".

    "By Friday," before the first of them belongs to it; "We deliver on Friday, so" does not.
    """
    starts = [found.start() for found in _WORD.finditer(plain) if _WILL.match(plain, found.start())]
    for start, end in zip(starts, (*starts[1:], len(plain)), strict=False):
        if not _WILL.match(plain, start, end):
            continue
        before = plain[:start] if start == starts[0] else ""
        leads_in = len(before.split()) <= _LEAD_IN and ";" not in before
        yield f"{before}{plain[start:end]}" if leads_in else plain[start:end]


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.replace("’", "'").casefold().replace("ł", "l"))
    return "".join(c for c in letters if not unicodedata.combining(c))


class _Reader:
    """When and where sentences are read."""

    def __init__(self, *, now: datetime, zone: tzinfo, hours: Hours) -> None:
        self.now = now
        self.zone = zone
        self.hours = hours

    def caught(self, sentence: str, plain: str) -> Caught | None:
        """The first and most exact time in a sentence."""
        plain, parts = _without_parts(plain.rstrip(".!"))
        words = [word.strip(",;()") for word in plain.split()]
        taken: set[int] = set()
        for length in range(_MOST_WORDS, 0, -1):
            for start in range(len(words) - length + 1):
                here = range(start, start + length)
                some = words[start : start + length]
                if taken.intersection(here) or (length == 1 and not _tells_a_time(some[0])):
                    continue
                said = " ".join(some)
                moment = parse_when(said, now=self.now, zone=self.zone, hours=self.hours)
                if moment is None:
                    continue
                if names_something_else(words, start, length):
                    taken.update(here)
                    continue
                earliest, latest = self._same_words(said, moment, parts)
                if within_a_span(words, start):
                    earliest = self._midnight(moment)
                return Caught(phrase=sentence.strip(" .!,;"), moment=moment, earliest=earliest, latest=latest)
        return None

    def _same_words(self, said: str, moment: datetime, parts: Sequence[_Part]) -> tuple[datetime, datetime]:
        """From when to when a time would be told in these words."""
        for part, since, more in parts:
            if part in said:
                here = moment.astimezone(self.zone)
                return here.replace(hour=since.hour, minute=since.minute), moment + more + _TO_THE_MINUTE
        length = _LENGTH.match(said)
        unit = UNITS.get(length["unit"]) if length else None
        if loosely := _LOOSELY.get(unit or ""):
            return moment - loosely, moment + loosely
        if unit is None and _CLOCK.search(said):
            return moment - _TO_THE_MINUTE, moment + _TO_THE_MINUTE
        midnight = self._midnight(moment)
        return midnight, moment + _TO_THE_MINUTE if _ENDS.search(said) else midnight + timedelta(days=1)

    def _midnight(self, moment: datetime) -> datetime:
        return moment.astimezone(self.zone).replace(hour=0, minute=0, second=0, microsecond=0)


def _without_parts(plain: str) -> tuple[str, Sequence[_Part]]:
    """The sentence with clock times in place of parts of days, and which were put in."""
    parts: list[_Part] = []
    for pattern, said, since, more in _DAY_PART:
        plain, count = pattern.subn(said, plain)
        parts += [(said, since, more)] * bool(count)
    for pattern, clock, since, more in _WEEKDAY_PART:
        parts += [(f"{match[1]} {clock}", since, more) for match in pattern.finditer(plain)]
        plain = pattern.sub(rf"\1 {clock}", plain)
    return _ONE.sub(_in_figures, plain), parts


def _in_figures(found: re.Match[str]) -> str:
    """The length in figures: "in an hour" as "in 1 hour", "in half an hour" as "in 30 minutes"."""
    lead, unit = found[1] or found[4], found[3] or found[6]
    return f"{lead} 1 {unit}" if unit else f"{lead} 30 minutes"


def _tells_a_time(word: str) -> bool:
    """Whether a word by itself may be a time: "mon", "so" and "may" are far more often other words."""
    return len(word) >= 5 or word in _BY_ITSELF or any(c.isdigit() for c in word)
