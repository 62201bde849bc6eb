"""An IMAP server that says exactly what a test tells it to, for the odd things that good servers never say."""

import re
import socket
import threading
from contextlib import contextmanager, suppress


class ScriptedImap:
    """Answers each command by the first pattern of `answers` found in its line; `TAG` is replaced.

    An answer that is a list gives one element at a time, and then its last again and again; one that is a function is
    called with a function that sends bytes, and the tag.
    """

    def __init__(self, answers, *, greeting=b"* OK ready\r\n"):
        self.answers = {
            **answers,
            "CAPABILITY": answers.get("CAPABILITY", b"* CAPABILITY IMAP4rev1 IDLE UIDPLUS MOVE\r\nTAG OK done\r\n"),
            "LOGIN": answers.get("LOGIN", b"TAG OK in\r\n"),
            "(SELECT|EXAMINE)": answers.get("SELECT", SELECTED),
            "DONE": answers.get("DONE", b"IDLETAG OK idled\r\n"),
            "LOGOUT": answers.get("LOGOUT", b"* BYE\r\nTAG OK out\r\n"),
        }
        self.lines = []
        self.greeting = greeting
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._client = None
        self._thread = threading.Thread(target=self._serve, daemon=True)
        self._thread.start()

    def _serve(self):
        with suppress(OSError):
            while True:
                self._client, _ = self._listener.accept()
                with self._client, self._client.makefile("rb") as lines:
                    if callable(self.greeting):
                        self.greeting(self._client.sendall, b"")
                    else:
                        self._client.sendall(self.greeting)
                    self._converse(lines)

    def _converse(self, lines):
        idle_tag = b""
        with suppress(OSError):
            for line in lines:
                self.lines.append(line)
                tag = line.split()[0]
                if b" IDLE" in line:
                    idle_tag = tag
                found = next((a for pattern, a in self.answers.items() if re.search(pattern.encode(), line)), None)
                if isinstance(found, list):
                    found = found.pop(0) if len(found) > 1 else found[0]
                if callable(found):
                    found(self._client.sendall, tag)
                    continue
                answer = b"TAG BAD what?\r\n" if found is None else found
                self._client.sendall(answer.replace(b"IDLETAG", idle_tag).replace(b"TAG", tag))

    def close(self):
        for sock in (self._listener, self._client):
            if sock is not None:
                with suppress(OSError):
                    sock.shutdown(socket.SHUT_RDWR)
                sock.close()
        self._thread.join(5)


SELECTED = (
    b"* FLAGS (\\Seen \\Deleted)\r\n* OK [PERMANENTFLAGS (\\Seen \\*)] yes\r\n* 1 EXISTS\r\n* 0 RECENT\r\n"
    b"* OK [UIDVALIDITY 7] yes\r\n* OK [UIDNEXT 5] yes\r\nTAG OK [READ-WRITE] selected\r\n"
)


@contextmanager
def scripted(answers, **options):
    server = ScriptedImap(answers, **options)
    try:
        yield server
    finally:
        server.close()
