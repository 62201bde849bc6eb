"""Times in letters: none without a promise or an estimate, none in another zone than the reader's, none that disagree."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest

from mailbot.adapters.letters.templates import NAMES, SAMPLES, Templates
from mailbot.core.language.told_time import zone_of
from mailbot.core.model.letter_kinds import KINDS, Audience
from tests.unit.adapters.golden_letters import LANGUAGES, ROOT

SHIPPED = Templates([ROOT / "templates"])
LETTERS = [name for name in NAMES if KINDS[name].audience is Audience.CUSTOMER]
ZONES = {"Europe/Berlin": ("CET", "MEZ"), "+05:30": ("UTC+5:30",), "America/New_York": ("EST",)}
CLOCK = re.compile(r"(\d\d:\d\d)(?: Uhr)? (UTC[+-][\d:]+|[A-Z]{3,4})")
LEFT = re.compile(r"in (?:about|etwa) (\w+) (\w+)")
TOLD = ("due", "promised", "eta_at", "eta_missed")  # what a promise stands behind, or an estimate
UNITS = {
    "second": 1,
    "Sekunde": 1,
    "minute": 60,
    "hour": 3600,
    "day": 86400,
    "Minute": 60,
    "Stunde": 3600,
    "Tag": 86400,
}


def words_of(name, fields, language, zone):
    text = SHIPPED.render(name, language=language, inbox="support", zone=zone, fields=fields).text
    return " ".join(text.split())


@pytest.mark.parametrize("zone", ZONES)
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LETTERS)
def test_each_clock_is_a_time_that_was_promised_or_estimated_as_the_reader_sees_it(name, language, zone):
    for fields in SAMPLES[name]:
        text = words_of(name, fields, language, zone)
        steps = fields.get("steps", ())
        facts = [fields[each] for each in TOLD if fields.get(each)] + [step["due"] for step in steps]
        moments = [datetime.fromisoformat(each).astimezone(zone_of(zone)) for each in facts]
        for clock, named in CLOCK.findall(text):
            assert named in ZONES[zone], text
            assert clock in {f"{moment:%H:%M}" for moment in moments}, text
        for step in steps:  # what is past stands beside the promised time, which has the zone
            for each in (step["made_at"], step["ended_at"]):
                clock = f"{datetime.fromisoformat(each).astimezone(zone_of(zone)):%H:%M}" if each else "none"
                text, once = re.subn(rf"(?<=- ){clock}(?=: )|(?<=\(){clock}(?=\))", "", text, count=1)
                assert once == bool(each), text
        assert len(CLOCK.findall(text)) == len(re.findall(r"\d\d:\d\d(?!\d)", text.replace("UTC+5:30", ""))), (
            "a zone each"
        )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("minutes", [1, 13, 59, 60, 89, 91, 239, 600, 2000, 2170, 9000])
@pytest.mark.parametrize("name", ["ack", "cover", "late", "nudge", "too-large"])
def test_how_long_it_is_agrees_with_the_clock(name, minutes, language):
    fields = SAMPLES[name][0]
    now = datetime.fromisoformat(fields["now"])
    due = now + timedelta(minutes=minutes)
    text = words_of(name, {**fields, "due": due.isoformat(), "answer": None}, language, "Europe/Berlin")
    assert f"{due.astimezone(zone_of('Europe/Berlin')):%H:%M}" in text
    count, unit = LEFT.search(text).groups()
    size = next(seconds for word, seconds in UNITS.items() if unit.startswith(word))
    about = size * (int(count) if count.isdigit() else 1)
    assert abs(about - minutes * 60) <= size / 2 + 1, text
