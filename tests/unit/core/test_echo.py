"""An answering machine that says nothing of itself is known by what it does, and people who repeat themselves are not."""

from __future__ import annotations

from datetime import timedelta

import pytest

from mailbot.core.language.similarity import same_words
from mailbot.core.model.outgoing import OutgoingKind
from mailbot.core.model.silence import Silence, is_kind
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, mail, minutes

ROBOT = "orders@robot.example"
WORDS = "Your message has come in at our depot and was given the number {n}. The crew on duty looks at it in turn."


@pytest.fixture
def desk():
    made = SimulatedDesk()
    yield made
    made.close()


def automatic(desk, to=ROBOT):
    return [s for s in desk.sent if s.outgoing.kind is OutgoingKind.LETTER and s.outgoing.to.address == to]


def answer_each(desk, hours, words_of, *, after=timedelta(minutes=1)):
    """Somebody answers each of our letters so soon, to the signed address, with no header that tells anything."""
    answered = 0
    end = desk.clock.now() + timedelta(hours=hours)
    while desk.clock.now() < end:
        desk.pass_time(desk.clock.now() + minutes(1))
        for sent in automatic(desk)[answered:]:
            answered += 1
            if words := words_of(answered):
                desk.clock.at += after
                subject = f"Re: {sent.header('Subject')}"
                desk.receive(mail(ROBOT, words, at=desk.clock.now(), to=sent.reply_to, subject=subject))


def opened(desk):
    desk.receive(mail(ROBOT, "The whole site is down, nobody can order anything.", at=MONDAY, subject="Site is down"))
    assert desk.ticket().priority == 1


@pytest.mark.slow
def test_the_third_time_the_same_words_come_back_at_once_ends_the_letters(desk):
    opened(desk)
    answer_each(desk, 24, lambda n: WORDS.format(n=4000 + n))
    assert 2 <= len(automatic(desk)) <= 4
    ticket = desk.ticket()
    assert is_kind(ticket.mute, Silence.ROBOT)
    assert desk.promise() is None
    told = [s for s in desk.sent if s.outgoing.name == "followup"][-1]
    assert "a machine: it answers each of our letters at once" in " ".join(told.text.split())
    assert "given the number" in told.text


def test_an_agents_word_goes_out_all_the_same(desk):
    opened(desk)
    answer_each(desk, 4, lambda n: WORDS.format(n=4000 + n))
    before = len(automatic(desk))
    notice = desk.last("followup", "mara")
    desk.receive(mail("mara@lumen.example", "We are on it.", at=desk.clock.now(), to=notice.reply_to))
    assert desk.sent[-1].outgoing.name in ("relay", "receipt") or any(
        s.outgoing.kind is OutgoingKind.RELAY for s in desk.sent[-3:]
    )
    assert desk.ticket().mute is None
    assert len(automatic(desk)) >= before


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words_of", "after"),
    [
        (lambda n: WORDS.format(n=n) if n < 3 else None, minutes(1)),
        (lambda n: WORDS.format(n=n), minutes(9)),
        (lambda n: f"{'Still down here' if n % 2 else 'No change at all on our side'}, what shall I tell people?", minutes(1)),
        (lambda n: "Any news?", minutes(1)),
    ],
    ids=["twice only", "not at once", "other words each time", "few words"],
)  # fmt: skip
def test_people_who_answer_go_on_hearing_from_us(desk, words_of, after):
    opened(desk)
    answer_each(desk, 3, words_of, after=after)
    assert desk.ticket().mute is None
    assert desk.promise() is not None
    assert len(automatic(desk)) >= 4  # covers come further and further apart: after 15 and 30 minutes, 1 and 2 hours


def test_a_mail_that_is_sent_again_and_again_to_no_letter_of_ours_tells_nothing(desk):
    opened(desk)
    for _ in range(5):
        desk.clock.at += timedelta(seconds=20)
        to = automatic(desk)[0].reply_to
        desk.receive(mail(ROBOT, WORDS.format(n=1), at=desk.clock.now(), to=to, subject="Re: Site is down"))
    assert desk.ticket().mute is None


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (WORDS.format(n=1), WORDS.format(n=77), True),
        ("メッセージを受け付けました。順番に確認いたします。番号は12です。", "メッセージを受け付けました。順番に確認いたします。番号は13です。", True),
        ("Any news?", "Any news?", False),
        ("", "", False),
        (WORDS.format(n=1), "The export is broken since this morning and nobody here knows why.", False),
        (WORDS.format(n=1), WORDS.format(n=1) + " By the way, the invoice of March has a wrong date on it.", False),
    ],
)  # fmt: skip
def test_same_words(one, other, same):
    assert same_words(one, other) is same
