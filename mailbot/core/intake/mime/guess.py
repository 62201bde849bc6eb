"""Guesses the charset of text that declares none, by its bytes."""

from __future__ import annotations

from typing import Final

_LOOKED_AT: Final = 20_000  # bytes
_JAPANESE: Final = (b"\x1b$B", b"\x1b$@", b"\x1b(J", b"\x1b(I")  # the shifts of ISO-2022-JP (RFC 1468)
_KOREAN: Final = b"\x1b$)C"  # the announcement of ISO-2022-KR (RFC 1557)
_MARKS: Final = bytes(range(0x80, 0xA0)) + b"\xa0\xab\xbb"  # quotes and dashes of the Windows code pages, no letters
#: Charsets in which people still write mail: without a bound, a few letters
#: best fit some code page of the eighties.
_LATIN: Final = ("windows-1252", "windows-1250", "windows-1254", "windows-1257", "iso-8859-2", "windows-1258")
_ANY: Final = (
    "windows-1251", "koi8-r", "koi8-u", "iso-8859-5", "windows-1253", "iso-8859-7", "windows-1255", "windows-1256",
    "cp874", "big5hkscs", "gb18030", "cp932", "euc_jis_2004", "cp949", "windows-1252", "windows-1250", "windows-1254",
    "iso-8859-2",
)  # fmt: skip


def guessed(data: bytes) -> str:
    """The codec that fits the bytes best; windows-1252 if none does. Linear, by the first 20,000 bytes."""
    if any(shift in data for shift in _JAPANESE):
        return "iso2022_jp_ext"
    if _KOREAN in data:
        return "iso2022_kr"
    start = _from_the_first_foreign(data)
    zeros = start.count(0)
    if zeros * 3 > len(start):  # every second byte of Latin text in UTF-16
        return "utf-16-be" if data[:1] == b"\0" else "utf-16-le"
    import chardet  # the tables weigh 40 MB, which most desks never need

    foreign = sum(byte > 0x7F for byte in start.translate(None, _MARKS))
    plain = sum(0x41 <= byte & 0xDF <= 0x5A for byte in start if byte < 0x80)
    # If most letters are ASCII the text is Latin, whatever another script would make of its few other bytes.
    names = _LATIN if plain > foreign else _ANY
    return chardet.detect(start, include_encodings=names)["encoding"] or "windows-1252"


def _from_the_first_foreign(data: bytes) -> bytes:
    """The part that is looked at, from a little before the first byte beyond ASCII."""
    if len(data) <= _LOOKED_AT:
        return data
    rest = data.translate(None, bytes(range(0x80)))
    first = data.find(rest[:1]) if rest else 0
    begin = max(0, first - 1_000)
    return data[begin : begin + _LOOKED_AT]
