"""Help articles, and which of them may already answer a mail: the best match, or none."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from mailbot.core.language.terms import Term, TermIndex

ENOUGH = 2  # points: one phrase, or two single words
_NEVER = -1_000_000  # points of a word that rules an article out


@dataclass(frozen=True, kw_only=True, slots=True)
class Article:
    """A help article in one language; `text` is plain Markdown.

    `terms` are the words that speak for it; a single one of `unless` rules it out.
    """

    id: str
    language: str
    title: str
    text: str
    link: str | None = None
    terms: tuple[Term, ...] = ()
    unless: tuple[Term, ...] = ()
    file: str = ""


def _points(term: Term) -> int:
    return 1 if len(term.pieces) == 1 else 2


@dataclass(frozen=True, slots=True)
class Shelf:
    """All articles, by (id, language)."""

    articles: Mapping[tuple[str, str], Article] = field(default_factory=dict)
    _by_language: Mapping[str, tuple[TermIndex, tuple[tuple[str, int], ...]]] = field(default_factory=dict, repr=False)

    @classmethod
    def of(cls, articles: Iterable[Article]) -> Shelf:
        """Compile the articles' words, each language by itself."""
        shelf = {(a.id, a.language): a for a in articles}
        by_language: dict[str, tuple[TermIndex, tuple[tuple[str, int], ...]]] = {}
        for language in sorted({language for _, language in shelf}):
            mine = [a for (_, of), a in shelf.items() if of == language]
            listed = [(t, a.id, _points(t)) for a in mine for t in a.terms]
            listed += [(t, a.id, _NEVER) for a in mine for t in a.unless]
            index = TermIndex.of(t for t, _, _ in listed)
            by_language[language] = (index, tuple((article, worth) for _, article, worth in listed))
        return cls(shelf, by_language)

    def get(self, article: str, language: str) -> Article | None:
        """The article in that language (a form of it, such as de-du, counts as it), or None."""
        return self.articles.get((article, language)) or self.articles.get((article, language.partition("-")[0]))

    def ids(self) -> frozenset[str]:
        """The ids of all articles, in any language."""
        return frozenset(article for article, _ in self.articles)

    def best(self, text: str, language: str | None) -> str | None:
        """The id of the article that fits the text best, or None.

        None as well if the language is not sure, too little fits, a word rules it out, or two fit equally well: a wrong
        answer is worse than none.
        """
        points = self.points(text, language)
        ranked = sorted(points.values(), reverse=True)
        if not ranked or ranked[0] < ENOUGH or (len(ranked) > 1 and ranked[0] == ranked[1]):
            return None
        return max(points, key=lambda article: points[article])

    def points(self, text: str, language: str | None) -> dict[str, int]:
        """The points of each article that has a word of the text; far below zero where a word rules it out."""
        if language is None or language not in self._by_language:
            return {}
        index, owners = self._by_language[language]
        points: dict[str, int] = {}
        for number in index.find(text):
            article, worth = owners[number]
            points[article] = points.get(article, 0) + worth
        return points
