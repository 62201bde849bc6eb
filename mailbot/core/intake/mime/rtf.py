"""Reads rich text (RTF): the HTML or plain text that Outlook wrapped in it, or else its own words."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from mailbot.core.intake.mime.charset import codec_of

_LENGTH: Final = 2_000_000  # bytes that are looked at
_TOKEN: Final = re.compile(
    rb"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)", re.DOTALL
)
#: What the character sets of a font table mean (RTF 1.9.1, "fcharset").
_CHARSETS: Final = {
    0: "cp1252", 77: "mac-roman", 128: "cp932", 129: "cp949", 134: "gb18030", 136: "big5hkscs", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874", 238: "cp1250",
}  # fmt: skip
_SIGNS: Final = {
    "par": "\n", "line": "\n", "sect": "\n", "page": "\n", "row": "\n", "tab": "\t", "cell": "\t", "lquote": "‘",
    "rquote": "’", "ldblquote": "“", "rdblquote": "”", "bullet": "•", "endash": "–", "emdash": "—", "enspace": " ",
    "emspace": " ", "qmspace": " ",
}  # fmt: skip
_SYMBOLS: Final = {b"~": "\xa0", b"_": "-", b"\\": "\\", b"{": "{", b"}": "}", b"\n": "\n", b"\r": "\n"}
_UNSEEN: Final = frozenset(
    {
        "colortbl", "stylesheet", "info", "pict", "object", "header", "footer", "headerl", "headerr", "headerf", "footerl",
        "footerr", "footerf", "mhtmltag", "fldinst", "themedata", "datastore", "xmlnstbl", "listtable", "filetbl", "nonshppict",
    }
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Group:
    """What applies within one pair of braces."""

    skipped: bool = False
    fonts: bool = False
    tag: bool = False
    rtf_only: bool = False
    skip_after: int = 1  # characters that replace a Unicode one for readers without Unicode (RTF 1.9.1, "uc")
    font: int | None = None


class _Reader:
    """One pass over the tokens; never raises, and looks at each byte once."""

    def __init__(self) -> None:
        self.out: list[str] = []
        self.pending = b""
        self.group = _Group()
        self.groups: list[_Group] = []
        self.codec = "cp1252"
        self.fonts: dict[int, str] = {}
        self.defined: int | None = None
        self.wraps = ""  # "html" or "text" if the RTF only wraps it (MS-OXRTFEX section 2.1.3.1)
        self.starred = False
        self.left_out = 0

    def read(self, data: bytes) -> str:
        for found in _TOKEN.finditer(data[:_LENGTH]):
            word, number, byte, symbol, brace, run = found.groups()
            if brace == b"{":
                self.groups.append(self.group)
                self.starred = False
            elif brace == b"}":
                self.flush()
                self.group = self.groups.pop() if self.groups else _Group()
            elif word:
                self.control(word.decode("ascii"), int(number) if number else None)
            elif byte:
                self.bytes(bytes.fromhex(byte.decode("ascii")))
            elif symbol == b"*":
                self.starred = True
            elif symbol in _SYMBOLS:
                self.say(_SYMBOLS[symbol])
            elif run:
                self.bytes(run)
        self.flush()
        return "".join(self.out)

    @property
    def shows(self) -> bool:
        group = self.group
        if group.skipped or group.fonts:
            return False
        return group.tag or not (self.wraps == "html" and group.rtf_only)

    def bytes(self, data: bytes) -> None:
        if self.left_out:
            gone = min(self.left_out, len(data))
            self.left_out -= gone
            data = data[gone:]
        if data and self.shows:
            self.pending += data

    def say(self, text: str) -> None:
        self.flush()
        if self.left_out:
            self.left_out -= 1
        elif self.shows:
            self.out.append(text)

    def flush(self) -> None:
        if self.pending:
            codec = self.codec if self.group.tag else self.fonts.get(self.group.font or 0, self.codec)
            self.out.append(self.pending.decode(codec, "replace"))
            self.pending = b""

    def control(self, word: str, number: int | None) -> None:
        starred, self.starred = self.starred, False
        if word == "u":
            self.flush()
            if number is not None and self.shows:
                self.out.append(chr(number % 0x10000))
            self.left_out = self.group.skip_after
        elif word in _SIGNS:
            self.say(_SIGNS[word])
        elif word in _UNSEEN:
            self.group = replace(self.group, skipped=True)
        elif word in _ACTIONS:
            self.flush()
            _ACTIONS[word](self, number)
        elif starred:
            self.group = replace(self.group, skipped=True)  # a destination that this reader may ignore

    def page(self, number: int | None) -> None:
        self.codec = codec_of(f"cp{number}") or self.codec

    def font(self, number: int | None) -> None:
        if self.group.fonts:
            self.defined = number
        self.group = replace(self.group, font=number)

    def font_charset(self, number: int | None) -> None:
        if self.group.fonts and self.defined is not None and number in _CHARSETS and number:
            self.fonts[self.defined] = _CHARSETS[number]

    def font_table(self, _: int | None) -> None:
        self.group = replace(self.group, fonts=True)

    def html_tag(self, _: int | None) -> None:
        self.group = replace(self.group, tag=True)

    def html_rtf(self, number: int | None) -> None:
        self.group = replace(self.group, rtf_only=number != 0)

    def wrapped(self, what: str) -> None:
        self.wraps = self.wraps or what

    def uc(self, number: int | None) -> None:
        self.group = replace(self.group, skip_after=min(10, max(0, 1 if number is None else number)))


_ACTIONS: Final[Mapping[str, Callable[[_Reader, int | None], None]]] = {
    "ansicpg": _Reader.page,
    "f": _Reader.font,
    "fcharset": _Reader.font_charset,
    "uc": _Reader.uc,
    "fonttbl": _Reader.font_table,
    "htmltag": _Reader.html_tag,
    "htmlrtf": _Reader.html_rtf,
    "fromhtml": lambda reader, _: reader.wrapped("html"),
    "fromtext": lambda reader, _: reader.wrapped("text"),
}


def words_of(data: bytes) -> tuple[str, bool]:
    """The words of RTF, and whether they are HTML. Never raises; linear; the first two million bytes count."""
    reader = _Reader()
    text = reader.read(data).replace("\0", "")
    text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")  # surrogate halves came one by one
    return (text if reader.wraps == "html" else text.strip("\n") + "\n"), reader.wraps == "html"
