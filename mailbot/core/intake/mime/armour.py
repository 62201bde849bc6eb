"""Removes the PGP armour of a clear-signed text (RFC 9580 section 7), and recognises an encrypted one."""

from __future__ import annotations

import re
from typing import Final

_SIGNED: Final = "-----BEGIN PGP SIGNED MESSAGE-----"
_SIGNATURE: Final = "-----BEGIN PGP SIGNATURE-----"
_END: Final = "-----END PGP SIGNATURE-----"
_ENCRYPTED: Final = re.compile(r"^-----BEGIN PGP MESSAGE-----[ \t]*$", re.MULTILINE)
_WITHIN: Final = re.compile(r"[A-Za-z0-9+/=]{1,80}")
_HEADER: Final = re.compile(r"[A-Za-z][A-Za-z-]{0,30}: ?[^\n]{0,500}")


def without_armour(text: str) -> str:
    """The text without the lines of a clear-signed message that nobody typed; the words stay, nothing is verified."""
    if _SIGNED not in text:
        return text
    out: list[str] = []
    state = "outside"
    for line in text.split("\n"):
        bare = line.rstrip()
        if state == "outside":
            if bare == _SIGNED:
                state = "headers"
            else:
                out.append(line)
        elif state == "headers":
            if not bare:
                state = "signed"
            elif not _HEADER.fullmatch(bare):
                state = "signed"
                out.append(line)
        elif state == "signed":
            if bare == _SIGNATURE:
                state = "signature"
            else:
                out.append(line.removeprefix("- "))  # section 7.2: dash-escaping
        elif bare == _END:
            state = "outside"
        elif bare and not _WITHIN.fullmatch(bare) and not _HEADER.fullmatch(bare):
            state = "outside"  # the end is missing: somebody wrote what follows
            out.append(line)
    return "\n".join(out)


def is_encrypted(text: str) -> bool:
    """Whether a text holds, outside quotes, a message that only a key opens."""
    return "-----BEGIN PGP MESSAGE-----" in text and _ENCRYPTED.search(text) is not None
