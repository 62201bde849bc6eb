"""The account that a customer gets after a priority 1, or when an agent sends it: what was promised, when, by whom, and how it ended."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from mailbot.core.intake.asks_timeline import asks_timeline
from mailbot.core.letters.timeline import MOST
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, mail, minutes

ANNA = "Anna Keller <anna@atelier.example>"
OUTAGE = "Our whole shop is down, nobody can order, error 503 everywhere!"
BROKEN = "The export fails with an error at 80 % since this morning."
MARAS, JOOSTS = "Mara Lind <mara@lumen.example>", "Joost Baker <joost@lumen.example>"
RESOLVED = "/resolve\n\nIt is up again.\n\nMara"


@pytest.fixture
def desk():
    one = SimulatedDesk(vouches=True)
    yield one
    one.close()


def writes(desk, text=OUTAGE, **headers):
    desk.receive(mail(ANNA, text, at=desk.clock.now(), **headers))


def answers(desk, text, *, of="new", to="mara", sender=MARAS):
    notice = desk.last(of, to)
    return desk.receive(mail(sender, text, at=desk.clock.now(), to=notice.reply_to, subject="Re: notice"))[-1]


def account(desk, name="relay"):
    """The lines of the account in the newest letter of that name, without the time at which each was promised."""
    text = desk.last(name, "anna").text.replace("\r", "")
    return [line.partition(": ")[2] for line in re.findall(r"(?m)^- .+$", text)]


def test_each_promise_is_told_with_who_wrote_and_how_it_ended(desk):
    writes(desk)
    desk.pass_time(MONDAY + minutes(4))
    answers(desk, "/promise 30m\n\nWe are on it.\n\nMara")
    desk.pass_time(MONDAY + minutes(50))
    answers(desk, RESOLVED, of="covered")
    assert account(desk) == [
        "we promised you an update by 09:15 CET; Mara Lind wrote in time (09:04).",
        "Mara Lind promised you an update by 09:34 CET; only an automatic email came (09:32).",
        "we promised you an update by 10:04 CET; Mara Lind wrote in time (09:50).",
    ]


def test_what_colleagues_wrote_among_themselves_is_nobodys_word(desk):
    writes(desk)
    answers(desk, "/note\nIt is the new machine, I think.", to="joost", sender=JOOSTS)
    desk.pass_time(MONDAY + minutes(10))
    answers(desk, RESOLVED)
    assert account(desk) == ["we promised you an update by 09:15 CET; Mara Lind wrote in time (09:10)."]
    assert "Joost" not in desk.last("relay", "anna").text
    assert "new machine" not in desk.last("relay", "anna").text


def test_whoever_wrote_in_time_did_so_though_they_have_left(desk):
    writes(desk)
    desk.pass_time(MONDAY + minutes(4))
    answers(desk, "/promise 30m\n\nWe are on it.\n\nJoost", to="joost", sender=JOOSTS)
    agents = {"mara": desk.setting.policy.agents["mara"]}
    desk.setting = replace(desk.setting, policy=replace(desk.setting.policy, agents=agents))
    desk.pass_time(MONDAY + minutes(20))
    answers(desk, RESOLVED)
    answers(desk, "/send", of="crossed")
    assert account(desk) == [
        "we promised you an update by 09:15 CET; Lumen Support wrote in time (09:04).",
        "we promised you an update by 09:34 CET; Mara Lind wrote in time (09:20).",
    ]


def test_two_tickets_that_became_one_have_one_account(desk):
    writes(desk, message_id="a1@atelier.example")
    desk.pass_time(MONDAY + minutes(5))
    answers(desk, "/promise 30m\n\nWe are on it.\n\nMara")
    writes(desk, "The checkout is down as well, error 503 everywhere!", message_id="b1@atelier.example")
    desk.pass_time(MONDAY + minutes(9))
    answers(desk, "/promise 1h\n\nThat, too.\n\nMara")
    writes(desk, "These two belong together.", References="<b1@atelier.example> <a1@atelier.example>")
    desk.pass_time(MONDAY + minutes(20))
    answers(desk, RESOLVED, of="followup")
    assert len(account(desk)) == 3


def test_a_solution_that_was_asked_about_first_brings_it_too(desk):
    writes(desk)
    desk.pass_time(MONDAY + minutes(4))
    answers(desk, "We are on it.\n\nMara")
    assert answers(desk, "/resolve\n\nIt is up again.\n\nJoost", to="joost", sender=JOOSTS).outcome == "held"
    answers(desk, "/send", of="crossed", to="joost", sender=JOOSTS)
    assert len(account(desk)) == 2


def test_of_many_promises_the_latest_are_told_and_the_others_are_counted(desk):
    writes(desk)
    for nth in range(7):
        desk.pass_time(MONDAY + minutes(10 * (nth + 1)))
        answers(desk, f"/promise 15m\n\nStill searching, {nth}.\n\nMara")
    desk.pass_time(MONDAY + minutes(80))
    answers(desk, RESOLVED)
    told = account(desk)
    assert len(told) == MOST
    assert told[0] == "4 updates promised, 4 of them written in time."


def test_less_than_an_outage_has_no_account(desk):
    writes(desk, BROKEN)
    answers(desk, RESOLVED)
    assert account(desk) == []


def test_a_second_end_tells_the_whole_of_it_and_a_word_after_it_none(desk):
    writes(desk)
    answers(desk, RESOLVED)
    answers(desk, "One more thing: please empty your cache.\n\nMara")
    assert account(desk) == []


def test_times_are_the_customers(desk):
    desk.receive(mail(ANNA, OUTAGE, at=MONDAY.astimezone(MONDAY.tzinfo), Date="Mon, 02 Mar 2026 17:00:00 +0900"))
    desk.pass_time(MONDAY + minutes(4))
    answers(desk, RESOLVED)
    assert account(desk) == ["we promised you an update by 17:15 UTC+9; Mara Lind wrote in time (17:04)."]


def test_a_letter_of_an_agent_without_words_has_it_too(desk):
    writes(desk)
    desk.pass_time(MONDAY + minutes(5))
    answers(desk, "/resolve")
    assert account(desk, "resolved") == ["we promised you an update by 09:15 CET; Mara Lind wrote in time (09:05)."]


@pytest.mark.parametrize("text", [OUTAGE, BROKEN])
def test_an_agent_sends_it_below_their_words_whatever_it_weighs(desk, text):
    writes(desk, text)
    desk.pass_time(MONDAY + minutes(4))
    answers(desk, "We are on it.\n\nMara")
    desk.pass_time(MONDAY + minutes(9))
    assert answers(desk, "/timeline\n/promise 1h\n\nThis is how it went.\n\nMara").outcome == "relayed"
    told = account(desk)
    assert len(told) == 2
    assert told[1].endswith("; Mara Lind wrote in time (09:09).")
    assert "Next update: by 10:09 CET" in desk.last("relay", "anna").text


def test_alone_it_is_a_letter_and_a_word_of_that_agent(desk):
    writes(desk)
    desk.pass_time(MONDAY + minutes(4))
    assert answers(desk, "/timeline").outcome == "told"
    assert "Mara Lind is sending you an overview" in desk.last("update", "anna").text.replace("\r\n", " ")
    assert account(desk, "update") == ["we promised you an update by 09:15 CET; Mara Lind wrote in time (09:04)."]
    assert desk.promise().due == MONDAY + minutes(34)


def test_after_the_end_it_promises_nothing_more(desk):
    writes(desk, BROKEN)
    answers(desk, RESOLVED)
    assert answers(desk, "/timeline").outcome == "told"
    assert len(account(desk, "update")) == 1
    assert desk.promise() is None


@pytest.mark.parametrize("lines", ["/timeline\n/note For us.", "/timeline\n/spam", "/timeline\n/ignore"])
def test_what_stays_inside_tells_no_customer(desk, lines):
    writes(desk)
    assert answers(desk, lines).outcome == "refused"


def test_where_nothing_was_promised_there_is_nothing_to_tell(desk):
    writes(desk, BROKEN, Precedence="bulk")
    assert answers(desk, "/timeline\n\nHere you are.").outcome == "refused"
    assert "nothing has been promised" in desk.last("refused", "mara").text.replace("\r\n", " ")


ASK = {
    "en": "Can you send me a timeline of what happened?",
    "de": "Bitte schicken Sie uns den zeitlichen Ablauf der Störung.",
    "fr": "Pourriez-vous nous envoyer la chronologie ?",
    "es": "¿Me pueden mandar la cronología de los hechos?",
    "it": "Vorrei sapere cosa ci avevate promesso e quando.",
    "pt": "Vocês podem enviar a linha do tempo do incidente?",
    "nl": "Kunt u een tijdlijn sturen van wat er gebeurd is?",
    "pl": "Proszę o przesłanie raportu: jaka była oś czasu awarii?",
    "sv": "Kan ni skicka en tidslinje över händelsen?",
    "ja": "今回の障害について、時系列でご報告をお願いします。",
    "ar": "هل يمكنكم إرسال التسلسل الزمني للعطل؟",
}


@pytest.mark.parametrize("language", ASK)
def test_whoever_asks_for_it_gets_it_by_one_tap(desk, language):
    writes(desk)
    desk.pass_time(MONDAY + minutes(4))
    answers(desk, RESOLVED)
    desk.pass_time(MONDAY + minutes(9))
    writes(desk, ASK[language], References=f"<{desk.last('relay', 'anna').message_id}>")
    assert "/timeline" in [one["line"] for one in desk.last("followup", "mara").outgoing.fields["answers"]]


def test_whoever_asks_for_something_else_is_answered_as_ever(desk):
    writes(desk, message_id="a1@atelier.example")
    desk.pass_time(MONDAY + minutes(4))
    writes(desk, "It is still down. What is wrong there?", References="<a1@atelier.example>")
    assert "/timeline" not in [one["line"] for one in desk.last("followup", "mara").outgoing.fields["answers"]]


@pytest.mark.parametrize(
    "words",
    [
        "Schicken Sie mir bitte eine Zeitleiste der Störung.",
        "障害のタイムラインをいただけますか。",
        "أرجو إرسال الجدول الزمني لما حدث.",
    ],
)
def test_it_goes_by_more_than_one_name(words):
    assert asks_timeline(words)
