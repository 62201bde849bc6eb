"""Finds a time that an agent promised in prose ("I'll write tomorrow morning"), in English, German, French and Spanish.

A sentence counts if somebody of ours says in it that they will write, and it names one clear time. Questions, denials
and conditions do not count, nor do words that name a time only by accident (German "so", French "mon"). What is found
is promised, as the customer reads it, and shown to the agent; where /promise says another time, it is only offered. A miss
costs less than a time that nobody meant.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime, tzinfo

from mailbot.core.language.dates import parse_when
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
    r"|\b(?:me pongo|nos ponemos|me pondre|nos pondremos) en contacto\b|\b(?:tendra|tendras) noticias\b"
)
_NOT_SO = re.compile(
    r"\b(?:won'?t|will not|cannot|can'?t|not be able|if|unless|maybe|perhaps|nicht|kein\w*|falls|wenn|sofern|vielleicht"
    r"|ne|pas|peut-etre|no|quizas?|tal vez)\b"
)
_PARTS = (
    (r"(?:tomorrow|morgen|demain|manana)", "tomorrow"),
    (r"(?:today|this|heute|ce|cet|cette|hoy|esta)", "today"),
)
_CLOCKS = (
    (r"(?:morning|fruh|vormittag|matin|por la manana|a primera hora)", "12:00"),
    (r"(?:noon|mittag|midi|a mediodia)", "12:00"),
    (r"(?:afternoon|nachmittag|apres-midi|apres midi|tarde|por la tarde)", "17:00"),
    (r"(?:evening|tonight|abend|soir|noche|por la noche)", "20:00"),
)
_DAY_PART = [(re.compile(rf"\b{day}(?: |, )(?:in the |au )?{part}\b"), f"{at} {clock}")
             for day, at in _PARTS for part, clock in _CLOCKS]  # fmt: skip
_WEEKDAY_PART = [
    (re.compile(rf"\b([a-z]{{5,10}}tag|[a-z]{{3,6}}day|[a-z]{{4,6}}di|lunes|martes|miercoles|jueves|viernes) {part}\b"), clock)
    for part, clock in _CLOCKS
]  # fmt: skip
_BY_ITSELF = frozenset({"hoy", "eod", "nbd"})
_MOST_WORDS = 6
_LONGEST = 400  # characters of a sentence; of a text, a hundred times as many


@dataclass(frozen=True, kw_only=True, slots=True)
class Caught:
    """The sentence as it was written, and the moment (UTC) that it names."""

    phrase: str
    moment: datetime


def catch_promise(text: str, *, now: datetime, zone: tzinfo, hours: Hours) -> Caught | None:
    """The earliest time by which the words promise another word; None if there is none. Times as in `parse_when`."""
    found: list[Caught] = []
    for match in _SENTENCE.finditer(text[: 100 * _LONGEST]):
        sentence = " ".join(match[0].split())
        plain = _plain(sentence)
        if len(plain) > _LONGEST or plain.endswith("?") or not _WILL.search(plain) or _NOT_SO.search(plain):
            continue
        moment = _moment(plain.rstrip(".!"), now=now, zone=zone, hours=hours)
        if moment is not None:
            found.append(Caught(phrase=sentence.strip(" .!,;"), moment=moment))
    return min(found, key=lambda one: one.moment, default=None)


def _plain(text: str) -> str:
    letters = unicodedata.normalize("NFKD", text.replace("’", "'").casefold())
    return "".join(c for c in letters if not unicodedata.combining(c))


def _moment(plain: str, *, now: datetime, zone: tzinfo, hours: Hours) -> datetime | None:
    for pattern, said in _DAY_PART:
        plain = pattern.sub(said, plain)
    for pattern, clock in _WEEKDAY_PART:
        plain = pattern.sub(rf"\1 {clock}", plain)
    words = [word.strip(",;()") for word in plain.split()]
    for length in range(_MOST_WORDS, 0, -1):
        for start in range(len(words) - length + 1):
            some = words[start : start + length]
            if length == 1 and not _tells_a_time(some[0]):
                continue
            moment = parse_when(" ".join(some), now=now, zone=zone, hours=hours)
            if moment is not None:
                return moment
    return None


def _tells_a_time(word: str) -> bool:
    """Whether a word by itself may be a time: "mon", "so" and "may" are far more often other words."""
    return len(word) >= 5 or word in _BY_ITSELF or any(c.isdigit() for c in word)
