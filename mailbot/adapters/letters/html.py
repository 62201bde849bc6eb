"""Turns the plain words of a letter into simple HTML, so that both say the same by construction.

Blocks are separated by blank lines: quoted lines (`> `), a list (`- `), facts (`Name: value`, two lines at least), a
draft (four blanks in front), what the desk adds to an agent's words (after `· · ·`), the foot (after `-- `), and paragraphs. All text is escaped here; nothing in it is markup.
A link that the desk itself made for tapping is alone on its line, `LABEL: <mailto:…>`, and is also passed separately:
whatever merely looks like one stays text. Addresses of pages, people and telephones become links to themselves, and the
mark of a picture that the mail carries becomes the picture.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape

from markupsafe import Markup

from mailbot.core.intake.newtext import ANSWER_MARK
from mailbot.core.model.addresses import address_key

# Only what a person can mean to be opened; a link that has a mail written ready (a "?" in it) is not.
_LINK = re.compile(
    r"(?<![A-Za-z0-9+.-])(?:https?://(?=[^\s/])[^\s<>\"'“”„‘’«»`|\\^{}\u2066-\u2069]+"
    r"|mailto:[^\s<>\"'“”„‘’«»@?:,;()\[\]\u2066-\u2069]{1,64}@[A-Za-z0-9.-]{1,253}+(?![^\s<>\"'“”„‘’«».,;:!)\]\u2066-\u2069])"
    r"|tel:\+?[0-9][0-9().-]{2,30})",
    re.IGNORECASE,
)
_AT_THE_END = ".,;:!?…*_~"
_PAIRS = {")": "(", "]": "["}
_FACT = re.compile(r"([^\s:：>][^:：>]{0,23})(?:: +|：)(\S.*)")
_FOOT = "-- "
#: What stands between these in a line runs its own way, whatever way the letter does (FSI and PDI).
APART, TOGETHER = "\u2068", "\u2069"
_APART = re.compile(f"{APART}([^{APART}{TOGETHER}]*){TOGETHER}")
#: The line below which the desk adds something to an agent's words.
ASIDE = "· · ·"


def tap_line(label: str, link: str) -> str:
    """The line of a letter's text for a link to be tapped."""
    return f"{label}: <{link}>"


@dataclass(frozen=True, kw_only=True, slots=True)
class _Look:
    """What is special in a line: texts in bold, escaped; pictures, their Content-ID by mark; our own addresses.

    `heads` are whole lines that stand out, `apart` lines of somebody's that run their own way.
    """

    heads: frozenset[str]
    strong: Sequence[str]
    pictures: Mapping[str, str]
    marks: re.Pattern[str] | None
    own: frozenset[str]
    apart: frozenset[str]


def words_to_html(
    words: str,
    strong: Sequence[str] = (),
    taps: Sequence[tuple[str, str]] = (),
    *,
    heads: Sequence[str] = (),
    pictures: Mapping[str, str] | None = None,
    own: Iterable[str] = (),
    apart: Iterable[str] = (),
) -> Markup:
    """The words as a run of block elements. Each text of `strong` (the times that the letter states) is bold.

    A block that is one line of `heads` stands out, one of nothing but lines of `apart` runs its own way. `taps` are the
    (label, link) of the lines that become links, `pictures` the Content-ID of each picture's mark, and `own` the desk's
    addresses (folded), which are never turned into mail links.
    """
    body, mark, foot = f"\n{words}".rpartition(f"\n{_FOOT}\n")
    if not mark:
        body, foot = foot, ""
    look = _Look(
        heads=frozenset(heads),
        strong=[escape(text) for text in sorted(set(strong), key=len, reverse=True)],
        pictures=pictures or {},
        marks=re.compile("|".join(map(re.escape, pictures))) if pictures else None,
        own=frozenset(own),
        apart=frozenset(apart),
    )
    links = {tap_line(label, link): (label, link) for label, link in taps}
    above, aside, below = body.rpartition(f"\n{ASIDE}\n")
    if not aside:
        above, below = below, ""
    blocks = _shown(above, links, look)
    if beside := _shown(below, links, look):
        blocks += ['<div class="aside">', *beside, "</div>"]
    if foot.strip():
        blocks.append(f'<p class="foot">{_lines(foot.strip().splitlines(), look)}</p>')
    return Markup("\n".join(blocks))  # noqa: S704 - every piece was escaped in _inline or just before


def _shown(words: str, links: Mapping[str, tuple[str, str]], look: _Look) -> list[str]:
    return [
        _tap(*links[lines[0]]) if len(lines) == 1 and lines[0] in links else _block(lines, look)
        for lines in _blocks(words.split("\n"))
    ]


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


def _block(lines: list[str], look: _Look) -> str:
    way = ' dir="auto"' if look.apart.issuperset(lines) else ""
    match _kind(lines[0]):
        case "quote":
            return f'<blockquote dir="auto">{_lines([line[1:].removeprefix(" ") for line in lines], look)}</blockquote>'
        case "draft":
            draft = "\n".join(line[4:] for line in lines).strip("\n")
            return f'<pre dir="auto">{escape(draft)}</pre>'
        case "list":
            return f"<ul{way}>{''.join(_items(lines, look))}</ul>"
    facts = [_FACT.fullmatch(line) for line in lines]
    if len(lines) > 1 and all(facts):
        rows = (
            f'<tr><td class="name">{escape(fact.group(1))}</td><td>{_inline(fact.group(2), look)}</td></tr>'
            for fact in facts
            if fact
        )
        return f'<table role="presentation">{"".join(rows)}</table>'
    if lines[0].startswith(ANSWER_MARK):
        # Neither a screen reader nor a phone's list begins with it; a client's quote keeps it.
        return f'<p class="mark" aria-hidden="true">{_lines(lines, look)}</p>'
    if len(lines) == 1 and lines[0] in look.heads:
        return f'<p class="head">{escape(lines[0])}</p>'
    return f"<p{way}>{_lines(lines, look)}</p>"


def _tap(label: str, link: str) -> str:
    # Outlook's Word lays out no padding of a link, but that of the cell around it
    button = f'<a href="{escape(link)}">{escape(label)}</a>'
    return f'<table role="presentation" class="tap"><tr><td>{button}</td></tr></table>'


def _items(lines: Sequence[str], look: _Look) -> Iterable[str]:
    item: list[str] = []
    for line in lines:
        if _kind(line) == "list" and item:
            yield f"<li>{_lines(item, look)}</li>"
            item = []
        item.append(line[2:] if _kind(line) == "list" else line.strip())
    yield f"<li>{_lines(item, look)}</li>"


def _lines(lines: Sequence[str], look: _Look) -> str:
    return "<br>\n".join([_inline(line, look) for line in lines])


def _inline(line: str, look: _Look) -> str:
    # A client that knows no isolates, and Outlook, know the attribute.
    return _APART.sub(r'<span dir="auto">\1</span>', _with_pictures(line, look))


def _with_pictures(line: str, look: _Look) -> str:
    if look.marks is None or "[" not in line:
        return _linked(line, look)
    pieces = []
    at = 0
    for mark in look.marks.finditer(line):
        cid, alt = escape(look.pictures[mark.group()]), escape(mark.group())
        pieces += [_linked(line[at : mark.start()], look), f'<img src="cid:{cid}" alt="{alt}">']
        at = mark.end()
    return "".join([*pieces, _linked(line[at:], look)])


def _linked(line: str, look: _Look) -> str:
    pieces = []
    at = 0
    for start, link in _links(line):
        if start < at or address_key(link[7:] if link[:7].lower() == "mailto:" else link) in look.own:
            continue
        address = escape(link)
        shown = escape(link.partition(":")[2]) if link[:7].casefold() == "mailto:" else address
        pieces += [_bold(line[at:start], look), f'<a href="{address}">{shown}</a>']
        at = start + len(link)
    pieces.append(_bold(line[at:], look))
    return "".join(pieces)


def _links(line: str) -> Iterator[tuple[int, str]]:
    """Where a line holds an address that can be opened, without the punctuation of the sentence around it."""
    if ":" not in line:
        return
    for found in _LINK.finditer(line):
        link = found.group()
        lacking = {close: link.count(close) - link.count(opens) for close, opens in _PAIRS.items()}
        end = len(link)
        while end and (link[end - 1] in _AT_THE_END or lacking.get(link[end - 1], 0) > 0):
            if link[end - 1] in lacking:
                lacking[link[end - 1]] -= 1
            end -= 1
        if not link[:end].endswith("/") or link.count("/") > 2:
            yield found.start(), link[:end]


def _bold(text: str, look: _Look) -> str:
    escaped = escape(text)
    for words in look.strong:
        if words in escaped:
            return escaped.replace(words, f"<strong>{words}</strong>")
    return escaped
