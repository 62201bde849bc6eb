"""Reads the mailboxes of a header that breaks the grammar as every mail client does: by the plain addresses in it."""

from __future__ import annotations

import re
from typing import Final

from mailbot.core.model.mail import Address

_MOST: Final = 500
_LONGEST: Final = 320  # characters of an address
# What writers type instead of the signs of RFC 5322: full-width ones of East Asian keyboards, and those of HTML.
_SIGNS: Final = str.maketrans(
    {"＜": "<", "＞": ">", "＠": "@", "，": ",", "；": ";", "：": ":", "〈": "<", "〉": ">", "“": '"', "”": '"'}
)
_ENTITIES: Final = (("&lt;", "<"), ("&gt;", ">"), ("&quot;", '"'), ("&#64;", "@"), ("&#39;", "'"))
_PLAIN = re.compile(r"[^\s<>(),;:\"@\\]{1,255}@[^\s<>(),;:\"@\\]{1,255}")
_ENDS: Final = r"\s<>(),;:\"'\[\]|/"
_BARE = re.compile(rf"(?<![^{_ENDS}])[^{_ENDS}@\\]{{1,255}}@[^{_ENDS}@\\]{{1,255}}(?![^{_ENDS}])")
_AROUND_AT = re.compile(r"\s{0,20}@\s{0,20}")
_SCHEME = re.compile(r"(?:mailto|smtp|e-?mail)\s{0,5}:\s{0,5}", re.IGNORECASE)


def plain_boxes(text: str) -> tuple[Address, ...]:
    """Whatever in a decoded value is plainly a mailbox, each address once; 500 at most. Never raises; linear.

    An address in angle brackets counts whatever comes before it, and then an address in the name before it does not; a
    piece without brackets counts if it holds an address. Names may have commas, quotes and brackets that never close.
    """
    for entity, sign in _ENTITIES:
        text = text.replace(entity, sign)
    text = text.translate(_SIGNS)
    if text.count('"') % 2:
        text = text.replace('"', " ")
    if text.count("(") != text.count(")"):
        text = text.replace("(", " ").replace(")", " ")
    found: dict[str, Address] = {}
    before = ""
    for name, bracketed in _pieces(text):
        addresses = [clean for each in bracketed if (clean := _clean(each))]
        shown = name
        if not addresses:
            shown = _SCHEME.sub(" ", name)
            addresses = [clean for each in _BARE.findall(shown) if (clean := _clean(each))]
            shown = _BARE.sub(" ", shown)
        shown = ", ".join(part for part in (before, _name(shown)) if part)
        before = "" if addresses else shown[:_LONGEST]
        for address in addresses:
            box = Address(name=shown if shown and shown != address else None, address=address)
            found.setdefault(box.key, box)
            if len(found) >= _MOST:
                return tuple(found.values())
    return tuple(found.values())


def unquoted(address: str) -> str:
    """An address without the apostrophes that a client put around it: `'help@desk.example'`."""
    inner = address[1:-1] if len(address) > 2 and address[0] == address[-1] == "'" else address
    return inner if _PLAIN.fullmatch(inner) else address


def _pieces(text: str) -> list[tuple[str, list[str]]]:
    """The text split at the commas and semicolons between mailboxes: what is outside brackets, and inside them."""
    pieces: list[tuple[str, list[str]]] = []
    name: list[str] = []
    bracketed: list[str] = []
    angle: list[str] | None = None
    quoted, depth, address = False, 0, False
    for char in text:
        if angle is not None:
            if char == ">" or char in ",;":
                bracketed.append("".join(angle))
                angle = None
            elif char == "<":
                bracketed.append("".join(angle))
                angle = []
            else:
                angle.append(char)
            if angle is not None or char == ">":
                continue
        if quoted or char == '"':
            quoted = (char == '"') != quoted
            name.append(char)
        elif char in "()":
            depth = max(0, depth + (1 if char == "(" else -1))
            name.append(char)
        elif depth:
            name.append(char)
        elif char == "<":
            angle = []
        elif char in ",;":
            pieces.append(("".join(name), bracketed))
            name, bracketed, address = [], [], False
        elif char == ":" and not address:
            name.clear()  # the name of a group (RFC 5322 section 3.4), or something like it
        elif char != ">":
            name.append(char)
            address = address or char == "@"
    if angle is not None:
        bracketed.append("".join(angle))
    pieces.append(("".join(name), bracketed))
    return pieces


def _clean(raw: str) -> str | None:
    """The address in what was found, or None: without a scheme, quotes, blanks around its @, or a final dot."""
    text = _AROUND_AT.sub("@", _SCHEME.sub("", raw[: _LONGEST * 2]).strip(" \t\"'<>[]"))
    text = text.rstrip(".,;:\"'>")
    if not _PLAIN.fullmatch(text):
        several = _BARE.findall(text)
        text = several[0].rstrip(".") if len(several) == 1 else ""
    return text if text and len(text) <= _LONGEST else None


def _name(text: str) -> str:
    return " ".join(text.replace('"', " ").replace("\\", "").split()).strip(" ,;'<>[]()-|").strip()[:_LONGEST]
