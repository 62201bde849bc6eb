"""Makes readable lines of HTML, and of text whose paragraphs flow (RFC 3676)."""

from __future__ import annotations

import html
import re
from collections.abc import Mapping

from mailbot.core.intake.mime.shown import HTML_LENGTH, shown, without_bulk

_HTML_TAGS = 40_000  # more than that would take seconds to lay out
_HTML_DEPTH = 200  # open elements; lxml gives up at some 255
_ANY_TAG = re.compile(r"<[a-zA-Z/!?][^<>]*>?")
_BLOCK = re.compile(
    r"<(?:br|/?(?:p|div|tr|li|ul|ol|h[1-6]|table|blockquote|section|article|pre|hr|d[ldt]))\b[^<>]*>", re.IGNORECASE
)
_VOID = frozenset(["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "wbr"])
_XML = re.compile(r"\A\s*<\?xml[^>]*\?>")
_BLANKS = re.compile(r"\n{3,}")


def from_html(source: str, marks: Mapping[str, str] | None = None) -> str:
    """The text that a reader of the HTML sees, with LF line ends and the addresses of links; linear.

    `marks` replace pictures, by their Content-IDs in lower case. At most the first million characters count, without
    style sheets and pictures embedded in the HTML.
    """
    if can_be_laid_out(bare := without_bulk(source)[0][:HTML_LENGTH]):
        return laid_out(shown(source, marks)) or _neat(_stripped(bare))
    return _neat(_stripped(bare))


def can_be_laid_out(source: str) -> bool:
    """Whether the HTML has few enough elements, nested shallowly enough, to be laid out in good time."""
    return source.count("<") <= _HTML_TAGS and _deepest(source) <= _HTML_DEPTH


def laid_out(source: str) -> str:
    """HTML that is ready to be shown, as lines of text; empty if it cannot be laid out."""
    text = _laid_out(source)
    return _neat(text) if text.strip() else ""


def _laid_out(source: str) -> str:
    from inscriptis import get_text
    from inscriptis.css_profiles import CSS_PROFILES
    from inscriptis.html_properties import Display
    from inscriptis.model.config import ParserConfig
    from inscriptis.model.html_element import HtmlElement

    # HTML Standard section 15.3.3: lists of terms are blocks, which the profile does not know
    terms = {name: HtmlElement(display=Display.block) for name in ("dl", "dt", "dd")}
    try:
        return str(get_text(_XML.sub("", source), ParserConfig(css={**CSS_PROFILES["strict"], **terms})))
    except (ValueError, RecursionError, AttributeError, TypeError, IndexError):
        return ""  # lxml and inscriptis give up on some broken markup; the plain way does not


def _deepest(source: str) -> int:
    """How many elements are open at once at most; an upper bound, since unclosed paragraphs count."""
    depth = deepest = 0
    for found in re.finditer(r"<(/?)([a-zA-Z][a-zA-Z0-9]*)", source):
        name = found.group(2).lower()
        if found.group(1):
            depth = max(0, depth - 1)
        elif name not in _VOID and name not in ("p", "li", "td", "tr", "th"):
            depth += 1
            deepest = max(deepest, depth)
    return deepest


def _stripped(source: str) -> str:
    text = _between(_between(source, "<!--", "-->"), "<style", "</style>")
    text = _between(_between(text, "<script", "</script>"), "<head", "</head>")
    text = " ".join(text.split())
    return html.unescape(_ANY_TAG.sub(" ", _BLOCK.sub("\n", text)))


def _between(text: str, start: str, end: str) -> str:
    """Without everything from a `start` to the next `end`; one pass, unlike a lazy pattern."""
    folded = text.lower()
    if len(folded) != len(text):  # a few letters grow longer in lower case
        folded = "".join(c if len(c.lower()) > 1 else c.lower() for c in text)
    out, at = [], 0
    while (here := folded.find(start, at)) >= 0:
        out.append(text[at:here])
        stop = folded.find(end, here)
        if stop < 0:
            return "".join(out)
        at = stop + len(end)
    out.append(text[at:])
    return "".join(out)


def _neat(text: str) -> str:
    lines = (line.replace("\xa0", " ").rstrip() for line in text.splitlines())
    return _BLANKS.sub("\n\n", "\n".join(lines)).strip("\n")


def unflow(text: str, *, delsp: bool) -> str:
    """Join the lines of format=flowed text (RFC 3676 section 4) into paragraphs; quote marks stay, in one style."""
    out: list[str] = []
    paragraph: list[str] = []
    depth = 0

    def end() -> None:
        if paragraph:
            out.append(_quoted(depth, "".join(paragraph)))
            paragraph.clear()

    for line in text.split("\n"):
        body = line.lstrip(">")
        level = len(line) - len(body)
        body = body.removeprefix(" ")  # section 4.4: space-stuffing
        if level != depth:
            end()  # section 4.5: a change of quote depth ends the paragraph
        depth = level
        if body == "-- ":
            end()
            out.append(_quoted(level, body))  # section 4.3: the signature separator is a line of its own
            continue
        if body.endswith(" "):
            paragraph.append(body[:-1] if delsp else body)  # section 4.2
            continue
        paragraph.append(body)
        end()
    end()
    return "\n".join(out)


def _quoted(depth: int, body: str) -> str:
    if not depth:
        return body
    return f"{'>' * depth} {body}".rstrip() if body != "-- " else f"{'>' * depth} -- "
