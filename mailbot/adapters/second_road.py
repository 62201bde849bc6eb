"""The second road to an agent, beside mail: a program that is given the words, or a web address that they are posted to."""

from __future__ import annotations

import http.client
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import tempfile
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import SplitResult, unquote, urlsplit

from mailbot.config.oncall import web_address_allowed
from mailbot.core.model.alert import Called
from mailbot.core.model.policy import Agent
from mailbot.core.model.reason import Reason
from mailbot.errors import ConfigError

Say = Callable[[Reason, str], str]
"""The words of a reason in a language."""
_SHOWN = 300  # characters of an answer
_ANSWER = 2_000  # bytes of one that are read
_SECRET = 4  # characters of a part of an address that may be a secret


class ProgramRoad:
    """Runs a program for each call: never through a shell, and with nothing of our environment but where programs are.

    It gets the words on its standard input, and in its environment MAILBOT_AGENT, MAILBOT_PHONE and MAILBOT_TICKET.
    """

    def __init__(self, command: Sequence[str], *, timeout: float, say: Say, folder: Path) -> None:
        self._command = list(command)
        self._timeout = timeout
        self._say = say
        self._folder = folder

    def call(self, agent: Agent, words: Reason, *, ticket: int | None) -> Called:
        """See `loops.alerts.SecondRoad.call`: reached if the program ends with 0 in time.

        What it has begun and left in the background goes on, and nobody waits for it.
        """
        told = {"MAILBOT_AGENT": agent.id, "MAILBOT_PHONE": agent.phone, "MAILBOT_TICKET": str(ticket or "")}
        ours = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
        try:
            # Files, since a pipe ends only with the last process that has it, not with the program.
            with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as answer:
                given.write(f"{self._say(words, agent.language)}\n".encode())
                given.seek(0)
                running = subprocess.Popen(  # noqa: S603 - the admin's own list of words, no shell
                    self._command,
                    stdin=given,
                    stdout=answer,
                    stderr=subprocess.STDOUT,
                    cwd=self._folder,
                    env={**ours, **told},
                    start_new_session=True,
                )
                try:
                    running.wait(self._timeout)
                except subprocess.TimeoutExpired:
                    _end(running)
                    return Called(reached=False, said=f"it took longer than {self._timeout:g} seconds, and was ended")
                # Not by `seek`: whatever still writes there shares our place in it.
                text = _short(os.pread(answer.fileno(), _ANSWER, 0).decode("utf-8", "replace"))
        except OSError as error:
            return Called(reached=False, said=f"{self._command[0]}: {error.strerror}")
        if running.returncode == 0:
            return Called(reached=True, said=text or "it ended well")
        return Called(reached=False, said=f"it ended with {running.returncode}{f': {text}' if text else ''}")


def _end(running: subprocess.Popen[bytes]) -> None:
    """End a program with all that it has begun; what it said is lost."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(running.pid, signal.SIGKILL)
    running.kill()
    running.wait()


class WebRoad:
    """Posts each call as JSON: `text`, `agent`, `name`, `phone`, `ticket`. No redirect is followed.

    The address may hold a secret, so nothing that is said names more of it than the host, not even in an answer that
    repeats it.
    """

    def __init__(self, url: Callable[[], str], *, timeout: float, say: Say) -> None:
        self._url = url
        self._timeout = timeout
        self._say = say

    def call(self, agent: Agent, words: Reason, *, ticket: int | None) -> Called:
        """See `loops.alerts.SecondRoad.call`: reached if the server answers with 2xx in time, all of it."""
        try:
            url = self._url()
        except ConfigError as error:
            return Called(reached=False, said=str(error))
        if not web_address_allowed(url):
            return Called(reached=False, said="the web address must begin with https://, or be on this machine")
        parts = urlsplit(url)
        told = {
            "text": self._say(words, agent.language),
            "agent": agent.id,
            "name": agent.name,
            "phone": agent.phone,
            "ticket": ticket,
        }
        # The timeout of a socket is for each read: only a thread of its own can be left when all of it takes too long.
        posting = _Posting(parts, json.dumps(told).encode(), self._timeout)
        posting.start()
        posting.join(self._timeout)
        if posting.called is not None:
            return posting.called
        posting.leave()
        return Called(reached=False, said=f"{parts.hostname} took longer than {self._timeout:g} seconds")


class _Posting(threading.Thread):
    """One call to a web address; `called` is None until it has come to its end."""

    def __init__(self, parts: SplitResult, body: bytes, timeout: float) -> None:
        super().__init__(name="webhook", daemon=True)
        self.called: Called | None = None
        self._parts = parts
        self._body = body
        self._timeout = timeout
        self._socket: socket.socket | None = None

    def run(self) -> None:
        """The body of the thread."""
        host = self._parts.hostname or ""
        try:
            self.called = self._post(host)
        except (OSError, ValueError, http.client.HTTPException) as error:
            said = _without_secrets(str(error) or type(error).__name__, self._parts)
            self.called = Called(reached=False, said=f"{host}: {_short(said)}")

    def leave(self) -> None:
        """End what it waits for; nobody is interested in it any more."""
        if self._socket is not None:
            with suppress(OSError):
                self._socket.shutdown(socket.SHUT_RDWR)

    def _post(self, host: str) -> Called:
        parts = self._parts
        connection = self._connection(host)
        try:
            connection.connect()
            self._socket = connection.sock
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            headers = {"Content-Type": "application/json", "User-Agent": "mailbot"}
            connection.request("POST", path, self._body, headers)
            answer = connection.getresponse()
            said = _short(_without_secrets(answer.read(_ANSWER).decode("utf-8", "replace"), parts))
        finally:
            connection.close()
        line = f"{host} answered {answer.status}{f': {said}' if said else ''}"
        if 300 <= answer.status < 400:
            line = f"{host} answered {answer.status}: it sends us elsewhere, which is not followed"
        return Called(reached=200 <= answer.status < 300, said=line)

    def _connection(self, host: str) -> http.client.HTTPConnection:
        port, timeout = self._parts.port, self._timeout
        if self._parts.scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=timeout, context=ssl.create_default_context())
        return http.client.HTTPConnection(host, port, timeout=timeout)


def _without_secrets(said: str, parts: SplitResult) -> str:
    """What a server said, without the path and the query of the address, whole or any part of them, as sent or decoded."""
    pieces = re.split(r"[/?&=;,+:]", f"{parts.path}?{parts.query}")
    wholes = [one for one in (parts.path, parts.query) if len(one) > 1]
    found = {*wholes, *(piece for piece in pieces if len(piece) >= _SECRET)}
    found |= {unquote(one) for one in found}
    for one in sorted(found, key=len, reverse=True):
        said = re.sub(re.escape(one), "…", said, flags=re.IGNORECASE)
    return said


def _short(said: str) -> str:
    text = " ".join(said.split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
