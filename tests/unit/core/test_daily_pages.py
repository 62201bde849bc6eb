"""The pages of an agent's day: when they are due, that each is told once at most, what is on them, and who may ask for one."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from mailbot.core.actions.daily_pages import SHOWN, pages_due
from mailbot.core.intake.tokens import Token, TokenKind
from mailbot.core.model.message import Author
from mailbot.core.model.page import Page, PageKind
from mailbot.core.model.policy import Hears, Hours
from mailbot.core.promises.business_hours import day_of_work, working_day
from mailbot.errors import StoreDown
from tests.simulation.simulated_desk import BERLIN, MONDAY, SIGNER, SimulatedDesk, desk_policy, mail, minutes

NORA = "Nora Feld <nora@harbour.example>"
MARA, JOOST = "Mara Lind <mara@lumen.example>", "Joost Baker <joost@lumen.example>"
LAMP = "The lamp flickers since yesterday, there is an error 12 on its display."
TUESDAY = MONDAY + timedelta(days=1)


def paged(policy):
    return replace(policy, morning_page=True, evening_page=True)


@pytest.fixture
def desk():
    one = SimulatedDesk(change_policy=paged)
    one.clock.at = (MONDAY + minutes(60)).astimezone(UTC)
    one.tick()  # its first morning is over
    one.receive(mail(NORA, LAMP, at=MONDAY + minutes(60), subject="The lamp flickers"))
    yield one
    one.close()


def pages(desk, name="morning", since=0):
    return [sent.outgoing.to.address for sent in desk.sent[since:] if sent.outgoing.name == name]


def at(desk, moment):
    desk.clock.at = moment.astimezone(UTC)
    desk.tick()


def due(policy, moment):
    return {(page.agent, page.kind.value, page.day.isoformat()) for page in pages_due(policy, moment)}


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        ("2026-03-02T08:59:59+01:00", set()),
        ("2026-03-02T09:00:00+01:00", {("mara", "morning", "2026-03-02"), ("joost", "morning", "2026-03-02")}),
        ("2026-03-02T11:59:00+01:00", {("mara", "morning", "2026-03-02"), ("joost", "morning", "2026-03-02")}),
        ("2026-03-02T12:00:00+01:00", set()),
        ("2026-03-02T16:29:59+01:00", set()),
        ("2026-03-02T16:30:00+01:00", {("mara", "evening", "2026-03-02")}),
        ("2026-03-02T17:00:00+01:00", set()),
        ("2026-03-07T09:00:00+01:00", set()),
    ],
)
def test_a_page_is_due_when_a_day_begins_or_ends_and_on_no_day_without_hours(moment, found):
    assert due(paged(desk_policy()), datetime.fromisoformat(moment)) == found


def test_each_agents_day_begins_on_their_own_clock():
    policy = paged(desk_policy())
    far = replace(policy.agents["joost"], zone=ZoneInfo("Asia/Tokyo"))
    policy = replace(policy, agents={**policy.agents, "joost": far})
    assert due(policy, datetime.fromisoformat("2026-03-02T09:00:00+09:00")) == {("joost", "morning", "2026-03-02")}


def test_a_desk_that_never_closes_has_an_office_day():
    day = working_day(MONDAY.date(), Hours(zone=BERLIN, always=True))
    assert [moment.astimezone(BERLIN).time() for moment in day] == [time(8), time(17)]


@pytest.mark.parametrize(
    ("spans", "found"),
    [
        ({0: ((time(0), time(0)),)}, (time(8), time(17))),
        ({0: ((time(22), time(6)),), 6: ((time(22), time(6)),)}, (time(22), time(6))),
        ({6: ((time(22), time(6)),)}, None),
        ({0: ((time(9), time(12)), (time(13), time(17)))}, (time(9), time(17))),
        (
            {day: ((time(6), time(14)), (time(14), time(22)), (time(22), time(6))) for day in range(5)},
            (time(6), time(0)),
        ),
        ({0: ((time(9), time(12)), (time(22), time(6))), 1: ((time(9), time(14)),)}, (time(9), time(6))),
        ({0: ((time(0), time(14)),), 6: ((time(9), time(17)),)}, (time(0), time(14))),
    ],
    ids=["all day", "nights", "the end of a night", "with a break", "shifts", "a day and a night", "from midnight on"],
)
def test_a_day_begins_when_people_come(spans, found):
    day = working_day(MONDAY.date(), Hours(zone=BERLIN, spans=spans))
    assert (None if day is None else tuple(moment.astimezone(BERLIN).time() for moment in day)) == found


@pytest.mark.parametrize(
    ("moment", "found"),
    [
        ("2026-03-06T21:59:00+01:00", set()),
        ("2026-03-06T22:00:00+01:00", {("mara", "morning", "2026-03-06"), ("joost", "morning", "2026-03-06")}),
        ("2026-03-07T00:30:00+01:00", {("mara", "morning", "2026-03-06"), ("joost", "morning", "2026-03-06")}),
        ("2026-03-07T05:29:00+01:00", set()),
        ("2026-03-07T05:30:00+01:00", {("mara", "evening", "2026-03-06")}),
        ("2026-03-07T06:00:00+01:00", set()),
    ],
)
@pytest.mark.parametrize("nights", [(4,), (0, 1, 2, 3, 4, 5, 6)])
def test_a_night_shift_is_one_day_and_ends_on_the_next(moment, found, nights):
    policy = paged(desk_policy())
    hours = Hours(zone=BERLIN, spans={day: ((time(22), time(6)),) for day in nights})
    policy = replace(policy, agents={name: replace(agent, hours=hours) for name, agent in policy.agents.items()})
    assert due(policy, datetime.fromisoformat(moment)) == found


def test_what_is_due_in_a_night_is_due_by_its_end():
    hours = Hours(zone=BERLIN, spans={4: ((time(22), time(6)),)})
    for night in ("2026-03-06T22:00:00+01:00", "2026-03-07T05:30:00+01:00"):
        day, (begins, ends) = day_of_work(datetime.fromisoformat(night), hours)
        assert day.isoformat() == "2026-03-06"
        assert begins == datetime.fromisoformat("2026-03-06T22:00:00+01:00")
        assert ends == datetime.fromisoformat("2026-03-07T06:00:00+01:00")


@pytest.mark.parametrize("key", ["morning_page", "evening_page"])
def test_each_can_be_turned_off(key):
    policy = replace(paged(desk_policy()), **{key: False})
    kinds = {page.kind for hour in range(24) for page in pages_due(policy, MONDAY.replace(hour=hour, minute=45))}
    assert kinds == {PageKind.MORNING, PageKind.EVENING} - {PageKind(key.partition("_")[0])}


def test_the_same_day_has_one_whatever_happens_in_between(desk):
    at(desk, TUESDAY)
    assert sorted(pages(desk)) == ["joost@lumen.example", "mara@lumen.example"]
    at(desk, TUESDAY + minutes(1))
    desk.start_up()  # a restart: what was told is in the store
    at(desk, TUESDAY + minutes(2))
    assert len(pages(desk)) == 2
    at(desk, TUESDAY + timedelta(days=1))
    assert len(pages(desk)) == 4


def test_a_crash_between_the_decision_and_the_mail_costs_nothing(desk):
    """The mail is a row of the same commit as the page: whoever comes next sends it, and nobody writes another."""
    send, desk.send = desk.send, lambda: None
    at(desk, TUESDAY)
    assert pages(desk) == []
    desk.start_up()
    desk.send = send
    at(desk, TUESDAY + minutes(1))
    assert len(pages(desk)) == 2


def test_a_store_that_is_down_at_that_moment_delays_it_and_no_more(desk, monkeypatch):
    def down(*_):
        raise StoreDown("no store")

    with monkeypatch.context() as broken:
        broken.setattr(desk.store, "commit", down)
        with pytest.raises(StoreDown):
            desk.reminder._pages.tell(TUESDAY)
    at(desk, TUESDAY + minutes(1))
    assert sorted(pages(desk)) == ["joost@lumen.example", "mara@lumen.example"]


def test_a_page_that_fails_keeps_nobody_waiting(desk, monkeypatch):
    def fails(page, *_, **__):
        raise ValueError(page)

    monkeypatch.setattr("mailbot.loops.pages.decide_page", fails)
    at(desk, TUESDAY)
    at(desk, TUESDAY + minutes(1))
    assert pages(desk) == []
    assert "late" in desk.names()


def test_where_there_is_nothing_to_tell_no_mail_goes_also_not_later_that_day(desk):
    desk.receive(mail(MARA, "/resolve quietly", at=MONDAY + minutes(61), to=desk.last("new", "mara").reply_to))
    desk.pass_time(MONDAY + timedelta(hours=9))
    at(desk, TUESDAY)
    desk.receive(mail(NORA, LAMP, at=TUESDAY + minutes(5), subject="Another lamp"))
    at(desk, TUESDAY + minutes(30))
    assert pages(desk) == []


def test_two_processes_tell_it_once(desk):
    today = (TUESDAY).date()
    page = Page(agent="mara", kind=PageKind.MORNING, day=today)
    assert desk.store.looked_at([page]) == set()
    at(desk, TUESDAY)
    other = type(desk.reminder)(
        desk=desk.store, clock=desk.clock, fresh=desk.fresh, setting=desk.reminder._setting, outbox=desk.store
    )
    other.tick()
    desk.send()
    assert len(pages(desk)) == 2
    assert desk.store.looked_at([page]) == {page}


def test_who_hears_of_their_own_tickets_alone_reads_of_no_others():
    def change(policy):
        joost = replace(policy.agents["joost"], hears=Hears.MINE)
        return replace(paged(policy), agents={**policy.agents, "joost": joost})

    desk = SimulatedDesk(change_policy=change)
    desk.receive(mail(NORA, LAMP, at=MONDAY + minutes(60), subject="The lamp flickers"))
    at(desk, TUESDAY)
    assert pages(desk) == ["mara@lumen.example"]
    desk.close()


def test_more_than_fit_are_counted(desk):
    for number in range(SHOWN + 3):
        desk.receive(mail(f"c{number}@mill{number}.example", LAMP, at=MONDAY + minutes(70), subject=f"Lamp {number}"))
    at(desk, TUESDAY)
    text = desk.last("morning", "mara").text
    assert f"Nobody's: {SHOWN + 4}" in text
    assert "And 4 more." in text


def test_only_the_agent_themselves_is_answered(desk):
    at(desk, TUESDAY)
    to = desk.last("morning", "mara").reply_to
    since = len(desk.sent)
    desk.receive(mail("Mara Lind <mara@home.example>", "/status", at=TUESDAY + minutes(1), to=to))
    desk.receive(mail(JOOST, "/status", at=TUESDAY + minutes(2), to=to))
    assert pages(desk, since=since) == []
    assert {sent.outgoing.to.address for sent in desk.sent[since:]} <= {"mara@lumen.example"}
    assert {decision.outcome for decision in desk.decisions[-2:]} == {"refused"}
    assert {decision.messages[0].author for decision in desk.decisions[-2:]} == {Author.STRANGER}


def test_a_customer_in_copy_of_an_answer_to_a_page_is_a_customer(desk):
    at(desk, TUESDAY)
    to = desk.last("morning", "joost").reply_to
    cc = "Ole Berg <ole@mill.example>"
    desk.receive(mail(JOOST, "Ole, can you see this?", at=TUESDAY + minutes(1), to=to, Cc=cc, message_id="j1@lumen"))
    since = len(desk.sent)
    told = desk.receive(
        mail(cc, LAMP, at=TUESDAY + minutes(2), to=f"{JOOST}, {to}", subject="Re: Your day", In_Reply_To="<j1@lumen>")
    )
    assert told[-1].outcome == "opened"
    assert told[-1].messages[0].author is Author.CUSTOMER
    assert desk.last("ack").outgoing.to.address == "ole@mill.example"
    assert pages(desk, since=since) == []


def test_what_is_forged_in_an_agents_name_is_kept_as_nobodys_word():
    desk = SimulatedDesk(change_policy=paged, vouches=True)
    desk.receive(mail(NORA, LAMP, at=MONDAY + minutes(60), subject="The lamp flickers"))
    at(desk, TUESDAY)
    to = desk.last("morning", "mara").reply_to
    results = f"{desk.setting.policy.authserv_id}; dmarc=fail (p=reject) header.from=lumen.example"
    forged = mail(MARA, "/status", at=TUESDAY + minutes(1), to=to, Authentication_Results=results)
    (decision,) = desk.receive(forged)
    assert (decision.outcome, decision.messages[0].author) == ("refused", Author.STRANGER)
    desk.close()


def test_of_an_inbox_that_is_gone_the_leads_read_and_the_others_as_before(desk):
    desk.receive(mail(NORA, LAMP, at=MONDAY + minutes(70), subject="The bill"), inbox="billing")
    policy = desk.setting.policy
    desk.setting = replace(desk.setting, policy=replace(policy, inboxes={"billing": policy.inboxes["billing"]}))
    assert desk.reminder._pages.tell(TUESDAY) == 2
    desk.clock.at = TUESDAY.astimezone(UTC)
    desk.send()
    assert "The lamp flickers" in desk.last("morning", "mara").text
    assert "The lamp flickers" not in desk.last("morning", "joost").text
    assert "The bill" in desk.last("morning", "joost").text


def line_of(desk, name, number=1, to="mara"):
    """What a page says of a ticket, and what one tap does, on one line."""
    said = " ".join(desk.last(name, to).text.split())
    return said.partition(f"[{number}] P")[2].partition("[2] P")[0]


def test_what_somebody_has_who_is_away_is_nobodys_to_those_who_hear_of_it_now(desk):
    to = desk.last("new", "joost").reply_to
    desk.receive(mail(JOOST, "/take\n/promise tomorrow 11:00", at=MONDAY + minutes(61), to=to))
    desk.receive(mail(JOOST, "/away until fri 9:00", at=MONDAY + minutes(62), to=to))
    for moment, page in ((MONDAY.replace(hour=16, minute=30), "evening"), (TUESDAY, "morning")):
        at(desk, moment)
        line = line_of(desk, page)
        assert "Joost Baker has it and is away until" in line
        assert "I take [1]" in line
        assert "Answer [1]" not in line
    assert "joost@lumen.example" not in pages(desk)


def test_what_is_not_due_of_somebody_who_is_away_stands_apart_from_what_nobody_has(desk):
    to = desk.last("new", "joost").reply_to
    desk.receive(mail(JOOST, "/take\n/promise fri 11:00", at=MONDAY + minutes(61), to=to))
    desk.receive(mail(JOOST, "/away until fri 9:00", at=MONDAY + minutes(62), to=to))
    at(desk, TUESDAY)
    page = desk.last("morning", "mara")
    assert "Of colleagues who are away: 1" in page.text
    assert "nobody has" not in page.header("Subject")


def test_what_is_promised_while_we_wait_for_a_customer_is_due(desk):
    to = desk.last("new", "joost").reply_to
    words = "/take\n/wait customer 3d\n\nCould you send us a picture of it?"
    desk.receive(mail(JOOST, words, at=MONDAY + minutes(61), to=to))
    desk.receive(mail(JOOST, "/promise tomorrow 10:00", at=MONDAY + minutes(62), to=desk.last("new", "joost").reply_to))
    desk.receive(mail(JOOST, "/release", at=MONDAY + minutes(63), to=desk.last("new", "joost").reply_to))
    at(desk, MONDAY.replace(hour=16, minute=30))
    assert "answer by Tue 3 Mar, 10:00 CET · their turn until" in line_of(desk, "evening")
    at(desk, TUESDAY)
    page = desk.last("morning", "mara").text
    assert "Due today: 1" in page
    assert "Waiting for the customer" not in page
    assert "answer by 10:00 CET · their turn until" in line_of(desk, "morning")


def test_the_time_of_a_nudge_is_nobodys_answer(desk):
    to = desk.last("new", "joost").reply_to
    words = "/take\n/wait customer 1d\n\nCould you send us a picture of it?"
    desk.receive(mail(JOOST, words, at=MONDAY + minutes(61), to=to))
    assert desk.promise() is not None
    at(desk, TUESDAY)
    assert "Waiting for the customer: 1" in desk.last("morning", "joost").text
    line = line_of(desk, "morning", to="joost")
    assert "answer by" not in line
    assert "no time promised" not in line
    assert "· their turn until" in line


def test_words_below_the_question_are_shown_as_unsent(desk):
    at(desk, TUESDAY)
    to = desk.last("morning", "mara").reply_to
    desk.receive(mail(MARA, "/status\n\nPlease tell Nora that it is fixed.", at=TUESDAY + minutes(1), to=to))
    again = desk.last("morning", "mara")
    assert "The words below went to nobody: “Please tell Nora that it is fixed.”" in " ".join(again.text.split())
    assert desk.decisions[-1].outcome == "done"


def test_the_address_of_a_page_is_a_token_of_its_own():
    token = Token(kind=TokenKind.PAGE, agent="mara", epoch=2, ref="m")
    signed = SIGNER.sign(token)
    assert SIGNER.read(f"help+{signed}@lumen.example") == token
    assert SIGNER.empowers(f"write to help+{signed}@lumen.example")
