"""The files that a mail carries: their names, how many fit, and which pictures are shown among the words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from mailbot.core.sending.header_values import file_name

MOST = 18_000_000
"""Bytes of files that one mail carries: with base64 added it stays below the 25 MB that most servers take."""

WHOLE = -1
"""In place of a file's index: the whole mail that it came with, as a file."""

SHOWN_IN_PLACE = frozenset({"image/png", "image/jpeg", "image/gif", "image/webp"})
"""Pictures that mail clients show within HTML; others are files."""

_NO_NAME = re.compile(r"[/\\:*?\"<>|]+")
_METHOD = re.compile(rb"^METHOD[ \t]*:[ \t]*([A-Za-z-]{1,30})[ \t]*\r?$", re.MULTILINE | re.IGNORECASE)
_CHARSET = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.:+-]{0,60}")


@dataclass(frozen=True, kw_only=True, slots=True)
class File:
    """A file on its way. `charset` is what its sender declared for a text; with a `cid` the words may show it."""

    name: str
    type: str
    data: bytes
    charset: str | None = None
    cid: str | None = None

    @property
    def parameters(self) -> tuple[tuple[str, str], ...]:
        """The parameters of its Content-Type: a text's charset, and how a calendar is to be taken (RFC 6047)."""
        found = []
        if self.type.startswith("text/") and self.charset and _CHARSET.fullmatch(self.charset):
            found.append(("charset", self.charset.lower()))
        if self.type == "text/calendar" and (method := _METHOD.search(self.data[:20_000])):
            found.append(("method", method.group(1).decode().upper()))
        return tuple(found)


@dataclass(frozen=True, kw_only=True, slots=True)
class Sized:
    """One file of a stored mail: where it is (inbound id and index), its name and its size."""

    place: tuple[int, int]
    name: str
    size: int


def names_of(given: Iterable[str | None]) -> list[str]:
    """The names of files made safe, none of them empty and no two alike, in the same order."""
    names: list[str] = []
    taken: set[str] = set()
    for said in given:
        name = plain = file_name(said or "") or "file"
        stem, dot, ending = plain.rpartition(".")
        count = 1
        while name.casefold() in taken:
            count += 1
            name = f"{stem} ({count}){dot}{ending}" if stem else f"{plain} ({count})"
        taken.add(name.casefold())
        names.append(name)
    return names


def letter_name(subject: str) -> str:
    """The name of a mail as a file: its subject, with the extension by which mail clients open it."""
    name = file_name(" ".join(_NO_NAME.sub(" ", subject).split())[:80]) or "mail"
    return f"{name}.eml"


def fitting(files: Sequence[Sized], room: int = MOST) -> tuple[list[Sized], list[Sized]]:
    """Those that one mail carries, and those that it does not: in order, but a large one keeps no small one out."""
    taken: list[Sized] = []
    left: list[Sized] = []
    for each in files:
        if each.size <= room:
            room -= each.size
            taken.append(each)
        else:
            left.append(each)
    return taken, left


def loads(files: Sequence[Sized], room: int = MOST) -> tuple[list[list[Sized]], list[Sized]]:
    """The files spread over as many mails as they need, and those that are too large for any."""
    mails: list[list[Sized]] = []
    too_large: list[Sized] = []
    size = room + 1
    for each in files:
        if each.size > room:
            too_large.append(each)
            continue
        if size + each.size > room:
            mails.append([])
            size = 0
        mails[-1].append(each)
        size += each.size
    return mails, too_large
