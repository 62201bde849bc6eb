"""Parses a mail: raw bytes in, a frozen `Mail` or `Unreadable` out, whatever the bytes are."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable
from dataclasses import dataclass

from mailbot.core.intake.mime import headers
from mailbot.core.intake.mime.armour import is_encrypted
from mailbot.core.intake.mime.body import Body, body_of
from mailbot.core.intake.mime.files import names_of
from mailbot.core.intake.mime.parts import Part, ReadLimits, TooMuch, part_octets, take_apart, walk
from mailbot.core.intake.mime.wrapped import ENCRYPTED, WINMAIL, open_all
from mailbot.core.model.mail import Address, Mail, Unreadable
from mailbot.core.model.mailboxes import plain_boxes
from mailbot.core.model.reason import Reason, why

__all__ = ["ADDRESS_IN_NAME", "MALFORMED_FROM", "Carried", "ReadLimits", "attachment", "attachments", "read"]

_DEFAULTS = ReadLimits()
_HOPS = 30  # lines of the trace that are kept as they came
_BOX_LENGTH = 100_000  # characters of all headers of one name that list mailboxes: enough for more than 500
MALFORMED_FROM = "malformed From: "  # the defect that says so begins with this
ADDRESS_IN_NAME = "another address in the name"
# Mistakes of a mailer in the display name that leave no doubt about who wrote.
_HARMLESS = frozenset(
    {"overlong-encoded-word", "invalid-encoded-word", "structural-recovery", "invalid-utf8", "invalid-display-name"}
)


def read(raw: bytes, limits: ReadLimits = _DEFAULTS) -> Mail | Unreadable:
    """The mail in `raw`, or why it cannot be read. Never raises; linear in the size of `raw`."""
    fingerprint = hashlib.sha256(raw).hexdigest()
    try:
        if not raw.strip():
            return Unreadable(reason=why("unreadable.empty"), fingerprint=fingerprint, size=len(raw))
        root = take_apart(raw, limits)
        unread = open_all(root, limits)
        return _mail(root, body_of(root), fingerprint, len(raw), unread)
    except TooMuch as limit:
        reason = limit.reason
    except RecursionError:
        reason = why("unreadable.too-deep")
    except Exception as error:  # noqa: BLE001  # a crafted mail may break a parser in new ways: one mail, not the desk
        reason = why("unreadable.parser", error=type(error).__name__)
    return Unreadable(reason=reason, fingerprint=fingerprint, size=len(raw))


def attachment(raw: bytes, index: int, limits: ReadLimits = _DEFAULTS) -> tuple[str | None, str, bytes] | None:
    """Name, media type and decoded bytes of the part that `Attachment.index` names; None if there is none."""
    part = attachments(raw, (index,), limits).get(index)
    return None if part is None else (part.name, part.type, part.data)


@dataclass(frozen=True, kw_only=True, slots=True)
class Carried:
    """A part that was kept opaque, with its bytes decoded; `charset` is what its sender declared for a text."""

    name: str | None
    type: str
    data: bytes
    charset: str | None = None


def attachments(raw: bytes, indexes: Collection[int], limits: ReadLimits = _DEFAULTS) -> dict[int, Carried]:
    """The parts with these `Attachment.index`es, by index; the mail is parsed once. Missing ones are left out."""
    found: dict[int, Carried] = {}
    try:
        root = take_apart(raw, limits)
        open_all(root, limits)
        names = names_of(root)
        for number, part in walk(root):
            if number in indexes:
                kind, said = part.content
                name = names.get(number, part.filename)
                found[number] = Carried(name=name, type=kind, data=part_octets(part), charset=said.get("charset"))
    except (TooMuch, RecursionError, ValueError):
        pass
    return found


def _mail(root: Part, body: Body, fingerprint: str, size: int, unread: Reason | None) -> Mail:
    raw: dict[str, list[str]] = {}
    pairs: list[tuple[str, str]] = []
    declared = _declared_charset(root)
    for name, text in root.fields:
        key = name.lower()
        raw.setdefault(key, []).append(text)
        pairs.append((key, headers.decode(text, declared, guess=key != "subject")[: headers.VALUE_LENGTH]))
    defects = list(body.defects)
    unread = unread or (ENCRYPTED if is_encrypted(body.text) else None)
    if unread == WINMAIL:
        defects.append("an unreadable winmail.dat")
    boxes = {key: _boxes(raw, key, declared, defects) for key in ("from", "to", "cc", "reply-to")}
    once = ("from", "message-id", "subject", "date")  # RFC 5322 section 3.6
    defects += [f"{len(raw[key])} {key.title()} headers" for key in once if len(raw.get(key, ())) > 1]
    date = next((moment for value in raw.get("date", ()) if (moment := headers.moment(value))), None)
    if date is None:
        defects.append("no Date that makes sense")
    return Mail(
        message_id=next((each for value in raw.get("message-id", ()) if (each := headers.own_id(value))), None),
        subject=next((text for key, text in pairs if key == "subject"), ""),
        date=date,
        from_=boxes["from"],
        to=boxes["to"],
        cc=boxes["cc"],
        reply_to=boxes["reply-to"],
        in_reply_to=_ids(raw.get("in-reply-to", ())),
        references=_ids(raw.get("references", ())),
        headers=tuple(pairs),
        text=body.text,
        html=body.html,
        from_html=body.from_html,
        unread=unread,
        content_type=root.media_type,
        attachments=body.attachments,
        report_parts=body.report_parts,
        authentication=tuple(map(headers.unfold, raw.get("authentication-results", ()))),
        received=tuple(map(headers.unfold, raw.get("received", ())[:_HOPS])),
        defects=tuple(dict.fromkeys(defects)),
        fingerprint=fingerprint,
        size=size,
    )


def _boxes(raw: dict[str, list[str]], key: str, declared: str | None, defects: list[str]) -> tuple[Address, ...]:
    """All mailboxes of all headers of that name: two From headers are two writers, and neither may be overlooked.

    A header that breaks the grammar says what any client reads in it: if one address is plain, that is the writer.
    """
    found: list[Address] = []
    left = _BOX_LENGTH
    for value in (each[:_BOX_LENGTH] for each in raw.get(key, ())):
        left -= len(value)
        if left < 0:
            defects += [MALFORMED_FROM + "too long"] if key == "from" else []
            break
        boxes, problems = headers.addresses(value, declared)
        if key != "from":
            found += boxes if boxes and not problems else _with(boxes, headers.plain_addresses(value, declared))
            continue
        if problems or not boxes:
            plain = headers.plain_addresses(value, declared)
            defects += [MALFORMED_FROM + ADDRESS_IN_NAME for box in plain[:1] if _names_another(box)]
            if len(plain) == 1:
                boxes, problems = plain, ()
            elif plain:
                boxes = _with(boxes, plain)
        defects += [MALFORMED_FROM + problem for problem in problems if problem not in _HARMLESS]
        found += boxes
        if not boxes:
            found += headers.rescued_addresses(value, declared)
            defects.append(MALFORMED_FROM + "no valid address")
    if key == "from" and not raw.get(key):
        defects.append(MALFORMED_FROM + "there is none")
    return _with((), found) if key in ("from", "reply-to") else tuple(found)


def _with(boxes: Iterable[Address], more: Iterable[Address]) -> tuple[Address, ...]:
    """The mailboxes, and those of `more` whose address is not among them; each address once."""
    once: dict[str, Address] = {}
    for box in (*boxes, *more):
        once.setdefault(box.key, box)
    return tuple(once.values())


def _names_another(box: Address) -> bool:
    """Whether the unquoted name of a mailbox holds an address that is not its own."""
    name = (box.name or "").casefold()
    return "@" in name and any(other.key != box.key for other in plain_boxes(name))


def _ids(values: list[str] | tuple[()]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for value in values for each in headers.ids(value)))


def _declared_charset(root: Part) -> str | None:
    """The charset that the mail declares for its own text: the best guess for raw bytes in its header."""
    return next((part.content[1]["charset"] for _, part in walk(root) if "charset" in part.content[1]), None)
