"""Fetches mails from an open IMAP folder: sizes first, then in batches; if that fails, alone or only the header."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeAlias

import structlog

from mailbot.adapters.imap.meter import ANSWER_BYTES, SLACK_BYTES, TooMuch
from mailbot.errors import MailboxDown
from mailbot.ports import RawMail

log = structlog.get_logger("mailbot.imap")

BATCH_MAILS = 50
BATCH_BYTES = 8 * 1024 * 1024
HEADER_BYTES = 256 * 1024  # of an oversize mail
IDS_AT_ONCE = 500  # UIDs in one command line
HIGHEST_SIZE = 2**62  # 64 bits in IMAP4rev2 (RFC 9051 section 9), and in the store
_ALONE, _HEADER_ONLY = 1, 2  # how to fetch a mail whose answer did not end

Answers: TypeAlias = list[tuple[int, dict[bytes, Any]]]
"""Pairs of UID and answer."""
Ask: TypeAlias = Callable[[Sequence[int], Sequence[str], int], Answers | str]
"""FETCH these items of these UIDs, in at most that many bytes; the server's words if it refuses."""


class Fetcher:
    """Of one folder, by one thread. `ask` raises MailboxDown, from TooMuch if an answer exceeded its bounds."""

    def __init__(self, name: str, max_size: int, ask: Ask) -> None:
        """`name` is the inbox's. Of a mail over `max_size` bytes only the header is fetched."""
        self._name = name
        self._max_size = max_size
        self._ask = ask
        self._uidvalidity = 0
        self._unending: dict[int, int] = {}

    def fetch(self, uids: Sequence[int], uidvalidity: int) -> Iterator[RawMail]:
        """The mails, ascending; those that are gone are left out.

        One that the server does not deliver is left out too, with a line in the log, so that it cannot hold up its
        neighbours; it stays a candidate.
        """
        if uidvalidity != self._uidvalidity:
            self._uidvalidity = uidvalidity
            self._unending.clear()
        for chunk in chunks(sorted(set(uids))):
            sizes = {uid: _size(got) for uid, got in self._get(chunk, "RFC822.SIZE") if b"RFC822.SIZE" in got}
            for batch in batches(self._by(sizes), self._max_size):
                if batch[0] in self._unending:
                    yield from self._carefully(batch[0], sizes[batch[0]])
                    continue
                if sizes[batch[0]] > self._max_size:
                    yield from self._headers(batch[0], sizes[batch[0]])
                    continue
                most = SLACK_BYTES + 2 * sum(sizes[uid] for uid in batch)
                with self._ending(batch):
                    answers = self._get(batch, "BODY.PEEK[]", most=most)
                bodies = {uid: _body(got) for uid, got in answers}
                for uid in batch:
                    raw = bodies.pop(uid, None)
                    if raw is None or len(raw) != sizes[uid]:
                        yield from self._again(uid)
                    else:
                        yield self._mail(uid, raw, sizes[uid])

    def _by(self, sizes: dict[int, int]) -> dict[int, int]:
        """The sizes for making batches: a mail that did not end once is fetched alone."""
        return {uid: self._max_size + 1 if uid in self._unending else size for uid, size in sizes.items()}

    def _carefully(self, uid: int, size: int) -> Iterator[RawMail]:
        """A mail whose answer did not end before: alone, then only its header, then not at all."""
        tries = self._unending[uid]
        if tries > _HEADER_ONLY:
            log.warning("mail not handed out", inbox=self._name, uid=uid, reason="the server never ends it")
        elif tries == _HEADER_ONLY or size > self._max_size:
            yield from self._headers(uid, max(size, self._max_size + 1))
        else:
            yield from self._again(uid)

    @contextmanager
    def _ending(self, uids: Sequence[int]) -> Iterator[None]:
        """Remember which mails were asked for if the answer does not end: the connection is gone with it."""
        try:
            yield
        except MailboxDown as error:
            if isinstance(error.__cause__, TooMuch):
                for uid in uids:
                    alone = _HEADER_ONLY if len(uids) == 1 else _ALONE
                    self._unending[uid] = max(self._unending.get(uid, 0) + 1, alone)
            raise

    def _again(self, uid: int) -> Iterator[RawMail]:
        """Fetch a mail alone whose length was not its size, and then take it as it is: a few servers lie."""
        with self._ending([uid]):
            answers = self._get([uid], "RFC822.SIZE", "BODY.PEEK[]", most=self._max_size + SLACK_BYTES)
        for _, got in answers:
            if b"BODY[]" in got:
                raw = _body(got) or b""
                if len(raw) > self._max_size:
                    yield from self._headers(uid, len(raw))
                else:
                    yield self._mail(uid, raw, _size(got) or len(raw))

    def _headers(self, uid: int, size: int) -> Iterator[RawMail]:
        with self._ending([uid]):
            answers = self._get([uid], f"BODY.PEEK[HEADER]<0.{HEADER_BYTES}>", most=HEADER_BYTES + SLACK_BYTES)
        for _, got in answers:
            raw = next((value for key, value in got.items() if key.startswith(b"BODY[HEADER]")), None)
            if isinstance(raw, bytes):
                yield self._mail(uid, raw, size, oversize=True)

    def _get(self, uids: Sequence[int], *what: str, most: int = ANSWER_BYTES) -> Answers:
        """What was asked for; one mail at a time if the server refuses to answer for all."""
        answers = self._ask(uids, what, most)
        if not isinstance(answers, str):
            return answers
        if len(uids) == 1:
            log.warning("mail not handed out", inbox=self._name, uid=uids[0], reason=answers[:500])
            return []
        return [pair for uid in uids for pair in self._get([uid], *what, most=most)]

    def _mail(self, uid: int, raw: bytes, size: int, *, oversize: bool = False) -> RawMail:
        return RawMail(
            mailbox=self._name,
            uidvalidity=self._uidvalidity,
            uid=uid,
            raw=raw,
            size=size,
            oversize=oversize,
        )


def _size(answer: dict[bytes, Any]) -> int:
    """The size that the server states; 0 if it is not a number: no mail has that size."""
    size = answer.get(b"RFC822.SIZE")
    return min(size, HIGHEST_SIZE) if isinstance(size, int) else 0


def _body(answer: dict[bytes, Any]) -> bytes | None:
    body = answer.get(b"BODY[]")
    return body if isinstance(body, bytes) else None


def chunks(uids: list[int]) -> Iterator[list[int]]:
    """As many as go into one command line."""
    for start in range(0, len(uids), IDS_AT_ONCE):
        yield uids[start : start + IDS_AT_ONCE]


def batches(sizes: dict[int, int], max_size: int) -> Iterator[list[int]]:
    """UIDs to fetch together, ascending, within the limits of count and bytes; any over `max_size` is alone."""
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
