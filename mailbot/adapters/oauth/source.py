"""The access token of one client at one token endpoint: kept in memory, renewed before it ends, for any thread."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol
from urllib.parse import urlsplit

import structlog

from mailbot.adapters.letters.reason_words import said_in
from mailbot.adapters.oauth.endpoint import ask
from mailbot.core.oauth.answers import passing, refusal
from mailbot.core.oauth.token import Token, token_in
from mailbot.errors import MailbotError, SignInDown, SignInRefused

log = structlog.get_logger("mailbot.oauth")

PAUSE = 5.0  # seconds in which the same question is not asked again after a failure: several logins ask at a time


class Tokens(Protocol):
    """What a login asks for a token."""

    def token(self) -> str:
        """One that holds. Raises SignInDown, SignInRefused, or ConfigError."""

    def refused(self, value: str) -> None:
        """A server refuses this one: a new one is asked for before it is given again."""


class TokenSource:
    """Implements `Tokens`. `form` is called for each question, and holds the grant; its `secrets` are never shown.

    `keep` is given each refresh token that comes with an answer.
    """

    def __init__(
        self,
        url: str,
        form: Callable[[], Mapping[str, str]],
        *,
        now: Callable[[], datetime],
        keep: Callable[[str], None] = lambda _: None,
        secrets: tuple[str, ...] = ("client_secret", "refresh_token", "client_assertion", "assertion"),
    ) -> None:
        self._url = url
        self._form = form
        self._now = now
        self._keep = keep
        self._secrets = secrets
        self._token: Token | None = None
        self._doubted = False  # whether a server has refused it
        self._turn = threading.Lock()
        self._failed: tuple[float, MailbotError] | None = None
        self._said = ""
        self._beside: threading.Thread | None = None

    def token(self) -> str:
        """See `Tokens.token`. While the old one holds, nobody waits for a new one."""
        with self._turn:
            now, old = self._now(), self._token
            if old is not None and self._doubted and old.holds(now):
                return self._in_place_of(old, now).value
            if old is not None and old.fresh(now):
                return old.value
            if old is not None and old.holds(now):
                self._renew_beside(now)
                return old.value
            return self._renewed(now).value

    def refused(self, value: str) -> None:
        """See `Tokens.refused`."""
        with self._turn:
            if self._token is not None and self._token.value == value:  # else somebody has renewed it meanwhile
                self._doubted = True

    def _in_place_of(self, doubted: Token, now: datetime) -> Token:
        """A new one. If none can be had just now, the old one: a mailbox that it does not open shuts no other."""
        try:
            return self._renewed(now)
        except SignInDown as error:
            self._say(str(error))
            return doubted

    def _renewed(self, now: datetime) -> Token:
        if self._failed is not None and time.monotonic() < self._failed[0]:
            raise self._failed[1]
        form = self._form()
        try:
            token = self._asked(form, now)
        except (SignInDown, SignInRefused) as error:
            self._failed = (time.monotonic() + PAUSE, error)
            raise
        return self._taken(token)

    def _taken(self, token: Token) -> Token:
        self._token, self._failed, self._doubted = token, None, False
        if token.refresh is not None:
            self._keep(token.refresh)
        self._say("")
        return token

    def _renew_beside(self, now: datetime) -> None:
        """In a thread of its own, since an endpoint that is away takes its time to be so."""
        if self._beside is not None and self._beside.is_alive():
            return
        if self._failed is None or time.monotonic() >= self._failed[0]:
            self._beside = threading.Thread(target=self._renew_quietly, args=(now,), name="token", daemon=True)
            self._beside.start()

    def _renew_quietly(self, now: datetime) -> None:
        try:
            token = self._asked(self._form(), now)
        except MailbotError as error:
            with self._turn:
                self._failed = (time.monotonic() + PAUSE, error)
                self._say(str(error))
        else:
            with self._turn:
                self._taken(token)

    def _asked(self, form: Mapping[str, str], now: datetime) -> Token:
        """One answer to the form. Where its refresh token is over, since another process or thread renewed it, to the next."""
        try:
            return self._answered(form, now)
        except SignInRefused:
            later = self._form()
            if later.get("refresh_token") == form.get("refresh_token"):
                raise
            return self._answered(later, now)

    def _answered(self, form: Mapping[str, str], now: datetime) -> Token:
        answer = ask(self._url, form)
        host = urlsplit(self._url).hostname or ""
        token = token_in(answer.body, now) if answer.status == 200 else None
        if token is not None:
            return token
        if passing(answer.status, answer.body):
            raise SignInDown(f"the token endpoint {host} answers {answer.status}, try later")
        secrets = tuple(form[name] for name in self._secrets if name in form)
        reason = refusal(answer.status, answer.body, host=host, secrets=secrets)
        raise SignInRefused(said_in("en", reason), reason)

    def _say(self, words: str) -> None:
        """One line per change."""
        if words == self._said:
            return
        self._said = words
        if words:
            log.warning("sign-in", state="no new token", reason=words)
        else:
            log.info("sign-in", state="has a token")
