"""What the desk needs of the CLDR, taken from Babel: `python -m tests.unit.adapters.cldr_of_babel` rewrites the table."""

from __future__ import annotations

import json
from itertools import groupby

from babel import Locale

from mailbot.adapters.letters.cldr import FILE, HIGHEST

# Those that a support desk in Europe is likeliest to be written to in, and the most spoken of the world.
LANGUAGES = (
    *("ar", "bg", "bn", "bs", "ca", "cs", "cy", "da", "de", "el", "en", "es", "et", "eu", "fa", "fi", "fr", "ga", "gl"),
    *("he", "hi", "hr", "hu", "hy", "id", "is", "it", "ja", "ka", "ko", "lt", "lv", "mk", "ms", "mt", "nb", "nl", "nn"),
    *(
        "no",
        "pl",
        "pt",
        "pt-pt",
        "ro",
        "ru",
        "sk",
        "sl",
        "sq",
        "sr",
        "sv",
        "sw",
        "ta",
        "th",
        "tr",
        "uk",
        "ur",
        "vi",
        "zh",
    ),
)
_ZONES = {"Europe_Central": ("CET", "CEST"), "Europe_Eastern": ("EET", "EEST"), "Europe_Western": ("WET", "WEST")}
_UNITS = ("second", "minute", "hour", "day")


def line_of(language: str) -> str:
    """One language, as a line of JSON; each string as the CLDR has it."""
    locale = Locale.parse(language, sep="-")
    name = {"no": "nb"}
    found = {
        "language": language,
        "weekdays": _listed(locale.days["format"]["wide"]),
        "weekdays_short": _listed(locale.days["stand-alone"]["abbreviated"]),
        "months": _listed(locale.months["format"]["wide"]),
        "months_short": _listed(locale.months["format"]["abbreviated"]),
        "ahead": {unit: dict(locale._data["date_fields"][unit]["future"]) for unit in _UNITS},
        "days": _forms(locale._data["unit_patterns"]["duration-day"]["long"]),
        "sizes": {
            "kB": _forms(locale._data["unit_patterns"]["digital-kilobyte"]["short"])["other"],
            "MB": _forms(locale._data["unit_patterns"]["digital-megabyte"]["short"])["other"],
        },
        "decimal": locale.number_symbols["latn"]["decimal"],
        "zones": _zones(locale),
        "languages": {
            one: locale.languages.get(one) or locale.languages[name[one]] for one in LANGUAGES if "-" not in one
        },
        "plurals": _runs(locale),
    }
    return json.dumps(found, ensure_ascii=False)


def table() -> str:
    """The whole table."""
    return "".join(f"{line_of(language)}\n" for language in LANGUAGES)


def _listed(names: dict[int, str]) -> list[str]:
    return [names[number] for number in sorted(names)]


def _forms(patterns: dict[str, str]) -> dict[str, str]:
    return {form: patterns[form] for form in ("zero", "one", "two", "few", "many", "other") if form in patterns}


def _zones(locale: Locale) -> dict[str, str]:
    found = {}
    for meta, names in _ZONES.items():
        short = locale.meta_zones.get(meta, {}).get("short", {})
        for name, kind in zip(names, ("standard", "daylight"), strict=True):
            if short.get(kind, name) != name:
                found[name] = short[kind]
    return found


def _runs(locale: Locale) -> list[list[object]]:
    each = groupby(range(HIGHEST + 1), key=locale.plural_form)
    return [[max(numbers), category] for category, numbers in each]


if __name__ == "__main__":
    FILE.write_text(table(), "utf-8")
