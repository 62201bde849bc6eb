"""ImapMailbox against real servers: what every one of them must do, on pymap and on Dovecot."""

import logging
import threading
import time

import pytest

from mailbot.adapters.imap.mailbox import ImapMailbox
from mailbot.demo.servers import EmbeddedServers
from mailbot.errors import MailboxDown, MailboxRefused
from tests.servers.mailstack import PASSWORD
from tests.wire.proxy import proxy

USER = "support@desk.example"
SOON = 15.0  # seconds within which new mail must end a wait


def mail(number, body=b"Nothing works.\r\n"):
    return (
        b"From: Ana <ana@customer.example>\r\nSubject: %d\r\nMessage-ID: <%d@c.example>\r\n\r\n" % (number, number)
        + body
    )


class Site:
    """One server with the account USER: deliver to it, look into it, and make mailboxes on it."""

    def __init__(self, kind, host, port, deliver):
        self.kind = kind
        self.host = host
        self.port = port
        self.deliver = deliver
        self.made = []

    def mailbox(self, **changes):
        options = {
            "name": "support",
            "host": self.host,
            "port": self.port,
            "security": "none",
            "username": USER,
            "password": lambda: PASSWORD,
            "connect_timeout": 10.0,
            "read_timeout": 10.0,
        }
        self.made.append(ImapMailbox(**{**options, **changes}))
        return self.made[-1]

    def opened(self, **changes):
        box = self.mailbox(**changes)
        state = box.open()
        return box, state


@pytest.fixture(scope="module")
def embedded():
    with EmbeddedServers({USER: PASSWORD}).run_in_thread() as servers:
        yield servers


@pytest.fixture(params=["pymap", "dovecot"])
def site(request):
    if request.param == "pymap":
        servers = request.getfixturevalue("embedded")
        one = Site("pymap", servers.host, servers.imap_port, lambda raw: servers.deliver_now(USER, raw))
    else:
        stack = request.getfixturevalue("mailstack")
        one = Site("dovecot", stack.host, stack.imap, lambda raw: stack.deliver_lmtp(USER, raw))
    yield one
    for box in one.made:
        box.close()


@pytest.fixture
def start(site):
    """The first UID of the mails of this test."""
    _, state = site.opened()
    return state.uidnext


def test_open_says_where_the_folder_stands(site):
    box, before = site.opened()
    site.deliver(mail(1))
    after = box.open()
    assert before.uidvalidity == after.uidvalidity > 0
    assert after.uidnext == before.uidnext + 1


def test_uids_from_never_returns_what_is_below(site, start):
    box, _ = site.opened()
    for number in range(3):
        site.deliver(mail(number))
    uids = box.uids_from(start)
    assert len(uids) == 3
    assert uids == sorted(uids)
    assert box.uids_from(uids[1]) == uids[1:]
    assert box.uids_from(uids[-1] + 1) == []


def test_fetch_gives_the_bytes_and_marks_nothing(site, start):
    raws = [mail(number, b"line\r\n" * number) for number in range(1, 5)]
    for raw in raws:
        site.deliver(raw)
    box, state = site.opened()
    uids = box.uids_from(start)
    got = list(box.fetch([*reversed(uids), uids[-1] + 1000]))
    assert [one.uid for one in got] == uids
    assert all(one.raw.endswith(raw) for one, raw in zip(got, raws, strict=True))
    assert all((one.mailbox, one.uidvalidity, one.oversize) == ("support", state.uidvalidity, False) for one in got)
    assert all(one.size == len(one.raw) for one in got)
    assert flags(box, uids) == [set()] * 4


def flags(box, uids):
    got = box._client.get_flags(uids)
    return [set(got[uid]) - {b"\\Recent"} for uid in uids]


def test_fetch_in_small_batches_is_the_same(site, start, monkeypatch):
    monkeypatch.setattr("mailbot.adapters.imap.fetch.BATCH_MAILS", 2)
    monkeypatch.setattr("mailbot.adapters.imap.fetch.BATCH_BYTES", 900)
    monkeypatch.setattr("mailbot.adapters.imap.fetch.IDS_AT_ONCE", 3)
    for number in range(7):
        site.deliver(mail(number, b"x" * 200 * number + b"\r\n"))
    box, _ = site.opened()
    uids = box.uids_from(start)
    assert [one.uid for one in box.fetch(uids)] == uids
    box.done(uids)
    assert flags(box, uids) == [{b"\\Seen"}] * 7


def test_a_search_in_windows_finds_the_same(site, start, monkeypatch):
    for number in range(5):
        site.deliver(mail(number))
    monkeypatch.setattr("mailbot.adapters.imap.mailbox.SEARCH_WINDOW", 2)
    box, state = site.opened()
    assert state.uidnext > start + 4
    assert len(box.uids_from(start)) == 5


def test_an_oversize_mail_comes_as_its_header(site, start):
    site.deliver(mail(1, b"x" * 70 + b"\r\n"))
    site.deliver(mail(2, (b"y" * 70 + b"\r\n") * 100))
    site.deliver(mail(3))
    box, _ = site.opened(max_size=5000)
    one, two, three = box.fetch(box.uids_from(start))
    assert (one.oversize, two.oversize, three.oversize) == (False, True, False)
    assert two.raw.endswith(b"Message-ID: <2@c.example>\r\n\r\n")
    assert two.size > 5000


def test_done_marks_as_seen_only_what_it_is_given(site, start):
    for number in range(3):
        site.deliver(mail(number))
    box, _ = site.opened()
    uids = box.uids_from(start)
    box.done(uids[:2])
    assert flags(box, uids) == [{b"\\Seen"}, {b"\\Seen"}, set()]
    box.done([])


def test_done_may_do_nothing(site, start):
    site.deliver(mail(1))
    box, _ = site.opened(after="nothing")
    uids = box.uids_from(start)
    list(box.fetch(uids))
    box.done(uids)
    assert flags(box, uids) == [set()]


def test_done_moves_into_a_folder_that_it_makes(site, start):
    folder = f"Taken {start}"
    site.deliver(mail(1))
    site.deliver(mail(2))
    box, _ = site.opened(after=f"move:{folder}")
    first, second = box.uids_from(start)
    box.done([first])
    box.done([second])
    assert box.uids_from(start) == []
    moved, _ = site.opened(folder=folder)
    assert [one.raw.partition(b"Subject: ")[2][:1] for one in moved.fetch(moved.uids_from(1))] == [b"1", b"2"]


def test_a_move_without_the_move_command(site, start, monkeypatch):
    site.deliver(mail(1))
    box, _ = site.opened(after="move:Old way")
    has = box._client.has_capability
    monkeypatch.setattr(box._client, "has_capability", lambda name: name != "MOVE" and has(name))
    box.done(box.uids_from(start))
    assert box.uids_from(start) == []


def test_the_keyword_is_set_where_keywords_are_allowed(site, start):
    site.deliver(mail(1))
    box, state = site.opened(keyword="$mailbot-k3x")
    uids = box.uids_from(start)
    box.done(uids)
    again, after = site.opened(keyword="$mailbot-k3x")
    assert state.keywords_allowed == (site.kind == "dovecot")
    assert ("$mailbot-k3x" in after.keywords) == state.keywords_allowed
    assert flags(again, uids) == [{b"\\Seen", b"$mailbot-k3x"} if state.keywords_allowed else {b"\\Seen"}]


# --- waiting ---------------------------------------------------------------------------------------------------------


def timed(work):
    began = time.monotonic()
    work()
    return time.monotonic() - began


def in_thread(work):
    """Run `work` in a thread; returns a function that waits for its end and gives the seconds it took."""
    took = []
    thread = threading.Thread(target=lambda: took.append(timed(work)))
    thread.start()

    def joined():
        thread.join(60)
        assert took, "still waiting after 60 s"
        return took[0]

    return joined


def idling(box):
    """Return once the mailbox is in IDLE."""
    deadline = time.monotonic() + 60
    while box._client._idle_tag is None:
        assert time.monotonic() < deadline
        time.sleep(0.005)


def test_new_mail_ends_a_wait(site, start):
    box, _ = site.opened()
    for number in range(3):
        assert box.uids_from(start + number) == []
        box._client._idle_tag = None
        ended = in_thread(lambda: box.wait(30))
        idling(box)
        began = time.monotonic()
        site.deliver(mail(number))
        ended()
        assert time.monotonic() - began < SOON
        assert len(box.uids_from(start + number)) == 1


def test_wake_from_another_thread_ends_a_wait(site):
    box, _ = site.opened()
    box.uids_from(1)
    ended = in_thread(lambda: box.wait(30))
    box.wake()
    assert ended() < SOON
    # The bell rang once: it does not end the next wait as well.
    assert timed(lambda: box.wait(0.3)) >= 0.29


def test_a_wait_without_news_takes_its_time(site):
    box, _ = site.opened()
    box.uids_from(1)
    assert 0.29 <= timed(lambda: box.wait(0.3)) < SOON


def test_mail_told_beside_another_answer_ends_the_next_wait(site, start):
    site.deliver(mail(1))
    box, _ = site.opened()
    uids = box.uids_from(start)
    site.deliver(mail(2))
    list(box.fetch(uids))  # the server may tell of the second mail here, and then IDLE is silent
    box.done(uids)
    assert timed(lambda: box.wait(30)) < SOON
    assert len(box.uids_from(uids[-1] + 1)) == 1


def test_mail_that_comes_between_search_and_idle(site, start):
    box, _ = site.opened()
    for number in range(10):
        assert box.uids_from(start + number) == []
        site.deliver(mail(number))
        assert timed(lambda: box.wait(30)) < SOON


# --- when things go wrong --------------------------------------------------------------------------------------------


def test_hazard_09_a_half_open_connection_is_noticed_and_new_mail_seen_at_the_next_look(site, start):
    with proxy(site.host, site.port) as between:
        box, _ = site.opened(host="127.0.0.1", port=between.port, read_timeout=2)
        known = box.uids_from(start)
        between.freeze()  # what is sent on is lost, and nobody says so
        site.deliver(mail(1))
        with pytest.raises(MailboxDown):
            box.wait(0.2)
        with pytest.raises(MailboxDown, match="not connected"):
            box.uids_from(1)
        between.thaw()
        box.open()
        assert len(box.uids_from(start)) == len(known) + 1


def test_a_server_that_goes_away_ends_a_wait_at_once(site):
    with proxy(site.host, site.port) as between:
        box, _ = site.opened(host="127.0.0.1", port=between.port)
        box.uids_from(1)
        box._client._idle_tag = None
        failed = []

        def wait():
            try:
                box.wait(30)
            except MailboxDown as error:
                failed.append(error)

        ended = in_thread(wait)
        idling(box)
        between.close()
        assert ended() < SOON
        assert failed


@pytest.mark.parametrize("tenth", range(1, 10))
def test_hazard_09_a_fetch_that_is_cut_leaves_nothing_half(site, start, tenth):
    raws = [mail(number, b"abcdefgh\r\n" * 300) for number in range(4)]
    for raw in raws:
        site.deliver(raw)
    with proxy(site.host, site.port) as between:
        box, _ = site.opened(host="127.0.0.1", port=between.port)
        uids = box.uids_from(start)
        before = between.sent
        list(box.fetch(uids))
        whole = between.sent
        between.cut_after = before + (whole - before) * tenth // 10
        box.open()
        assert box.uids_from(start) == uids
        got = []
        with pytest.raises(MailboxDown):
            got.extend(box.fetch(uids))
        assert all(one.raw.endswith(raws[uids.index(one.uid)]) for one in got)
        between.cut_after = None
        box.open()
        assert [one.raw[-3000:] for one in box.fetch(uids)] == [raw[-3000:] for raw in raws]


def test_a_refused_login(site, caplog):
    caplog.set_level(logging.DEBUG)
    box = site.mailbox(password=lambda: "hunter-two")
    with pytest.raises(MailboxRefused) as caught:
        box.open()
    assert f"{site.host}:{site.port}" in str(caught.value)
    assert USER in str(caught.value)
    assert "hunter-two" not in str(caught.value)
    assert not [one for one in caplog.records if one.name.startswith("imapclient") and "hunter-two" in one.getMessage()]


def test_the_password_is_asked_for_at_each_login(site):
    words = iter(["wrong", PASSWORD])
    box = site.mailbox(password=lambda: next(words))
    with pytest.raises(MailboxRefused):
        box.open()
    assert box.open().uidvalidity


def test_a_folder_that_is_not_there(site):
    with pytest.raises(MailboxRefused, match="No such folder"):
        site.mailbox(folder="No such folder").open()


def test_nobody_listens():
    with EmbeddedServers({USER: PASSWORD}).run_in_thread() as servers:
        port = servers.imap_port
    box = ImapMailbox(name="x", host="127.0.0.1", port=port, security="none", username=USER, password=lambda: PASSWORD)
    with pytest.raises(MailboxDown, match=f"127.0.0.1:{port}"):
        box.open()


def test_close_and_open_again(site):
    box, state = site.opened()
    box.close()
    box.close()
    with pytest.raises(MailboxDown):
        box.wait(1)
    assert box.open().uidvalidity == state.uidvalidity
