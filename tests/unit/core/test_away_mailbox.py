"""What a mailbox's automatic answer says of its owner: hazard 24, and what says nothing about an absence."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from mailbot.core.actions.absence import noticed
from mailbot.core.actions.case import Case
from mailbot.core.decide import take_in
from mailbot.core.intake.automatic.auto_text import says_absent
from mailbot.core.language.absence_time import named_return
from mailbot.core.model.decision import Decision
from mailbot.core.model.known import Known
from mailbot.core.model.policy import Hours
from mailbot.core.model.reason import why
from tests.simulation.simulated_desk import BERLIN, JOOST, MARA, MONDAY, SimulatedDesk, mail, minutes

MARAS = "Mara Lind <mara@lumen.example>"
NORA = "Nora Feld <nora@birch.example>"


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


def automatic(desk, text, subject="Automatic reply: Export", **headers):
    headers = {"Auto_Submitted": "auto-replied", **headers}
    return write(desk, MARAS, text, to=desk.last("new", "mara").reply_to, subject=subject, **headers)


def offered(desk):
    return [s.outgoing.to.address.partition("@")[0] for s in desk.sent if s.outgoing.name == "offered"]


def followed(desk):
    since = len(desk.sent)
    write(desk, NORA, "And now?", to=desk.last("ack").reply_to)
    return [s.outgoing.to.address.partition("@")[0] for s in desk.sent[since:] if s.outgoing.name == "followup"]


@pytest.mark.parametrize(
    "words",
    [
        "We have received your message and will answer soon.",
        "Wir haben Ihre Nachricht erhalten und melden uns.",
        "We have received your message. Our office is closed on Sundays.",
        "We have received your message. Our sale runs until 9 March.",
        "Thank you for your mail.",
    ],
)
def test_hazard_24_a_mailbox_that_only_acknowledges_is_not_away(desk, words):
    taken(desk)
    automatic(desk, words)
    assert (offered(desk), followed(desk)) == ([], ["mara"])


@pytest.mark.parametrize(
    "header", [{"Auto_Submitted": "no", "X_MS_Exchange_Inbox_Rules_Loop": "x", "X_Auto_Response_Suppress": "All"}]
)
def test_hazard_24_nor_is_one_that_a_rule_answers_for(desk, header):
    taken(desk)
    automatic(desk, "I am out of the office.", subject="Export", **header)
    assert offered(desk) == []


@pytest.mark.parametrize(
    ("subject", "words"),
    [
        ("Automatic reply: Export", "I am out of the office."),
        ("Automatic reply: Export", "Back on 9 March."),
        ("Automatic reply: Export", "We have received your message. I am on vacation."),
        ("Automatische Antwort: Export", "Ich bin im Urlaub und melde mich danach."),
        ("Réponse automatique", "Je suis absente jusqu'au 6 mars."),
        ("Out of office: Export", "Ask Joost."),
        ("Automatic reply: Export", "I no longer work here."),
    ],
)
def test_one_whose_words_are_about_absence_is(desk, subject, words):
    taken(desk)
    automatic(desk, words, subject=subject)
    assert offered(desk) == ["joost"]


def test_words_of_the_mail_that_it_quotes_say_nothing():
    assert not says_absent("Automatic reply: I am away", "We have received your message.")


def test_hazard_24_however_often_it_says_so_the_tickets_are_offered_once_a_day(desk):
    taken(desk)
    back = desk.last("new", "mara").reply_to
    for _ in range(3):
        automatic(desk, "I am out of the office.")
        write(desk, MARAS, "/note\nI am here.", to=back)
    assert offered(desk) == ["joost"]
    desk.clock.at += timedelta(days=1)
    automatic(desk, "I am out of the office.")
    assert offered(desk) == ["joost", "joost"]


def received(minutes_ago):
    at = MONDAY - minutes(minutes_ago)
    return f"from mx.lumen.example by mx.lumen.example; {at:%a, %d %b %Y %H:%M:%S %z}"


@pytest.mark.parametrize(
    ("minutes_ago", "words", "away"),
    [
        (0, "I am out of the office.", True),
        (23 * 60, "I am out of the office.", True),
        (25 * 60, "I am out of the office.", False),
        (20 * 60, "I am away and will be back tomorrow.", False),
        (0, "I am away and will be back tomorrow.", True),
        (0, "I was away, back on 2 March.", False),
    ],
)
def test_an_old_reply_and_one_whose_day_has_come_say_nothing(desk, minutes_ago, words, away):
    raw = mail(MARAS, words, at=MONDAY, to="help@lumen.example", subject="Automatic reply", Auto_Submitted="yes")
    raw = f"Received: {received(minutes_ago)}\r\n".encode() + raw
    results = b"Authentication-Results: mx.lumen.example; dmarc=pass header.from=lumen.example\r\n"
    assert bool(_decided(desk, results + raw).absences) is away


def test_nor_does_one_that_lay_there_before_the_desk_came(desk):
    raw = mail(MARAS, "I am out of the office.", at=MONDAY, subject="Automatic reply", Auto_Submitted="yes")
    raw = f"Received: {received(60)}\r\n".encode() + raw
    results = b"Authentication-Results: mx.lumen.example; dmarc=pass header.from=lumen.example\r\n"
    assert _decided(desk, results + raw).absences
    assert not _decided(desk, results + raw, desk_since=MONDAY).absences


def _decided(desk, raw, **since):
    incoming = take_in(raw, desk.setting, inbox="support", received_at=MONDAY, **since)
    case = Case(incoming=incoming, known=Known(), setting=desk.setting, now=MONDAY, fresh=None)
    return noticed(case, Decision(outcome="logged", reason=why("screen.absence")))


NOVEMBER = datetime(2026, 11, 30, 9, tzinfo=BERLIN)


@pytest.mark.parametrize(
    ("said", "back"),
    [
        ("I am away, back on 7 January.", datetime(2027, 1, 7, tzinfo=BERLIN)),
        ("I am away, back on 25 January.", datetime(2027, 1, 25, tzinfo=BERLIN)),
        ("I am away, back on 16 March 2027.", datetime(2027, 3, 16, tzinfo=BERLIN)),
        ("Ich bin ab dem 16.03.2027 wieder da.", datetime(2027, 3, 16, tzinfo=BERLIN)),
        ("I am away, back on 16 March.", None),
        ("Ich bin ab dem 16. März wieder da.", None),
        ("Ich bin ab dem 16.3. wieder da.", None),
        ("I am away until 4 December, then on leave until 16 March.", None),
        ("I am away, back on 16 March. On 7 January I read my mail.", None),
    ],
)
def test_a_day_months_ahead_without_its_year_leaves_the_end_open(said, back):
    # It may as well be one that has passed: whoever left the note on since then is not away for months.
    assert named_return(said, now=NOVEMBER, hours=Hours(zone=BERLIN, always=True)) == back


def test_whose_return_is_left_open_is_away_until_they_write(desk):
    desk.clock.at = NOVEMBER
    taken(desk)
    automatic(desk, "I am out of the office, back on 16 March.")
    assert desk.last("offered").outgoing.fields["until"] is None
    assert followed(desk) == ["joost"]
    write(desk, MARAS, "/note\nI am here.", to=desk.last("new", "mara").reply_to)
    assert followed(desk) == ["mara"]


@pytest.mark.parametrize(
    "said", ["I am away until 1 May 2027.", "Back on 1 May, 2027", "Ich bin ab dem 1. Mai 2027 wieder da."]
)
def test_a_day_of_another_year_is_not_taken_for_one_of_this_year(said):
    hours = Hours(zone=BERLIN, always=True)
    assert named_return(said, now=MONDAY, hours=hours) is None
    assert named_return(said.replace(" 2027", "").replace(",", ""), now=MONDAY, hours=hours) is not None
    assert named_return(said.replace("2027", "2026"), now=MONDAY, hours=hours) == datetime(
        2026, 5, 2 if "until" in said else 1, tzinfo=BERLIN
    )
