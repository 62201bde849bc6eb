"""Reads `[lists]` of the rule files: words under a name, by language, for phrases to name in braces."""

from __future__ import annotations

import re
from collections.abc import Mapping

from mailbot.adapters.rulefiles.table import TableReader
from mailbot.core.language.structures import BadStructure, WordList, checked_word
from mailbot.core.language.terms import BadTerm

_NAME = re.compile(r"[a-z][a-z0-9-]*")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


def read_lists(reader: TableReader, raw: object, known: Mapping[str, tuple[WordList, str]]) -> dict[str, WordList]:
    """The lists of one file that are usable. `known` are those of earlier files, with the file of each."""
    found: dict[str, WordList] = {}
    if not isinstance(raw, dict):
        reader.wrong(("lists",), "`lists` must be a table, as in [lists.nobody]")
        return found
    for name, value in raw.items():
        path = ("lists", name)
        if not _NAME.fullmatch(name):
            reader.wrong(path, f"`{name}` is no name for a list: small letters, digits and hyphens, a letter first")
        elif name in known:
            reader.wrong(path, f"list `{name}` stands already in {known[name][1]}")
        elif isinstance(value, dict):
            spoken: dict[str, tuple[str, ...]] = {}
            for language in value:
                if not _LANGUAGE.fullmatch(language):
                    reader.wrong((*path, language), f"`{language}` is no language code such as en or de")
                else:
                    spoken[language] = _words(reader, value, language, path)
            said = {language: words for language, words in spoken.items() if words}
            found[name] = WordList.of(name, said, {language: _listed(value[language]) for language in said})
        else:
            found[name] = WordList.of(name, {"": _words(reader, raw, name, ("lists",))}, {"": _listed(value)})
    return found


def _words(reader: TableReader, table: Mapping[str, object], key: str, path: tuple[str, ...]) -> tuple[str, ...]:
    return reader.each(reader.texts(table, key, path), (*path, key), _checked)


def _listed(value: object) -> list[str]:
    """One word or several, as they are written."""
    return [str(one) for one in value] if isinstance(value, list) else [str(value)]


def _checked(raw: str) -> str:
    try:
        return checked_word(raw)
    except BadStructure as bad:
        raise BadTerm(str(bad)) from None
