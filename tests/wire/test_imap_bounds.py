"""An IMAP server that goes on and on: limited in bytes and in time, one line in the log, only its own mail held up."""

from __future__ import annotations

import threading
import tracemalloc
from contextlib import suppress

import pytest
from structlog.testing import capture_logs

from mailbot.adapters.imap.mailbox import ImapMailbox
from mailbot.adapters.imap.meter import Meter, TooMuch
from mailbot.errors import MailboxDown, MailboxRefused
from mailbot.loops.poll import Poller
from tests.simulation.simulated_desk import SimulatedDesk
from tests.wire.scripted import SELECTED, scripted

FINE = {"NOOP": b"TAG OK done\r\n", "SEARCH": b"* SEARCH 4\r\nTAG OK done\r\n"}
HEADER = b"Subject: one\r\n\r\n"


@pytest.fixture
def server():
    """Starts a scripted server, and a mailbox for it."""
    open_ones = []

    def start(answers, *, opened=True, greeting=b"* OK ready\r\n", **changes):
        context = scripted({**FINE, **answers}, greeting=greeting)
        one = context.__enter__()
        options = {"name": "odd", "host": "127.0.0.1", "port": one.port, "security": "none", "username": "ana"}
        box = ImapMailbox(**{**options, "password": lambda: "secret", "read_timeout": 20.0, **changes})
        open_ones.append((context, box))
        if opened:
            box.open()
        return box

    yield start
    for context, box in open_ones:
        box.close()
        context.__exit__(None, None, None)


def for_ever(*pieces, first=b""):
    """An answer that begins with `first` and then says the pieces again and again, as long as somebody listens."""

    def say(send, _tag):
        send(first)
        many = b"".join(pieces) * max(65536 // len(b"".join(pieces)), 1)
        while True:
            send(many)

    return say


def a_byte_at_a_time(ended):
    """An answer that goes on, but slowly."""

    def say(send, _tag):
        send(b"* ")
        while not ended.wait(0.01):
            send(b"x")

    return say


def looked(box):
    """A first look into the inbox."""
    box.open()
    return box.uids_from(1)


def sizes(*pairs):
    told = b"".join(
        b"* %d FETCH (UID %d RFC822.SIZE %d)\r\n" % (n, uid, size) for n, (uid, size) in enumerate(pairs, 1)
    )
    return told + b"TAG OK done\r\n"


HUGE = b"* 1 FETCH (UID 4 BODY[] {4294967296}\r\n"


def test_hazard_46_a_literal_that_is_announced_with_4_gb_is_not_waited_for(server):
    box = server({"RFC822.SIZE": sizes((4, 100)), "BODY.PEEK": for_ever(b"x" * 1000, first=HUGE)})
    tracemalloc.start()
    try:
        with pytest.raises(MailboxDown, match="4,294,967,296 bytes was announced"):
            list(box.fetch([4]))
        assert tracemalloc.get_traced_memory()[1] < 30_000_000
    finally:
        tracemalloc.stop()


def test_hazard_46_a_mail_that_does_not_end_comes_as_its_header_and_holds_up_no_other(server):
    other = b"Subject: two\r\n\r\nsecond\r\n"
    whole = b"* 2 FETCH (UID 5 RFC822.SIZE %d BODY[] {%d}\r\n%s)\r\nTAG OK done\r\n" % (len(other), len(other), other)
    box = server(
        {
            r"HEADER": b"* 1 FETCH (UID 4 BODY[HEADER]<0> {%d}\r\n%s)\r\nTAG OK done\r\n" % (len(HEADER), HEADER),
            r"FETCH 5 .RFC822.SIZE BODY": whole,
            r"RFC822.SIZE BODY": for_ever(b"x" * 1000, first=HUGE),
            r"RFC822.SIZE": sizes((4, 100), (5, len(other))),
            r"BODY.PEEK": for_ever(b"x" * 1000, first=HUGE),
        }
    )
    got = []
    for _ in range(3):
        with suppress(MailboxDown):
            got = list(box.fetch([4, 5]))
        box.open()
    assert [(mail.uid, mail.oversize, mail.raw) for mail in got] == [(4, True, HEADER), (5, False, other)]


def test_hazard_46_a_mail_of_which_not_even_the_header_ends_is_left_out_and_said(server):
    box = server({"RFC822.SIZE": sizes((4, 100)), "BODY.PEEK": for_ever(b"x" * 1000, first=HUGE)})
    for _ in range(2):
        with pytest.raises(MailboxDown):
            list(box.fetch([4]))
        box.open()
    with capture_logs() as lines:
        assert list(box.fetch([4])) == []
    assert [(line["event"], line["uid"]) for line in lines] == [("mail not handed out", 4)]


def test_hazard_46_new_uids_are_new_mails(server):
    box = server(
        {
            "SELECT": [SELECTED, SELECTED, SELECTED.replace(b"UIDVALIDITY 7", b"UIDVALIDITY 8")],
            "BODY.PEEK": [HUGE, b"* 1 FETCH (UID 4 BODY[] {3}\r\nabc)\r\nTAG OK done\r\n"],
            "RFC822.SIZE": sizes((4, 3)),
        }
    )
    with pytest.raises(MailboxDown):
        list(box.fetch([4]))
    box.open()
    box.open()
    [mail] = box.fetch([4])
    assert (mail.raw, mail.oversize) == (b"abc", False)


@pytest.mark.parametrize(
    ("command", "answer"),
    [
        ("NOOP", for_ever(b"x" * 1000, first=b"* ")),
        ("NOOP", for_ever(b"* 1 EXISTS\r\n")),
        ("SEARCH", for_ever(b"* SEARCH 1 2 3\r\n")),
        ("SEARCH", for_ever(b"* OK still searching\r\n")),
        ("SEARCH", for_ever(b"{3}\r\nabc ", first=b"* SEARCH ")),
        ("CAPABILITY", for_ever(b"* CAPABILITY IMAP4rev1\r\n")),
        ("SELECT", for_ever(b"* OK [ALERT] hello\r\n")),
        ("LOGIN", for_ever(b"* OK [ALERT] hello\r\n")),
    ],
)
def test_hazard_46_an_answer_without_an_end_is_cut_off(server, command, answer):
    box = server({command: answer}, opened=False)
    with pytest.raises(MailboxDown) as down:
        looked(box)
    assert len(str(down.value)) < 500


def test_hazard_46_a_greeting_without_an_end_is_cut_off(server):
    box = server({}, opened=False, greeting=for_ever(b"x" * 1000, first=b"* OK "))
    with pytest.raises(MailboxDown):
        box.open()


@pytest.mark.parametrize("command", ["NOOP", "IDLE"])
def test_hazard_46_a_server_that_says_a_byte_now_and_then_has_its_time(server, command, monkeypatch):
    monkeypatch.setattr("mailbot.adapters.imap.mailbox.ANSWER_SECONDS", 0.2)
    ended = threading.Event()
    box = server({command: a_byte_at_a_time(ended)})
    try:
        with pytest.raises(MailboxDown, match="does not end after 0 s"):
            box.wait(0) if command == "IDLE" else box.uids_from(1)
    finally:
        ended.set()


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (b"UIDVALIDITY 100000000000000000000000", "UIDVALIDITY is no number of 32 bits"),
        (b"UIDVALIDITY 4294967296", "UIDVALIDITY is no number of 32 bits"),
        (b"UIDVALIDITY 0", "no lasting UIDs"),
    ],
)
def test_hazard_46_a_uidvalidity_that_nobody_can_mean_is_refused(server, given, told):
    box = server({"SELECT": SELECTED.replace(b"UIDVALIDITY 7", given)}, opened=False)
    with pytest.raises(MailboxRefused, match=told):
        box.open()


def test_hazard_46_the_highest_numbers_are_taken(server):
    selected = SELECTED.replace(b"UIDVALIDITY 7", b"UIDVALIDITY 4294967295").replace(
        b"UIDNEXT 5", b"UIDNEXT 4294967295"
    )
    box = server({"SELECT": selected}, opened=False)
    state = box.open()
    assert (state.uidvalidity, state.uidnext) == (4294967295, 4294967295)


@pytest.mark.parametrize(
    "answers",
    [
        {"SELECT": SELECTED.replace(b"UIDNEXT 5", b"UIDNEXT 100000000000000000000000")},
        {"SEARCH": b"* SEARCH 4 100000000000000000000000\r\nTAG OK done\r\n"},
        {"SEARCH": b"* SEARCH " + b"9" * 5000 + b"\r\nTAG OK done\r\n"},
    ],
)
def test_hazard_46_other_numbers_that_nobody_can_mean_are_a_trouble_of_the_server(server, answers):
    box = server(answers, opened=False)
    with pytest.raises((MailboxDown, MailboxRefused)) as error:
        looked(box)
    assert len(str(error.value)) < 500


def test_hazard_46_a_size_that_nobody_can_mean_is_a_mail_too_large(server):
    header = b"* 1 FETCH (UID 4 BODY[HEADER]<0> {%d}\r\n%s)\r\nTAG OK done\r\n" % (len(HEADER), HEADER)
    box = server({"HEADER": header, "RFC822.SIZE": sizes((4, 10**23))})
    [mail] = box.fetch([4])
    assert mail.oversize
    assert mail.size < 2**63


def test_hazard_46_a_server_that_fails_each_time_is_one_line_in_the_log(server):
    box = server({"NOOP": for_ever(b"x" * 1000, first=b"* ")}, opened=False)
    desk = SimulatedDesk()
    pauses = []
    try:
        poller = Poller(
            name="support",
            mailbox=box,
            inbound=desk.store,
            leases=desk.store,
            clock=desk.clock,
            holder="box:1:x",
            on_new=lambda: None,
            wait_seconds=1,
        )

        def pause(seconds):
            pauses.append(seconds)
            if len(pauses) == 4:
                poller.stop()

        poller._pause = pause
        with capture_logs() as lines:
            poller.run()
    finally:
        desk.close()
    assert [line["state"] for line in lines if line["event"] == "inbox"] == ["watching", "down"]
    assert pauses == [1.0, 2.0, 4.0, 8.0]


def test_hazard_46_what_is_left_is_counted_down():
    meter = Meter()
    meter.allow(100, 1000.0)
    meter.announced(100)
    with pytest.raises(TooMuch, match="101 bytes was announced"):
        meter.announced(101)
    meter.left -= 100
    with pytest.raises(TooMuch, match="does not end after 100 bytes"):
        meter.check()
    meter.allow()
    meter.check()
