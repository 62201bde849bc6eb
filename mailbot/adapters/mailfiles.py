"""Reads mails from files, folders and mboxes, in the order given."""

from __future__ import annotations

import contextlib
import mailbox as mailbox_files
from collections.abc import Iterator, Sequence
from pathlib import Path


def mails_of(paths: Sequence[Path]) -> Iterator[tuple[str, bytes]]:
    """The name of each mail (`box.mbox#3` within a box) and its bytes; files of a folder in the order of their names."""
    for path in paths:
        if path.is_dir():
            for file in sorted(p for p in path.rglob("*") if p.is_file()):
                yield str(file), file.read_bytes()
        elif path.suffix == ".mbox" or _begins_as_box(path):
            with contextlib.closing(mailbox_files.mbox(path, create=False)) as box:
                for key in box.keys():  # noqa: SIM118 - a mailbox is no dict
                    yield f"{path}#{key}", box.get_bytes(key)
        else:
            yield str(path), path.read_bytes()


def _begins_as_box(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(5) == b"From "
