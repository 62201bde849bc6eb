"""What goes wrong with an IMAP server, as the desk's own errors and in words short enough for one line."""

from __future__ import annotations

import imaplib

from mailbot.errors import MailboxDown, MailboxRefused

# RFC 5530 section 3: trying again later may help, although the server said NO.
_PASSING = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "[CONTACTADMIN]")
# The later ones are what imaplib and imapclient make of an answer that is not IMAP.
BROKEN = (imaplib.IMAP4.error, OSError, EOFError, ValueError, TypeError, AttributeError, LookupError, RecursionError)
_LONGEST = 300  # characters of what a server says, which may be a megabyte


class Trouble:
    """Names one server in each of its errors."""

    def __init__(self, where: str) -> None:
        self._where = where

    def refused(self, what: str, error: Exception, *, secret: str = "") -> MailboxDown | MailboxRefused:
        """It said NO; temporary if it says so itself. `secret` is not repeated."""
        words = _without(str(error), secret)
        if any(code in words.upper() for code in _PASSING):
            return self.down(what, words)
        return MailboxRefused(f"{self._where}: {what} refused: {_cut(words)}")

    def down(self, doing: str, words: str, *, secret: str = "") -> MailboxDown:
        """It cannot be reached, broke off, or sends what nobody can read."""
        return MailboxDown(f"{self._where}: {doing}: {_cut(_without(words, secret))}")

    def broken(self, doing: str, error: Exception, *, secret: str = "") -> MailboxDown:
        """The same, for an error."""
        return self.down(doing, str(error) or type(error).__name__, secret=secret)

    def unusable(self, words: str) -> MailboxRefused:
        """It says something that nobody can work with."""
        return MailboxRefused(f"{self._where}: {_cut(words)}")


def _without(words: str, secret: str) -> str:
    return words.replace(secret, "…") if secret else words


def _cut(words: str) -> str:
    return words if len(words) <= _LONGEST else f"{words[:_LONGEST]}…"
