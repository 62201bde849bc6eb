"""What our own mail server says about who a mail is from."""

from __future__ import annotations

from enum import StrEnum


class SenderProof(StrEnum):
    """What our server says of a mail's From. `forged`: DMARC failed, and the domain's owner wants that to count;
    `lifted`: it failed, but the owner asks for nothing (p=none) or our server accepted a chain of seals (`arc=pass`).
    """

    PROVEN = "proven"
    UNPROVEN = "unproven"
    LIFTED = "lifted"
    FORGED = "forged"
