"""Who has a ticket, as its notices say it: "you" to whoever has it, to others a name, and since when while that is news."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from mailbot.adapters.letters.samples import SAMPLES
from mailbot.adapters.letters.templates import Templates
from mailbot.core.letters.who_has_it import YOUNG, Holder, holder
from mailbot.core.model.absence import Absence, ToldBy
from mailbot.core.model.reason import why
from mailbot.core.model.ticket import TicketState
from tests.contract.made import ticket as made
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, desk_policy, mail, minutes
from tests.unit.adapters.golden_letters import NOTICED, ROOT

NORA = "Nora Feld <nora@harbour.example>"
MARA, JOOST = "Mara Lind <mara@lumen.example>", "Joost Baker <joost@lumen.example>"
SHIPPED = Templates([ROOT / "templates"])
LANGUAGES = ("en", "de", *NOTICED)
NOTICES = ("new", "followup", "reminder", "covered", "assigned", "unanswered", "thanked")


def rendered(name, language, **fields):
    """A sample of a notice to Ben Ortiz, the words and the page, five minutes past ten in Berlin."""
    sample = {**SAMPLES[name][0], "now": "2026-03-06T09:05:00+00:00", **fields}
    return SHIPPED.render(name, language=language, inbox="support", zone="Europe/Berlin", fields=sample)


def test_since_when_is_told_to_others_only_and_only_while_it_is_news():
    policy = desk_policy()
    ticket = made(1, assignee="joost", taken_at=MONDAY)
    for after, since in ((0, MONDAY), (3, MONDAY), (YOUNG, MONDAY), (YOUNG + 0.1, None)):
        told = holder(policy, ticket, "mara", MONDAY + minutes(after))
        assert told == Holder(name="Joost Baker", mine=False, since=since, away=None)
    assert holder(policy, ticket, "joost", MONDAY) == Holder(name="Joost Baker", mine=True, since=None, away=None)
    solved = replace(ticket, state=TicketState.RESOLVED)
    assert holder(policy, solved, "mara", MONDAY).since is None
    assert holder(policy, made(1), "mara", MONDAY) == Holder(name=None, mine=False, since=None, away=None)


@pytest.mark.parametrize("until", [None, MONDAY + minutes(60)])
def test_whoever_has_it_and_is_away_reads_so_of_themselves(until):
    gone = Absence(agent="joost", since=MONDAY, until=until, by=ToldBy.THEMSELVES)
    policy = desk_policy().with_absences((gone,), MONDAY)
    theirs, others = (holder(policy, made(1, assignee="joost"), who, MONDAY).away for who in ("joost", "mara"))
    assert theirs == (why("away.you-open") if until is None else why("away.you-until", until=until))
    assert others is not None
    assert dict(others.args)["name"] == "Joost Baker"


def test_a_claim_of_some_minutes_ago_is_told_to_a_colleague_and_not_to_whoever_has_it():
    desk = SimulatedDesk()
    desk.receive(mail(NORA, "Our whole shop is down for everybody.", at=MONDAY, subject="Down"))
    desk.clock.at += minutes(2)
    desk.receive(mail(MARA, "/take", at=desk.clock.at, to=desk.last("new", "mara").reply_to))
    taken = desk.ticket().taken_at
    desk.clock.at += minutes(3)
    again = {"at": desk.clock.at, "to": "help@lumen.example", "Cc": "mara@lumen.example", "subject": "Re: Down [1]"}
    ack = desk.last("ack")
    desk.receive(mail(NORA, "Nobody can buy.", **{**again, "to": ack.reply_to}))
    told = desk.last("followup", "joost").text
    assert "everything's down · Mara Lind has had it since 09:02, 3 min ago" in told
    assert "everything's down · you have it" in desk.last("followup", "mara").text
    desk.receive(mail(MARA, "/take\n\nWe look into it.", at=desk.clock.at, to=desk.last("followup", "mara").reply_to))
    assert desk.ticket().taken_at == taken, "who takes what they have has it no shorter"
    desk.clock.at += minutes(YOUNG)
    desk.receive(mail(NORA, "Still so.", **{**again, "at": desk.clock.at, "to": ack.reply_to}))
    assert "everything's down · Mara Lind has it" in desk.last("followup", "joost").text
    desk.receive(mail(MARA, "/release", at=desk.clock.at, to=desk.last("followup", "mara").reply_to))
    assert desk.ticket().taken_at is None
    desk.close()


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NOTICES)
def test_no_notice_names_its_reader_as_somebody_else_who_has_it(language, name):
    mine = rendered(name, language, mine=True, assignee="Ben Ortiz", taken=None, away=None)
    others = rendered(name, language, mine=False, assignee="Cleo Marsh", taken=None, away=None)
    assert "Ben Ortiz" not in mine.text + mine.html.replace("ben-1-0", "")
    assert "Cleo Marsh" in others.html
    assert mine.text != others.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NOTICES)
def test_since_when_is_said_in_every_language(language, name):
    told = rendered(name, language, mine=False, assignee="Cleo Marsh", taken="2026-03-06T08:58:00+00:00", away=None)
    shown = re.sub(r"<[^>]+>", " ", told.html)
    said = [line for line in shown.splitlines() if "Cleo Marsh" in line and re.search(r"0?9(:|\.|h|\s?h\s)58", line)]
    assert said, "in its hidden line or its facts"
    assert any(re.search(r"\b7\b|7分|7 د", line) for line in said), "and how many minutes that is"


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["morning", "evening", "digest"])
def test_the_lines_of_many_tickets_say_it_as_well(language, name):
    stands = {"assignee": "Cleo Marsh", "mine": False, "taken": "2026-03-06T08:58:00+00:00", "away": None}
    text = rendered(name, language, **_with(SAMPLES[name][0], stands)).text
    assert re.search(r"Cleo Marsh.{0,40}0?9(:|\.|h|\s?h\s)58|58.{0,40}Cleo Marsh", text)
    text = rendered(name, language, **_with(SAMPLES[name][0], {**stands, "assignee": "Ben Ortiz", "mine": True})).text
    assert "Ben Ortiz" not in text


def _with(sample, stands):
    """The fields of a sample in which all of its tickets stand so."""
    if "parts" in sample:
        return {"parts": [{**part, "lines": [{**one, **stands} for one in part["lines"]]} for part in sample["parts"]]}
    key = "lines" if "lines" in sample else "tickets"
    return {key: [{**one, **stands} for one in sample[key]]}
