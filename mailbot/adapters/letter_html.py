"""Turns the plain words of a letter into simple HTML, so that both say the same by construction.

Blocks are parted by blank lines: quoted lines (`> `), a list (`- `), facts (`Name: value`, two lines at least), a
draft (four blanks in front), the foot (after `-- `), and paragraphs. All text is escaped here; nothing in it is markup.
A link that the desk itself made to be tapped stands alone on its line, `LABEL: <mailto:…>`, and is told beside the words:
whatever merely looks like one stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from markupsafe import Markup

_LINK = re.compile(r"https?://[^\s<>\"'“”„‘’]+[^\s<>\"'“”„‘’.,;:!?)\]]")
_FACT = re.compile(r"([^\s:>][^:>]{0,23}): +(\S.*)")
_FOOT = "-- "


def tap_line(label: str, link: str) -> str:
    """The line of a letter's text that stands for a link to be tapped."""
    return f"{label}: <{link}>"


def words_to_html(words: str, strong: Sequence[str] = (), taps: Sequence[tuple[str, str]] = ()) -> Markup:
    """The words as a run of block elements. Each text of `strong` (the times that the letter states) is set bold.

    `taps` are the (label, link) of the lines that become links.
    """
    body, mark, foot = f"\n{words}".rpartition(f"\n{_FOOT}\n")
    if not mark:
        body, foot = foot, ""
    marked = [escape(text) for text in sorted(set(strong), key=len, reverse=True)]
    links = {tap_line(label, link): (label, link) for label, link in taps}
    blocks = [
        _tap(*links[lines[0]]) if len(lines) == 1 and lines[0] in links else _block(lines, marked)
        for lines in _blocks(body.split("\n"))
    ]
    if foot.strip():
        blocks.append(f'<p class="foot">{_lines(foot.strip().splitlines(), marked)}</p>')
    return Markup("\n".join(blocks))  # noqa: S704 - every piece was escaped in _inline or just before


def _blocks(lines: Iterable[str]) -> Iterable[list[str]]:
    block: list[str] = []
    for line in lines:
        if not line.strip():
            # A blank line inside a draft belongs to it.
            if block and not (line.startswith("    ") and block[0].startswith("    ")):
                yield block
                block = []
                continue
            if not block:
                continue
        if block and _kind(block[0]) != _kind(line) and {_kind(block[0]), _kind(line)} & {"quote", "draft"}:
            yield block
            block = []
        block.append(line)
    if block:
        yield block


def _kind(line: str) -> str:
    if line.startswith(">"):
        return "quote"
    if line.startswith("    "):
        return "draft"
    return "list" if line.startswith(("- ", "• ")) else "text"


def _block(lines: list[str], strong: list[str]) -> str:
    match _kind(lines[0]):
        case "quote":
            return f"<blockquote>{_lines([line[1:].removeprefix(' ') for line in lines], strong)}</blockquote>"
        case "draft":
            draft = "\n".join(line[4:] for line in lines).strip("\n")
            return f"<pre>{escape(draft)}</pre>"
        case "list":
            return f"<ul>{''.join(_items(lines, strong))}</ul>"
    facts = [_FACT.fullmatch(line) for line in lines]
    if len(lines) > 1 and all(facts):
        rows = (
            f"<tr><th>{escape(fact.group(1))}</th><td>{_inline(fact.group(2), strong)}</td></tr>"
            for fact in facts
            if fact
        )
        return f'<table role="presentation">{"".join(rows)}</table>'
    return f"<p>{_lines(lines, strong)}</p>"


def _tap(label: str, link: str) -> str:
    return f'<p class="tap"><a href="{escape(link)}">{escape(label)}</a></p>'


def _items(lines: Sequence[str], strong: list[str]) -> Iterable[str]:
    item: list[str] = []
    for line in lines:
        if _kind(line) == "list" and item:
            yield f"<li>{_lines(item, strong)}</li>"
            item = []
        item.append(line[2:] if _kind(line) == "list" else line.strip())
    yield f"<li>{_lines(item, strong)}</li>"


def _lines(lines: Sequence[str], strong: list[str]) -> str:
    return "<br>\n".join([_inline(line, strong) for line in lines])


def _inline(line: str, strong: list[str]) -> str:
    pieces = []
    at = 0
    for link in _LINK.finditer(line):
        address = escape(link.group())
        pieces += [_bold(line[at : link.start()], strong), f'<a href="{address}">{address}</a>']
        at = link.end()
    pieces.append(_bold(line[at:], strong))
    return "".join(pieces)


def _bold(text: str, strong: list[str]) -> str:
    escaped = escape(text)
    for words in strong:
        if words in escaped:
            return escaped.replace(words, f"<strong>{words}</strong>")
    return escaped
