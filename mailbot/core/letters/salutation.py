"""Decides by which name a letter greets somebody: one that can be a person's, else none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_LONGEST: Final = 50
_MOST_WORDS: Final = 5
_NO_NAME = re.compile(r"[@<>{}\[\]()|\\/=:;&+!?#*%\n\r\t\x00]|\bwww\b|\d", re.IGNORECASE)
_TITLES: Final = frozenset(
    [
        "dr",
        "prof",
        "dipl-ing",
        "dipl",
        "ing",
        "mag",
        "mr",
        "mrs",
        "ms",
        "miss",
        "mx",
        "sir",
        "herr",
        "frau",
        "hr",
        "fr",
        "mme",
        "m",
        "mlle",
        "sr",
        "sra",
        "sig",
        "dott",
    ]
)
# Departments, firms and programs, which no mail should greet.
_NO_PERSON: Final = frozenset(
    (
        "account", "accounting", "accounts", "admin", "administration", "administrator", "agency", "billing", "bookkeeping",
        "buero", "büro", "buchhaltung", "care", "co", "company", "contact", "corp", "corporation", "customer", "customers",
        "department", "dept", "desk", "einkauf", "finance", "finanzen", "firma", "from", "gbr", "gmbh", "group", "gruppe",
        "hello", "help", "helpdesk", "hotel", "hotline", "hr", "inc", "info", "it", "kg", "kontakt", "kundendienst",
        "kundenservice", "limited", "llc", "llp", "logistics", "ltd", "mail", "mailer", "marketing", "no-reply", "noreply",
        "office", "ohg", "online", "operations", "ops", "order", "orders", "payable", "payables", "personal", "plc",
        "praxis", "procurement", "purchasing", "receivable", "reception", "rechnung", "rechnungen", "reply", "sa", "sales",
        "sarl", "scan", "scanner", "se", "secretary", "sekretariat", "server", "service", "services", "shop", "solutions",
        "srl", "staff", "store", "studio", "support", "systems", "team", "technik", "the", "ug", "unknown", "user",
        "verein", "versand", "vertrieb", "verwaltung", "via", "webmaster", "website",
    )
)  # fmt: skip
_FAMILY_FIRST = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af]")
_HAN = re.compile("[\u3005\u3007\u30f5\u30f6\u4e00-\u9fff]{1,5}")
# The first half of a given name: nobody is called so alone.
_BEGINS_A_NAME: Final = frozenset(("عبد", "أبو", "ابو", "أم", "ابن", "Abd", "Abdul", "Abu"))
_FAMILIAR: Final = frozenset({"de-du"})
_BY_BOTH_NAMES: Final = frozenset({"de", "ja", "pl"})  # languages in which a first name alone is too familiar


def greeted(name: str | None, language: str) -> str:
    """The name for a salutation in that language: "Nora" in English, "Nora Feld" in German; empty if it can be nobody's.

    "Byrne, Ada" is turned the right way round. Capitals alone, a firm, a department or a number are no name.
    """
    words = " ".join(str(name or "").strip(" \"'").split())
    if not words or len(words) > _LONGEST or _NO_NAME.search(words):
        return ""
    if words.count(",") == 1:
        last, _, first = words.partition(",")
        words = f"{first.strip()} {last.strip()}".strip()
    parts = [part for part in words.split() if part.casefold().strip(".") not in _TITLES]
    if not parts or len(parts) > _MOST_WORDS or any(part.casefold().strip(".,-'") in _NO_PERSON for part in parts):
        return ""
    if "," in words or not (_is_called(parts[0]) and _is_called(parts[-1])):
        return ""
    if _FAMILY_FIRST.search(words):
        return parts[0] if language[:2] == "ja" and _is_family_first(parts) else " ".join(parts)
    titled = len(parts) < len(words.split())
    if language[:2].lower() in _BY_BOTH_NAMES and language not in _FAMILIAR:
        return " ".join(parts) if len(parts) > 1 else ""
    if parts[0] in _BEGINS_A_NAME and len(parts) > 1:
        return " ".join(parts[:2])
    return "" if titled and len(parts) == 1 else parts[0]


def _is_family_first(parts: Sequence[str]) -> bool:
    """Whether a name is a Japanese one, in two words of which the first is the family's: 佐藤 花子, not エイダ バーン."""
    return len(parts) == 2 and _HAN.fullmatch(parts[0]) is not None


def _is_called(part: str) -> bool:
    """Whether somebody is called so: it begins with a capital and goes on without, where its script knows capitals."""
    letters = [sign for sign in part if sign.isalpha()]
    if not letters or not (letters[0].isupper() or letters[0].lower() == letters[0].upper()):
        return False
    cased = [sign for sign in letters if sign.lower() != sign.upper()]
    return not cased or any(sign.islower() for sign in cased)  # "N." is an initial, "SMITH" no way to be greeted
