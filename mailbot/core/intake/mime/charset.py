"""Turns bytes into text even if the declared charset is missing, unknown or wrong."""

from __future__ import annotations

import codecs
import re
from collections.abc import Iterator
from functools import lru_cache

from mailbot.core.intake.mime.guess import guessed

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+-]{0,39}")
# Codecs that are no charset of a mail: two decode in quadratic time, the others accept any bytes.
_NO_CHARSET = frozenset({"punycode", "idna", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem"})
# What senders write, and what they mean (WHATWG Encoding Standard, section 4.2, and names that only mailers use).
_MEANT = {
    "ascii": "cp1252",
    "iso8859-1": "cp1252",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "big5": "big5hkscs",
    "cp950": "big5hkscs",
    "iso2022_jp": "iso2022_jp_ext",
}
_ALIASES = {
    "gb_2312-80": "gb18030", "gb_2312": "gb18030", "csgb2312": "gb18030", "x-gbk": "gb18030", "x-gb2312": "gb18030",
    "x-sjis": "cp932", "sjis-win": "cp932", "sjis-open": "cp932", "windows-31j": "cp932", "ms_kanji": "cp932",
    "ks_c_5601-1987": "cp949", "ks_c_5601-1989": "cp949", "ks_c_5601": "cp949", "ksc_5601": "cp949",
    "ksc5601-1987": "cp949", "ks-c-5601-1987": "cp949", "ksc5601": "cp949", "cseuckr": "cp949",
    "csksc56011987": "cp949", "iso-ir-149": "cp949", "korean": "cp949",
    "iso-8859-8-i": "iso8859-8", "iso-8859-8-e": "iso8859-8", "csiso88598e": "iso8859-8", "csiso88598i": "iso8859-8",
    "visual": "iso8859-8", "logical": "iso8859-8", "iso-8859-6-i": "iso8859-6", "iso-8859-6-e": "iso8859-6",
    "csiso88596e": "iso8859-6", "csiso88596i": "iso8859-6", "sun_eu_greek": "iso8859-7", "csisolatin9": "iso8859-15",
    "unicode-1-1-utf-7": "utf-7", "unicode-1-1-utf-8": "utf-8", "unicode11utf8": "utf-8", "unicode20utf8": "utf-8",
    "x-unicode20utf8": "utf-8", "utf-8mb4": "utf-8", "utf8mb4": "utf-8", "unicodefffe": "utf-16-be",
    "koi": "koi8-r", "koi8": "koi8-r", "koi8r": "koi8-r", "koi-8-r": "koi8-r", "koi8-ru": "koi8-u", "koi8u": "koi8-u",
    "x-user-defined": "cp1252", "ansi": "cp1252", "csmacintosh": "mac-roman", "mac": "mac-roman",
    "x-mac-ukrainian": "mac-cyrillic", "x-mac-ce": "mac-latin2", "x-mac-centraleurroman": "mac-latin2",
    "x-mac-centralroman": "mac-latin2", "big5-hkscs": "big5hkscs", "cn-big5": "big5hkscs", "x-x-big5": "big5hkscs",
    "cseucpkdfmtjapanese": "euc_jp", "iso-2022-jp-ms": "iso2022_jp_ext", "cp50220": "iso2022_jp_ext",
    "cp50221": "iso2022_jp_ext", "cp50222": "iso2022_jp_ext",
}  # fmt: skip
# Numbers of code pages and of ISO 8859 parts, however they are joined to their names; "x-" before any name.
_PAGE = re.compile(r"(?:x-)?(?:cp|windows|win|ms|ibm|dos|ansi)[-_ ]?(\d{3,5})")
_ISO = re.compile(r"(?:x-)?iso[-_]?8859[-_]?(\d{1,2})(?:[-_:].*)?")
_MAC = re.compile(r"x-mac-([a-z]{3,12})")
_LATIN_NUMBER = re.compile(r"latin[-_]?(\d{1,2})")
_WRAPPED = re.compile(r"(?:3d|charset[=:]|=)?[\"'\s]*([^\"'\s;,]+)", re.IGNORECASE)
_NO_CHANCE = 5  # characters beyond ASCII that are never valid UTF-8 by chance
_LOOKED_AT = 20_000
# UTF-8 itself, and charsets whose text looks like ASCII or holds zeros: the bytes do not give these away.
_NOT_BY_BYTES = frozenset(
    {"utf-8", "utf-7", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "hz", "cp037", "cp500"}
)
_LATIN = frozenset({"cp1252", "iso8859-15", "utf-8", "cp850", "mac-roman"})


@lru_cache(maxsize=512)
def codec_of(name: str | None) -> str | None:
    """The Python codec that a declared charset means, or None if it is missing, unknown or no charset."""
    found = _WRAPPED.match(name.strip()) if name else None
    wanted = found.group(1).lower() if found else ""
    if not _NAME.fullmatch(wanted):
        return None
    for each in _spellings(wanted):
        try:
            codec = codecs.lookup(each).name
            b"\0\0\0\0".decode(codec)  # rules out codecs that are not for text; four bytes fit UTF-16 and UTF-32
        except (LookupError, ValueError, TypeError):
            continue
        return None if codec.replace("-", "_") in _NO_CHARSET else _MEANT.get(codec, codec)
    return None


def _spellings(wanted: str) -> Iterator[str]:
    """The spellings under which codecs may know a name, likeliest first."""
    yield _ALIASES.get(wanted, wanted)
    for pattern, form in ((_PAGE, "cp{}"), (_ISO, "iso8859-{}"), (_MAC, "mac-{}"), (_LATIN_NUMBER, "latin{}")):
        if found := pattern.fullmatch(wanted):
            yield form.format(found.group(1))
    if wanted.startswith("x-"):
        yield _ALIASES.get(wanted[2:], wanted[2:])


def is_latin(name: str | None) -> bool:
    """Whether a declared charset says nothing about the script: unknown, ASCII, UTF-8 or Western European."""
    codec = codec_of(name)
    return codec is None or codec in _LATIN


def to_text(data: bytes, declared: str | None = None) -> tuple[str, bool]:
    """The text of `data`, and whether the declared charset fitted. Never raises; NUL and lone surrogates are removed.

    Valid UTF-8 is taken as such if ASCII, Latin-1 or nothing was declared, and with five characters beyond ASCII
    whatever was declared: other text is not valid UTF-8 by chance. If nothing usable was declared, or if UTF-8 was and
    hardly any of it is, the charset is guessed from the bytes. Anything else that does not fit is read by the declared
    charset with replacement characters.
    """
    codec = codec_of(declared)
    if data.isascii() and codec in (None, "cp1252", "utf-8") and b"\x1b$" not in data:
        return data.decode("ascii").replace("\0", ""), True
    if codec is None or (codec == "cp1252" and _says_ascii(declared)):
        return _clean(_undeclared(data)), codec is None
    if codec == "cp1252":
        try:
            return _clean(data.decode("utf-8-sig")), False
        except UnicodeDecodeError:
            return _clean(_western(data)), True
    if codec not in _NOT_BY_BYTES and (told := _surely_utf8(data)) is not None:
        return _clean(told), False
    if codec == "utf-8" and b"\x1b$" in data and data.isascii():
        return _clean(_undeclared(data)), False
    try:
        return _clean(data.decode("utf-8-sig" if codec == "utf-8" else codec)), True
    except UnicodeError:
        pass
    try:
        return _clean(data.decode("utf-8")), False
    except UnicodeDecodeError:
        return _clean(_salvage(data, codec)), False


def _says_ascii(declared: str | None) -> bool:
    """Whether a name means ASCII: then anything beyond it is undeclared, not declared."""
    try:
        return declared is not None and codecs.lookup(declared.strip("\"' ")).name == "ascii"
    except (LookupError, ValueError):
        return False


def _undeclared(data: bytes) -> str:
    if b"\x1b$" in data and data.isascii():
        return data.decode(guessed(data), "replace")
    try:
        return data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8-sig")
    except UnicodeDecodeError:
        pass
    try:
        return data.decode(guessed(data))
    except (UnicodeError, LookupError):
        return _western(data)


def _surely_utf8(data: bytes) -> str | None:
    """The text if it is UTF-8 whatever was declared: that many characters are never valid UTF-8 by chance."""
    if data.isascii():
        return None
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return None
    return text if sum(char > "\x7f" for char in text[:_LOOKED_AT]) >= _NO_CHANCE else None


def _salvage(data: bytes, codec: str) -> str:
    text = data.decode(codec, "replace")
    # Declared as UTF-8 but hardly any of it is: then it is something else.
    if codec == "utf-8" and text.count("\ufffd") * 4 > sum(byte > 127 for byte in data):
        return _undeclared(data)
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
