"""ImapMailbox against servers that are odd: what is allowed but rare, and what is wrong but seen."""

import logging
import threading
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from structlog.testing import capture_logs

from mailbot.adapters.imap.fetch import BATCH_BYTES, BATCH_MAILS, batches
from mailbot.adapters.imap.mailbox import ImapMailbox
from mailbot.demo.servers import EmbeddedServers
from mailbot.errors import MailboxDown, MailboxRefused
from tests.wire.scripted import SELECTED, scripted

ONE = b"Subject: one\r\n\r\nfirst\r\n"
TWO = b"Subject: two\r\n\r\nsecond\r\n"


def mailbox(port, **changes):
    options = {"name": "odd", "host": "127.0.0.1", "port": port, "security": "none", "username": "ana"}
    return ImapMailbox(**{**options, "password": lambda: "secret", "read_timeout": 3.0, **changes})


@pytest.fixture
def server():
    """Starts a scripted server and opens a mailbox on it; both are closed at the end."""
    open_ones = []

    def start(answers, *, opened=True, greeting=b"* OK ready\r\n", **changes):
        context = scripted(
            {"NOOP": b"TAG OK done\r\n", "SEARCH": b"* SEARCH\r\nTAG OK done\r\n", **answers}, greeting=greeting
        )
        one = context.__enter__()
        box = mailbox(one.port, **changes)
        open_ones.append((context, box))
        if opened:
            box.open()
        return box, one

    yield start
    for context, box in open_ones:
        box.close()
        context.__exit__(None, None, None)


def literal(raw):
    return b"{%d}\r\n%s" % (len(raw), raw)


def seconds(work):
    began = time.monotonic()
    work()
    return time.monotonic() - began


# --- waiting ---------------------------------------------------------------------------------------------------------


def test_news_glued_to_the_idling_line_ends_the_wait(server):
    box, _ = server({"IDLE": b"+ idling\r\n* 2 EXISTS\r\n"})
    assert seconds(lambda: box.wait(30)) < 15
    assert box.uids_from(1) == []


def test_news_before_the_idling_line_ends_the_wait(server):
    box, _ = server({"IDLE": b"* 2 EXISTS\r\n* 1 RECENT\r\n+ idling\r\n"})
    assert seconds(lambda: box.wait(30)) < 15
    assert box.uids_from(1) == []


def test_a_server_that_refuses_idle_is_polled(server):
    box, one = server({"IDLE": b"TAG NO not today\r\n"}, poll_interval=0.2)
    box.wait(30)
    assert 0.19 <= seconds(lambda: box.wait(30)) < 15
    assert sum(b" IDLE" in line for line in one.lines) == 1
    assert box.uids_from(1) == []


def test_a_server_that_always_says_how_many_is_waited_for(server):
    box, _ = server(
        {
            "NOOP": b"* 1 EXISTS\r\nTAG OK done\r\n",
            "SEARCH": b"* SEARCH 4\r\n* 1 EXISTS\r\nTAG OK done\r\n",
            "IDLE": b"+\r\n",
        }
    )
    box.uids_from(5)
    box.wait(30)  # the first time it may be news
    box.uids_from(5)
    assert seconds(lambda: box.wait(0.3)) >= 0.29


def test_a_line_in_two_halves_does_no_harm(server):
    # The server stays in the middle of a line until DONE, and ends it then.
    box, _ = server({"IDLE": b"+ idling\r\n* 2 EXI", "DONE": b"STS\r\nIDLETAG OK done\r\n"})
    box.wait(5)
    assert box.uids_from(1) == []


def test_a_server_that_says_goodbye_in_idle(server):
    box, _ = server({"IDLE": b"+ idling\r\n* BYE too long\r\n", "DONE": b"* BYE\r\n"}, read_timeout=2)
    with pytest.raises(MailboxDown):
        box.wait(30)


def test_without_idle_a_wait_polls_and_wakes():
    with EmbeddedServers({"ana@desk.example": "secret"}, idle=False).run_in_thread() as servers:
        box = mailbox(servers.imap_port, username="ana@desk.example", poll_interval=0.3)
        try:
            first = box.open().uidnext
            assert box.uids_from(first) == []
            servers.deliver_now("ana@desk.example", ONE)
            assert 0.29 <= seconds(lambda: box.wait(30)) < 15
            assert box.uids_from(first) == [first]
            threading.Timer(0.01, box.wake).start()
            assert seconds(lambda: box.wait(30)) < 0.29
        finally:
            box.close()


# --- fetching --------------------------------------------------------------------------------------------------------


def sizes(*pairs):
    return (
        b"".join(b"* %d FETCH (UID %d RFC822.SIZE %d)\r\n" % (n, uid, size) for n, uid, size in pairs)
        + b"TAG OK done\r\n"
    )


def bodies(*pairs):
    return (
        b"".join(b"* %d FETCH (UID %d BODY[] %s)\r\n" % (n, uid, body) for n, uid, body in pairs) + b"TAG OK done\r\n"
    )


def both(uid, size, body):
    return b"* 1 FETCH (UID %d RFC822.SIZE %d BODY[] %s)\r\nTAG OK done\r\n" % (uid, size, body)


def test_a_length_that_is_wrong_once_is_fetched_again(server):
    box, one = server(
        {
            r"RFC822.SIZE BODY": both(4, len(ONE), literal(ONE)),
            r"RFC822.SIZE": sizes((1, 4, len(ONE)), (2, 5, len(TWO))),
            r"BODY.PEEK": bodies((1, 4, literal(ONE[:-3])), (2, 5, literal(TWO))),
        }
    )
    assert [(got.uid, got.raw) for got in box.fetch([4, 5])] == [(4, ONE), (5, TWO)]
    assert sum(b"RFC822.SIZE BODY" in line for line in one.lines) == 1


def test_a_server_that_lies_about_the_size_is_believed_about_the_mail(server):
    box, _ = server(
        {
            r"RFC822.SIZE BODY": both(4, 9999, literal(ONE)),
            r"RFC822.SIZE": sizes((1, 4, 9999)),
            r"BODY.PEEK": bodies((1, 4, literal(ONE))),
        }
    )
    (got,) = box.fetch([4])
    assert (got.raw, got.size) == (ONE, 9999)


def test_a_mail_far_over_its_stated_size_is_cut_to_its_header(server):
    big = ONE + b"x" * 5000
    box, _ = server(
        {
            r"RFC822.SIZE BODY": both(4, 10, literal(big)),
            r"RFC822.SIZE": sizes((1, 4, 10)),
            r"HEADER": b"* 1 FETCH (UID 4 BODY[HEADER]<0> %s)\r\nTAG OK done\r\n" % literal(b"Subject: one\r\n\r\n"),
            r"BODY.PEEK": bodies((1, 4, literal(big))),
        },
        max_size=1000,
    )
    (got,) = box.fetch([4])
    assert (got.raw, got.oversize, got.size) == (b"Subject: one\r\n\r\n", True, len(big))


def test_a_mail_that_goes_between_size_and_body_is_left_out(server):
    box, _ = server(
        {
            r"RFC822.SIZE BODY": b"TAG OK done\r\n",
            r"RFC822.SIZE": sizes((1, 4, len(ONE)), (2, 5, len(TWO))),
            r"BODY.PEEK": bodies((2, 5, literal(TWO))),
        }
    )
    assert [got.uid for got in box.fetch([4, 5])] == [5]


def test_a_mail_that_the_server_cannot_read_holds_up_nobody(server):
    box, _ = server(
        {
            r"RFC822.SIZE BODY": b"TAG NO [SERVERBUG] cannot read\r\n",
            r"RFC822.SIZE": sizes((1, 4, len(ONE)), (2, 5, len(TWO))),
            r"FETCH 4 .BODY.PEEK": b"TAG NO [SERVERBUG] cannot read\r\n",
            r"FETCH 5 .BODY.PEEK": bodies((2, 5, literal(TWO))),
            r"FETCH 4,5": b"TAG NO [SERVERBUG] some cannot be read\r\n",
        }
    )
    with capture_logs() as lines:
        assert [got.uid for got in box.fetch([4, 5])] == [5]
    assert {line["uid"] for line in lines} == {4}


def test_flags_that_others_change_are_not_taken_for_answers(server):
    # Sequence number 5 is not UID 5: a flag change that comes unasked names its mail by number only.
    box, _ = server(
        {
            r"NOOP": b"* 5 FETCH (FLAGS (\\Seen))\r\nTAG OK done\r\n",
            r"RFC822.SIZE": b"* 5 FETCH (FLAGS (\\Seen))\r\n" + sizes((1, 4, len(ONE))),
            r"BODY.PEEK": b"* 5 FETCH (FLAGS ())\r\n" + bodies((1, 4, literal(ONE))),
        }
    )
    box.uids_from(1)
    assert "FETCH" not in box._client._imap.untagged_responses
    assert [got.uid for got in box.fetch([4, 5])] == [4]


@pytest.mark.parametrize(
    "answer",
    [
        b"* 1 FETCH (UID 4 RFC822.SIZE 5 BODY[] (\r\nTAG OK done\r\n",
        b"* 1 FETCH (UID x RFC822.SIZE 5)\r\nTAG OK done\r\n",
        b"* 1 FETCH (UID)\r\nTAG OK done\r\n",
        b"* 1 FETCH\r\nTAG OK done\r\n",
    ],
)
def test_an_answer_that_is_no_mail_is_logged_and_left_out(server, answer):
    box, _ = server({r"FETCH": answer})
    with capture_logs() as lines:
        assert list(box.fetch([4])) == []
    assert [(line["inbox"], line["uid"]) for line in lines] == [("odd", 4)]


@pytest.mark.parametrize(
    "answer", [b"* 1 FETCH " + b"(" * 5000 + b")" * 5000 + b"\r\nTAG OK done\r\n", b"\xff\xfe\r\nTAG OK done\r\n"]
)
def test_an_answer_that_is_no_imap_is_a_broken_connection(server, answer):
    box, _ = server({r"FETCH": answer}, read_timeout=2)
    with pytest.raises(MailboxDown):
        list(box.fetch([4]))


@pytest.mark.parametrize(("size", "body"), [(b"NIL", b"NIL"), (b"3", b"NIL"), (b"NIL", b"12"), (b'"x"', b'""')])
def test_an_answer_without_a_mail_in_it_is_an_empty_mail(server, size, body):
    answer = b"* 1 FETCH (UID 4 RFC822.SIZE %s BODY[] %s)\r\nTAG OK done\r\n" % (size, body)
    box, _ = server({r"FETCH": answer})
    (got,) = box.fetch([4])
    assert got.raw == b""


def test_what_the_mails_say_is_not_logged(server, caplog):
    caplog.set_level(logging.DEBUG)
    box, _ = server({r"FETCH": both(4, len(ONE), literal(ONE))})
    assert [got.raw for got in box.fetch([4])] == [ONE]
    assert "first" not in caplog.text
    assert "secret" not in caplog.text


@given(st.dictionaries(st.integers(1, 10_000), st.integers(0, 2 * BATCH_BYTES)), st.integers(1, 2 * BATCH_BYTES))
def test_batches_hold_every_mail_once_within_bounds(sizes, max_size):
    found = list(batches(sizes, max_size))
    assert [uid for batch in found for uid in batch] == sorted(sizes)
    for batch in found:
        assert 1 <= len(batch) <= BATCH_MAILS
        assert len(batch) == 1 or sum(sizes[uid] for uid in batch) <= BATCH_BYTES
        assert len(batch) == 1 or all(sizes[uid] <= max_size for uid in batch)


# --- opening ---------------------------------------------------------------------------------------------------------


def test_a_search_goes_by_uid_and_asks_for_nothing_else(server):
    box, one = server({"SEARCH": b"* SEARCH 4 9 2\r\nTAG OK done\r\n"})
    assert box.uids_from(4) == [4, 9]
    assert [line.split(b" ", 1)[1] for line in one.lines if b"SEARCH" in line] == [b"UID SEARCH UID 4:*\r\n"]


def test_a_server_without_uidnext(server):
    box, _ = server(
        {"SELECT": SELECTED.replace(b"* OK [UIDNEXT 5] yes\r\n", b""), "SEARCH": b"* SEARCH 4 9\r\nTAG OK done\r\n"},
        opened=False,
    )
    assert box.open().uidnext == 10


def test_a_folder_without_lasting_uids_is_refused(server):
    box, _ = server({"SELECT": SELECTED.replace(b"* OK [UIDVALIDITY 7] yes\r\n", b"")}, opened=False)
    with pytest.raises(MailboxRefused, match="UIDVALIDITY"):
        box.open()


def test_a_folder_that_is_read_only(server):
    answers = {"SELECT": SELECTED.replace(b"READ-WRITE", b"READ-ONLY")}
    box, _ = server(answers, opened=False)
    with pytest.raises(MailboxRefused, match="writing"):
        box.open()
    reader, one = server(answers, after="nothing")
    assert any(b"EXAMINE" in line for line in one.lines)
    reader.done([4])


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (b"TAG NO [AUTHENTICATIONFAILED] no\r\n", MailboxRefused),
        (b"TAG NO [UNAVAILABLE] later\r\n", MailboxDown),
        (b"TAG NO [INUSE] later\r\n", MailboxDown),
        (b"TAG BAD you said secret\r\n", MailboxRefused),
        (b"* BYE going down\r\n", MailboxDown),
        (b"rubbish\r\n", MailboxDown),
    ],
)
def test_how_a_login_can_fail(server, answer, error):
    box, _ = server({"LOGIN": answer}, opened=False, read_timeout=2)
    with pytest.raises(error) as caught:
        box.open()
    assert "secret" not in str(caught.value)
    assert "127.0.0.1" in str(caught.value)


def test_a_server_that_sends_no_greeting(server):
    box, _ = server({}, opened=False, greeting=b"", connect_timeout=1)
    with pytest.raises(MailboxDown):
        box.open()


def test_closing_does_not_wait_long_for_a_server_that_is_gone(server, monkeypatch):
    monkeypatch.setattr("mailbot.adapters.imap.mailbox.GOODBYE", 0.2)
    box, _ = server({"LOGOUT": b""}, read_timeout=30)
    assert seconds(box.close) < 15


def test_no_password_crosses_a_plain_connection_when_tls_was_asked_for(server):
    box, one = server({}, opened=False, security="starttls")
    with pytest.raises(MailboxRefused, match="STARTTLS"):
        box.open()
    assert not [line for line in one.lines if b"secret" in line]


def test_names_and_passwords_beyond_letters():
    users = {"ana@desk.example": 'a "quoted" \\ one', "zoe@desk.example": "pässwörd"}
    with EmbeddedServers(users).run_in_thread() as servers:
        for user, password in users.items():
            box = mailbox(servers.imap_port, username=user, password=lambda password=password: password)
            assert box.open().uidvalidity
            box.close()
