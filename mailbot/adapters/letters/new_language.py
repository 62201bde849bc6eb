"""Lays out a set of letters to be translated, and finds the sentences in it that are still English."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

import jinja2

from mailbot.adapters.letters.fields_asked import File, Problem
from mailbot.adapters.letters.phrases import FILE
from mailbot.adapters.letters.sets import FALLBACK, MARK, is_language
from mailbot.errors import ConfigError

_WORD = re.compile(r"[^\W\d_]{3,}")
_BRACES = re.compile(r"\{[^{}]*\}")
_PHRASE = re.compile(r'^("?[\w.-]+"?) = "(.*)"$')
_COMMAND = re.compile(r"^(?: {4}|mailbot |/)")
_LEXER = jinja2.Environment(autoescape=True)
_FULL = "no English is left in it: delete its first line, and it counts"

_HOW = (
    "Translate the words, and let them say what a good support lead would say, not what each English word says.",
    "Leave what stands in double braces, or in braces with percent signs, as it is: facts that the desk fills in, and",
    "conditions. Words in quotation marks within them are words too. Move things around as your language wants it.",
    "`mailbot templates check` shows what is still English, `mailbot templates preview` how the letter reads.",
)


def lay_out(language: str, shipped: Path, target: Path) -> list[Path]:
    """Write into `target` what `language` lacks, in English, and return the files. `shipped` has the sets that ship.

    Each file bears a mark, so that the language is not used before its words are its own. Raises ConfigError.
    """
    if not is_language(language):
        raise ConfigError([f"{language}: is no code of a language, such as fi or pt-PT"])
    own = target / language
    if own.exists():
        raise ConfigError([f"{own}: already exists; `mailbot templates check` says what is missing in it"])
    files = [file for file in sorted((shipped / FALLBACK).iterdir()) if file.is_file()]
    wanted = [file for file in files if not (shipped / language / file.name).is_file()]
    if not wanted:
        raise ConfigError([f"{language}: ships already; put into {own} only the files that you want otherwise"])
    try:
        own.mkdir(parents=True)
        for file in wanted:
            (own / file.name).write_text(_marked(file.name, language, file.read_text("utf-8")), "utf-8")
    except OSError as error:
        raise ConfigError([f"{error.filename or own}: cannot be written: {error.strerror}"]) from None
    return [own / file.name for file in wanted]


def still_english(unfinished: Sequence[tuple[str, File]], shipped: Path) -> list[Problem]:
    """Each sentence that is still as the English set has it, in files that wait to be translated."""
    found: list[Problem] = []
    for name, file in unfinished:
        english = shipped / FALLBACK / name.rpartition("/")[2]
        said = (
            {words for _, words in _sentences(english.name, english.read_text("utf-8"))} if english.is_file() else set()
        )
        left = [(line, words) for line, words in _sentences(english.name, file.source) if words in said]
        found += [Problem(file=str(file.path), line=line, reason=f"still in English: {words}") for line, words in left]
        if not left:
            found.append(Problem(file=str(file.path), line=1, reason=_FULL))
    return found


def _marked(name: str, language: str, source: str) -> str:
    if name == FILE:
        head = [f"{MARK} into {language}; delete this line when no English is left below.", *_IN_A_CATALOGUE]
        return "".join(f"# {line}\n" for line in head) + source.partition("\n\n")[2]
    head = [f"{MARK} into {language}; delete this line when no English is left below.", *_HOW]
    return "".join(f"{{# {line} #}}\n" for line in head) + source


_IN_A_CATALOGUE = (
    "The program's own short sentences, to agents and admins. On the left their code, which stays; on the right the words to",
    "translate. Leave what stands in braces as it is, and move it where your language wants it.",
)


def _sentences(name: str, source: str) -> Iterator[tuple[int, str]]:
    """What is said in a file, piece by piece, with the line: words between the tags, and those in quotation marks."""
    if name == FILE:
        for number, line in enumerate(source.splitlines(), 1):
            if (found := _PHRASE.match(line)) and _WORD.search(_BRACES.sub("", found[2])):
                yield number, found[2]
        return
    try:
        tokens = list(_LEXER.lex(source))
    except jinja2.TemplateSyntaxError:  # told by whoever checks the letters
        return
    for number, kind, value in tokens:
        if kind == "data":
            for more, line in enumerate(value.split("\n")):
                if _WORD.search(line) and not _COMMAND.match(line):
                    yield number + more, line.strip()
        elif kind == "string" and " " in value and len(_WORD.findall(value)) > 1:
            yield number, value[1:-1]
