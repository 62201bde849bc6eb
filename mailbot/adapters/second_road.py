"""The second road to an agent, beside mail: a program that is given the words, or a web address that they are posted to."""

from __future__ import annotations

import http.client
import json
import os
import signal
import ssl
import subprocess
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from mailbot.config.oncall import web_address_allowed
from mailbot.core.model.alert import Called
from mailbot.core.model.policy import Agent
from mailbot.core.model.reason import Reason
from mailbot.errors import ConfigError

Say = Callable[[Reason, str], str]
"""The words of a reason in a language."""
_SHOWN = 300  # characters of an answer
_ANSWER = 2_000  # bytes of one that are read


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
        """See `loops.alerts.SecondRoad.call`: reached if the program ends with 0 in time."""
        told = {"MAILBOT_AGENT": agent.id, "MAILBOT_PHONE": agent.phone, "MAILBOT_TICKET": str(ticket or "")}
        ours = {name: os.environ[name] for name in ("PATH", "HOME", "LANG", "TZ") if name in os.environ}
        try:
            running = subprocess.Popen(  # noqa: S603 - the admin's own list of words, no shell
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                cwd=self._folder,
                env={**ours, **told},
                start_new_session=True,
            )
        except OSError as error:
            return Called(reached=False, said=f"{self._command[0]}: {error.strerror}")
        try:
            said, _ = running.communicate(f"{self._say(words, agent.language)}\n".encode(), timeout=self._timeout)
        except subprocess.TimeoutExpired:
            _end(running)
            return Called(reached=False, said=f"it took longer than {self._timeout:g} seconds, and was ended")
        text = _short(said)
        if running.returncode == 0:
            return Called(reached=True, said=text or "it ended well")
        return Called(reached=False, said=f"it ended with {running.returncode}{f': {text}' if text else ''}")


def _end(running: subprocess.Popen[bytes]) -> None:
    """End a program with all that it has begun; what it said is lost."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(running.pid, signal.SIGKILL)
    running.kill()
    for pipe in (running.stdin, running.stdout):
        if pipe is not None:
            with suppress(OSError):
                pipe.close()
    running.wait()


class WebRoad:
    """Posts each call as JSON: `text`, `agent`, `name`, `phone`, `ticket`. No redirect is followed.

    The address may hold a secret, so nothing that is said names more of it than the host.
    """

    def __init__(self, url: Callable[[], str], *, timeout: float, say: Say) -> None:
        self._url = url
        self._timeout = timeout
        self._say = say

    def call(self, agent: Agent, words: Reason, *, ticket: int | None) -> Called:
        """See `loops.alerts.SecondRoad.call`: reached if the server answers with 2xx in time."""
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
        host = parts.hostname or ""
        connection = self._connection(parts.scheme, host, parts.port)
        try:
            path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
            headers = {"Content-Type": "application/json", "User-Agent": "mailbot"}
            connection.request("POST", path, json.dumps(told).encode(), headers)
            answer = connection.getresponse()
            said = _short(answer.read(_ANSWER))
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            return Called(reached=False, said=f"{host}: {_named(error)}")
        finally:
            connection.close()
        line = f"{host} answered {answer.status}{f': {said}' if said else ''}"
        if 300 <= answer.status < 400:
            line = f"{host} answered {answer.status}: it sends us elsewhere, which is not followed"
        return Called(reached=200 <= answer.status < 300, said=line)

    def _connection(self, scheme: str, host: str, port: int | None) -> http.client.HTTPConnection:
        if scheme == "https":
            return http.client.HTTPSConnection(host, port, timeout=self._timeout, context=ssl.create_default_context())
        return http.client.HTTPConnection(host, port, timeout=self._timeout)


def _named(error: Exception) -> str:
    return (str(error) or type(error).__name__)[:_SHOWN]


def _short(said: bytes) -> str:
    text = " ".join(said[:_ANSWER].decode("utf-8", "replace").split())
    return text if len(text) <= _SHOWN else text[: _SHOWN - 1] + "…"
