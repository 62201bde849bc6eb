"""Tells whether a line could lead a third person somewhere: by a link, domain, address, number to call or sum.

For words that somebody may have written in that person's name. What is doubtful counts as a lure: all that is lost is
that a subject is in our words instead of theirs.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_LONGEST: Final = 300  # characters; a longer subject says too much
_UNSEEN: Final = frozenset({"Cf", "Cc", "Co", "Cs", "Cn", "Mn", "Me"})
_DOTS: Final = str.maketrans(dict.fromkeys("․‧·∙⋅•﹒", ".") | dict.fromkeys("‐‑‒–—−⁃﹘﹣", "-") | {"⁄": "/", "∕": "/"})
_FULL_STOP: Final = re.compile("[。｡](?=[a-z0-9])")  # IDNA takes it for a dot; elsewhere it ends a sentence
# A dot between letters or digits, the last of them letters: what clients turn into a link. File names are not.
_DOMAIN: Final = re.compile(
    r"[^\W_](?:\.|\s\.\s?|\s?[\[({]\s?(?:\.|dot|punkt)\s?[\])}]\s?)([^\W\d_]{2,24}|xn--[a-z0-9-]{1,59})(?![^\W_])"
)
_FILES: Final = frozenset(
    {
        *("pdf", "csv", "tsv", "xls", "xlsx", "doc", "docx", "odt", "ods", "ppt", "pptx", "txt", "rtf", "png", "jpg", "jpeg", "gif"),
        *("tif", "tiff", "heic", "webp", "svg", "json", "xml", "yaml", "yml", "toml", "log", "html", "htm", "eml", "msg", "ics", "exe"),
        *("dll", "jar", "js", "css", "sql", "db", "bak", "dat", "tar", "gz", "mp3", "wav"),
    }
)  # fmt: skip
_SPACED: Final = re.compile(
    r"[^\W_]\s?\.\s(?:com|net|org|info|biz|io|co|me|app|dev|shop|store|online|site|xyz|top|club|vip|live|link|click)\b"
)
_DOT_COM: Final = re.compile(r"\b(?:dot|punkt)\s(?:com|net|org|info|biz|io|de|at|ch|shop|online)\b")
_LINKS: Final = ("://", "//", "www.", "hxxp", "mailto:", "tel:", "http", "@", "\\\\")
_AT: Final = re.compile(r"[\[({]\s?(?:at|ät)\s?[\])}]|[^\W_]\sat\s[^\W_]{1,63}\s?(?:\.|dot)\s?[^\W_]")
_NUMERIC_HOST: Final = re.compile(r"\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3}")
# Digits with what people put between them; dates are removed before.
_NUMBER: Final = re.compile(r"\+?[(]?\d(?:[\s./()\-|,']{0,3}\d){6,40}")
_VANITY: Final = re.compile(r"(?<!\d)(?:\+?1[\s.-]?)?(?:0?800|0?900|0180\d?|0?8[3-8]{2})(?!\d)[\s./-]{1,3}[^\W\d_]")
_CALL: Final = re.compile(
    r"\+\s?\d|(?<!\d)00\d{2}|\b(?:tel|phone|fon|call|ruf|anruf|whatsapp|sms|mobil)\w{0,6}\W{0,3}\d{3}"
)
_DATE: Final = re.compile(
    r"(?<![\d./-])(?:(?:19|20)\d\d-[01]?\d-[0-3]?\d|[0-3]?\d\.[01]?\d\.(?:(?:19|20)\d\d|\d\d)?|[0-3]?\d/[0-3]?\d/(?:19|20)\d\d)(?![\d./-]\d|\d)"
)
_CURRENCY: Final = re.compile(
    r"\b(?:eur|euros?|usd|dollars?|gbp|chf|jpy|cad|aud|pln|sek|nok|dkk|czk|huf|inr|cny|rmb|rub|btc|bitcoins?|eth|ethereum|usdt|"
    r"cents?|rappen|zloty|złoty|złotych|rubel|rubles?|rupees?|yuan|sterling)\b"
)
_COUNTED: Final = re.compile(
    r"\d(?:[\d.,' ]{0,20}\d)?\s?(?:k|m|mio|mrd|tsd)?\s?(?:pounds?|quid|pfund|franken|sfr|fr|kronen|kronor|kr|kč|zł|yen|won|"
    r"rand|real|reais|lei|ft|forint|grand|million|billion|millionen|milliarden|tausend|thousand|hundred|hundert)\b"
)
_DECIMAL: Final = re.compile(r"(?<![\d.,v])\d{1,3}(?:[.,' ]\d{3}){0,5}[.,](?:\d\d|-{1,2})(?![\d.,]*\d)|\d,-")
_MOST_MONEY: Final = re.compile(r"\d{1,3}(?:[.,']\d{3}){1,5}(?!\d)")


def holds_lure(line: str) -> bool:
    """Whether the line holds any of it, in any characters and with anything invisible between them; linear, bounded."""
    if len(line) > _LONGEST:
        return True
    text = _plain(line)
    if len(text) > 2 * _LONGEST:
        return True  # one character may expand to eighteen
    if any(mark in text for mark in _LINKS) or any(unicodedata.category(sign) == "Sc" for sign in text):
        return True
    if any(found[1] not in _FILES for found in _DOMAIN.finditer(text)):
        return True
    if any(pattern.search(text) for pattern in (_SPACED, _DOT_COM, _AT, _NUMERIC_HOST, _CURRENCY, _COUNTED, _VANITY)):
        return True
    undated = _DATE.sub(" ", text)
    return any(pattern.search(undated) for pattern in (_NUMBER, _CALL, _DECIMAL, _MOST_MONEY))


def _plain(line: str) -> str:
    """As it reads: compatible characters unified, invisible ones and accents removed, every digit an ASCII one."""
    composed = unicodedata.normalize("NFKD", line)
    kept = (sign for sign in composed if unicodedata.category(sign) not in _UNSEEN or sign in "\t\n\r")
    text = "".join(str(unicodedata.digit(sign, sign)) for sign in kept)
    return " ".join(_FULL_STOP.sub(".", text.casefold().translate(_DOTS)).split())
