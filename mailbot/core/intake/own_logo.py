"""Knows the desk's own logo where it comes back in what somebody answers: nobody sent it as a file."""

from __future__ import annotations

from dataclasses import replace

from mailbot.core.model.brand import Brand
from mailbot.core.model.mail import Mail


def without_own_logo(mail: Mail, brand: Brand) -> Mail:
    """The mail, each copy of our logo that its HTML shows marked as what no person sent; one sent as a file stays."""
    if brand.logo is None:
        return mail
    own = brand.logo.sha256
    seen = tuple(
        replace(each, machinery=True) if each.cid and each.sha256 == own else each for each in mail.attachments
    )
    return mail if seen == mail.attachments else replace(mail, attachments=seen)
