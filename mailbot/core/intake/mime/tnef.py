"""Unpacks winmail.dat (MS-OXTNEF): the words and files that Outlook put into its own container."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from mailbot.core.intake.mime.charset import codec_of, to_text
from mailbot.core.intake.mime.rtf import words_of

SIGNATURE: Final = b"\x78\x9f\x3e\x22"
_ATTRIBUTES: Final = 20_000
_PROPERTIES: Final = 5_000
_FILES: Final = 500
_RTF: Final = 1_000_000  # bytes of packed rich text; each may unpack into nine
_DEPTH: Final = 3  # nested mails

# Attributes (MS-OXTNEF section 2.1.3.2), without their types.
_BODY, _MESSAGE_PROPERTIES, _CODEPAGE = 0x800C, 0x9003, 0x9007
_NEW_FILE, _TITLE, _DATA, _FILE_PROPERTIES = 0x9002, 0x8010, 0x800F, 0x9005
# Properties (MS-OXPROPS).
_TEXT, _HTML, _PACKED_RTF, _INTERNET_CODEPAGE, _SUBJECT = 0x1000, 0x1013, 0x1009, 0x3FDE, 0x0037
_LONG_NAME, _NAME, _DISPLAY_NAME, _MIME, _CONTENT_ID, _OBJECT = 0x3707, 0x3704, 0x3001, 0x370E, 0x3712, 0x3701
_ENCLOSED_MAIL: Final = bytes.fromhex("0703020000000000c000000000000046")  # IID_IMessage
_STRING, _UNICODE = 0x1E, 0x1F
_SIZES: Final = {0x02: 4, 0x0B: 4, 0x03: 4, 0x04: 4, 0x0A: 4, 0x05: 8, 0x06: 8, 0x07: 8, 0x14: 8, 0x40: 8, 0x48: 16}
_VARIABLE: Final = frozenset({_STRING, _UNICODE, 0x0D, 0x0102})
_PAGES: Final = {
    65001: "utf-8",
    20127: "ascii",
    20866: "koi8-r",
    21866: "koi8-u",
    50220: "iso-2022-jp",
    51932: "euc-jp",
}


@dataclass(slots=True)
class PackedFile:
    """A file from the container: name and media type as given, Content-ID, and bytes."""

    name: str = ""
    type: str = ""
    cid: str = ""
    data: bytes = b""


@dataclass(slots=True)
class Packed:
    """What a container holds: words as text and as HTML, the subject, and files."""

    text: str = ""
    html: str = ""
    subject: str = ""
    files: list[PackedFile] = field(default_factory=list)
    enclosed: list[tuple[str, Packed]] = field(default_factory=list)


class Unreadable(ValueError):
    """The bytes are not a container, or they break off inside it."""


def unpacked(data: bytes, depth: int = 0) -> Packed:
    """What `data` holds. Raises Unreadable. Linear, and bounded in files, properties and depth."""
    if not data.startswith(SIGNATURE):
        raise Unreadable
    found = Packed()
    codepage = "cp1252"
    file: PackedFile | None = None
    try:
        for name, value in _attributes(data):
            if name == _CODEPAGE:
                codepage = _page(struct.unpack_from("<I", value)[0]) or codepage
            elif name == _BODY:
                found.text = found.text or _string(value, codepage)
            elif name == _MESSAGE_PROPERTIES:
                _take_message(found, dict(_properties(value)), codepage)
            elif name == _NEW_FILE:
                if len(found.files) >= _FILES:
                    break
                file = PackedFile()
                found.files.append(file)
            elif file is not None:
                _take_file(found, file, name, value, codepage, depth)
    except (struct.error, IndexError, UnicodeError, LookupError) as error:
        raise Unreadable from error
    found.files = [each for each in found.files if each.data]
    return found


def _attributes(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Level, name and type, length, data and a checksum each, one after the other (MS-OXTNEF section 2.1.3)."""
    at, count = 6, 0
    while at + 11 <= len(data) and count < _ATTRIBUTES:
        level, name, _, length = struct.unpack_from("<BHHI", data, at)
        if level not in (1, 2) or at + 9 + length > len(data):
            raise Unreadable
        yield name, data[at + 9 : at + 9 + length]
        at, count = at + 11 + length, count + 1
    if not count:
        raise Unreadable


def _properties(data: bytes) -> Iterator[tuple[int, tuple[int, bytes]]]:
    """The properties with one value each: its type and bytes (MS-OXTNEF section 2.1.3.4)."""
    (announced,) = struct.unpack_from("<I", data)
    at = 4
    for _ in range(min(announced, _PROPERTIES)):
        if at >= len(data):
            return
        kind, name = struct.unpack_from("<HH", data, at)
        at += 4
        if name >= 0x8000:  # a named property: a set, and a number or a name within it
            (by_name,) = struct.unpack_from("<I", data, at + 16)
            at += 20
            if by_name:
                (length,) = struct.unpack_from("<I", data, at)
                at += 4 + length + -length % 4
            else:
                at += 4
        many, kind = bool(kind & 0x1000), kind & 0xEFFF
        count = 1
        if many or kind in _VARIABLE:
            (count,) = struct.unpack_from("<I", data, at)
            at += 4
        if count > len(data):
            raise Unreadable
        for place in range(count):
            if kind in _VARIABLE:
                (length,) = struct.unpack_from("<I", data, at)
                at += 4
                value = data[at : at + length]
                at += length + -length % 4
            elif kind in _SIZES:
                value = data[at : at + _SIZES[kind]]
                at += _SIZES[kind]
            else:
                raise Unreadable
            if at > len(data) + 3:
                raise Unreadable
            if not place:
                yield name, (kind, value)


def _take_message(found: Packed, given: dict[int, tuple[int, bytes]], codepage: str) -> None:
    page = codepage
    if _INTERNET_CODEPAGE in given:
        page = _page(struct.unpack_from("<I", given[_INTERNET_CODEPAGE][1])[0]) or codepage
    found.subject = _value(given, _SUBJECT, page)
    found.text = _value(given, _TEXT, page) or found.text
    if _HTML in given:
        kind, data = given[_HTML]
        found.html = _string(data, "utf-16-le") if kind == _UNICODE else to_text(data.rstrip(b"\0"), page)[0]
    elif _PACKED_RTF in given and len(given[_PACKED_RTF][1]) <= _RTF:
        words, is_html = words_of(_unfolded(given[_PACKED_RTF][1]))
        if is_html:
            found.html = words
        elif words.strip():
            found.text = found.text or words


def _unfolded(data: bytes) -> bytes:
    from compressed_rtf import decompress

    try:
        return bytes(decompress(data))
    except Exception as error:  # the library raises whatever its slices and sums run into
        raise Unreadable from error


def _take_file(found: Packed, file: PackedFile, name: int, value: bytes, codepage: str, depth: int) -> None:
    if name == _TITLE:
        file.name = file.name or _string(value, codepage)
    elif name == _DATA:
        file.data = value
    elif name == _FILE_PROPERTIES:
        given = dict(_properties(value))
        file.name = next(
            (n for key in (_LONG_NAME, _NAME, _DISPLAY_NAME) if (n := _value(given, key, codepage))), file.name
        )
        file.type, file.cid = _value(given, _MIME, codepage), _value(given, _CONTENT_ID, codepage)
        data = given.get(_OBJECT, (0, b""))[1]
        if data.startswith(_ENCLOSED_MAIL):
            file.data = b""
            if depth < _DEPTH:
                found.enclosed.append((file.name, unpacked(data[len(_ENCLOSED_MAIL) :], depth + 1)))
        elif data and not file.data:
            file.data = data


def _value(given: dict[int, tuple[int, bytes]], name: int, codepage: str) -> str:
    kind, data = given.get(name, (0, b""))
    return _string(data, "utf-16-le" if kind == _UNICODE else codepage) if kind in (_STRING, _UNICODE) else ""


def _string(data: bytes, codec: str) -> str:
    text = data.decode(codec, "replace") if codec == "utf-16-le" else to_text(data.rstrip(b"\0"), codec)[0]
    return text.rstrip("\0").replace("\0", "").replace("\r\n", "\n").replace("\r", "\n")


def _page(number: int) -> str | None:
    if 28591 <= number <= 28605:
        return codec_of(f"iso-8859-{number - 28590}")
    return codec_of(_PAGES.get(number) or f"cp{number}")
