"""Hazards 40 and 41: a server that refuses us, a mail or its size, with the real loops."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from email import message_from_bytes
from email.policy import default

import pytest

from mailbot.core.model.outgoing import OutboxState
from mailbot.core.model.silence import undeliverable
from mailbot.core.sending import server
from mailbot.core.sending.refusals import Stage
from mailbot.loops.gate import Gate
from mailbot.ports import Submission
from tests.simulation.scripted_world import TAKEN, ScriptedDesk
from tests.simulation.simulated_desk import MONDAY, mail, minutes

PROBLEM = "The export is broken since today, the column with the tax is empty."
ANA, BEA, CLO = "ana@north.example", "bea@south.example", "clo@west.example"
LIMITS = [
    "550 5.4.5 Daily user sending limit exceeded",
    "550 5.1.90 You have reached your daily limit for message recipients",
    "554 5.2.252 SendAsDenied",
    "553 sender not owned by this user",
    "550 5.7.26 this mail is unauthenticated",
]
UNWANTED = ["554 5.2.0 no", "550 5.7.0 no", "554 5.7.1 no", "554 this looks like spam", "550 refused for its content"]


def says(line, at=Stage.DOT):
    code, _, reply = line.partition(" ")
    return Submission(accepted=False, code=int(code), reply=reply, permanent=True, at=at)


@pytest.fixture
def desk():
    one = ScriptedDesk()
    yield one
    one.close()


def writes(desk, *people):
    for who in people:
        desk.box.deliver(mail(who, PROBLEM, at=desk.clock.now(), subject=f"Export of {who}"))
    desk.work()


def rows(desk, name=None):
    return [row for row in desk.store.lists.outbox(limit=1000) if name in (None, row.outgoing.name)]


def taken(desk):
    return Counter(to for to, _ in desk.server.taken)


def nobody_is_blamed(desk):
    for ticket in desk.store.lists.tickets():
        assert ticket.mute is None
        assert desk.store.lists.ticket(ticket.number).promises, "what was promised stands"
    assert not [row for row in rows(desk) if row.state is OutboxState.FAILED]


@pytest.mark.slow
@pytest.mark.parametrize("line", LIMITS)
def test_hazard_40_what_is_refused_about_us_waits_and_leaves_later_and_no_customer_is_blamed(desk, line):
    desk.server.says = lambda *_: says(line)
    writes(desk, ANA, BEA, CLO)
    # Two show that it is us, and one notice that it is all of us; nothing else is tried until it is time for a probe.
    assert len(desk.server.tried) == 3
    assert desk.server.taken == []
    for _ in range(3 * 60):
        desk.clock.at += minutes(1)
        desk.work()
    assert 5 <= len(desk.server.tried) <= 20, "ever more seldom"
    nobody_is_blamed(desk)
    told = [row for row in rows(desk, "trouble") if row.outgoing.key.startswith("submission:")]
    assert len(told) == len({row.outgoing.to.address for row in told}), "each admin once"
    assert told

    desk.server.says = lambda *_: TAKEN
    desk.pass_slowly(timedelta(hours=2), minutes(1))
    assert {row.state for row in rows(desk)} <= {OutboxState.SENT, OutboxState.DROPPED}
    assert all(taken(desk)[who] >= 1 for who in (ANA, BEA, CLO))
    assert len({raw for _, raw in desk.server.taken}) == len(desk.server.taken), "nothing doubled"
    assert len([row for row in rows(desk, "trouble") if row.outgoing.key.startswith("submission-again:")]) == len(told)
    nobody_is_blamed(desk)


@pytest.mark.slow
def test_hazard_40_beyond_five_days_it_is_the_servers_age_not_the_mails(desk):
    desk.server.says = lambda *_: says(LIMITS[0])
    writes(desk, ANA)
    desk.pass_slowly(timedelta(days=8), timedelta(hours=1))
    nobody_is_blamed(desk)
    desk.server.says = lambda *_: TAKEN
    desk.pass_slowly(timedelta(hours=3), minutes(10))
    assert taken(desk)[ANA] == 1


def test_hazard_40_a_sender_that_is_not_ours_to_one_customer_holds_no_other(desk):
    desk.server.says = lambda to, _: (
        says("553 5.7.1 Sender address rejected: not owned by user") if to == ANA else TAKEN
    )
    writes(desk, ANA, BEA)
    desk.pass_slowly(minutes(5), minutes(1))
    assert taken(desk)[BEA] == 1
    assert [row.state for row in rows(desk, "ack") if row.outgoing.to.address == ANA] == [OutboxState.READY]
    sent = [row for row in rows(desk, "trouble") if row.state is OutboxState.SENT]
    assert sent, "the admins hear of it by what still works"
    assert ANA in sent[0].outgoing.fields["where"]
    nobody_is_blamed(desk)


def test_a_restart_and_another_process_know_what_the_server_refuses(desk):
    desk.server.says = lambda *_: says(LIMITS[0])
    writes(desk, ANA, BEA)
    known = {one.side: one for one in desk.store.refusing()}
    assert server.closed(known, server.OUTSIDE)
    assert desk.store.waiting.server()
    tried = len(desk.server.tried)
    desk.work()
    assert len(desk.server.tried) == tried
    other = Gate(desk.store, desk.sender._teller.change)  # at its start it tries once: it may have been mended
    other.look(desk.clock.now())
    waiting = desk.store.ready(desk.clock.now() + minutes(1), 100)
    assert len(other.choose(waiting, (), desk.clock.now())) == 1
    other.look(desk.clock.now())
    assert other.choose(waiting, (), desk.clock.now()) == []


@pytest.mark.slow
@pytest.mark.parametrize("line", UNWANTED)
def test_hazard_40_one_mail_that_is_not_wanted_waits_its_agents_are_told_and_the_others_go_on(desk, line):
    desk.server.says = lambda to, _: says(line) if to == ANA else TAKEN
    writes(desk, ANA, BEA)
    assert taken(desk)[BEA] == 1
    told = [row for row in rows(desk, "undeliverable") if row.state is OutboxState.SENT]
    assert {row.outgoing.fields["reason"]["code"] for row in told} == {"undelivered.unwanted"}
    assert rows(desk, "trouble") == []
    nobody_is_blamed(desk)
    tries = []
    for step in range(1, 36):
        before = len(desk.server.tried)
        desk.clock.at += minutes(5)
        desk.work()
        acks = [raw for to, raw in desk.server.tried[before:] if to == ANA and b"auto-replied" in raw]
        tries += [5 * step] * len(acks)
    assert tries == [5, 35, 155]


def test_three_in_a_row_to_two_domains_are_a_state_of_the_server(desk):
    desk.box.deliver(*(mail(who, PROBLEM, at=MONDAY, subject=who) for who in (ANA, "eva@north.example", BEA, CLO)))
    desk.server.says = lambda to, _: says("554 5.7.1 no")
    desk.work()
    assert 3 <= len(desk.server.tried) <= 4
    assert [row for row in rows(desk, "trouble") if row.outgoing.key.startswith("submission:")]
    nobody_is_blamed(desk)
    desk.server.says = lambda *_: TAKEN
    desk.pass_slowly(timedelta(hours=13), minutes(5))
    assert all(taken(desk)[who] >= 1 for who in (ANA, BEA, CLO))


def test_the_recipient_is_marked_only_where_it_is_about_the_recipient(desk):
    desk.server.says = lambda to, _: says("550 5.1.1 no such user", Stage.RCPT) if to == ANA else TAKEN
    writes(desk, ANA)
    assert desk.store.lists.tickets()[0].mute == undeliverable("550 5.1.1 no such user")


@pytest.mark.slow
def test_a_login_that_is_refused_again_is_told_to_the_admins_and_tried_ever_more_seldom(desk):
    denied = Submission(accepted=False, code=535, reply="5.7.8 no", down=True, at=Stage.LOGIN)
    desk.server.says = lambda *_: denied
    writes(desk, ANA)
    desk.pass_slowly(timedelta(hours=6), timedelta(seconds=30))
    assert len(desk.server.tried) < 50, "an account is locked by less"
    nobody_is_blamed(desk)
    told = [row for row in rows(desk, "trouble") if row.outgoing.key.startswith("submission:")]
    assert [row.outgoing.fields["reason"]["code"] for row in told] == ["server.login"] * len(told)
    assert told
    desk.server.says = lambda *_: TAKEN
    desk.pass_slowly(timedelta(minutes=20), minutes(1))
    assert taken(desk)[ANA] >= 1


def with_file(who, name="film.mov"):
    body = (
        "--cut\nContent-Type: text/plain\n\nThis is what I see.\n\n--cut\nContent-Type: video/quicktime\n"
        f'Content-Disposition: attachment; filename="{name}"\nContent-Transfer-Encoding: base64\n\n'
        + "QUJD" * 30_000
        + "\n--cut--\n"
    )
    return mail(who, body, at=MONDAY, subject="Film", Content_Type='multipart/mixed; boundary="cut"')


def test_hazard_41_a_notice_that_is_refused_for_its_size_goes_again_without_files(desk):
    desk.server.says = lambda _, raw: says("552 5.3.4 Message too big") if len(raw) > 50_000 else TAKEN
    desk.box.deliver(with_file(ANA))
    desk.work()
    notices = [(to, raw) for to, raw in desk.server.taken if to != ANA]
    agents = {a.addresses[0] for a in desk.setting.policy.agents.values()}
    assert Counter(to for to, _ in notices) == Counter(agents)
    for _, raw in notices:
        text = message_from_bytes(raw, policy=default).get_body(("plain",)).get_content()
        assert "This is what I see" in text
        assert "too large for the mail server" in " ".join(text.split())
        assert "Attached:" not in text
    replaced = [row for row in rows(desk, "new") if row.state is OutboxState.DROPPED]
    assert len(replaced) == len(agents)
    desk.pass_slowly(timedelta(hours=1), minutes(5))
    assert len([1 for to, _ in desk.server.taken if to != ANA]) == len(agents), "nothing doubled"
