"""Nobody but an agent says that they are away, or there again: hazard 22."""

from __future__ import annotations

from dataclasses import replace

import pytest

from mailbot.core.model.policy import AgentProof
from tests.simulation.simulated_desk import JOOST, MARA, SimulatedDesk, mail

MARAS = "Mara Lind <mara@lumen.example>"
ELSEWHERE = "Mara Lind <mara.lind@pine.example>"
NORA = "Nora Feld <nora@birch.example>"
QUOTED = "\n\n> ##^^## answer above this line ##^^##\n> The export fails."


@pytest.fixture
def desk():
    one = SimulatedDesk(vouches=True, change_policy=lambda p: replace(p, agents={"mara": MARA, "joost": JOOST}))
    yield one
    one.close()


def write(desk, who, text, to="help@lumen.example", subject="x", **headers):
    return desk.receive(mail(who, text, at=desk.clock.now(), to=to, subject=subject, **headers))[-1]


def taken(desk):
    write(desk, NORA, "The export fails with an error.", subject="Export")
    write(desk, MARAS, "/take", to=desk.last("new", "mara").reply_to)


def followed(desk):
    """Who hears what the customer writes now."""
    since = len(desk.sent)
    first = next(s for s in desk.sent if s.outgoing.name == "ack")
    write(desk, NORA, "And now?", to=first.reply_to)
    return sorted(s.outgoing.to.address.partition("@")[0] for s in desk.sent[since:] if s.outgoing.name == "followup")


def proven_by_address(desk):
    desk.setting = replace(desk.setting, policy=replace(desk.setting.policy, agents_proven_by=AgentProof.ADDRESS))


def out_of_office(desk):
    to = desk.last("new", "mara").reply_to
    text = "I am out of the office."
    write(desk, MARAS, text, to=to, subject="Automatic reply: Export", Auto_Submitted="auto-replied")


def test_hazard_22_a_name_and_a_quoted_mark_send_no_agent_away(desk):
    taken(desk)
    write(desk, ELSEWHERE, "/away until 9 March 9:00" + QUOTED)
    assert followed(desk) == ["mara"]


@pytest.mark.parametrize("line", ["/back", "/away off"])
def test_hazard_22_nor_call_them_back(desk, line):
    taken(desk)
    write(desk, MARAS, "/away until mon 9:00")
    write(desk, ELSEWHERE, line + QUOTED)
    assert followed(desk) == ["joost"]


def test_hazard_22_nor_end_what_their_mailbox_said(desk):
    taken(desk)
    out_of_office(desk)
    write(desk, ELSEWHERE, "Which one was it?" + QUOTED)
    assert followed(desk) == ["joost"]


@pytest.mark.parametrize("line", ["/back", "/away off"])
def test_where_nothing_can_show_whose_it_is_coming_back_is_asked_back_too(desk, line):
    taken(desk)
    write(desk, MARAS, "/away until mon 9:00", to=desk.last("new", "mara").reply_to)
    proven_by_address(desk)
    assert write(desk, MARAS, line).outcome == "held"
    assert followed(desk) == ["joost"]
    asked = desk.last("answer", "mara")
    assert "Are you back?" in asked.text
    assert "reply to this mail with the same line: /back" in asked.text
    write(desk, MARAS, "/back", to=asked.reply_to)
    assert followed(desk) == ["mara"]


def test_who_was_never_away_is_told_so_and_not_asked(desk):
    proven_by_address(desk)
    assert write(desk, MARAS, "/back").outcome == "done"
    assert "You weren't away" in desk.last("answer", "mara").text


def test_where_nothing_can_show_whose_it_is_only_a_signed_address_ends_what_a_mailbox_said(desk):
    taken(desk)
    proven_by_address(desk)
    out_of_office(desk)
    signed = desk.last("new", "mara").reply_to
    write(desk, MARAS, "Is there any news of the export?")
    assert followed(desk) == ["joost"]
    write(desk, MARAS, "/note\nI am here.", to=signed)
    assert followed(desk) == ["mara"]
