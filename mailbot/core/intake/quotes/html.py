"""Turns the HTML of a mail into text with quote marks, by the structure that mail clients leave."""

from __future__ import annotations

import re
from collections.abc import Mapping
from textwrap import dedent
from typing import TYPE_CHECKING, Final

from mailbot.core.intake.mime.pictures import SIGNATURES
from mailbot.core.intake.mime.plaintext import can_be_laid_out, from_html, laid_out
from mailbot.core.intake.mime.shown import HTML_LENGTH, shown, without_bulk
from mailbot.core.intake.quotes.lines import ATTRIBUTION_LINE, CUT_LINE

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_NODE_CAP: Final = 2_000  # marked elements: no client nests or splits more
_OPEN, _CLOSE, _INTRO_OPEN, _INTRO_CLOSE = "\ufdd2", "\ufdd3", "\ufdd4", "\ufdd5"
_OWN_SIGNS = re.compile("[\ufdd0-\ufdd5]")

#: Everything from here on is old: Outlook on the web and mobile, its desktop's line above the header, Windows Mail,
#: Hotmail, Outlook 2003, Zimbra, 139.com. In older answers the ids begin with "x_".
_CUTS: Final = (
    "[id$=divRplyFwdMsg], [id$=mail-editor-reference-message-container], hr#stopSpelling, [id^=OLK_SRC_BODY_SECTION], "
    "#appendonsend, #reply-intro, hr#zwchr, hr[data-marker=__DIVIDER__], hr#replySplit, .OutlookMessageHeader, "
    "div[style*='border-top:solid'], div[style*='border-top: solid'], div[style*='border-top-style: solid']"
)
#: What introduces a quote: Gmail, Thunderbird, Proton.
_INTROS: Final = ".gmail_attr, .moz-cite-prefix, .protonmail_quote_header"
#: The quote itself: most clients; Yahoo, Zoho, Tuta, GMX, Infomaniak, Skiff, Spark, and the Chinese providers.
_QUOTES: Final = (
    "blockquote[type=cite], blockquote[cite], blockquote.gmail_quote, blockquote.protonmail_quote, "
    "blockquote[style*='border-left'], .yahoo_quoted, .zmail_extra, #isForwardContent, #isReplyContent, #origbody, "
    "#oriMsgHtmlSeperator, #reply139content, .tutanota_quote, .quote[data-type=quote], div[name=quote], .ik_mail_quote, "
    ".skiff_quote, blockquote[data-skiff-mail], [name=messageReplySection], blockquote.iosymail"
)
#: Boxes that hold the introduction, the quote, and sometimes the answers below it.
_BOXES: Final = "div.gmail_quote, div.protonmail_quote, div.gmail_extra"
_STRUCTURE: Final = (
    "<blockquote", "gmail_quote", "gmail_signature", "divrplyfwdmsg", "appendonsend", "yahoo_quoted", "moz-cite-prefix",
    "protonmail_", "border-top:solid", "border-top: solid", "border-top-style: solid", "stopspelling", "olk_src_body",
    "reference-message-container", "zmail_extra", "moz-signature", "applemailsignature", "yahoo-signature",
    'id="signature', "id='signature", "id=signature", "ms-outlook-mobile-signature", "zwchr", "__divider__", "replysplit",
    "outlookmessageheader", "isforwardcontent", "isreplycontent", "origbody", "reply139content", "tutanota_quote",
    'name="quote', "name='quote", "name=quote", "ik_mail_quote", "skiff", "messagereplysection", "composer_signature",
    "messagesignaturesection", "editorusersignature", "ymail_android_signature", "data-signatureblock",
    "mail-app-auto-default-signature", "front-signature", "__sig_pre__",
)  # fmt: skip
_DEEP: Final = 200  # elements; the text of deeper trees is laid out without marks


def has_quote_structure(source: str) -> bool:
    """Whether the HTML holds anything by which a mail client marks quotes or signatures."""
    folded = without_bulk(source)[0][:HTML_LENGTH].lower()
    return any(sign in folded for sign in _STRUCTURE)


def html_text(source: str, marks: Mapping[str, str] | None = None, *, links: bool = True) -> str:
    """The text of HTML, LF line ends: quotes get `> `, and a line of `CUT_LINE` comes before what is all old.

    Signatures that the client marks as such are left out; `marks` replace pictures, by their Content-IDs in lower case;
    with `links` the addresses of links are added. At most the first million characters count, without style sheets and
    pictures embedded in the HTML.
    """
    source = _OWN_SIGNS.sub("", source)
    bare = without_bulk(source)[0][:HTML_LENGTH]
    if not has_quote_structure(bare) or _too_deep(bare) or not can_be_laid_out(bare):
        return from_html(source, marks)
    return _marked(laid_out(_with_signs(shown(source, marks, links=links))))


def _too_deep(source: str) -> bool:
    """Whether more elements may be open at once than any mail client nests."""
    depth = deepest = 0
    for found in re.finditer(r"<(/?)(?:div|span|font|blockquote|table|b|i|u|a|section|article|center)\b", source):
        depth = depth - 1 if found.group(1) else depth + 1
        deepest = max(deepest, depth)
    return deepest > _DEEP


def _with_signs(source: str) -> str:
    """The HTML with our own signs around quotes and introductions, and without marked signatures."""
    from selectolax.lexbor import LexborHTMLParser

    tree = LexborHTMLParser(source)
    for node in _each(tree, SIGNATURES):
        if node.css_first("blockquote, #divRplyFwdMsg, #appendonsend, .gmail_quote") is None:
            node.decompose()
    for node in _each(tree, _CUTS):
        if _cuts(node):
            _sign(tree, node, CUT_LINE)
    for node in _each(tree, _INTROS):
        if not _says_forward(node):
            _sign(tree, node, _INTRO_OPEN, _INTRO_CLOSE)
    for node in _each(tree, _QUOTES):
        _sign(tree, node, _OPEN, _CLOSE)
    for node in _each(tree, _BOXES):
        bare = node.css_first("blockquote, .gmail_attr, .gmail_quote, .protonmail_quote") is None
        if bare and "gmail_extra" not in (node.attributes.get("class") or "") and not _says_forward(node):
            _sign(tree, node, _OPEN, _CLOSE)
    return tree.html or source


def _each(tree: LexborHTMLParser, selectors: str) -> list[LexborNode]:
    """The elements that any of the selectors finds, each once: an element that two of them find comes twice."""
    return list({node.mem_id: node for node in tree.css(selectors)}.values())[:_NODE_CAP]


def _cuts(node: LexborNode) -> bool:
    """Whether an element that may be a divider really is one: Outlook's line has no other border."""
    attributes = node.attributes
    style = (attributes.get("style") or "").replace(" ", "").casefold()
    if "border-top-style:solid" in style:  # Windows Mail
        return "border-top-width:1px" in style and "padding-top:5px" in style
    if attributes.get("id") or "border-top:solid" not in style:
        return True
    return "border:none" in style


def _says_forward(node: LexborNode) -> bool:
    """Whether an introduction is the divider of a forward, which is better recognised by the words below it."""
    return node.text()[:40].strip().startswith(("-", "‐", "—"))


def _sign(tree: LexborHTMLParser, node: LexborNode, before: str, after: str = "") -> None:
    """Put a sign on a line of its own before the element, and one after it."""
    for sign, place in ((before, node.insert_before), (after, node.insert_after)):
        if sign:
            line = tree.create_node("div")
            line.insert_child(sign)
            place(line)


def _marked(text: str) -> str:
    """The text with quote marks in place of our signs; text between quotes loses its common indentation."""
    out: list[str] = []
    own: list[str] = []
    intro: list[str] | None = None
    depth = 0
    for line in text.split("\n"):
        bare = line.strip()
        if intro is None and not depth and bare not in {_OPEN, _INTRO_OPEN, CUT_LINE}:
            own.append(_OWN_SIGNS.sub("", line))
            continue
        out += dedent("\n".join(own)).split("\n") if own else []
        own = []
        if bare == _OPEN:
            depth += 1
        elif bare == _CLOSE:
            depth -= 1
        elif bare == _INTRO_OPEN:
            intro = []
        elif bare == _INTRO_CLOSE:
            if intro:
                out.append(("> " if depth else ATTRIBUTION_LINE) + " ".join(intro))
            intro = None
        elif bare == CUT_LINE:
            out += [] if depth else [CUT_LINE]
        elif intro is not None:
            intro += [_OWN_SIGNS.sub("", bare)] if bare else []
        else:  # a sign that a table glued to words is no sign, and must not be read either
            out.append(f"{'>' * depth} {_OWN_SIGNS.sub('', bare)}".rstrip())
    return "\n".join([*out, *(intro or []), *dedent("\n".join(own)).split("\n")])
