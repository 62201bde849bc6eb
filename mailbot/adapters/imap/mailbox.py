"""A watched IMAP folder (RFC 3501) over imapclient: what is new, its bytes, and waiting for more."""

from __future__ import annotations

import imaplib
import re
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import structlog
from imapclient import SocketTimeout

from mailbot.adapters.imap.connect import TokenNotTaken, connect, login, login_by_token, shut
from mailbot.adapters.imap.fetch import Answers, Fetcher, chunks
from mailbot.adapters.imap.idle import Doorbell, News, idle
from mailbot.adapters.imap.meter import ANSWER_BYTES, ANSWER_SECONDS, Meter
from mailbot.adapters.imap.trouble import BROKEN, Trouble
from mailbot.adapters.oauth.source import Tokens
from mailbot.adapters.tls import Security, not_trusted, wrong_pair
from mailbot.core.oauth.sasl import NO_ACCESS, Sasl
from mailbot.errors import ConfigError, MailboxDown, MailboxRefused, SignInDown, SignInRefused
from mailbot.ports import MailboxState, RawMail

log = structlog.get_logger("mailbot.imap")

GOODBYE = 3.0  # seconds that a server has to answer a LOGOUT
HIGHEST_UID = 2**32 - 1
SEARCH_WINDOW = 50_000  # UIDs in one search: imaplib refuses an answer line over 1,000,000 bytes

_DESK_KEYWORD = re.compile(r"mailbot-[a-z0-9]+", re.IGNORECASE)


class ImapMailbox:
    """One folder of one account; implements `ports.Mailbox`. For one thread, except `wake`.

    `password` is called at each login; with `tokens` the login is by one of those, as `sasl` says. `after` says what
    `done` does: mark as `seen`, `nothing`, or `move:FOLDER`. `done` also sets `keyword`, if the server allows keywords. Of a mail over `max_size` bytes only the header is
    fetched. Timeouts are in seconds. A password crosses a plain connection only with `security="none"`.
    """

    def __init__(
        self,
        *,
        name: str,
        host: str,
        port: int,
        security: Security = "tls",
        username: str,
        password: Callable[[], str] | None = None,
        tokens: Tokens | None = None,
        sasl: Sasl = "xoauth2",
        folder: str = "INBOX",
        after: str = "seen",
        max_size: int = 50 * 1024 * 1024,
        keyword: str | None = None,
        ca_file: str | None = None,
        connect_timeout: float = 15.0,
        read_timeout: float = 60.0,
        poll_interval: float = 60.0,
    ) -> None:
        self.name = name
        self._host = host
        self._port = port
        self._security = security
        self._username = username
        self._password = password
        self._tokens = tokens
        self._sasl = sasl
        self._folder = folder
        self._after, _, self._destination = after.partition(":")
        self._keyword = keyword
        self._ca_file = ca_file
        self._timeout = SocketTimeout(connect_timeout, read_timeout)
        self._poll_interval = poll_interval
        self._client: Any = None  # imapclient has no types
        self._state = MailboxState(uidvalidity=0, uidnext=0)
        self._idles = False
        self._said = Trouble(f"IMAP {host}:{port}")
        self._meter = Meter()
        self._fetcher = Fetcher(name, max_size, self._ask)
        self._bell = Doorbell()
        self._news = News()

    # --- connection --------------------------------------------------------------------------------------------------

    def open(self) -> MailboxState:
        """Connect, log in and select; an open connection is dropped first."""
        if self._tokens is None:
            try:
                password = self._password() if self._password is not None else ""
            except ConfigError as error:
                raise MailboxRefused(f"login of {self._username}: {error}") from None
            self._connect()
            with self._guarded("logging in", secret=password):
                login(self._client, self._username, password, self._said)
        else:
            self._enter_by_token(self._tokens)
        with self._guarded("opening the folder"):
            selected = self._select()
            self._idles = self._client.has_capability("IDLE")
        uidvalidity = self._number_of(selected, b"UIDVALIDITY")
        if not uidvalidity:
            self._drop()
            raise self._said.unusable(f"folder {self._folder!r} has no lasting UIDs (no UIDVALIDITY)")
        flags = [_text(flag) for flag in selected.get(b"FLAGS", ())]
        self._news = News()
        self._news.known(self._client)
        self._state = MailboxState(
            uidvalidity=uidvalidity,
            uidnext=self._number_of(selected, b"UIDNEXT") or self._next_by_search(),
            keywords=tuple(sorted(flag for flag in flags if not flag.startswith("\\") and self._used(flag))),
            keywords_allowed=b"\\*" in selected.get(b"PERMANENTFLAGS", ()),
            mails=self._news.exists,
        )
        return self._state

    def _connect(self) -> None:
        self._drop()
        with self._guarded("connecting"):
            self._client = connect(
                self._host,
                self._port,
                security=self._security,
                ca_file=self._ca_file,
                timeout=self._timeout,
                meter=self._meter,
                said=self._said,
            )

    def _enter_by_token(self, tokens: Tokens) -> None:
        """Log in by a token; one that the server does not take is renewed once, on a new connection."""
        for last in (False, True):
            self._drop()
            try:
                token = tokens.token()  # first, since it may take as long as the server lets nobody wait
            except SignInDown as error:
                raise MailboxDown(f"login of {self._username}: {error}") from None
            except ConfigError as error:
                raise MailboxRefused(f"login of {self._username}: {error}") from None
            except SignInRefused as error:
                raise MailboxRefused(f"login of {self._username}: {error}", error.reason) from None
            self._connect()
            try:
                with self._guarded("logging in", secret=token):
                    login_by_token(
                        self._client,
                        self._username,
                        token,
                        self._said,
                        sasl=self._sasl,
                        host=self._host,
                        port=self._port,
                    )
            except TokenNotTaken:
                tokens.refused(token)
                if last:
                    raise
            else:
                return

    def _number_of(self, selected: dict[bytes, Any], name: bytes) -> int:
        """A number of 32 bits (RFC 3501 section 9, nz-number); 0 if there is none. Raises MailboxRefused."""
        number = selected.get(name, 0)
        if not isinstance(number, int) or not 0 <= number <= HIGHEST_UID:
            self._drop()
            raise self._said.unusable(f"folder {self._folder!r}: its {name.decode()} is no number of 32 bits")
        return number

    def _select(self) -> dict[bytes, Any]:
        marks = self._after != "nothing" or self._keyword is not None
        try:
            return dict(self._client.select_folder(self._folder, readonly=not marks))
        except imaplib.IMAP4.readonly as error:
            raise self._said.refused(f"writing to folder {self._folder!r}", error) from error
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            refused = self._said.refused(f"folder {self._folder!r}", error)
            # Exchange takes a token of any app and says so only here: "User is authenticated but not connected".
            if self._tokens is not None and "not connected" in str(error):
                raise MailboxRefused(f"{refused} {NO_ACCESS}") from error
            raise refused from error

    def _used(self, keyword: str) -> bool:
        """Whether some mail has a desk's keyword: servers go on listing it after the last such mail is gone."""
        if keyword == self._keyword or not _DESK_KEYWORD.fullmatch(keyword):
            return True
        with self._guarded("searching"):
            return bool(self._client.search(["KEYWORD", keyword]))

    def _next_by_search(self) -> int:
        """UIDNEXT for a server that does not say it (it is optional in RFC 3501 section 6.3.1)."""
        return max(self.uids_from(1), default=0) + 1

    def close(self) -> None:
        """Log out and disconnect; never raises. `open` may follow."""
        client, self._client = self._client, None
        if client is not None:
            with suppress(*BROKEN):
                client.socket().settimeout(min(GOODBYE, self._timeout.read))
                client.logout()
            shut(client)

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            shut(client)

    # --- mails -------------------------------------------------------------------------------------------------------

    def uids_from(self, first: int) -> list[int]:
        """All UIDs at or above `first`, ascending."""
        with self._guarded("searching"):
            # A search shows the folder as last reported: servers report new mail when a command ends.
            self._client.noop()
            self._news.known(self._client)
            found: set[int] = set()
            start = max(first, 1)
            if self._news.exists > SEARCH_WINDOW:
                window = max(SEARCH_WINDOW, (self._state.uidnext - start) // 200)
                while start + window < self._state.uidnext:
                    found.update(self._client.search(["UID", f"{start}:{start + window - 1}"]))
                    start += window
            found.update(self._client.search(["UID", f"{start}:*"]))
            if max(found, default=0) > HIGHEST_UID:
                raise ValueError("a UID that is no number of 32 bits")
        # `n:*` always holds the last mail, even below n (RFC 3501 section 6.4.8).
        uids = sorted(uid for uid in found if uid >= first)
        if uids:
            self._news.seen()
        return uids

    def fetch(self, uids: Sequence[int]) -> Iterator[RawMail]:
        """The mails, without marking them, ascending; those that are gone, or not delivered, are left out."""
        return self._fetcher.fetch(uids, self._state.uidvalidity)

    def _ask(self, uids: Sequence[int], what: Sequence[str], most: int) -> Answers | str:
        """FETCH; the server's words if it refuses."""
        with self._guarded("fetching", most=most):
            try:
                return list(self._client.fetch(list(uids), list(what)).items())
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:
                return str(error)

    def done(self, uids: Sequence[int]) -> None:
        """Mark as taken over, as `after` and `keyword` say."""
        flags = ["\\Seen"] if self._after == "seen" else []
        if self._keyword is not None and self._state.keywords_allowed:
            flags.append(self._keyword)
        for chunk in chunks(sorted(set(uids))):
            with self._guarded("marking"):
                if flags:
                    self._client.add_flags(chunk, flags, silent=True)
                if self._after == "move":
                    self._move(chunk)

    def _move(self, uids: Sequence[int]) -> None:
        move = self._client.move if self._client.has_capability("MOVE") else self._copy_and_delete
        try:
            move(uids, self._destination)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            if "[TRYCREATE]" not in str(error) and self._client.folder_exists(self._destination):
                raise
            self._client.create_folder(self._destination)
            move(uids, self._destination)

    def _copy_and_delete(self, uids: Sequence[int], folder: str) -> None:
        self._client.copy(uids, folder)
        self._client.delete_messages(uids, silent=True)
        # Without UIDPLUS an EXPUNGE would also remove what other clients have marked: leave it to them.
        if self._client.has_capability("UIDPLUS"):
            self._client.uid_expunge(uids)

    # --- waiting -----------------------------------------------------------------------------------------------------

    def wait(self, seconds: float) -> None:
        """Return when there may be new mail, at `wake`, or after `seconds` (at most four minutes): then search."""
        with self._guarded("waiting", seconds=seconds):
            if not self._idles:
                self._bell.wait(min(seconds, self._poll_interval))
            elif not self._news.came(self._client):
                self._idles = idle(self._client, self._bell, seconds, read_timeout=self._timeout.read)

    def wake(self) -> None:
        """End a `wait`, or the next one if none is going on; from any thread."""
        self._bell.ring()

    # --- errors ------------------------------------------------------------------------------------------------------

    @contextmanager
    def _guarded(
        self, doing: str, *, secret: str = "", most: int = ANSWER_BYTES, seconds: float = 0.0
    ) -> Iterator[None]:
        """Turn every failure into one of the desk's errors, and drop the connection: its state is unknown.

        So is an answer of more than `most` bytes, or one that takes longer than answers do plus `seconds`.
        """
        if self._client is None and doing != "connecting":
            raise self._said.down(doing, "not connected")
        self._meter.allow(most, ANSWER_SECONDS + seconds)
        try:
            yield
        except (MailboxDown, MailboxRefused):
            self._drop()
            raise
        except ssl.SSLCertVerificationError as error:
            self._drop()
            raise self._said.unusable(not_trusted(error)) from error
        except BROKEN as error:
            self._drop()
            if doing == "connecting" and (pair := wrong_pair("IMAP", self._port, self._security, error)):
                raise self._said.down(doing, pair) from error
            raise self._said.broken(doing, error, secret=secret) from (None if secret else error)


def _text(flag: bytes) -> str:
    return flag.decode("ascii", "replace")
