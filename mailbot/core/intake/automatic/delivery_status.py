"""Reads the machine-readable part of a delivery report (RFC 3464): whom it is about, what became of the mail."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from mailbot.core.model.mail import FailedRecipient, ReportPart

STATUS = re.compile(r"(?<![\d.])([245])\.(\d{1,3})\.(\d{1,3})(?![\d.]*\d)")
_FIELD = re.compile(r"([A-Za-z][A-Za-z0-9-]*)[ \t]*:[ \t]*(.*)")
_SMTP_CODE = re.compile(r"(?:^|[\s;(])([45])\d\d[\s-]")
_ADDRESS = re.compile(r"(?<![^\s<>;,\"])[^\s<>;,\"]{1,256}@[^\s<>;,\"()]{1,255}")
_XTEXT = re.compile(r"\+(2B|3D)")  # RFC 3461 section 4: a plus or equals sign, as ORCPT must write them
_DONE = ("delivered", "relayed", "expanded")
_BLOCKS = 500


@dataclass(frozen=True, kw_only=True, slots=True)
class StatusReport:
    """What the recipient blocks say. `settled`: some mail arrived or was passed on; `delayed`: some is still tried."""

    failed: tuple[FailedRecipient, ...] = ()
    delayed: tuple[FailedRecipient, ...] = ()
    settled: bool = False
    blocks: int = 0


def status_report(parts: Iterable[ReportPart]) -> StatusReport | None:
    """The delivery status among the report parts of a mail, None if they hold none."""
    texts = [part.text for part in parts if part.type.endswith("delivery-status")]
    return read_status(texts) if texts else None


def read_status(texts: Iterable[str]) -> StatusReport:
    """RFC 3464 section 2.3, read leniently: blocks may be run together, and fields may have comments."""
    failed: list[FailedRecipient] = []
    delayed: list[FailedRecipient] = []
    settled = False
    blocks = 0
    for fields in (block for text in texts for block in _recipient_blocks(text)):
        if blocks >= _BLOCKS:
            break
        addresses = _addresses(fields)
        action = fields.get("action", "").strip().lower()
        status = _status(fields)
        if not addresses and not action:
            continue
        blocks += 1
        if action.startswith(_DONE) or (not action and status and status.startswith("2")):
            settled = True
        elif action.startswith("delay"):
            delayed += [FailedRecipient(address=each, status=status, permanent=False) for each in addresses]
        else:
            # RFC 3464 section 2.3.3: "failed" is final, even if the status (4.4.7) says why it took so long.
            failed += [FailedRecipient(address=each, status=status, permanent=True) for each in addresses]
    return StatusReport(failed=tuple(failed), delayed=tuple(delayed), settled=settled, blocks=blocks)


def _recipient_blocks(text: str) -> Iterable[dict[str, str]]:
    """The blocks about a recipient; the first block, about the message, has no such field."""
    block: dict[str, str] = {}
    last = ""
    for line in text.split("\n"):
        if not line.strip():
            if _speaks(block):
                yield block
                block = {}
            last = ""
        elif line[0] in " \t" and last:
            block[last] = f"{block[last]} {line.strip()}"[:4_000]
        elif found := _FIELD.match(line):
            last = found.group(1).lower()
            if last in ("final-recipient", "original-recipient") and last in block:
                yield block  # no blank line between two recipients
                block = {}
            block.setdefault(last, found.group(2).strip()[:4_000])
    if _speaks(block):
        yield block


def _speaks(block: dict[str, str]) -> bool:
    return any(name in block for name in ("final-recipient", "original-recipient", "x-actual-recipient", "action"))


def _addresses(fields: dict[str, str]) -> list[str]:
    """The address that we wrote to first, then the one that a forward changed it to."""
    found: dict[str, str] = {}
    for name in ("original-recipient", "final-recipient", "x-actual-recipient"):
        kind, semicolon, value = fields.get(name, "").partition(";")
        place = value if semicolon else kind
        if kind.strip().lower() in ("system", "unknown", "x400") and semicolon:
            continue
        if looks := _ADDRESS.search(place):
            address = looks.group().strip("'`.:")
            if "@" in address and address.lower().startswith("rfc822;"):
                address = address[7:]
            if name == "original-recipient":
                address = _XTEXT.sub(lambda found: chr(int(found.group(1), 16)), address)
            found.setdefault(address.lower(), address)
    return list(found.values())


def _status(fields: dict[str, str]) -> str | None:
    """The RFC 3463 status; a vague one (5.0.0) gives way to what the diagnostic says."""
    own = STATUS.search(fields.get("status", ""))
    said = STATUS.search(fields.get("diagnostic-code", ""))
    if own and own.group().endswith(".0.0") and said and said.group(1) == own.group(1):
        return said.group()
    if own:
        return own.group()
    if said:
        return said.group()
    code = _SMTP_CODE.search(fields.get("diagnostic-code", ""))
    return f"{code.group(1)}.0.0" if code else None
