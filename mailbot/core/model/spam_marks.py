"""Which marks of our own mail server show that a mail is spam."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

HEADERS: Final = (
    "X-Spam-Flag",
    "X-Spam-Status",
    "X-Spam",
    "X-Rspamd-Action",
    "X-Spamd-Result",
    "X-MS-Exchange-Organization-SCL",
    "X-Forefront-Antispam-Report",
    "X-Bogosity",
    "X-DSPAM-Result",
    "X-Barracuda-Spam-Flag",
    "X-Barracuda-Spam-Status",
    "X-Suspected-Spam",
    "X-SpamExperts-Class",
    "X-MailScanner-SpamCheck",
    "X-VR-SPAMSTATE",
)
"""Where mail servers say so. Any other header that an admin names counts if its value begins with yes, true, 1, spam."""

SUBJECTS: Final = (
    *("[SPAM]", "[SPAM?]", "[*SPAM*]", "[-SPAM-]", "[SPAM DETECTED]", "[POSSIBLE SPAM]", "[PROBABLE SPAM]", "[SUSPECTED SPAM]"),
    *("[SPAM-VERDACHT]", "[SPAMVERDACHT]", "[JUNK]", "{Spam}", "{Spam?}", "{Spam!}", "***SPAM***", "###SPAM###", "--SPAM--"),
)  # fmt: skip
"""How they tag a subject; one star is any number of them."""


@dataclass(frozen=True, kw_only=True, slots=True)
class SpamMarks:
    """Which marks count: names of headers and tags of subjects, in any case. `hosts` are servers of ours, as they name
    themselves in Received; the domains of our addresses and the server of `authserv_id` always are.
    """

    headers: frozenset[str] = field(default_factory=lambda: frozenset(map(str.lower, HEADERS)))
    subjects: tuple[str, ...] = SUBJECTS
    hosts: frozenset[str] = frozenset()
