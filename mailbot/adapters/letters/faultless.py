"""Remembers which files were found faultless together, so that a change is tried out only where it can be seen."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Hashable, Iterable, Sequence
from typing import ClassVar

from mailbot.adapters.letters.fields_asked import File

_MOST = 200  # ways of writing: more than a site of many inboxes and languages has, but a bound for one edited all day


class Faultless:
    """What one way of writing looks at: `find` returns a file as it has it, None where there is none.

    Which files a letter includes is known only once it was written, so what was looked at is noted as it happens.
    """

    _known: ClassVar[deque[tuple[Hashable, tuple[str, ...], bytes]]] = deque(maxlen=_MOST)

    def __init__(self, find: Callable[[str], File | None], sentences: Iterable[tuple[bool, File]], *own: str) -> None:
        self._find = find
        self._own = (*own, _digest((str(here), file) for here, file in sentences))
        self._looked_at: dict[str, None] = {}

    def find(self, name: str) -> File | None:
        """The file of that name; that it was looked at is noted."""
        self._looked_at[name] = None
        return self._find(name)

    def knows(self, letters: Sequence[str]) -> bool:
        """Whether these letters were found faultless, and every file that mattered then is the same now."""
        asked = (self._own, tuple(letters))
        return any(self._digest_of(names) == digest for known, names, digest in tuple(self._known) if known == asked)

    def keep(self, letters: Sequence[str]) -> None:
        """These letters are faultless as they are."""
        names = tuple(self._looked_at)
        self._known.append(((self._own, tuple(letters)), names, self._digest_of(names)))

    def _digest_of(self, names: Iterable[str]) -> bytes:
        return _digest((name, self._find(name)) for name in names)


def _digest(files: Iterable[tuple[str, File | None]]) -> bytes:
    made = hashlib.sha256()
    for name, file in files:
        for part in (name.encode(), file.packed if file is not None else b""):  # packed, no file is empty
            made.update(len(part).to_bytes(8) + part)
    return made.digest()
