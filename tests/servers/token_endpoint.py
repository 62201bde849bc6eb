"""A token endpoint on loopback (RFC 6749) that mail servers may ask about a token (RFC 7662): it does what a test says."""

from __future__ import annotations

import http.server
import itertools
import json
import ssl
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.parse import parse_qs

CLIENT = "11111111-2222-3333-4444-555555555555"
SECRET = "not-a-word-of-this"


class TokenEndpoint:
    """`asked` holds the form of each question; `mailbox` is the one that the tokens open.

    `by_grant` answers a kind of question in its own way: a status, and what the answer holds besides the token. `answer`,
    a status and a body, is given in place of a token; with `silent` no answer comes at all.
    """

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.asked: list[dict[str, str]] = []
        self.introspected: list[str] = []
        self.lasts: float | str | None = 3600
        self.mailbox = "support@desk.example"
        self.secrets = {SECRET}
        self.answer: tuple[int, object] | None = None
        self.by_grant: dict[str, Callable[[dict[str, str]], tuple[int, dict[str, object]]]] = {}
        self.silent = threading.Event()
        self._until: dict[str, float] = {}
        self._numbers = itertools.count(1)
        self._ended = threading.Event()
        endpoint = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"] or 0)).decode()
                status, told = endpoint.say(self.path, {key: one[0] for key, one in parse_qs(body).items()})
                if endpoint.silent.is_set():
                    return  # nobody waits any more
                raw = told if isinstance(told, bytes) else json.dumps(told).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(raw)))
                self.end_headers()
                self.wfile.write(raw)

            def handle(self) -> None:
                with suppress(OSError):  # a client that does not trust us
                    super().handle()

            def log_message(self, *_: object) -> None:
                """Nothing."""

        self._server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False  # so that closing waits for them
        self._scheme, self._host = "http", "127.0.0.1"
        if tls is not None:
            self._scheme, self._host = "https", "localhost"
            self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self._server.server_port
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"{self._scheme}://{self._host}:{self.port}/token"

    def say(self, path: str, form: dict[str, str]) -> tuple[int, object]:
        if path == "/introspect":
            self.introspected.append(form.get("token", ""))
            active = self._until.get(form.get("token", ""), 0) > time.time()
            return 200, {"active": active, **({"username": self.mailbox} if active else {})}
        self.asked.append(form)
        if self.silent.is_set():
            self._ended.wait(600)
        if self.answer is not None:
            return self.answer
        if path == "/devicecode":
            return 200, {
                "device_code": "a-device",
                "user_code": "BCDF-GHJK",
                "verification_uri": "https://login.desk.example/device",
                "interval": 5,
                "expires_in": 900,
            }
        if form.get("grant_type", "") in self.by_grant:
            return self._granted(*self.by_grant[form["grant_type"]](form))
        if form.get("client_id") != CLIENT or form.get("client_secret") not in self.secrets:
            return 401, {"error": "invalid_client", "error_description": f"wrong secret {form.get('client_secret')}"}
        return self._granted(200, {})

    def _granted(self, status: int, more: dict[str, object]) -> tuple[int, object]:
        """An answer with a new token in it, if it is a good one."""
        if status != 200:
            return status, more
        value = f"token-{next(self._numbers)}"
        self._until[value] = time.time() + float(self.lasts or 3600)
        told = {"access_token": value, "token_type": "Bearer", **more}
        return 200, told if self.lasts is None else {**told, "expires_in": self.lasts}

    def revoke(self) -> None:
        """No token that was given so far is taken any more."""
        self._until.clear()

    def reset(self) -> None:
        """As it was when it started, but for the numbers of its tokens."""
        self.revoke()
        self.asked.clear()
        self.introspected.clear()
        self.lasts, self.answer, self.mailbox, self.secrets = 3600, None, "support@desk.example", {SECRET}
        self.by_grant = {}
        self.silent.clear()

    def close(self) -> None:
        self._ended.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join(10)


@contextmanager
def token_endpoint(tls: ssl.SSLContext | None = None) -> Iterator[TokenEndpoint]:
    endpoint = TokenEndpoint(tls)
    try:
        yield endpoint
    finally:
        endpoint.close()
