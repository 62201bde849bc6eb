"""Pictures among the words of a mail: what shows them, which belong to a signature, and their marks in the text."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from mailbot.core.intake.mime.shown import HTML_LENGTH, content_id, without_bulk
from mailbot.core.model.mail import Attachment

#: Elements in which clients keep the signature of a mail.
SIGNATURES: Final = (
    ".gmail_signature, [data-smartmail=gmail_signature], .moz-signature, #Signature, #ms-outlook-mobile-signature, "
    ".protonmail_signature_block, .yahoo-signature, [class*='yahoo-signature'], .AppleMailSignature, #AppleMailSignature, "
    "#composer_signature, [name=messageSignatureSection], .editorUserSignature, #ymail_android_signature, "
    "[data-signatureblock], #mail-app-auto-default-signature, .front-signature, [data-marker=__SIG_PRE__]"
)
#: Larger pictures in a signature's element are photos that somebody put below their name.
SIGNATURE_PICTURE: Final = 500_000  # bytes
#: A picture up to this size says nothing by itself, like a logo or a social media button.
LOGO: Final = 30_000  # bytes
_MARK: Final = re.compile(r"(?:(?<![ \t])[ \t]++)?\[picture \d{1,4}(?:: [^\[\]\n]{0,100})?\][ \t]*")
_NAME: Final = 80  # characters of a name that a mark shows
_IMAGE: Final = re.compile(r"<img\b([^<>]{1,20000})>", re.IGNORECASE)
_SOURCE: Final = re.compile(r"(?<![\w-])src\s*=\s*(?:\"([^\"]*)\"|'([^']*)'|([^\s>]+))", re.IGNORECASE)
_SIDE: Final = re.compile(r"(?<![\w-])(?:width|height)\s*=\s*[\"']?([0-2])(?:px)?[\"'\s/]", re.IGNORECASE)
#: What the plain part has in place of a picture: Outlook, Gmail, Outlook for the Mac.
_IN_PLAIN: Final = re.compile(
    r"\[cid:([^\]\s]{1,300})\]|\[image: ([^\]\n]{1,300})\]|<([^<>\n@/:]{1,200}\.[a-zA-Z]{3,4})>"
)


def mark(number: int, name: str | None) -> str:
    """What the text has in place of a picture."""
    shown = " ".join((name or "").replace("[", "(").replace("]", ")").split())
    return f"[picture {number}: {shown[:_NAME]}]" if shown else f"[picture {number}]"


def without_marks(text: str) -> str:
    """The text without the marks of pictures."""
    return _MARK.sub("", text) if "[picture " in text else text


def is_adornment(file: Attachment) -> bool:
    """Whether a file is a small picture shown in the HTML, such as a logo: it says nothing by itself."""
    return file.type.startswith("image/") and file.cid is not None and file.size <= LOGO


def shown_in(html: str) -> dict[str, bool]:
    """The Content-IDs that HTML shows, in lower case and in order, each with whether it is shown as a mere spacer."""
    if "cid:" not in html and "CID:" not in html:
        return {}
    found: dict[str, bool] = {}
    for image in _IMAGE.finditer(without_bulk(html)[0][:HTML_LENGTH]):
        source = _SOURCE.search(image.group(1))
        cid = content_id(next(filter(None, source.groups()), "")) if source else ""
        if cid:
            found[cid] = found.get(cid, True) and _SIDE.search(image.group(1) + " ") is not None
    return found


def in_signature(html: str) -> frozenset[str]:
    """The Content-IDs, in lower case, of pictures that HTML shows in a signature and nowhere else."""
    from selectolax.lexbor import LexborHTMLParser

    try:
        tree = LexborHTMLParser(without_bulk(html)[0][:HTML_LENGTH])
    except (ValueError, RuntimeError):
        return frozenset()
    shown = {  # by element: a block comes twice if two of the selectors find it, and blocks may be nested
        image.mem_id: content_id(image.attributes.get("src") or "")
        for block in tree.css(SIGNATURES)
        if block.css_first("blockquote, #divRplyFwdMsg, #appendonsend, .gmail_quote") is None
        for image in block.css("img[src]")
    }
    within = list(shown.values())
    everywhere = [content_id(image.attributes.get("src") or "") for image in tree.css("img[src]")] if within else []
    return frozenset(cid for cid in within if cid and within.count(cid) >= everywhere.count(cid))


def marked(text: str, of: Callable[[str, str], str | None]) -> str:
    """Plain text with marks where its client noted a picture.

    `of` is called with a Content-ID in lower case, or else a name; its answer replaces the note, None leaves it as it
    is.
    """
    if "[cid:" not in text and "[image: " not in text and "<" not in text:
        return text

    def put(found: re.Match[str]) -> str:
        cid, image, name = found.groups()
        answer = of((cid or "").lower(), image or name or "")
        return found.group() if answer is None else answer

    return _IN_PLAIN.sub(put, text)
