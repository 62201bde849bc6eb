"""Tells the files that a person sent with a mail from the mail's machinery, and names those without a name."""

from __future__ import annotations

import re
from typing import Final

from mailbot.core.intake.mime.headers import decode
from mailbot.core.intake.mime.parts import Part, header_end, part_octets, walk

ENCLOSED: Final = frozenset({"message/rfc822", "message/global"})
#: Detached signatures (RFC 8551 section 3.5.3, RFC 3156 section 5), keys, and what says that a mail is encrypted.
_SECURITY: Final = frozenset(
    {
        "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature",
        "application/pgp-keys", "application/pgp-encrypted", "application/x-pkcs7-certificates", "application/pkix-cert",
        "application/applefile",
    }
)  # fmt: skip
_SIGNATURE_NAME = re.compile(r"(?:smime\.p7s|(?:openpgp_|pgp)?signature\.(?:asc|sig))", re.IGNORECASE)
_KEY_ARMOUR: Final = b"-----BEGIN PGP PUBLIC KEY BLOCK-----"
_CUT_OFF_NAME = re.compile(r"ATT\d{3,8}\.(?:txt|html?)", re.IGNORECASE)
_FILE_LIKE = re.compile(r"[^/\\\r\n<>:]{1,100}\.[A-Za-z0-9]{1,5}")
_NOT_IN_A_NAME = re.compile(r"[\x00-\x1f\x7f/\\:*?\"<>|]+")
_SUBJECT = re.compile(rb"(?im)^subject:[ \t]*([^\r\n]{0,300}(?:(?:\r\n|\r|\n)[ \t][^\r\n]{0,300}){0,3})")
_SPACER: Final = 2  # pixels of one side: nobody sends so small a picture to be looked at

_ENDINGS: Final = {
    "image/jpeg": "jpg", "image/jpg": "jpg", "image/pjpeg": "jpg", "image/png": "png", "image/gif": "gif",
    "image/heic": "heic", "image/heif": "heif", "image/webp": "webp", "image/bmp": "bmp", "image/tiff": "tif",
    "image/svg+xml": "svg", "application/pdf": "pdf", "application/zip": "zip", "application/json": "json",
    "application/xml": "xml", "application/rtf": "rtf", "text/rtf": "rtf", "text/html": "html", "text/csv": "csv",
    "text/calendar": "ics", "application/ics": "ics", "text/vcard": "vcf", "text/x-vcard": "vcf", "text/xml": "xml",
    "text/directory": "vcf", "text/markdown": "md", "application/msword": "doc", "application/vnd.ms-excel": "xls",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": "docx",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/vnd.openxmlformats-officedocument.presentationml.presentation": "pptx",
    "application/ms-tnef": "dat", "application/pkcs7-mime": "p7m", "application/x-pkcs7-mime": "p7m",
    "audio/mpeg": "mp3", "audio/mp4": "m4a", "audio/x-m4a": "m4a", "audio/ogg": "ogg", "audio/wav": "wav",
    "audio/x-wav": "wav", "audio/amr": "amr", "video/mp4": "mp4", "video/quicktime": "mov", "video/3gpp": "3gp",
}  # fmt: skip
_STEMS: Final = {
    "text/calendar": "invitation", "application/ics": "invitation", "text/vcard": "contact", "text/x-vcard": "contact",
    "text/directory": "contact", "application/pdf": "document", "application/msword": "document",
}  # fmt: skip
_ONLY_ONE: Final = frozenset({"invitation", "contact"})  # names without a number if there is only one of them
_STEMS_OF_KIND: Final = {"image": "picture", "audio": "recording", "video": "video", "text": "text"}


def names_of(root: Part) -> dict[int, str]:
    """The name of each leaf by its number in the walk: the one that the sender gave, or a sensible one by its type."""
    counts: dict[str, int] = {}
    return {number: _name(part, counts) for number, part in walk(root) if not part.children}


def _name(part: Part, counts: dict[str, int]) -> str:
    kind, given = part.media_type, part.filename
    if kind in ENCLOSED:
        return _letter_name(part, given)
    if given:
        return given
    described = decode(part.raw_value("content-description"))
    if described and _FILE_LIKE.fullmatch(described):
        return described
    family = kind.partition("/")[0]
    stem = _STEMS.get(kind) or _STEMS_OF_KIND.get(family, "file")
    counts[stem] = counts.get(stem, 0) + 1
    ending = _ENDINGS.get(kind) or {"text": "txt", "image": "img"}.get(family, "bin")
    numbered = stem not in _ONLY_ONE or counts[stem] > 1
    return f"{stem}-{counts[stem]}.{ending}" if numbered else f"{stem}.{ending}"


def _letter_name(part: Part, given: str | None) -> str:
    """Most systems open a mail within a mail by its extension alone, so it gets one, whatever it was called."""
    if not given:
        data = part_octets(part)
        found = _SUBJECT.search(data[: header_end(data)][:100_000])
        subject = decode(found.group(1).decode("ascii", "surrogateescape")) if found else ""
        given = " ".join(_NOT_IN_A_NAME.sub(" ", subject).split())[:80].strip(" .") or "forwarded-message"
    return given if given.lower().endswith((".eml", ".msg")) else f"{given}.eml"


def is_machinery(part: Part, name: str, data: bytes) -> bool:
    """Whether a part is nothing that a person sent, by itself: a signature, a key, a spacer or nothing at all."""
    kind = part.media_type
    if kind in _SECURITY or _SIGNATURE_NAME.fullmatch(name):
        return True
    if not data and not part.filename:
        return True
    if _CUT_OFF_NAME.fullmatch(name):
        return kind.startswith("text/") and not data.strip()  # what Exchange splits off after the last file
    if name.lower().endswith(".asc"):
        return data[:200].lstrip().startswith(_KEY_ARMOUR)
    return kind.startswith("image/") and is_spacer(data)


def is_spacer(data: bytes) -> bool:
    """Whether a picture is a tracking pixel or a spacer, by the size in its own header."""
    if data.startswith(b"\x89PNG\r\n\x1a\n") and data[12:16] == b"IHDR":
        sides = int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big")
    elif data[:6] in (b"GIF87a", b"GIF89a"):
        sides = int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little")
    else:
        return False
    return len(data) >= 10 and min(sides) <= _SPACER
