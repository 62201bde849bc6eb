"""A support address that is a group (a Google Group): its members' copies are the customers' mail, and are answered."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.core.model.reason import why
from mailbot.core.model.silence import Mute, Silence
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, mail

ANNA = "Anna Keller <anna@atelier.example>"
BROKEN = "The export fails with an error at 80 % since this morning."
GROUP = {
    "List_Id": "<support.lumen.example>",
    "List_Post": "<https://groups.example/a/lumen.example/group/support/post>, <mailto:support@lumen.example>",
    "List_Unsubscribe": "<mailto:googlegroups-manage+1@groups.example>",
    "Mailing_list": "list support@lumen.example; contact support+owners@lumen.example",
    "Precedence": "list",
}
REWRITTEN = {
    **GROUP,
    "X_Original_From": ANNA,
    "Reply_To": ANNA,
    "X_Original_Sender": "anna@atelier.example",
}
OUR_OWN = "'Anna Keller' via Support <help@lumen.example>"


@pytest.fixture
def desk_with():
    made = []

    def make(*lists, **changes):
        def change(policy):
            inboxes = {name: replace(one, lists=frozenset(lists)) for name, one in policy.inboxes.items()}
            return replace(policy, inboxes=inboxes, **changes)

        made.append(SimulatedDesk(change_policy=change))
        return made[-1]

    yield make
    for one in made:
        one.close()


def letters(desk):
    return [(s.outgoing.name, s.outgoing.to.address) for s in desk.sent if not s.outgoing.agent]


def test_what_our_own_group_passes_on_is_a_customers_mail(desk_with):
    desk = desk_with("support.lumen.example")
    desk.receive(mail(ANNA, BROKEN, at=MONDAY, **GROUP))
    assert letters(desk) == [("ack", "anna@atelier.example")]
    assert desk.promise() is not None


def test_a_group_that_nobody_named_is_a_mailing_list(desk_with):
    for desk in (desk_with(), desk_with("sales.lumen.example")):
        desk.receive(mail(ANNA, BROKEN, at=MONDAY, **GROUP))
        assert letters(desk) == []
        assert desk.ticket().mute == Mute(Silence.LIST, why("screen.list_header", header="List-Id"))


@pytest.mark.parametrize(
    "changed",
    [
        {"List_Id": "<announce.else.example>"},
        {"List_Id": "support.lumen.example"},
        {"Precedence": "bulk"},
        {"Auto_Submitted": "auto-generated"},
        {"List_Unsubscribe_Post": "List-Unsubscribe=One-Click"},
    ],
    ids=["another list", "no brackets", "bulk", "a machine", "a newsletter"],
)
def test_what_else_speaks_against_an_answer_still_does(desk_with, changed):
    desk = desk_with("support.lumen.example")
    desk.receive(mail(ANNA, BROKEN, at=MONDAY, **{**GROUP, **changed}))
    assert letters(desk) == []


def test_the_writer_is_found_where_the_group_wrote_itself_into_from(desk_with):
    desk = desk_with("support.lumen.example")
    desk.receive(mail(OUR_OWN, BROKEN, at=MONDAY, **REWRITTEN))
    assert desk.ticket().requester.address == "anna@atelier.example"
    assert desk.ticket().requester.name == "Anna Keller"
    assert letters(desk) == [("ack", "anna@atelier.example")]


def test_the_same_mail_straight_and_by_the_group_is_one(desk_with):
    desk = desk_with("support.lumen.example")
    desk.receive(mail(ANNA, BROKEN, at=MONDAY, message_id="one@atelier.example"))
    desk.receive(mail(OUR_OWN, BROKEN, at=MONDAY, message_id="one@atelier.example", **REWRITTEN))
    assert [d.outcome for d in desk.decisions] == ["opened", "logged"]
    assert letters(desk) == [("ack", "anna@atelier.example")]


@pytest.mark.parametrize(
    "writer",
    ["Mara Lind <mara@lumen.example>", "Billing <billing@lumen.example>", "a@b.example, c@d.example", "nobody"],
)
def test_nobody_else_is_put_in_the_writers_place(desk_with, writer):
    desk = desk_with("support.lumen.example")
    desk.receive(mail(OUR_OWN, BROKEN, at=MONDAY, **{**REWRITTEN, "X_Original_From": writer}))
    assert letters(desk) == []
    assert desk.ticket().requester.address == "help@lumen.example"


@pytest.mark.parametrize(("result", "answered"), [("pass", True), ("fail", False)])
def test_who_could_prove_that_the_group_sent_it_must(desk_with, result, answered):
    desk = desk_with("support.lumen.example", authserv_id="mx.lumen.example")
    proof = f"mx.lumen.example; dmarc={result} header.from=lumen.example"
    desk.receive(mail(OUR_OWN, BROKEN, at=MONDAY, **REWRITTEN, Authentication_Results=proof))
    assert bool(letters(desk)) is answered


def test_a_header_of_a_list_that_the_sender_had_set_stays(desk_with):
    desk = desk_with("support.lumen.example")
    raw = mail(ANNA, BROKEN, at=MONDAY, **GROUP)
    desk.receive(raw.replace(b"List-Unsubscribe:", b"List-Unsubscribe: <https://shop.example/u>\r\nList-Unsubscribe:"))
    assert letters(desk) == []


@pytest.mark.parametrize(
    ("sender", "found"), [("anna@atelier.example", True), ("mallory@else.example", False), (None, False)]
)
def test_a_reply_to_counts_only_with_the_lists_own_word(desk_with, sender, found):
    desk = desk_with("support.lumen.example")
    said = {**GROUP, "Reply_To": ANNA} | ({"X_Original_Sender": sender} if sender else {})
    desk.receive(mail(OUR_OWN, BROKEN, at=MONDAY, **said))
    assert (desk.ticket().requester.address == "anna@atelier.example") is found


def test_of_two_writers_neither_is_believed(desk_with):
    desk = desk_with("support.lumen.example")
    raw = mail(OUR_OWN, BROKEN, at=MONDAY, **REWRITTEN)
    desk.receive(raw.replace(b"X-Original-From:", b"X-Original-From: Eve <eve@else.example>\r\nX-Original-From:"))
    assert desk.ticket().requester.address == "help@lumen.example"
