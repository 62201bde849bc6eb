"""Who joins a ticket without belonging to it: colleagues of its customer, and all who write to mailing lists."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from mailbot.core.model.message import Author
from mailbot.core.model.outgoing import OutgoingKind
from tests.simulation.simulated_desk import MARA, SimulatedDesk, mail, minutes

ANA = "Ana Soto <ana@north.example>"
LIST = {"List_Id": "Users of the pump <pump.lists.example>", "Precedence": "list"}
OTHER_LIST = {"List_Id": "<valves.lists.example>", "Precedence": "list"}
TO = "pump@lists.example"


@pytest.fixture
def desk():
    made = SimulatedDesk(change_policy=with_providers)
    yield made
    made.close()


def with_providers(policy):
    return replace(policy, limits=replace(policy.limits, public_domains=frozenset({"post.example"})))


def write(desk, sender, text, message_id, **more):
    desk.clock.at += minutes(1)
    desk.receive(mail(sender, text, at=desk.clock.at, message_id=f"<{message_id}>", **more))


def letters(desk):
    return [s for s in desk.sent if s.outgoing.kind is not OutgoingKind.NOTICE]


def test_a_colleague_who_answers_a_customers_own_mail_joins_as_a_stranger(desk):
    write(desk, ANA, "The pump stands still since this morning.", "first@north.example")
    before = len(letters(desk))
    write(desk, "Mike Rau <mike@north.example>", "zephyr: it hums as well.", "second@north.example",
          References="<unknown@north.example> <first@north.example>")  # fmt: skip
    [ticket] = desk.store.lists.tickets()
    assert [m.author for m in desk.store.lists.ticket(ticket.number).messages] == [Author.CUSTOMER, Author.STRANGER]
    assert len(letters(desk)) == before
    assert "mailbot ticket split 1" in desk.last("followup").text


@pytest.mark.parametrize(
    "other",
    ["Bob Roth <bob@elsewhere.example>", "Bob Roth <bob@post.example>"],
    ids=["of another house", "of a public mail provider"],
)
def test_nobody_else_is_led_by_an_id_of_hers(desk, other):
    ana = "Ana Soto <ana@post.example>" if "post" in other else ANA
    write(desk, ana, "The pump stands still since this morning.", "first@north.example")
    write(desk, other, "Mine as well.", "second@x.example", References="<first@north.example>")
    assert len(desk.store.lists.tickets()) == 2


def test_a_colleagues_mail_that_is_yet_to_come_is_not_drawn_in(desk):
    write(
        desk, "Mike Rau <mike@north.example>", "See below.", "second@north.example", References="<first@north.example>"
    )
    write(desk, ANA, "The pump stands still since this morning.", "first@north.example")
    assert len(desk.store.lists.tickets()) == 2
    assert [s.outgoing.to.address for s in letters(desk)] == ["mike@north.example", "ana@north.example"]


PIECES = [
    ("Ana <ana@north.example>", "a@north.example", "", LIST),
    ("Bob <bob@south.example>", "b@south.example", "<a@north.example>", LIST),
    ("Cem <cem@west.example>", "c@west.example", "<a@north.example> <b@south.example>", OTHER_LIST),
    ("Ana <ana@north.example>", "d@north.example", "<c@west.example>", OTHER_LIST),
]


@pytest.mark.slow
@pytest.mark.parametrize("order", list(itertools.permutations(range(4))), ids=str)
def test_a_thread_that_crosses_mailing_lists_is_one_matter_whatever_the_order(order):
    desk = SimulatedDesk()
    try:
        for place in order:
            sender, own, references, of_list = PIECES[place]
            write(desk, sender, f"Piece {own}.", own, to=TO, References=references, **of_list)
        assert len(desk.store.lists.tickets()) == 1
        assert letters(desk) == []
    finally:
        desk.close()


def test_an_answer_to_one_who_writes_to_a_list_goes_to_nobody_else_unasked(desk):
    eve = "Eve Ruz <eve@evil.example>"
    write(desk, eve, "A list says so.", "e@evil.example", to=TO, **LIST)
    write(desk, ANA, "The pump stands still since this morning.", "a@north.example", to=TO, **LIST)
    notice = desk.last("new", MARA.id)
    write(desk, eve, "Both.", "f@evil.example", to=TO, References="<e@evil.example> <a@north.example>", **LIST)
    assert len(desk.store.lists.tickets()) == 1
    write(desk, f"{MARA.name} <{MARA.addresses[0]}>", "zephyr: turn the valve.", "answer@lumen.example",
          to=notice.reply_to, In_Reply_To=f"<{notice.message_id}>")  # fmt: skip
    assert letters(desk) == []
    assert "eve" in desk.last("ask", MARA.id).text.lower()


def test_a_mail_of_a_list_leads_nobody_who_writes_to_us(desk):
    eve = "Eve Ruz <eve@evil.example>"
    write(desk, eve, "A list says so.", "e@evil.example", to=TO, References="<first@north.example>", **LIST)
    write(desk, ANA, "The pump stands still since this morning.", "first@north.example")
    write(desk, eve, "And again.", "f@evil.example", to=TO, References="<first@north.example>", **LIST)
    mine = [t for t in desk.store.lists.tickets() if t.requester.key == "ana@north.example"]
    assert [m.from_.key for m in desk.store.lists.ticket(mine[0].number).messages] == ["ana@north.example"]
    assert [s.outgoing.to.address for s in letters(desk)] == ["ana@north.example"]
