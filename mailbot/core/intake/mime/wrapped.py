"""Opens wrappers around a mail or a part of it: winmail.dat, opaque S/MIME, SpamAssassin's report. Verifies nothing."""

from __future__ import annotations

import re
from dataclasses import replace
from email.message import EmailMessage
from email.policy import SMTP
from typing import Final

from mailbot.core.intake.mime.parts import part_octets, walk
from mailbot.core.intake.mime.tnef import SIGNATURE, Packed, PackedFile, Unreadable, unpacked
from mailbot.core.intake.mime.tree import Part, ReadLimits, TooMuch, split
from mailbot.core.model.reason import Reason, why

ENCRYPTED: Final = why("unread.encrypted")
OPAQUE: Final = why("unread.opaque")
WINMAIL: Final = why("unread.winmail")

_TNEF: Final = frozenset({"application/ms-tnef", "application/vnd.ms-tnef"})
_SMIME: Final = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_ANYTHING: Final = frozenset({"application/octet-stream", "application/x-octet-stream", "application/binary"})
_DEPTH: Final = 4  # nested wrappers
_TYPE: Final = re.compile(r"[a-z0-9.+-]{1,60}/[a-z0-9.+-]{1,80}")
_IN_A_HEADER: Final = re.compile(r"[\x00-\x1f\x7f\"\\]")


def open_all(root: Part, limits: ReadLimits, depth: int = 0) -> Reason | None:
    """Attach the content of each wrapper to it as `opened`; why something could not be read, or None. Never raises."""
    problem: Reason | None = None
    for _, part in list(walk(root)):
        if part.children or part.opened:
            if part.media_type == "multipart/encrypted":  # RFC 3156 section 4
                problem = problem or ENCRYPTED
            continue
        kind = part.media_type
        name = (part.filename or "").lower() if kind in _ANYTHING or kind in _TNEF else ""
        if kind in _TNEF or (name in ("winmail.dat", "win.dat") and part_octets(part).startswith(SIGNATURE)):
            problem = _open_tnef(part) or problem
        elif kind in _SMIME or name.endswith(".p7m"):
            problem = _open_smime(part, limits) or problem
        elif kind == "message/rfc822" and part.content[1].get("x-spam-type", "").lower() == "original":
            part.opened = _split(part_octets(part), limits)
        if part.opened and depth < _DEPTH:
            for inside in part.opened:
                problem = open_all(inside, limits, depth + 1) or problem
    return problem


def _open_smime(part: Part, limits: ReadLimits) -> Reason | None:
    """RFC 8551 section 3.5.2: what is signed as a whole holds the mail itself; a BER encoding may leave lengths open."""
    from asn1crypto import cms, pem

    if "certs-only" in part.content[1].get("smime-type", ""):
        return None
    try:
        data = part_octets(part)
        if pem.detect(data[:10_000]):
            data = pem.unarmor(data)[2]
        info = cms.ContentInfo.load(data)
        what = info["content_type"].native
        if what in ("enveloped_data", "authenticated_enveloped_data", "encrypted_data"):
            return ENCRYPTED
        if what != "signed_data":
            return OPAQUE
        content = info["content"]["encap_content_info"]["content"]
        inner = content.native if content is not None else None
        if inner is None:
            return None  # certificates alone
        part.opened = _split(bytes(inner), limits)
    except Exception:  # noqa: BLE001  # a crafted structure breaks the library in ways of its own: it stays closed
        return OPAQUE
    return None if part.opened else OPAQUE


def _split(data: bytes, limits: ReadLimits) -> list[Part]:
    if not data.strip():
        return []
    try:
        return [split(data.lstrip(b"\r\n"), replace(limits, parts=limits.parts // 2, depth=limits.depth // 2))]
    except TooMuch:
        return []


def _open_tnef(part: Part) -> Reason | None:
    try:
        packed = unpacked(part_octets(part))
    except Unreadable:
        return WINMAIL
    part.opened = [
        *_bodies(packed),
        *(_file(file) for file in packed.files),
        *(_enclosed(name, mail) for name, mail in packed.enclosed),
    ]
    part.opens = True
    return None


def _bodies(packed: Packed) -> list[Part]:
    forms = [("text/plain", packed.text), ("text/html", packed.html)]
    made = [_made(f"{kind}; charset=utf-8", text.encode()) for kind, text in forms if text.strip()]
    if len(made) < len(forms):
        return made
    both = _made("multipart/alternative; boundary=none", b"")
    both.children = made
    return [both]


def _file(file: PackedFile) -> Part:
    kind = file.type.strip().lower()
    name = _IN_A_HEADER.sub("", file.name)[:200]
    part = _made(kind if _TYPE.fullmatch(kind) and not kind.startswith("multipart/") else _type_by(name), file.data)
    if name:
        part.add_field("Content-Disposition", f'attachment; filename="{name}"')
    if file.cid:
        part.add_field("Content-ID", f"<{_IN_A_HEADER.sub('', file.cid)[:200]}>")
    return part


def _enclosed(name: str, packed: Packed) -> Part:
    """A mail inside the container, as one that other programs can open."""
    mail = EmailMessage(policy=SMTP)
    mail["Subject"] = " ".join((packed.subject or name).split())[:200]
    mail.set_content(packed.text or "\n")
    if packed.html:
        mail.add_alternative(packed.html, subtype="html")
    for file in packed.files:
        mail.add_attachment(file.data, maintype="application", subtype="octet-stream", filename=file.name[:200] or None)
    return _made("message/rfc822", mail.as_bytes())


def _made(kind: str, payload: bytes) -> Part:
    part = Part()
    part.add_field("Content-Type", kind)
    part.payload = payload
    return part


def _type_by(name: str) -> str:
    """The media type of a picture by its name's extension; for anything else the generic type."""
    endings = {"png": "png", "jpg": "jpeg", "jpeg": "jpeg", "gif": "gif", "bmp": "bmp", "heic": "heic", "webp": "webp"}
    found = endings.get(name.rpartition(".")[2].lower())
    return f"image/{found}" if found else "application/octet-stream"
