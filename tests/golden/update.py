"""`python -m tests.golden.update [CASE or STORY ...]` rewrites each to what the desk does now: read the diff."""

from __future__ import annotations

import sys

from tests.golden.desk_cases import CASES, cases, played
from tests.golden.letterbox import STORIES, mailboxes, stories


def _write_story(name: str) -> None:
    folder = STORIES / name
    for old in (*folder.glob("*/*.eml"), folder / "story.md"):
        old.unlink(missing_ok=True)
    for path, raw in mailboxes(name).items():
        (folder / path).parent.mkdir(exist_ok=True)
        (folder / path).write_bytes(raw)


if __name__ == "__main__":
    wanted = sys.argv[1:] or [*cases(), *stories()]
    for name in wanted:
        if name in stories():
            _write_story(name)
        else:
            (CASES / name / "expected.txt").write_text(played(name), "utf-8")
