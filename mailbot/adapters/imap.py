"""A watched IMAP folder (RFC 3501) over imapclient: what is new, its bytes, and waiting for more."""

from __future__ import annotations

import imaplib
import re
import socket
import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from typing import Any

import structlog
from imapclient import IMAPClient, SocketTimeout
from imapclient.exceptions import CapabilityError, LoginError

from mailbot.adapters.imapwait import Doorbell, News, idle
from mailbot.adapters.tls import Security, client_context
from mailbot.errors import MailboxDown, MailboxRefused
from mailbot.ports import MailboxState, RawMail

log = structlog.get_logger("mailbot.imap")

BATCH_MAILS = 50
BATCH_BYTES = 8 * 1024 * 1024
HEADER_BYTES = 256 * 1024  # of an oversize mail
GOODBYE = 3.0  # seconds that a server has to answer a LOGOUT
IDS_AT_ONCE = 500  # UIDs in one command line
SEARCH_WINDOW = 50_000  # imaplib refuses a line over 1,000,000 bytes, which is what a search answers with

_DESK_KEYWORD = re.compile(r"mailbot-[a-z0-9]+", re.IGNORECASE)
# RFC 5530 section 3: trying again later may help, although the server said NO.
_PASSING = ("[UNAVAILABLE]", "[INUSE]", "[LIMIT]", "[SERVERBUG]", "[CONTACTADMIN]")
# The later ones are what imaplib and imapclient make of an answer that is no IMAP.
_BROKEN = (imaplib.IMAP4.error, OSError, EOFError, ValueError, TypeError, AttributeError, LookupError, RecursionError)


class ImapMailbox:
    """One folder of one account; fulfils `ports.Mailbox`. For one thread, but for `wake`.

    `password` is called at each login. `after` says what `done` does: mark as `seen`, `nothing`, or `move:FOLDER`.
    `keyword`, where the server allows keywords, is set by `done` as well. A mail over `max_size` bytes comes with its
    header only. Timeouts are seconds. `security="none"` is the only way that a password crosses a plain connection.
    """

    def __init__(
        self,
        *,
        name: str,
        host: str,
        port: int,
        security: Security = "tls",
        username: str,
        password: Callable[[], str],
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
        self._folder = folder
        self._after, _, self._destination = after.partition(":")
        self._max_size = max_size
        self._keyword = keyword
        self._ca_file = ca_file
        self._timeout = SocketTimeout(connect_timeout, read_timeout)
        self._poll_interval = poll_interval
        self._client: Any = None  # imapclient has no types
        self._state = MailboxState(uidvalidity=0, uidnext=0)
        self._idles = False
        self._bell = Doorbell()
        self._news = News()

    # --- connection --------------------------------------------------------------------------------------------------

    def open(self) -> MailboxState:
        """Connect, log in and select; an open connection is dropped first."""
        self._drop()
        with self._guarded("connecting"):
            self._client = self._connect()
        self._login()
        with self._guarded("opening the folder"):
            selected = self._select()
            self._idles = self._client.has_capability("IDLE")
        if not selected.get(b"UIDVALIDITY"):
            self._drop()
            raise MailboxRefused(f"{self._where()}: folder {self._folder!r} has no lasting UIDs (no UIDVALIDITY)")
        flags = [_text(flag) for flag in selected.get(b"FLAGS", ())]
        self._news = News()
        self._news.known(self._client)
        self._state = MailboxState(
            uidvalidity=int(selected[b"UIDVALIDITY"]),
            uidnext=int(selected.get(b"UIDNEXT", 0)) or self._next_by_search(),
            keywords=tuple(sorted(flag for flag in flags if not flag.startswith("\\") and self._used(flag))),
            keywords_allowed=b"\\*" in selected.get(b"PERMANENTFLAGS", ()),
        )
        return self._state

    def _connect(self) -> IMAPClient:
        context = None if self._security == "none" else client_context(self._ca_file)
        client = IMAPClient(
            self._host,
            self._port,
            ssl=self._security == "tls",
            ssl_context=context,
            timeout=self._timeout,
        )
        # imapclient has imaplib write down everything it reads, mails included, whether or not anybody logs it.
        client._imap.debug = 0  # noqa: SLF001 - no other switch
        # imapclient sends the end of a search line by itself: the system would hold it back until the start is
        # acknowledged, which servers put off by 40 ms.
        client.socket().setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if self._security == "starttls":
            try:
                client.starttls(context)
            except CapabilityError as error:
                _shut(client)
                raise self._refused("STARTTLS", error) from error
            except BaseException:
                _shut(client)
                raise
        return client

    def _login(self) -> None:
        password = self._password()
        with self._guarded("logging in", secret=password):
            try:
                if password.isascii() and self._username.isascii():
                    self._client.login(_quoted(self._username), password)
                else:  # LOGIN knows ASCII only (RFC 3501 section 6.2.3); SASL PLAIN is UTF-8 (RFC 4616 section 2)
                    self._client.plain_login(self._username, password)
            except LoginError as error:
                # imapclient calls a broken connection a failed login as well: what it replaced tells them apart.
                if isinstance(error.__context__, imaplib.IMAP4.abort):
                    raise error.__context__ from None
                raise self._refused(f"login of {self._username}", error, secret=password) from None
            # Servers tell more once they know the user (RFC 3501 section 6.2.3).
            self._client.capabilities()

    def _select(self) -> dict[bytes, Any]:
        marks = self._after != "nothing" or self._keyword is not None
        try:
            return dict(self._client.select_folder(self._folder, readonly=not marks))
        except imaplib.IMAP4.readonly as error:
            raise self._refused(f"writing to folder {self._folder!r}", error) from error
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            raise self._refused(f"folder {self._folder!r}", error) from error

    def _used(self, keyword: str) -> bool:
        """Whether some mail has a desk's keyword: servers go on listing it when the last such mail is gone."""
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
            with suppress(*_BROKEN):
                client.socket().settimeout(min(GOODBYE, self._timeout.read))
                client.logout()
            _shut(client)

    def _drop(self) -> None:
        client, self._client = self._client, None
        if client is not None:
            _shut(client)

    # --- mails -------------------------------------------------------------------------------------------------------

    def uids_from(self, first: int) -> list[int]:
        """All UIDs at or above `first`, ascending."""
        with self._guarded("searching"):
            # A search shows the folder as it was told last: servers tell of new mail when a command ends.
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
        # `n:*` always holds the last mail, even below n (RFC 3501 section 6.4.8).
        uids = sorted(uid for uid in found if uid >= first)
        if uids:
            self._news.seen()
        return uids

    def fetch(self, uids: Sequence[int]) -> Iterator[RawMail]:
        """The mails without marking them, ascending; those that are gone are left out.

        One that the server does not hand out is left out too, with a line in the log, so that it cannot hold up its
        neighbours; it stays a candidate.
        """
        for chunk in _chunks(sorted(set(uids)), IDS_AT_ONCE):
            sizes = {uid: _size(got) for uid, got in self._get(chunk, "RFC822.SIZE") if b"RFC822.SIZE" in got}
            for batch in _batches(sizes, self._max_size):
                if sizes[batch[0]] > self._max_size:
                    yield from self._headers(batch[0], sizes[batch[0]])
                    continue
                bodies = {uid: _body(got) for uid, got in self._get(batch, "BODY.PEEK[]")}
                for uid in batch:
                    raw = bodies.pop(uid, None)
                    if raw is None or len(raw) != sizes[uid]:
                        yield from self._again(uid)
                    else:
                        yield self._mail(uid, raw, sizes[uid])

    def _again(self, uid: int) -> Iterator[RawMail]:
        """One mail whose length was not its size, fetched alone; then it is taken as it comes: a few servers lie."""
        for _, got in self._get([uid], "RFC822.SIZE", "BODY.PEEK[]"):
            if b"BODY[]" in got:
                raw = _body(got) or b""
                if len(raw) > self._max_size:
                    yield from self._headers(uid, len(raw))
                else:
                    yield self._mail(uid, raw, _size(got) or len(raw))

    def _headers(self, uid: int, size: int) -> Iterator[RawMail]:
        for _, got in self._get([uid], f"BODY.PEEK[HEADER]<0.{HEADER_BYTES}>"):
            raw = next((value for key, value in got.items() if key.startswith(b"BODY[HEADER]")), None)
            if isinstance(raw, bytes):
                yield self._mail(uid, raw, size, oversize=True)

    def _get(self, uids: Sequence[int], *what: str) -> list[tuple[int, dict[bytes, Any]]]:
        """FETCH, one by one if the server refuses to do it for all; pairs of UID and what came."""
        with self._guarded("fetching"):
            try:
                return list(self._client.fetch(list(uids), list(what)).items())
            except imaplib.IMAP4.abort:
                raise
            except imaplib.IMAP4.error as error:
                if len(uids) == 1:
                    log.warning("mail not handed out", inbox=self.name, uid=uids[0], reason=str(error)[:500])
                    return []
        return [pair for uid in uids for pair in self._get([uid], *what)]

    def _mail(self, uid: int, raw: bytes, size: int, *, oversize: bool = False) -> RawMail:
        return RawMail(
            mailbox=self.name,
            uidvalidity=self._state.uidvalidity,
            uid=uid,
            raw=raw,
            size=size,
            oversize=oversize,
        )

    def done(self, uids: Sequence[int]) -> None:
        """Mark as taken over, as `after` and `keyword` say."""
        flags = ["\\Seen"] if self._after == "seen" else []
        if self._keyword is not None and self._state.keywords_allowed:
            flags.append(self._keyword)
        for chunk in _chunks(sorted(set(uids)), IDS_AT_ONCE):
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
        # Without UIDPLUS an EXPUNGE would take along what other clients have marked: leave it to them.
        if self._client.has_capability("UIDPLUS"):
            self._client.uid_expunge(uids)

    # --- waiting -----------------------------------------------------------------------------------------------------

    def wait(self, seconds: float) -> None:
        """Return when there may be new mail, at `wake`, or after `seconds` (at most four minutes): then search."""
        with self._guarded("waiting"):
            if not self._idles:
                self._bell.wait(min(seconds, self._poll_interval))
            elif not self._news.came(self._client):
                self._idles = idle(self._client, self._bell, seconds, read_timeout=self._timeout.read)

    def wake(self) -> None:
        """End a `wait`, or the next one if none is going on; from any thread."""
        self._bell.ring()

    # --- errors ------------------------------------------------------------------------------------------------------

    @contextmanager
    def _guarded(self, doing: str, *, secret: str = "") -> Iterator[None]:
        """Turn every failure into one of the desk's errors, and give up the connection: it is in no known state."""
        if self._client is None and doing != "connecting":
            raise self._down(doing, "not connected")
        try:
            yield
        except (MailboxDown, MailboxRefused):
            self._drop()
            raise
        except ssl.SSLCertVerificationError as error:
            self._drop()
            raise MailboxRefused(f"{self._where()}: the certificate is not trusted: {error.verify_message}") from error
        except _BROKEN as error:
            self._drop()
            raise self._down(doing, _without(str(error) or type(error).__name__, secret)) from (
                None if secret else error
            )

    def _refused(self, what: str, error: Exception, *, secret: str = "") -> MailboxDown | MailboxRefused:
        words = _without(str(error), secret)
        if any(code in words.upper() for code in _PASSING):
            return self._down(what, words)
        return MailboxRefused(f"{self._where()}: {what} refused: {words}")

    def _down(self, doing: str, words: str) -> MailboxDown:
        return MailboxDown(f"{self._where()}: {doing}: {words}")

    def _where(self) -> str:
        return f"IMAP {self._host}:{self._port}"


def _size(answer: dict[bytes, Any]) -> int:
    """The size that the server states; 0 where it is no number, which no mail has."""
    size = answer.get(b"RFC822.SIZE")
    return size if isinstance(size, int) else 0


def _body(answer: dict[bytes, Any]) -> bytes | None:
    body = answer.get(b"BODY[]")
    return body if isinstance(body, bytes) else None


def _shut(client: IMAPClient) -> None:
    with suppress(*_BROKEN):
        client.shutdown()


def _quoted(text: str) -> str:
    """A quoted string (RFC 3501 section 9): imaplib quotes the password, but not the user name."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _without(words: str, secret: str) -> str:
    return words.replace(secret, "…") if secret else words


def _text(flag: bytes) -> str:
    return flag.decode("ascii", "replace")


def _chunks(uids: list[int], count: int) -> Iterator[list[int]]:
    for start in range(0, len(uids), count):
        yield uids[start : start + count]


def _batches(sizes: dict[int, int], max_size: int) -> Iterator[list[int]]:
    """UIDs to fetch together, ascending, within the bounds of count and bytes; what is over `max_size` stands alone."""
    batch: list[int] = []
    total = 0
    for uid, size in sorted(sizes.items()):
        alone = size > max_size
        if batch and (alone or len(batch) == BATCH_MAILS or total + size > BATCH_BYTES):
            yield batch
            batch, total = [], 0
        if alone:
            yield [uid]
        else:
            batch.append(uid)
            total += size
    if batch:
        yield batch
