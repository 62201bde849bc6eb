"""The diary of promises and goodwill: what a row says of itself, and one event for each change of it."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import pytest
from sqlalchemy import select

from mailbot.adapters.store.rows import goodwill_from
from mailbot.adapters.store.schema import goodwill
from mailbot.core.model.goodwill import GoodwillState
from mailbot.core.model.message import Author
from mailbot.core.model.promise import PromiseState
from mailbot.core.model.reason import why
from tests.simulation.simulated_desk import JOOST, MARA, MONDAY, SimulatedDesk, mail, minutes

ANNA = "Anna Keller <anna@atelier.example>"
MARAS, JOOSTS = "Mara Lind <mara@lumen.example>", "Joost Baker <joost@lumen.example>"
BROKEN = "The export fails with an error at 80 % since this morning."
OUTAGE = "Our whole shop is down, nobody can order, error 503 everywhere!"
_ENDS = {f"event.{state.value}.due": state.value for state in PromiseState if state is not PromiseState.OPEN}


@pytest.fixture
def desk():
    agents = {"mara": MARA, "joost": replace(JOOST, goodwill=2000)}
    one = SimulatedDesk(change_policy=lambda policy: replace(policy, agents=agents))
    yield one
    one.close()


def writes(desk, text=BROKEN, subject="Question", **headers):
    return desk.receive(mail(ANNA, text, at=desk.clock.now(), subject=subject, **headers))[-1]


def answers(desk, text, *, of="new", to="mara"):
    sender = MARAS if to == "mara" else JOOSTS
    address = desk.last(of, to).reply_to
    return desk.receive(mail(sender, text, at=desk.clock.now(), to=address, subject="Re: notice"))[-1]


def replies(desk, text, letter):
    return desk.receive(
        mail(ANNA, text, at=desk.clock.now(), to=letter.reply_to, In_Reply_To=f"<{letter.message_id}>")
    )[-1]


def everything(desk):
    """All promises, all events and all messages of the desk, each ticket's in order."""
    pages = [desk.store.lists.ticket(t.number) for t in desk.store.lists.tickets()]
    return (
        [p for page in pages for p in page.promises],
        [e for page in pages for e in page.events],
        {m.id: m for page in pages for m in page.messages},
    )


def due(event):
    """The time that an event of a promise names."""
    return dict(event.what.args)["due"]


def check(desk):
    """Every row tells its whole story, and the diary has an event for each change of it and none besides."""
    rows, events, messages = everything(desk)
    sent = {s.outgoing.key: s for s in desk.sent}
    made = Counter((p.made_at, p.due.isoformat()) for p in rows)
    ended = Counter((p.ended_at, p.state.value, p.due.isoformat()) for p in rows if p.state is not PromiseState.OPEN)
    assert made == Counter((e.at, due(e)) for e in events if e.what.code == "event.promised.by")
    assert ended == Counter((e.at, _ENDS[e.what.code], due(e)) for e in events if e.what.code in _ENDS)
    for row in rows:
        assert row.made_by in {"ack", "cover", "late", "nudge", "update", "relay"}, row
        assert row.agent in {None, "mara", "joost"}, row
        assert row.to == "anna@atelier.example"
        assert row.stated_by in sent, "the mail that states it has left"
        stated = sent[row.stated_by].outgoing
        assert stated.promise == row.id or row.made_by == "late", "one letter may own up for several"
        assert (row.state is PromiseState.OPEN) == (row.ended_at is None) == (row.wake_at is not None)
        if row.state is PromiseState.KEPT:
            assert row.kept_by is not None
            assert row.ended_at <= row.due
        if row.kept_by is not None:
            word = messages[row.kept_by]
            assert word.author is Author.AGENT
            diary = [e for e in events if e.at == row.ended_at and _ENDS.get(e.what.code) == row.state.value]
            assert word.agent in {e.by for e in diary}, "the diary names the person, not the number of a mail"
    return Counter(row.state.value for row in rows)


def test_a_whole_history_and_its_diary(desk):
    writes(desk, OUTAGE)
    check(desk)
    desk.pass_time(MONDAY + minutes(14))  # covered
    answers(desk, "/plan we move you\n\nHello Anna,\n\nwe are on it.\n\nMara", of="covered")  # kept
    answers(desk, "/promise 11:00", of="covered")  # replaced by hand
    desk.pass_time(MONDAY + minutes(60))
    answers(desk, "Hello Anna,\n\nstill on it.\n\nMara", of="covered")  # kept
    desk.sleep_until(MONDAY + minutes(60 * 24))  # late: the desk was down
    answers(desk, "/wait customer 2d\n\nHello Anna, does it work now?\n\nMara", of="covered")
    desk.pass_time(MONDAY + minutes(60 * 24 * 12))  # nudged and closed
    replies(desk, "It fails again with the same error.", desk.last("closed"))  # reopened
    answers(desk, "/spam", of="followup")  # withdrawn
    assert check(desk) == {"covered": 1, "kept": 3, "replaced": 4, "late": 1}
    codes = [e.what.code for e in everything(desk)[1]]
    story = ["event.nudged.closes", "event.closed.no-answer", "event.reopened.by-mail"]
    assert [code for code in codes if code in story] == story


def test_a_human_word_after_the_time_is_late_and_says_who(desk):
    writes(desk)
    desk.clock.at = desk.promise().due + minutes(5)
    answers(desk, "Hello Anna,\n\nsorry, only now.\n\nMara")
    assert check(desk)["late"] == 1
    late = next(e for e in everything(desk)[1] if e.what.code == "event.late.due")
    assert late.by == "mara"


@pytest.mark.parametrize("first_is_sooner", [True, False])
def test_two_tickets_that_become_one_account_for_both_promises(desk, first_is_sooner):
    texts = [OUTAGE, BROKEN] if first_is_sooner else [BROKEN, OUTAGE]
    writes(desk, texts[0], subject="One")
    one = desk.last("ack")
    writes(desk, texts[1], subject="Two")
    two = desk.last("ack")
    both = f"<{one.message_id}> <{two.message_id}>"
    raw = mail(ANNA, "These two are the same.", at=desk.clock.now(), to=two.reply_to, References=both)
    desk.receive(raw)
    states = check(desk)
    assert states["open"] == 1, "they were merged"
    assert states["replaced"] >= 1
    assert "event.merged.same" in [e.what.code for e in everything(desk)[1]]


def test_an_address_that_fails_takes_its_promise_back_in_the_diary(desk):
    desk.refuse = lambda outgoing: outgoing.name == "update"
    writes(desk)
    answers(desk, "/plan we look into it")
    rows, events, _ = everything(desk)
    assert [p.state.value for p in rows] == ["kept", "replaced"]
    assert [_ENDS[e.what.code] for e in events if e.what.code in _ENDS] == ["kept", "replaced"]
    assert "event.undelivered.refused" in [e.what.code for e in events]


def test_each_step_of_goodwill_is_a_line_and_an_event(desk):
    writes(desk)
    answers(desk, "/goodwill 15 EUR for the wait", to="joost")
    answers(desk, "/goodwill 30 EUR for the export", to="joost")
    answers(desk, "/approve", of="gesture")
    answers(desk, "/goodwill 500 EUR for the year")
    with desk.store._database.read() as connection:
        lines = [goodwill_from(row) for row in connection.execute(select(goodwill).order_by(goodwill.c.id)).mappings()]
    assert [(g.agent, g.cents, g.state, g.approved_by) for g in lines] == [
        ("joost", 1500, GoodwillState.GRANTED, None),
        ("joost", 3000, GoodwillState.GRANTED, "mara"),
        ("mara", 50000, GoodwillState.GRANTED, "mara"),
    ]
    events = [(e.what, e.by) for e in everything(desk)[1] if "goodwill" in e.what.code]
    assert events == [
        (why("event.goodwill-given.sum", amount="15 EUR", reason="for the wait"), "joost"),
        (why("event.goodwill-asked.sum", amount="30 EUR", reason="for the export"), "joost"),
        (
            why("event.goodwill-approved.asked-by", amount="30 EUR", reason="for the export", name="Joost Baker"),
            "mara",
        ),
        (why("event.goodwill-approved.own", amount="500 EUR", reason="for the year"), "mara"),
    ]
    assert {f"goodwill:{g.id}" for g in lines} <= {s.outgoing.key for s in desk.sent}
