"""[spam] of `config.toml`: by what the desk's own mail server says that a mail is spam."""

from __future__ import annotations

from mailbot.config import values as v
from mailbot.config.section import Section
from mailbot.core.model.spam_marks import HEADERS, SUBJECTS, SpamMarks

_USUAL = "usual"  # the word for all that the desk knows


class SpamConfig(Section):
    """[spam]: which marks of the desk's own mail server put a first mail into the spam heap."""

    headers: v.Words = (_USUAL,)
    subjects: v.Words = (_USUAL,)

    @property
    def marks(self) -> SpamMarks:
        """As the core knows them."""
        return SpamMarks(
            headers=frozenset(map(str.lower, _with_usual(self.headers, HEADERS))),
            subjects=_with_usual(self.subjects, SUBJECTS),
        )


def _with_usual(given: tuple[str, ...], usual: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(each for name in given for each in (usual if name == _USUAL else (name,)))
