"""A call beside mail: a program or a web address, with a bounded time, and nothing of ours that it need not know."""

from __future__ import annotations

import http.server
import json
import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from mailbot.adapters.letters.reason_words import said_in
from mailbot.adapters.second_road import ProgramRoad, WebRoad
from mailbot.config.oncall import web_address_allowed
from mailbot.core.model.policy import Agent
from mailbot.core.model.reason import why
from mailbot.errors import ConfigError
from tests.wire.daemon import wait_until

ANN = Agent(id="ann", name="Ann Moe", addresses=("ann@lumen.example",), phone="+49 30 5550 1234")
WORDS = why("alert.words", desk="Lumen", number=7, who="Nora Feld", subject="Our shop is down", due="02:15 CET")


def say(words, language):
    return said_in(language, words)


def program(tmp_path, code, timeout=10.0):
    return ProgramRoad([sys.executable, "-c", code], timeout=timeout, say=say, folder=tmp_path)


# --- a program ------------------------------------------------------------------------------------------------------------


def test_it_gets_the_words_and_whom_to_call(tmp_path):
    code = (
        "import os, sys; print(sys.stdin.read().strip(), '|', os.environ['MAILBOT_AGENT'], os.environ['MAILBOT_PHONE'],"
        " os.environ['MAILBOT_TICKET'])"
    )
    called = program(tmp_path, code).call(ANN, WORDS, ticket=7)
    assert called.reached
    assert called.said.startswith("Lumen: Nora Feld writes that something is down")
    assert called.said.endswith("| ann +49 30 5550 1234 7")


def test_it_gets_no_password_of_ours(tmp_path, monkeypatch):
    monkeypatch.setenv("MAILBOT_SMTP_PASSWORD", "hunter2")
    called = program(tmp_path, "import os; print(sorted(os.environ))").call(ANN, WORDS, ticket=7)
    assert "hunter2" not in called.said
    assert "SMTP" not in called.said


def test_no_shell_reads_what_a_customer_wrote(tmp_path):
    words = why("alert.words", desk="L", number=7, who="$(touch owned)", subject="; touch owned `touch owned`", due="")
    assert program(tmp_path, "import sys; sys.stdin.read()").call(ANN, words, ticket=7).reached
    assert list(tmp_path.iterdir()) == []


def test_a_failure_says_why(tmp_path):
    called = program(tmp_path, "import sys; print('no credit'); sys.exit(3)").call(ANN, WORDS, ticket=7)
    assert (called.reached, called.said) == (False, "it ended with 3: no credit")
    gone = ProgramRoad([str(tmp_path / "nothing")], timeout=1, say=say, folder=tmp_path).call(ANN, WORDS, ticket=7)
    assert not gone.reached
    assert "No such file" in gone.said


def test_one_that_reads_nothing_is_no_failure(tmp_path):
    assert program(tmp_path, "import os; os.close(0)").call(ANN, WORDS, ticket=7).reached


def test_one_that_takes_too_long_is_ended_with_all_that_it_began(tmp_path):
    code = (
        "import subprocess, sys, time; open('begun', 'w').write(str(subprocess.Popen(['sleep', '60']).pid));"
        " time.sleep(60)"
    )
    began = time.monotonic()
    called = program(tmp_path, code, timeout=1.0).call(ANN, WORDS, ticket=7)
    assert time.monotonic() - began < 10
    assert (called.reached, called.said) == (False, "it took longer than 1 seconds, and was ended")
    child = int((tmp_path / "begun").read_text())
    wait_until(lambda: not _lives(child), "what it began goes on")


def test_one_that_goes_on_in_the_background_is_not_waited_for(tmp_path):
    code = "import subprocess; open('begun', 'w').write(str(subprocess.Popen(['sleep', '60']).pid)); print('ringing')"
    began = time.monotonic()
    called = program(tmp_path, code, timeout=20.0).call(ANN, WORDS, ticket=7)
    child = int((tmp_path / "begun").read_text())
    goes_on = _lives(child)
    os.kill(child, signal.SIGKILL)
    assert (called.reached, called.said) == (True, "ringing")
    assert goes_on, "it is the call"
    assert time.monotonic() - began < 15


def test_of_one_that_says_too_much_the_beginning_is_kept(tmp_path):
    called = program(tmp_path, "print('x' * 10_000_000)").call(ANN, WORDS, ticket=7)
    assert called.reached
    assert len(called.said) == 300


def _lives(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


# --- a web address ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def server():
    """A web server on this machine; what was posted is in `posts`, what it answers in `answer`."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self.server.posts.append((self.path, self.headers["Content-Type"], json.loads(body)))
            if self.server.slow:
                self.server.slow.wait(10)
            code, headers, text = self.server.answer
            self.send_response(code)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            for nth in range(len(text)) if self.server.trickles else ():
                if self.server.trickles.wait(0.05):
                    break
                self.wfile.write(text[nth : nth + 1])
            if not self.server.trickles:
                self.wfile.write(text)

        def log_message(self, *_):
            pass

    made = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    made.posts, made.answer, made.slow = [], (200, {}, b"queued"), None
    made.trickles = None
    thread = threading.Thread(target=made.serve_forever, daemon=True)
    thread.start()
    yield made
    for held in (made.slow, made.trickles):
        if held:
            held.set()
    made.shutdown()
    made.server_close()


def web(server, path="/hook?key=s3cret", timeout=10.0):
    return WebRoad(lambda: f"http://127.0.0.1:{server.server_address[1]}{path}", timeout=timeout, say=say)


def test_the_words_are_posted(server):
    called = web(server).call(ANN, WORDS, ticket=7)
    assert (called.reached, called.said) == (True, "127.0.0.1 answered 200: queued")
    ((path, kind, told),) = server.posts
    assert (path, kind) == ("/hook?key=s3cret", "application/json")
    assert told["text"].startswith("Lumen: Nora Feld")
    assert (told["agent"], told["name"], told["phone"], told["ticket"]) == ("ann", "Ann Moe", "+49 30 5550 1234", 7)


@pytest.mark.parametrize("code", [301, 302, 307, 308])
def test_no_redirect_is_followed(server, code):
    elsewhere = f"http://127.0.0.1:{server.server_address[1]}/elsewhere"
    server.answer = (code, {"Location": elsewhere}, b"")
    called = web(server).call(ANN, WORDS, ticket=7)
    assert not called.reached
    assert "not followed" in called.said
    assert [path for path, _, _ in server.posts] == ["/hook?key=s3cret"]


@pytest.mark.parametrize("code", [400, 404, 500])
def test_any_other_answer_is_a_failure_and_no_secret_is_said(server, code):
    server.answer = (code, {}, b"no")
    called = web(server).call(ANN, WORDS, ticket=7)
    assert (called.reached, called.said) == (False, f"127.0.0.1 answered {code}: no")


def test_a_server_that_says_nothing_is_left_in_time(server):
    server.slow = threading.Event()
    began = time.monotonic()
    called = web(server, timeout=0.5).call(ANN, WORDS, ticket=7)
    assert not called.reached
    assert time.monotonic() - began < 5


def test_a_server_that_answers_byte_by_byte_is_left_in_time(server):
    server.trickles, server.answer = threading.Event(), (200, {}, b"x" * 200)
    began = time.monotonic()
    called = web(server, timeout=0.5).call(ANN, WORDS, ticket=7)
    assert (called.reached, called.said) == (False, "127.0.0.1 took longer than 0.5 seconds")
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    ("path", "answer", "said"),
    [
        ("/hook/S3CRET", "Cannot POST /hook/S3CRET", "Cannot POST …"),
        ("/hook/S3CRET", "no hook named s3cret here", "no … named … here"),
        ("/x?key=S3CRET&to=9", "unknown: /x?key=S3CRET&amp;to=9", "unknown: …?key=…&amp;to=9"),
        ("/hook/S3%2BRET", "unknown: S3+RET", "unknown: …"),
        ("/" + "S3CRET" * 40, " " * 250 + "." * 250 + "/" + "S3CRET" * 40, "." * 250 + "…"),
        ("/", "a / b", "a / b"),
    ],
)
def test_an_answer_that_repeats_the_address_gives_no_secret_away(server, path, answer, said):
    server.answer = (404, {}, answer.encode())
    called = web(server, path).call(ANN, WORDS, ticket=7)
    assert (called.reached, called.said) == (False, f"127.0.0.1 answered 404: {said}")


def test_nobody_there_is_a_failure(server):
    port = server.server_address[1]
    server.shutdown()
    server.server_close()
    called = WebRoad(lambda: f"http://127.0.0.1:{port}/", timeout=1, say=say).call(ANN, WORDS, ticket=7)
    assert not called.reached


def test_an_address_that_is_not_there_is_said():
    def none():
        raise ConfigError(["oncall.webhook_env: the environment has no HOOK"])

    called = WebRoad(none, timeout=1, say=say).call(ANN, WORDS, ticket=7)
    assert (called.reached, "HOOK" in called.said) == (False, True)


@pytest.mark.parametrize(
    ("url", "allowed"),
    [
        ("https://hooks.example/x?key=1", True),
        ("https://hooks.example:8443/", True),
        ("http://localhost:9000/x", True),
        ("http://127.0.0.1/x", True),
        ("http://[::1]:9000/", True),
        ("http://hooks.example/x", False),
        ("http://10.0.0.1/x", False),
        ("http://localhost.evil.example/", False),
        ("http://127.0.0.1@evil.example/", False),
        ("https://user:word@hooks.example/", False),
        ("ftp://hooks.example/", False),
        ("file:///etc/passwd", False),
        ("https://", False),
        ("https://hooks.example:99999/", False),
        ("https://hooks.example/a b", False),
        ("https://hooks.example/\r\nX-Evil: 1", False),
        ("https://hööks.example/", False),
    ],
)
def test_which_addresses_may_be_called(url, allowed):
    assert web_address_allowed(url) is allowed


def test_the_words_are_said_in_the_agents_language():
    assert "meldet einen Ausfall" in said_in("de", WORDS)
    assert "signale une panne" in said_in("fr", WORDS)
    assert "algo está caído" in said_in("es", WORDS)
    assert "algo está fora do ar" in said_in("pt-BR", WORDS)
    assert said_in("de-du", WORDS) == said_in("de", WORDS)
    assert said_in("de", why("alert.and-more", words=WORDS, count=3)).startswith(said_in("de", WORDS))
    assert "障害の連絡" in said_in("ja", WORDS)
    assert said_in("fi", WORDS) == said_in("en", WORDS), "the letters to agents are not there in Finnish"
    assert os.linesep not in said_in("en", WORDS)
