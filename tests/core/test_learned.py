"""A signature is learned from an agent's last mails, shown once, and kept where they ask for it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailbot.core.learned import without_learned
from mailbot.core.policy import Agent
from tests.core.simulated_desk import MONDAY, SimulatedDesk, mail

IVO = Agent(id="ivo", name="Ivo Brandt", addresses=("ivo@lantern.example",))
MOTTO = "We bring light to every harbour.\nlantern.example"
BODIES = [f"Answer number {n}." for n in range(5)]


def learned(tail: str, *, earlier: int = 4, before: str = "") -> str | None:
    texts = [f"{body}\n\n{before}{tail}" for body in BODIES]
    found = without_learned(texts[4], texts[:earlier], IVO)
    return None if found is None else found.words


@pytest.mark.parametrize("before", ["Kind regards\nIvo\n", "Kind regards\n\nIvo Brandt\n\n", "Best, Ivo\n"])
def test_what_stands_below_a_closing_is_known_from_the_fifth_mail_on(before: str) -> None:
    assert learned(MOTTO, before=before) == f"{BODIES[4]}\n\n{before}".rstrip()
    assert learned(MOTTO, before=before, earlier=3) is None


@pytest.mark.parametrize(
    "tail",
    [
        "Ivo\nWe bring light to every harbour.",
        "Lantern Ltd\nivo@lantern.example",
        "Harbour Lights\nTel. +44 20 7946 0018",
    ],
)
def test_without_a_closing_it_begins_where_it_is_theirs(tail: str) -> None:
    assert learned(tail) == BODIES[4]


@pytest.mark.parametrize(
    "tail", ["Does this help you?", "Please write if it does not work.", "Kind regards\nIvo", "Ivo"]
)
def test_words_that_they_use_each_time_stay(tail: str) -> None:
    assert learned(tail) is None


def test_four_of_the_last_ten_are_enough_and_others_do_not_hinder() -> None:
    texts = [f"{body}\n\nKind regards\nIvo\n{MOTTO}" for body in BODIES]
    others = ["Taken.", "Ivo", "Yes.\n\nKind regards\nIvo", "", "Ok"]
    found = without_learned(texts[4], [*others, *texts[:4]], IVO)
    assert found is not None
    assert found.tail == MOTTO
    assert without_learned("Ok.\n\nIvo", [*texts[:4]], IVO) is None


@pytest.mark.parametrize("unit", ["a\n", "Best,\nIvo\n", "lantern.example\n", "-- \n", " "])
def test_hostile_mails_are_read_in_linear_time(unit: str) -> None:
    text = unit * (400_000 // len(unit))
    without_learned(text, [text[:20_000]] * 10, IVO)


@pytest.fixture
def desk():
    one = SimulatedDesk()
    yield one
    one.close()


def _answers(desk: SimulatedDesk, count: int) -> str:
    """The last of so many relays of Mara's, each to a customer of its own."""
    for n in range(count):
        desk.clock.at += timedelta(minutes=30)
        who = f"c{desk.clock.at:%H%M}@harbour{n}.example"
        desk.receive(mail(who, "The lamp hums. Why?", at=desk.clock.now(), subject=f"Lamp {n}"))
        notice = desk.last("new", "mara")
        text = f"It is the coil, number {n}.\n\nBest,\nMara\nWe bring light to every harbour.\nAsk us anything"
        desk.receive(mail("mara@lumen.example", text, at=desk.clock.now(), to=notice.reply_to, subject="Re: Lamp"))
    return desk.last("relay", "harbour").text


def _shown(desk: SimulatedDesk) -> list[str]:
    return [sent.outgoing.key for sent in desk.sent if sent.outgoing.name == "signature"]


def test_the_agent_is_shown_once_and_can_keep_it(desk) -> None:
    desk.clock.at = MONDAY
    assert "We bring light" in _answers(desk, 4)
    assert not _shown(desk)
    assert "We bring light" not in _answers(desk, 1)
    assert len(_shown(desk)) == 1
    notice = desk.last("signature", "mara")
    assert "> We bring light to every harbour." in notice.text
    assert "We bring light" not in _answers(desk, 1)
    assert len(_shown(desk)) == 1
    mark = _shown(desk)[0].split(":")[1]
    desk.receive(
        mail("mara@lumen.example", f"/signature keep {mark}", at=desk.clock.now(), to=notice.reply_to, subject="Re")
    )
    assert desk.decisions[-1].outcome == "done"
    assert "We bring light" in _answers(desk, 1)
    desk.receive(
        mail("mara@lumen.example", f"/signature drop {mark}", at=desk.clock.now(), to=notice.reply_to, subject="Re")
    )
    assert "We bring light" not in _answers(desk, 1)
