"""`/find`, `/mine`, `/open` and `/show`: one mail to whoever asks, with what they may read, and a tap for each ticket."""

from __future__ import annotations

import re
from dataclasses import replace
from urllib.parse import unquote

import pytest

from mailbot.core.model.policy import Agent
from tests.simulation.simulated_desk import BERLIN, JOOST, MARA, SimulatedDesk, desk_policy, mail

NORA = "Nora Feld <nora@pine.example>"
CY = "Cy Ost <cy@elm.example>"


@pytest.fixture
def desk():
    with_two = SimulatedDesk()
    yield with_two
    with_two.close()


def open_ticket(desk, who, words, **headers):
    (decision,) = desk.receive(mail(who, words, at=desk.clock.now(), **headers))
    return decision.tickets[0].number


def ask(desk, line, agent=MARA, **headers):
    """An agent's mail of its own with that line; the notice that answers it."""
    before = len(desk.sent)
    decided = desk.receive(
        mail(f"{agent.name} <{agent.addresses[0]}>", line, at=desk.clock.now(), subject="a question", **headers)
    )
    told = desk.sent[before:]
    assert [one.outgoing.to.address for one in told] == [agent.addresses[0]], "to that agent alone"
    return decided[0], told[0]


def tap(notice, label):
    """The address of one button of a notice, and the line that it sends."""
    found = re.search(rf"{re.escape(label)}[^<]*<?mailto:([^?>]+)\?[^>]*body=([^>\s]+)", notice.text)
    assert found, notice.text
    return unquote(found[1]), unquote(found[2])


def test_words_are_found_and_one_tap_shows_all_that_was_said(desk):
    number = open_ticket(desk, NORA, "The pump in hall two drips.")
    open_ticket(desk, CY, "Where is my invoice?")
    desk.receive(
        mail(
            MARA.addresses[0],
            "/note Ask Joost about the valve.",
            at=desk.clock.now(),
            to=desk.last("new", "mara").reply_to,
        )
    )
    decision, notice = ask(desk, "/find PUMP drip")
    assert decision.outcome == "done"
    assert notice.outgoing.name == "found"
    assert f"[{number}] P" in notice.text
    assert "The pump in hall two drips." in notice.text
    assert "invoice" not in notice.text
    address, line = tap(notice, f"Show [{number}]")
    assert line == "/show"
    before = len(desk.sent)
    desk.receive(mail(MARA.addresses[0], line, at=desk.clock.now(), to=address))
    (shown,) = desk.sent[before:]
    assert f"All that was said on [{number}]" in shown.header("Subject")
    assert "> The pump in hall two drips." in shown.text


@pytest.mark.parametrize("line", ["/find nora@pine.example", "/find nora@", "/find #1", "/find [1]"])
def test_an_address_and_a_number_are_found(desk, line):
    open_ticket(desk, NORA, "The pump drips.")
    open_ticket(desk, CY, "Where is my invoice?")
    _, notice = ask(desk, line)
    assert [each["ticket"] for each in notice.outgoing.fields["lines"]] == [1]


def test_a_note_is_shown_as_what_stays_inside(desk):
    number = open_ticket(desk, NORA, "The pump drips.")
    desk.receive(mail(MARA.addresses[0], "/note Ask Joost.", at=desk.clock.now(), to=desk.last("new", "mara").reply_to))
    _, notice = ask(desk, f"/show {number}")
    assert "Mara Lind, inside only, " in notice.text
    assert "Ask Joost." in notice.text
    assert notice.text.index("The pump drips.") < notice.text.index("Ask Joost.")


def test_mine_and_open_and_what_nobody_has(desk):
    outage = open_ticket(desk, NORA, "Nothing works, the whole shop is down!")
    desk.receive(mail(MARA.addresses[0], "/take", at=desk.clock.now(), to=desk.last("new", "mara").reply_to))
    question = open_ticket(desk, CY, "How do I change my address?")

    def listed(line):
        return [each["ticket"] for each in ask(desk, line)[1].outgoing.fields["lines"]]

    assert listed("/mine") == [outage]
    assert listed("/open") == [outage, question]
    assert listed("/open p1") == [outage]
    assert listed("/open unassigned") == [question]
    assert listed("/open p1 unassigned") == []
    assert [each["ticket"] for each in ask(desk, "/mine", JOOST)[1].outgoing.fields["lines"]] == []


@pytest.mark.parametrize(
    ("line", "draft"),
    [
        ("/find", "/find WORDS"),
        ("/find ***", "/find WORDS"),
        ("/open p9 p1", "/open p1"),
        ("/show it", "/show 7"),
        ("/show", "/show 7"),
    ],
)
def test_what_cannot_be_meant_is_refused_with_what_is_right(desk, line, draft):
    decision, notice = ask(desk, line)
    assert decision.outcome == "refused"
    assert f"This is right: {draft}" in notice.text.splitlines()


def test_it_stands_alone_and_nothing_is_half_done(desk):
    number = open_ticket(desk, NORA, "The pump drips.")
    reply_to = desk.last("new", "mara").reply_to
    for words in ("/find pump\n/take", "/take\n/find pump"):
        (decision,) = desk.receive(mail(MARA.addresses[0], words, at=desk.clock.now(), to=reply_to))
        assert decision.outcome == "refused"
        assert desk.ticket(number).assignee is None


def test_words_below_go_to_nobody_and_it_says_so(desk):
    open_ticket(desk, NORA, "The pump drips.")
    reply_to = desk.last("new", "mara").reply_to
    before = len(desk.sent)
    desk.receive(
        mail(MARA.addresses[0], "/find pump\n\nDear Nora, it is on its way.", at=desk.clock.now(), to=reply_to)
    )
    (told,) = desk.sent[before:]
    assert told.outgoing.to.address == MARA.addresses[0]
    assert "The words below went to nobody: “Dear Nora, it is on its way.”" in told.text


def test_a_customer_who_writes_such_a_line_writes_words(desk):
    number = open_ticket(desk, NORA, "/find pump")
    assert desk.ticket(number).subject is not None


def test_of_the_inboxes_of_others_it_only_counts():
    policy = desk_policy()
    name, inbox = next(iter(policy.inboxes.items()))
    zoe = Agent(id="zoe", name="Zoe Fern", addresses=("zoe@lumen.example",), zone=BERLIN, groups=("billing",))
    billing = replace(inbox, name="billing", address="billing@lumen.example", group="billing")
    policy = replace(policy, agents={**policy.agents, "zoe": zoe}, inboxes={name: inbox, "billing": billing})
    desk = SimulatedDesk(change_policy=lambda _: policy)
    try:
        number = open_ticket(desk, NORA, "The pump drips.")
        _, notice = ask(desk, "/find pump", zoe)
        assert notice.outgoing.fields["lines"] == []
        assert "In inboxes that aren't yours: 1 more." in notice.text
        assert "drips" not in notice.text
        for line in (f"/show {number}", "/show 99"):
            decision, notice = ask(desk, line, zoe)
            assert (decision.outcome, "drips" in notice.text) == ("refused", False)
        assert ask(desk, "/open", zoe)[1].outgoing.fields["lines"] == []
    finally:
        desk.close()
