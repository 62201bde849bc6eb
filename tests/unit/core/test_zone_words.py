"""How a time zone may be written behind /zone."""

from __future__ import annotations

import pytest

from mailbot.core.language.zone_words import zone_meant, zone_near


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("Europe/Lisbon", "Europe/Lisbon"),
        ("europe/lisbon.", "Europe/Lisbon"),
        ("Lisbon", "Europe/Lisbon"),
        ("New York", "America/New_York"),
        ("São Paulo", "America/Sao_Paulo"),
        ("+05:30", "+05:30"),
        ("UTC+2", "+02:00"),
        ("GMT −3", "-03:00"),
        ("+0545", "+05:45"),
        ("+14", "+14:00"),
        ("utc", "UTC"),
        ("+0", "UTC"),
    ],
)
def test_a_zone_is_read_as_it_is_written(text, zone):
    assert zone_meant(text) == zone


@pytest.mark.parametrize(
    "text",
    ["", "PST", "EST", "+15", "-13", "+05:17", "Europe", "Istanbul", "Berln", "14:00", "tomorrow", "../../etc/passwd"],
)
def test_what_names_no_zone_or_two_is_not_guessed(text):
    assert zone_meant(text) is None


@pytest.mark.parametrize(
    ("text", "zone"), [("Berln", "Europe/Berlin"), ("Europe/Lisboa", "Europe/Lisbon"), ("tomorrow at noon", None)]
)
def test_what_was_probably_meant_is_proposed(text, zone):
    assert zone_near(text) == zone
