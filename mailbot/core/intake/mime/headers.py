"""Reads header values: unfolds, decodes, finds addresses, ids, dates and parameters. Linear, never raises."""

from __future__ import annotations

import binascii
import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from email.utils import parsedate_tz
from functools import lru_cache
from types import MappingProxyType
from urllib.parse import unquote_to_bytes

from mailparser.dates import parse_mail_date
from mailparser.utils import get_addresses

from mailbot.core.intake.mime.charset import is_latin, to_text
from mailbot.core.model.mail import Address
from mailbot.core.model.mailboxes import plain_boxes, unquoted

VALUE_LENGTH = 10_000  # characters of a header value that are kept
_RAW_LENGTH = 100_000  # characters of a header value that are looked at
_PARAMETERS_LENGTH = 8_192
_ADDRESSES = 500
_IDS = 1_000

# RFC 2047 section 2, read leniently: no limit of 75 characters, spaces inside Q text, a language tag (RFC 2231
# section 5), up to three question marks inside: bounded, so that no text is scanned again from each possible start.
_WORD = re.compile(r"=\?([^?\s=]{1,60})\?([bBqQ])\?([^?]*(?:\?(?!=)[^?]*){0,3})\?=")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]")
_BRACKETED = re.compile(r"<([^<>]*)>")
_BARE_ID = re.compile(r"(?<![^\s<>,;\"])[^\s<>,;\"@]+@[^\s<>,;\"]+")
_BARE_ADDRESS = re.compile(r"(?<![^\s<>(),;:\"'\[\]])[^\s<>(),;:\"'\[\]@]{1,256}@[^\s<>(),;:\"'\[\]@]{1,255}")
_PARAMETER = re.compile(r"(?<![^\s=;\"])([^\s=;\"]+)\s*=\s*(?:\"((?:[^\"\\]|\\.)*)(?:\"|\\?\Z)|([^;\"]*))", re.DOTALL)
_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]++"
_ATOMS = rf"{_ATOM}(?:\.{_ATOM})*+"
# The mailbox that nearly every mail has (RFC 5322 section 3.4): words or a quoted name, and one plain address.
_USUAL_BOX = re.compile(
    rf"(?:(?:\"([^\"\\\x00-\x1f\x7f-\U0010ffff]*+)\"|({_ATOM}(?: {_ATOM})*+)) )?<({_ATOMS}@{_ATOMS})>|({_ATOMS}@{_ATOMS})"
)
_LONGEST_NAME = 300  # characters
_USUAL_LENGTH = 300
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
# The date-time of RFC 5322 section 3.3 as nearly every mailer writes it.
_USUAL_MOMENT = re.compile(
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?(\d{1,2}) (" + "|".join(_MONTHS) + r") (19\d\d|20\d\d)"
    r" (\d\d):(\d\d):([0-5]\d) ([+-])([01]\d|2[0-3])([0-5]\d)(?: \([A-Za-z]{1,8}\))?",
    re.ASCII,
)
_OFFSET = re.compile(r"(?<![^\s:\d])([+-])(\d\d)([0-5]\d)(?!\d)")
_SECTION = re.compile(r"([^*]+)(?:\*(\d{1,3}))?(\*)?")


def unfold(raw: str) -> str:
    """A raw value on one line (RFC 5322 section 2.2.3), its blanks kept; 100,000 characters at most."""
    if "\n" in raw or "\r" in raw:
        raw = raw[:_RAW_LENGTH].replace("\n", "").replace("\r", "")
    return raw[:_RAW_LENGTH].strip(" \t")


def octets(raw: str) -> bytes:
    """The bytes of a raw value as the parser keeps them (ASCII with surrogate escapes)."""
    return raw.encode("utf-8", "surrogateescape") if _plain(raw) else raw.encode("ascii", "backslashreplace")


def _plain(raw: str) -> bool:
    try:
        raw.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return False
    return True


def decode(raw: str, declared: str | None = None, *, guess: bool = True) -> str:
    """An unstructured value as text: encoded words (RFC 2047), UTF-8 (RFC 6532), raw bytes in some other charset.

    Bytes of neighbouring words are joined before they are decoded, since mailers split words inside characters.
    `declared` is the charset of the mail's own text, for raw bytes. Without `guess`, raw bytes that are not UTF-8
    become U+FFFD, unless a charset of another script was declared.
    """
    value = unfold(raw)
    if "=?" not in value:
        return _tidy(_raw_text(value, declared, guess))
    out: list[str] = []
    pending = b""
    charset: str | None = None
    end = 0
    for found in _WORD.finditer(value):
        between = value[end : found.start()]
        name = found.group(1).partition("*")[0].lower()
        # RFC 2047 section 6.2: white space between two encoded words is not shown.
        if pending and (between.strip(" \t") or name != charset):
            out.append(to_text(pending, charset)[0])
            pending = b""
        if between.strip(" \t") or not end:
            out.append(_raw_text(between, declared, guess))
        pending += _word_bytes(found.group(2), found.group(3))
        charset, end = name, found.end()
    if pending:
        out.append(to_text(pending, charset)[0])
    out.append(_raw_text(value[end:], declared, guess))
    return _tidy("".join(out))


def _word_bytes(encoding: str, text: str) -> bytes:
    data = octets(text)
    if encoding in "qQ":
        # RFC 2047 section 4.2
        return binascii.a2b_qp(data.replace(b"_", b" "), header=False)
    clean = _NOT_BASE64.sub(b"", data)
    if len(clean) % 4 == 1:
        clean = clean[:-1]
    return binascii.a2b_base64(clean + b"=" * (-len(clean) % 4))


def _raw_text(value: str, declared: str | None, guess: bool) -> str:
    if value.isascii():
        return value
    data = octets(value)
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        if guess or not is_latin(declared):
            return to_text(data, None if is_latin(declared) else declared)[0]
        return data.decode("utf-8", "replace")


def _tidy(text: str) -> str:
    """One line without control characters: nothing that could start a new header when it is written again."""
    if not text.isprintable():
        text = _CONTROL.sub("", text.replace("\r\n", " ").replace("\n", " ").replace("\r", " "))
    return text.strip()


def addresses(raw: str, declared: str | None = None) -> tuple[tuple[Address, ...], tuple[str, ...]]:
    """The mailboxes of a value (RFC 5322 section 3.4), 500 at most, and what was wrong with it."""
    value = unfold(raw)
    if not value:
        return (), ()
    if (usual := _usual_boxes(value, declared)) is not None:
        return usual, ()
    problems: list[dict[str, object]] = []
    found = get_addresses(_raw_text(value, declared, guess=True), defects=problems)
    boxes = tuple(
        Address(name=_name(name, address, declared), address=unquoted(_CONTROL.sub("", address)))
        for name, address in found[:_ADDRESSES]
        if address
    )
    return boxes, tuple(dict.fromkeys(str(problem["reason"]) for problem in problems))


def _usual_boxes(value: str, declared: str | None) -> tuple[Address, ...] | None:
    """What the general parser would find, for a value of the usual form; None if the parser must be asked."""
    if len(value) > _USUAL_LENGTH:
        return None
    boxes = []
    for each in [value] if '"' in value else value.split(","):
        found = _USUAL_BOX.fullmatch(each.strip(" "))
        if found is None:
            return None
        name, address = found.group(1) or found.group(2) or "", found.group(3) or found.group(4)
        if address[0] == "'":
            return None
        boxes.append(Address(name=_name(name, address, declared), address=address))
    return tuple(boxes)


def plain_addresses(raw: str, declared: str | None = None) -> tuple[Address, ...]:
    """The plain mailboxes of a value that breaks the grammar, each address once: see `plain_boxes`.

    Encoded words are decoded first: some clients encode the address with its name, or leave blanks and commas in them.
    """
    return plain_boxes(decode(raw, declared))


def rescued_addresses(raw: str, declared: str | None = None) -> tuple[Address, ...]:
    """What a value without any valid mailbox may mean: whatever looks like one, or one bare word."""
    value = _raw_text(unfold(raw), declared, guess=True)
    bracketed = _BRACKETED.search(value)
    for place in ([bracketed.group(1)] if bracketed else []) + [value]:
        if looks := _BARE_ADDRESS.search(place):
            return (Address(address=_CONTROL.sub("", looks.group())),)
    word = ((bracketed.group(1) if bracketed else "") or value.partition("<")[0]).strip(" \t\"'")
    if word and len(word) <= 254 and not re.search(r"[\s<>,;:()]", word):
        return (Address(address=_CONTROL.sub("", word)),)
    return ()


def _name(name: str, address: str, declared: str | None) -> str | None:
    shown = decode(name, declared) if "=?" in name else _tidy(name)
    if len(shown) > _LONGEST_NAME:  # nobody is called so, and each mail about them would hold it several times
        shown = f"{shown[: _LONGEST_NAME - 1]}…"
    return shown if shown and shown != address else None


def ids(raw: str) -> tuple[str, ...]:
    """Message-IDs without their brackets, in order, each once (RFC 5322 section 3.6.4); blanks in them are folds."""
    value = unfold(raw)
    found = ["".join(each.split()) for each in _BRACKETED.findall(value)]
    if not any(found):
        found = _BARE_ID.findall(value)
    return tuple(dict.fromkeys(_readable(each) for each in found[:_IDS] if each))


def own_id(raw: str) -> str | None:
    """The id of a Message-ID header, even without brackets; None if there is nothing."""
    found = ids(raw)
    if found:
        return found[0]
    return _readable("".join(unfold(raw).strip("<> \t").split())) or None


def _readable(text: str) -> str:
    return _CONTROL.sub("", text if text.isascii() else _raw_text(text, None, guess=True))[:998]


def moment(raw: str) -> datetime | None:
    """A date-time (RFC 5322 sections 3.3 and 4.3) with the offset that was written; None if it makes no sense."""
    value = unfold(raw)[:200]
    if (usual := _usual_moment(value)) is not None:
        return usual
    read = parse_mail_date(value)
    if read.value is not None:
        try:
            written: datetime = read.value.astimezone(_zone(_minutes(value, read.timezone)))
            return written
        except (ValueError, OverflowError):
            return None
    try:
        loose = parsedate_tz(value)
        if loose is None:
            return None
        offset = (loose[9] or 0) // 60
        return datetime(*loose[:5], min(loose[5], 59), tzinfo=_zone(offset))
    except (ValueError, OverflowError, TypeError, IndexError):
        return None


def _usual_moment(value: str) -> datetime | None:
    """What the general parser would find, for a value of the usual form; None if the parser must be asked."""
    found = _USUAL_MOMENT.fullmatch(value)
    if found is None:
        return None
    day, month, year, hour, minute, second, sign, hours, minutes = found.groups()
    offset = int(hours) * 60 + int(minutes)
    zone = _zone(-offset if sign == "-" else offset)
    try:
        return datetime(int(year), _MONTHS.index(month) + 1, int(day), int(hour), int(minute), int(second), tzinfo=zone)
    except ValueError:
        return None


def _minutes(value: str, hours: str | int) -> int:
    """The offset in minutes; the parser gives it in tenths of an hour, which does not fit Nepal's."""
    near = round(float(hours) * 60)
    for sign, whole, rest in _OFFSET.findall(value):
        written = (int(whole) * 60 + int(rest)) * (-1 if sign == "-" else 1)
        if abs(written - near) <= 3:
            return written
    return near


@lru_cache(maxsize=128)
def _zone(minutes: int) -> timezone:
    return UTC if not minutes else timezone(timedelta(minutes=minutes))


def parameters(raw: str) -> tuple[str, Mapping[str, str]]:
    """The value and the parameters of a structured MIME header (RFC 2045 section 5.1, RFC 2231), read leniently.

    The value and the names are in lower case; parameter values are decoded text. A missing semicolon before a parameter
    and blanks in an unquoted value are tolerated.
    """
    return _known_parameters(raw) if len(raw) <= _USUAL_LENGTH else _parameters(raw)


@lru_cache(maxsize=512)
def _known_parameters(raw: str) -> tuple[str, Mapping[str, str]]:
    value, plain = _parameters(raw)
    return value, MappingProxyType(plain)


def _parameters(raw: str) -> tuple[str, dict[str, str]]:
    text = unfold(raw)[:_PARAMETERS_LENGTH]
    head = re.match(r"[^;\s]*", text)
    value = head.group().strip("\"' ").lower() if head else ""
    plain: dict[str, str] = {}
    sections: dict[str, list[tuple[int, bool, str]]] = {}
    for found in _PARAMETER.finditer(text):
        name = found.group(1).lower()
        quoted = found.group(2)
        content = quoted.replace('\\"', '"').replace("\\\\", "\\") if quoted is not None else found.group(3).strip()
        shape = _SECTION.fullmatch(name)
        if shape and (shape.group(2) or shape.group(3)):
            part = (int(shape.group(2) or 0), bool(shape.group(3)), content)
            sections.setdefault(shape.group(1), []).append(part)
        else:
            plain.setdefault(name, decode(content) if not content.isascii() or "=?" in content else content)
    for name, parts in sections.items():
        plain[name] = _joined(parts)
    return value, plain


def _joined(parts: Iterable[tuple[int, bool, str]]) -> str:
    """RFC 2231 sections 3 and 4: the sections in order, percent-decoded, with one charset for all."""
    data, charset = b"", None
    for number, (_, extended, content) in enumerate(sorted(parts, key=lambda part: part[0])):
        text = content
        if extended and number == 0 and text.count("'") >= 2:
            charset, _, text = text.split("'", 2)
        data += unquote_to_bytes(octets(text)) if extended else octets(text)
    return to_text(data, charset or None)[0]
