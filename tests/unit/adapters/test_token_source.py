"""Tokens from our own endpoint on loopback: kept, renewed in time, rotated, and never asked for more often than needed."""

from __future__ import annotations

import logging
import socket
import threading
from contextlib import suppress
from datetime import UTC, datetime, timedelta

import pytest

from mailbot.adapters.oauth import endpoint as posting
from mailbot.adapters.oauth import source as sources
from mailbot.adapters.oauth.endpoint import ask
from mailbot.adapters.oauth.source import TokenSource
from mailbot.demo.certificate import local_certificate
from mailbot.errors import SignInDown, SignInRefused
from tests.servers.token_endpoint import CLIENT, SECRET, token_endpoint
from tests.wire.daemon import wait_until


class Hands:
    """A clock that a test moves."""

    def __init__(self):
        self.at = datetime(2026, 12, 1, 12, tzinfo=UTC)

    def now(self):
        return self.at


@pytest.fixture
def endpoint():
    with token_endpoint() as running:
        yield running


@pytest.fixture
def clock():
    return Hands()


@pytest.fixture
def secret():
    return {"value": SECRET}


@pytest.fixture
def source(endpoint, clock, secret, monkeypatch):
    monkeypatch.setattr(sources, "PAUSE", 0.0)

    def form():
        return {"grant_type": "client_credentials", "client_id": CLIENT, "client_secret": secret["value"]}

    return TokenSource(endpoint.url, form, now=clock.now)


def test_one_token_does_until_it_is_nearly_over(source, endpoint, clock):
    first = source.token()
    clock.at += timedelta(minutes=50)
    assert source.token() == first
    clock.at += timedelta(minutes=6)
    assert source.token() == first  # it holds for some minutes: nobody waits for the new one
    wait_until(lambda: source.token() != first)
    assert len(endpoint.asked) == 2


def test_a_clock_that_jumps_costs_a_question_and_nothing_else(source, endpoint, clock):
    first = source.token()
    clock.at -= timedelta(hours=3)
    second = source.token()
    clock.at += timedelta(days=30)
    third = source.token()
    assert len({first, second, third}) == 3
    assert len(endpoint.asked) == 3


def test_an_endpoint_that_is_away_delays_nothing_while_the_token_holds(source, endpoint, clock):
    first = source.token()
    endpoint.silent.set()
    clock.at += timedelta(minutes=57)
    for _ in range(50):
        assert source.token() == first  # the question that nobody answers is asked beside
    assert len(endpoint.asked) <= 2


def test_an_endpoint_that_is_busy_is_a_matter_once_the_token_is_over(source, endpoint, clock):
    first = source.token()
    endpoint.answer = (503, b"")
    clock.at += timedelta(minutes=57)
    assert source.token() == first
    clock.at += timedelta(minutes=4)
    with pytest.raises(SignInDown, match="answers 503"):
        source.token()
    endpoint.answer = None
    assert source.token() != first


def test_a_secret_that_is_rotated_is_read_anew(source, endpoint, clock, secret):
    source.token()
    endpoint.secrets = {"another-word"}
    clock.at += timedelta(hours=2)
    with pytest.raises(SignInRefused, match="doesn't take the client secret") as told:
        source.token()
    assert SECRET not in str(told.value)
    secret["value"] = "another-word"
    assert source.token()


def test_a_refused_token_is_not_given_again_and_a_newer_one_stays(source, endpoint):
    first = source.token()
    source.refused(first)
    second = source.token()
    source.refused(first)  # another thread, later, about the same old one
    assert source.token() == second != first
    assert len(endpoint.asked) == 2


def test_a_mailbox_that_a_token_does_not_open_shuts_no_other_while_the_endpoint_is_away(source, endpoint):
    first = source.token()
    source.refused(first)
    endpoint.answer = (503, b"")
    assert source.token() == first
    endpoint.answer = None
    assert source.token() != first


def test_an_error_that_is_an_object_is_said_as_any_other(source, endpoint):
    endpoint.answer = (403, {"error": {"code": 403, "message": "The caller has no permission", "status": "DENIED"}})
    with pytest.raises(SignInRefused, match="The caller has no permission"):
        source.token()


def test_what_an_address_asks_for_is_sent_along():
    asked = []

    def answer(listener):
        client, _ = listener.accept()
        with client:
            asked.append(client.recv(10_000))
            client.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=answer, args=(listener,), daemon=True)
        thread.start()
        ask(f"http://127.0.0.1:{listener.getsockname()[1]}/token?p=policy", {"a": "b"})
        thread.join(60)
    assert asked[0].startswith(b"POST /token?p=policy HTTP/1.1")


def test_many_threads_ask_once(source, endpoint):
    found = []
    threads = [threading.Thread(target=lambda: found.append(source.token())) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(found) == 12
    assert len(set(found)) == 1
    assert len(endpoint.asked) == 1


def test_the_same_question_is_not_asked_again_at_once(source, endpoint, monkeypatch):
    monkeypatch.setattr(sources, "PAUSE", 600.0)
    endpoint.answer = (401, {"error": "invalid_client"})
    for _ in range(5):
        with pytest.raises(SignInRefused):
            source.token()
    assert len(endpoint.asked) == 1


def test_an_endpoint_that_says_nothing_is_left(source, endpoint, monkeypatch):
    monkeypatch.setattr(ask, "__kwdefaults__", {"timeout": 0.2})
    endpoint.silent.set()
    with pytest.raises(SignInDown, match="no answer in time"):
        source.token()


@pytest.mark.parametrize("body", [b"<html>", b"[]", b"7", b"", b"[" * 100_000, b'{"access_token": 7}'])
def test_an_answer_that_is_none(source, endpoint, body):
    endpoint.answer = (200, body)
    with pytest.raises(SignInRefused, match="gives no token: HTTP 200"):
        source.token()


def test_an_answer_without_an_end_is_left(source, endpoint):
    endpoint.answer = (200, b" " * (posting._LARGEST + 20_000))
    with pytest.raises(SignInDown, match="too long"):
        source.token()


@pytest.mark.parametrize(
    "start", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n"]
)
def test_an_answer_that_comes_a_byte_at_a_time_is_left(start):
    ended = threading.Event()

    def drip(listener):
        client, _ = listener.accept()
        with client, suppress(OSError):
            client.recv(10_000)
            client.sendall(start)
            while not ended.wait(0.02):
                client.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener,), daemon=True)
        thread.start()
        with pytest.raises(SignInDown, match="no answer in time"):
            ask(f"http://127.0.0.1:{listener.getsockname()[1]}/token", {"a": "b"}, timeout=0.5)
        ended.set()
        thread.join(60)


def test_a_handshake_that_comes_a_byte_at_a_time_is_left():
    ended = threading.Event()

    def drip(listener):
        client, _ = listener.accept()
        with client, suppress(OSError):
            client.recv(10_000)
            client.sendall(b"\x16\x03\x03\x3f\xff\x02\x00\x3f\xfb")  # a record of 16 kB, and in it a ServerHello
            while not ended.wait(0.02):
                client.sendall(b"x")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=drip, args=(listener,), daemon=True)
        thread.start()
        with pytest.raises(SignInDown, match="no answer in time"):
            ask(f"https://127.0.0.1:{listener.getsockname()[1]}/token", {"a": "b"}, timeout=0.5)
        ended.set()
        thread.join(60)


def test_an_address_that_leads_nowhere_leaves_time_for_another(endpoint, monkeypatch):
    found = socket.getaddrinfo("127.0.0.1", endpoint.port, type=socket.SOCK_STREAM)
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        nowhere = [(*found[0][:4], held.getsockname())]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: nowhere + found)
        assert ask(endpoint.url, {"client_id": CLIENT, "client_secret": SECRET}).status == 200
    six, four = (socket.AF_INET6, "six"), (socket.AF_INET, "four")
    assert posting._few([six] * 8 + [four] * 8) == [six, four, six, four]
    assert posting._few([four]) == [four]


def test_a_certificate_is_checked(tmp_path, monkeypatch):
    context, authority = local_certificate()
    form = {"client_id": CLIENT, "client_secret": SECRET}
    with token_endpoint(context) as running:
        with pytest.raises(SignInDown, match="localhost shows a certificate that is not trusted"):
            ask(running.url, form)
        assert running.asked == []
        (tmp_path / "ca.pem").write_text(authority)
        monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
        assert ask(running.url, form).status == 200


def test_nobody_is_there():
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        port = held.getsockname()[1]
        with pytest.raises(SignInDown, match=r"127\.0\.0\.1 cannot be reached"):
            ask(f"http://127.0.0.1:{port}/token", {"client_secret": SECRET})


def test_nothing_secret_is_said_or_logged(source, endpoint, caplog):
    caplog.set_level(logging.DEBUG)
    value = source.token()
    source.refused(value)
    endpoint.answer = (400, {"error": "odd", "error_description": f"no: {SECRET}"})
    with pytest.raises(SignInRefused) as told:
        source.token()
    assert SECRET not in str(told.value) + caplog.text
    assert value not in caplog.text
