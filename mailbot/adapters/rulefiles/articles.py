"""Reads the help articles in `rules/answers/`: one Markdown file per article and language, with TOML front matter."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

from mailbot.adapters.rulefiles.table import TableReader
from mailbot.adapters.rulefiles.toml import read_plain
from mailbot.config.toml_source import Problem
from mailbot.core.language.terms import term
from mailbot.core.rules.answers import Article

MAX_ARTICLE = 64 * 1024  # bytes
_NAME = re.compile(r"([a-z0-9]+(?:-[a-z0-9]+)*)\.([a-z]{2,3})\.md")
_FRONT = re.compile(r"\A\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)


def load_articles(directory: Path, prefix: str = "answers/") -> tuple[list[Article], list[Problem]]:
    """Every `ID.LANGUAGE.md` of the directory, in the order of names. A missing directory holds none."""
    articles: list[Article] = []
    problems: list[Problem] = []
    for path in sorted(p for p in directory.glob("*.md") if not p.name.startswith(".")):
        article, wrong = _read(path, prefix + path.name)
        problems += wrong
        if article is not None:
            articles.append(article)
    return articles, problems


def _read(path: Path, shown: str) -> tuple[Article | None, list[Problem]]:
    def failed(message: str, line: int = 0) -> tuple[None, list[Problem]]:
        return None, [Problem(file=shown, line=line, column=1 if line else 0, message=message)]

    named = _NAME.fullmatch(path.name)
    if named is None:
        return failed("an article is named ID.LANGUAGE.md, as in reset-password.en.md")
    raw = read_plain(path, MAX_ARTICLE)
    if isinstance(raw, str):
        return failed(raw)
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        return failed("is not UTF-8", raw[: error.start].count(b"\n") + 1)
    front = _FRONT.match(text)
    if front is None:
        return failed("an article begins with a line +++, then title, link and words, then a line +++", 1)
    try:
        # The blank line replaces the fence, so that line numbers are those of the file.
        head = tomllib.loads("\n" + front.group(1))
    except (ValueError, RecursionError) as error:
        return failed(f"the front matter is no TOML: {error}", 1)
    reader = TableReader(shown, "\n" + front.group(1))
    head = dict(reader.table(head, (), ("title", "link", "words", "not")))
    title = reader.text(head, "title", ())
    link = reader.text(head, "link", ())
    body = text[front.end() :].strip()
    if title is None and "title" not in head:
        reader.wrong((), "an article needs a `title`")
    if link is not None and not re.fullmatch(r"https?://\S+", link):
        reader.wrong(("link",), "`link` must begin with https:// or http://", link)
    if not body:
        reader.wrong((), "an article needs a text below the front matter")
    if "words" not in head:
        reader.wrong((), "an article needs `words`: without them it would never be offered")
    terms = reader.each(reader.texts(head, "words", ()), ("words",), term)
    unless = reader.each(reader.texts(head, "not", ()), ("not",), term)
    if reader.problems:
        return None, reader.problems
    article = Article(
        id=named.group(1),
        language=named.group(2),
        title=title or "",
        text=body,
        link=link,
        terms=terms,
        unless=unless,
        file=shown,
    )
    return article, []
