"""Looks around in an IMAP account for `mailbot check`: what its server can do, which folders it has, and what came back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from mailbot.adapters.imap.mailbox import ImapMailbox

_ABILITIES = ("IDLE", "UIDPLUS", "MOVE")


@dataclass(frozen=True, kw_only=True, slots=True)
class Account:
    """What an account is like: `can` holds names of IMAP extensions, `mails` counts those in the folder opened."""

    can: frozenset[str]
    keywords: bool
    folders: tuple[str, ...]
    mails: int
    uidnext: int


class Surveyor(ImapMailbox):
    """A folder that is looked over, and from which nothing but our own mail is taken away."""

    def survey(self) -> Account:
        """Connect and look around. Raises MailboxDown or MailboxRefused."""
        state = self.open()
        with self._guarded("listing the folders"):
            can = frozenset(name for name in _ABILITIES if self._client.has_capability(name))
            folders = tuple(str(name) for _, _, name in self._client.list_folders())
        return Account(
            can=can,
            keywords=state.keywords_allowed,
            folders=folders,
            mails=self._news.exists,
            uidnext=state.uidnext,
        )

    def arrived(self, uid: int) -> datetime | None:
        """When the server says that the mail came in (RFC 3501 section 2.3.3), aware; None if it does not say."""
        with self._guarded("fetching"):
            self._client.normalise_times = False
            found = self._client.fetch([uid], ["INTERNALDATE"]).get(uid, {}).get(b"INTERNALDATE")
        return found if isinstance(found, datetime) and found.tzinfo is not None else None

    def remove(self, uids: Sequence[int]) -> None:
        """Delete these. Without UIDPLUS they are marked alone: an EXPUNGE would take along what others have marked."""
        with self._guarded("deleting"):
            self._client.add_flags(uids, ["\\Seen", "\\Deleted"], silent=True)
            if self._client.has_capability("UIDPLUS"):
                self._client.uid_expunge(uids)
