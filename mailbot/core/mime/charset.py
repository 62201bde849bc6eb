"""Turn bytes into text although the declared charset is missing, unknown or wrong."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+-]{0,39}")
# Codecs that are no charset of a mail: two decode in quadratic time, the others let bytes become anything.
_NO_CHARSET = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
# What senders write, and what they mean (WHATWG Encoding Standard, and names that only mailers use).
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "iso8859-9": "cp1254",
    "tis-620": "cp874",
    "iso2022_jp": "iso2022_jp_ext",
}
_ALIASES = {
    "ks_c_5601-1987": "cp949",
    "ks_c_5601": "cp949",
    "x-gbk": "gb18030",
    "gb_2312-80": "gb18030",
    "x-sjis": "cp932",
    "windows-31j": "cp932",
    "x-windows-949": "cp949",
    "iso-8859-8-i": "iso8859-8",
    "iso-8859-8-e": "iso8859-8",
    "iso-8859-6-i": "iso8859-6",
    "unicode-1-1-utf-7": "utf-7",
    "unicode-1-1-utf-8": "utf-8",
    "utf-8mb4": "utf-8",
    "cp-850": "cp850",
    "cp-1252": "cp1252",
    "x-mac-roman": "mac-roman",
    "x-user-defined": "cp1252",
    "big5-hkscs": "big5hkscs",
    "iso-2022-jp-ms": "iso2022_jp_ext",
    "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext",
}
_NO_CHANCE = 5  # characters beyond ASCII
_LOOKED_AT = 20_000
# UTF-8 itself, and charsets whose text is ASCII to the eye or holds zeros: neither is told by its bytes.
_NOT_BY_BYTES = frozenset(
    {"utf-8", "utf-7", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "hz", "cp037", "cp500"}
)
_LATIN = frozenset({"cp1252", "iso8859-15", "utf-8", "cp850", "mac-roman"})


@lru_cache(maxsize=512)
def codec_of(name: str | None) -> str | None:
    """The Python codec that a declared charset means, or None where it is missing, unknown or no charset."""
    if not name:
        return None
    wanted = name.strip().strip("\"'").lower()
    if not _NAME.fullmatch(wanted):
        return None
    try:
        found = codecs.lookup(_ALIASES.get(wanted, wanted)).name
        b"\0\0\0\0".decode(found)  # no text to some, so no codec of text; fits those of two and four bytes too
    except (LookupError, ValueError, TypeError):
        return None
    return None if found.replace("-", "_") in _NO_CHARSET else _MEANT.get(found, found)


def is_latin(name: str | None) -> bool:
    """Whether a declared charset says nothing of the script: unknown, ASCII, UTF-8 or Western European."""
    codec = codec_of(name)
    return codec is None or codec in _LATIN


def to_text(data: bytes, declared: str | None = None) -> tuple[str, bool]:
    """The text of `data`, and whether the declared charset fitted. Never raises; NUL and lone surrogates are gone.

    What is valid UTF-8 is taken as such where ASCII or Latin-1 was declared or nothing at all, and with five characters
    beyond ASCII whatever was declared: other text is not valid UTF-8 by chance. What fits nothing is read as windows-1252 or, where another charset was declared, by
    that one with replacement characters.
    """
    codec = codec_of(declared)
    if data.isascii() and codec in (None, "cp1252", "utf-8"):
        return data.decode("ascii").replace("\0", ""), True
    if codec in (None, "cp1252"):
        try:
            return _clean(data.decode("utf-8-sig")), codec is None
        except UnicodeDecodeError:
            return _clean(_western(data)), codec is not None
    assert codec is not None
    if codec not in _NOT_BY_BYTES and (told := _surely_utf8(data)) is not None:
        return _clean(told), False
    try:
        return _clean(data.decode("utf-8-sig" if codec == "utf-8" else codec)), True
    except UnicodeError:
        pass
    try:
        return _clean(data.decode("utf-8")), False
    except UnicodeDecodeError:
        return _clean(_salvage(data, codec)), False


def _surely_utf8(data: bytes) -> str | None:
    """The text of what is UTF-8 whatever was declared: that many characters are never valid UTF-8 by chance."""
    if data.isascii():
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return text if sum(char > "\x7f" for char in text[:_LOOKED_AT]) >= _NO_CHANCE else None


def _salvage(data: bytes, codec: str) -> str:
    text = data.decode(codec, "replace")
    # Declared UTF-8 and hardly any of it is: then it is the usual other thing.
    if codec == "utf-8" and text.count("\ufffd") * 2 > sum(byte > 127 for byte in data):
        return _western(data)
    return text


def _western(data: bytes) -> str:
    try:
        return data.decode("cp1252")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def _clean(text: str) -> str:
    """Without NUL (no database takes it) and lone surrogates (no UTF-8 sink takes them)."""
    if "\0" in text:
        text = text.replace("\0", "")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
