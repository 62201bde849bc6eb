"""What one character of a text is to a piece of a regular expression: read by it or not, and what holds beside it."""

from __future__ import annotations

import re
from functools import cache
from re import _constants as said  # the parser of the standard library, which is not public
from re import _parser as parser
from typing import Any

_KINDS = {
    said.CATEGORY_DIGIT: (str.isdigit, True),
    said.CATEGORY_NOT_DIGIT: (str.isdigit, False),
    said.CATEGORY_SPACE: (str.isspace, True),
    said.CATEGORY_NOT_SPACE: (str.isspace, False),
    said.CATEGORY_WORD: (lambda c: c.isalnum() or c == "_", True),
    said.CATEGORY_NOT_WORD: (lambda c: c.isalnum() or c == "_", False),
}


@cache
def reads(char: str, what: Any) -> bool:
    operation, argument, flags = what
    if operation is said.ANY:
        return bool(flags & re.DOTALL) or char != "\n"
    variants = {char, char.lower(), char.upper()} if flags & re.IGNORECASE else {char}
    return any(_plain(each, operation, argument, flags) for each in variants if len(each) == 1)


def _plain(char: str, operation: Any, argument: Any, flags: int) -> bool:
    if operation is said.LITERAL:
        return ord(char) == argument
    if operation is said.NOT_LITERAL:
        return ord(char) != argument
    fits = False
    turned = False
    for kind, value in argument:
        if kind is said.NEGATE:
            turned = True
        elif kind is said.LITERAL:
            fits = fits or ord(char) == value
        elif kind is said.RANGE:
            fits = fits or value[0] <= ord(char) <= value[1]
        elif kind is said.CATEGORY:
            test, wanted = _KINDS[value]
            fits = fits or (test(char) and not (flags & re.ASCII and ord(char) > 127)) is wanted
    return fits != turned


def in_word(char: str | None) -> bool:
    return char is not None and (char.isalnum() or char == "_")


def holds(condition: Any, before: str | None, after: str | None) -> bool:
    if condition is None:
        return True
    if condition[0] is said.AT:
        return stands(condition[1], condition[2], before, after)
    operation, direction, inner, flags = condition
    char = after if direction > 0 else before
    fits = char is not None and one_fits(char, inner, flags)
    return fits if operation is said.ASSERT else not fits


def one_fits(char: str, inner: Any, flags: int) -> bool:
    """Whether a pattern of one character fits it."""
    for operation, argument in inner:
        if operation is said.SUBPATTERN:
            return one_fits(char, argument[3], flags)
        if operation is said.BRANCH:
            return any(one_fits(char, branch, flags) for branch in argument[1])
        if operation in (said.LITERAL, said.NOT_LITERAL, said.ANY, said.IN):
            return reads(char, (operation, argument, flags))
    return True


def stands(where: Any, flags: int, before: str | None, after: str | None) -> bool:
    if where in (said.AT_BEGINNING, said.AT_BEGINNING_STRING):
        many = where is said.AT_BEGINNING and flags & re.MULTILINE
        return before is None or (bool(many) and before == "\n")
    if where is said.AT_END_STRING:
        return after is None
    if where is said.AT_END:
        return after is None or after == "\n"
    return (in_word(before) != in_word(after)) is (where is said.AT_BOUNDARY)


def frozen(argument: Any) -> Any:
    return tuple(map(frozen, argument)) if isinstance(argument, (list, tuple, parser.SubPattern)) else argument
