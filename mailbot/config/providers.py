"""What is known of mail providers: their domains, a list that comes with the package, and where the servers of some are."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from importlib.resources import files


@functools.cache
def public_domains() -> frozenset[str]:
    """All of them, lower case, as in addresses (A-labels if they are international)."""
    text = files("mailbot.config").joinpath("public_mail_providers.txt").read_text("utf-8")
    return frozenset(line for line in map(str.strip, text.splitlines()) if line and not line.startswith("#"))


@dataclass(frozen=True, kw_only=True, slots=True)
class Servers:
    """Where a provider's mailboxes are: the name that `provider` takes, or its hosts; `smtp_tls`: port 465."""

    provider: str = ""
    imap: str = ""
    smtp: str = ""
    smtp_tls: bool = False


# As the providers tell their customers; none of them was tried. IMAP is on 993 with TLS at all of them, SMTP on 587 with STARTTLS where
# `smtp_tls` does not say otherwise.
_GOOGLE, _FASTMAIL = Servers(provider="google"), Servers(provider="fastmail")
_GMX, _WEB_DE = Servers(imap="imap.gmx.net", smtp="mail.gmx.net"), Servers(imap="imap.web.de", smtp="smtp.web.de")
_ICLOUD = Servers(imap="imap.mail.me.com", smtp="smtp.mail.me.com")
_YAHOO = Servers(imap="imap.mail.yahoo.com", smtp="smtp.mail.yahoo.com", smtp_tls=True)
_KNOWN = {
    **dict.fromkeys(("gmail.com", "googlemail.com"), _GOOGLE),
    **dict.fromkeys(("fastmail.com", "fastmail.fm"), _FASTMAIL),
    **dict.fromkeys(("gmx.de", "gmx.net", "gmx.at", "gmx.ch"), _GMX),
    "web.de": _WEB_DE,
    **dict.fromkeys(("icloud.com", "me.com", "mac.com"), _ICLOUD),
    **dict.fromkeys(("yahoo.com", "ymail.com"), _YAHOO),
    "mailbox.org": Servers(imap="imap.mailbox.org", smtp="smtp.mailbox.org", smtp_tls=True),
    "posteo.de": Servers(imap="posteo.de", smtp="posteo.de", smtp_tls=True),
    "t-online.de": Servers(imap="secureimap.t-online.de", smtp="securesmtp.t-online.de", smtp_tls=True),
}


def servers_of(address: str) -> Servers | None:
    """Where mailboxes of that address's domain are, if that is known from the domain alone."""
    return _KNOWN.get(address.rpartition("@")[2].casefold())
