"""Finds the signatures that mail clients mark as such in the HTML of a mail."""

from __future__ import annotations

from typing import Final

_HTML_CAP: Final = 1_000_000  # characters
_NODES: Final = 20
_LONGEST: Final = 3_000  # characters of one signature's text

#: Gmail, Thunderbird, Outlook (web, mobile, desktop), Proton, Yahoo, Apple, Zoho, Spark, Front, Zimbra, and their like.
_SIGNATURES: Final = (
    ".gmail_signature, [data-smartmail=gmail_signature], .moz-signature, #Signature, [id$=_Signature], "
    "#ms-outlook-mobile-signature, .ms-outlook-mobile-signature, .protonmail_signature_block, .yahoo-signature, "
    "[class*='yahoo-signature'], .ymail_signature, .AppleMailSignature, #AppleMailSignature, [id=AppleMailSignature], "
    "#lineBreakAtBeginningOfSignature, #composer_signature, [name=messageSignatureSection], .editorUserSignature, "
    "#ymail_android_signature, #ymail_ios_signature, [data-signatureblock], #mail-app-auto-default-signature, "
    ".front-signature, [data-marker=__SIG_PRE__], [data-marker=__SIG_POST__], #_MailAutoSig, [name=_MailAutoSig], "
    "[style*='mso-bookmark:_MailAutoSig'], [style*='mso-bookmark: _MailAutoSig'], "
    ".signature, #signature, .email-signature, #email-signature, .mail-signature, .tutanota-signature, #zmail_signature, "
    ".x_gmail_signature, .sh-signature, .hey-signature, .elementToProof_signature, .user-signature, #k9mail_signature"
)
_SIGNS: Final = ("signature", "mailautosig", "__sig_")


def marked_signatures(source: str) -> list[str]:
    """The text of each element that a client marked as the writer's signature, LF line ends, outermost ones only.

    None that holds a quote, or more than a signature can hold. Only the first million characters count; never raises.
    """
    source = source[:_HTML_CAP]
    folded = source.lower()
    if not any(sign in folded for sign in _SIGNS):
        return []
    from selectolax.lexbor import LexborHTMLParser

    found: list[str] = []
    for node in LexborHTMLParser(source).css(_SIGNATURES)[:_NODES]:
        if node.css_first("blockquote, .gmail_quote, #divRplyFwdMsg, #appendonsend") is not None:
            continue
        text = node.text(separator="\n").strip()
        if not text or len(text) > _LONGEST or any(text in other for other in found):
            continue
        found.append(text)
    return found
