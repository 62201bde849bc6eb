"""An agent is away: how they say it, who hears instead, and when they are back."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.language.absence_time import away_until, named_return
from mailbot.core.model.absence import Absence, ToldBy
from mailbot.core.model.policy import Agent, AgentProof, Hours
from tests.contract.made import ticket
from tests.simulation.simulated_desk import BERLIN, JOOST, MARA, MONDAY, SimulatedDesk, desk_policy, mail, minutes

NOW = MONDAY.astimezone(UTC)
HOURS = Hours(zone=BERLIN, spans={day: ((time(9), time(17)),) for day in range(5)})
IDA = Agent(id="ida", name="Ida Moe", addresses=("ida@lumen.example",), zone=BERLIN)
MARAS = "Mara Lind <mara@lumen.example>"
JOOSTS = "Joost Baker <joost@lumen.example>"
NORA = "Nora Feld <nora@pine.example>"
BROKEN = "Hello,\n\nthe export fails with an error since this morning.\n\nNora"


def berlin(day, hour, minute=0):
    return datetime(2026, 3, day, hour, minute, tzinfo=BERLIN)


# --- until when ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("said", "back"),
    [
        ("mon 9:00", (9, 9)),
        ("monday", (9, 9)),
        ("tomorrow", (3, 9)),
        ("tomorrow 14:00", (3, 14)),
        ("fri 12:00", (6, 12)),
        ("9 March", (9, 9)),
        ("2026-03-09 14:00", (9, 14)),
        ("mo 9:00", (9, 9)),
        ("morgen", (3, 9)),
        ("9. März", (9, 9)),
        ("lundi", (9, 9)),
        ("3d", (5, 9)),
        ("4h", (2, 13)),
        ("14:30", (2, 14, 30)),
    ],
)
def test_what_agents_write_after_away(said, back):
    assert away_until(said, now=NOW, hours=HOURS) == berlin(*back)


@pytest.mark.parametrize(
    "said", ["soon", "next week", "06/03", "later", "yesterday", "2026-02-01", "when I am back", "0"]
)
def test_what_is_not_clear(said):
    assert away_until(said, now=NOW, hours=HOURS) is None


@pytest.mark.parametrize(
    ("said", "back"),
    [
        ("I am out of the office until Monday, 9 March. In urgent cases call us.", (10, 9)),
        ("I'm away and will be back on Monday 9 March.", (9, 9)),
        ("I will be back in the office on 9 March 2026.", (9, 9)),
        ("I am on leave from 2 March until 6 March 2026 and will be back on 9 March.", (9, 9)),
        ("I return on Thursday.", (5, 9)),
        ("Ich bin bis zum 6. März nicht im Büro.", (9, 9)),
        ("Ich bin ab dem 9. März wieder erreichbar.", (9, 9)),
        ("Ich bin bis einschließlich Freitag, 6.3.2026 im Urlaub.", (9, 9)),
        ("Je suis absente jusqu'au 6 mars.", (9, 9)),
        ("Je serai de retour le lundi 9 mars.", (9, 9)),
    ],
)
def test_what_an_automatic_reply_says_clearly(said, back):
    assert named_return(said, now=NOW, hours=HOURS) == berlin(*back)


@pytest.mark.parametrize(
    "said",
    [
        "I am out of the office.",
        "I am out of the office until further notice.",
        "I am travelling until 3 March, then on holiday until 27 March.",
        "I have no access to mail until 5.",
        "I was away until 1 January 2024.",
        "Please bear with me, I answer within 3 days.",
        "",
    ],
)
def test_what_it_leaves_open(said):
    assert named_return(said, now=NOW, hours=HOURS) is None


@given(st.text(max_size=300), st.sampled_from(["until ", "back on ", "bis ", ""]))
def test_no_text_breaks_it_and_what_it_finds_is_ahead(text, begins):
    for found in (named_return(begins + text, now=NOW, hours=HOURS), away_until(text, now=NOW, hours=HOURS)):
        assert found is None or NOW - timedelta(days=1) < found <= NOW + timedelta(days=370)


# --- who hears instead ------------------------------------------------------------------------------------------------------

PEOPLE = (MARA, JOOST, IDA, replace(IDA, id="finn", name="Finn Ash", addresses=("finn@lumen.example",), groups=("b",)))


@given(st.sets(st.sampled_from([a.id for a in PEOPLE])), st.sampled_from([None, "mara", "joost", "ida", "finn"]))
def test_somebody_always_hears_and_nobody_who_is_away_if_anybody_else_can(away, assignee):
    from mailbot.core.letters.build import readers

    policy = replace(desk_policy(), agents={agent.id: agent for agent in PEOPLE})
    gone = [Absence(agent=one, since=NOW, until=None, by=ToldBy.THEMSELVES) for one in away]
    there = policy.with_absences(gone, NOW)
    told = readers(there, ticket(assignee=assignee))
    assert told
    if assignee is not None and assignee not in away:
        assert [agent.id for agent in told] == [assignee]
    if not {"mara", "joost", "ida"} <= away:
        assert not away & {agent.id for agent in told}


def test_where_no_lead_is_flagged_and_a_group_is_away_all_who_are_there_hear():
    people = {agent.id: replace(agent, lead=False) for agent in PEOPLE}
    policy = replace(desk_policy(), agents=people)
    gone = [Absence(agent=one, since=NOW, until=None, by=ToldBy.THEMSELVES) for one in ("mara", "joost", "ida")]
    assert [agent.id for agent in policy.with_absences(gone, NOW).group("support")] == ["finn"]
    led = replace(policy, agents={**people, "mara": replace(people["mara"], lead=True)})
    assert [agent.id for agent in led.with_absences(gone, NOW).group("support")] == ["finn"], "a lead who is away too"
    everybody = [*gone, replace(gone[0], agent="finn")]
    assert [a.id for a in policy.with_absences(everybody, NOW).group("support")] == ["mara", "joost", "ida"]


def test_an_absence_ends_by_itself():
    one = Absence(agent="mara", since=NOW, until=NOW + minutes(5), by=ToldBy.THEMSELVES)
    policy = desk_policy()
    assert set(policy.with_absences([one], NOW).away) == {"mara"}
    assert policy.with_absences([one], NOW + minutes(5)) is policy
    assert policy.with_absences([replace(one, agent="somebody else")], NOW) is policy


# --- played -------------------------------------------------------------------------------------------------------------------


@pytest.fixture
def desk():
    def change(policy):
        return replace(policy, agents={agent.id: agent for agent in (MARA, JOOST, IDA)})

    one = SimulatedDesk(vouches=True, change_policy=change)
    yield one
    one.close()


def write(desk, who, text, to="help@lumen.example", subject="x", **headers):
    return desk.receive(mail(who, text, at=desk.clock.now(), to=to, subject=subject, **headers))[-1]


def taken(desk, count=1, by=MARAS):
    """That many tickets, which Mara has."""
    for nth in range(count):
        write(desk, f"Nora {nth} <nora{nth}@pine.example>", BROKEN, subject=f"Export {nth}")
        write(desk, by, "/take", to=desk.last("new", by.split()[0].lower()).reply_to)
        desk.clock.at += minutes(1)


def told(desk, name, since=0):
    return sorted(s.outgoing.to.address.partition("@")[0] for s in desk.sent[since:] if s.outgoing.name == name)


@pytest.mark.parametrize("where", ["a reply to a notice", "a mail of their own"])
def test_their_open_tickets_are_offered_in_one_mail_each_with_taps(desk, where):
    taken(desk, 3)
    since = len(desk.sent)
    to = desk.last("new", "mara").reply_to if where == "a reply to a notice" else "help@lumen.example"
    write(desk, MARAS, "/away until mon 9:00\n", to=to)
    assert told(desk, "offered", since) == ["ida", "joost"]
    offered = desk.last("offered", "joost")
    assert [(one["number"], one["due"] is not None) for one in offered.outgoing.fields["lines"]] == [
        (1, True),
        (2, True),
        (3, True),
    ]
    assert "Mara Lind is away until Mon 9 Mar, 09:00 CET: 3 tickets to take" in offered.header("Subject")
    answer = desk.last("answer", "mara")
    assert "away until" in answer.text
    assert "Joost Baker, Ida Moe" in answer.text
    assert desk.promise(1) is not None, "promises stay"


def test_it_may_be_said_in_answer_to_the_morning_page_which_waits_until_they_are_back(desk):
    desk.setting = replace(desk.setting, policy=replace(desk.setting.policy, morning_page=True))
    taken(desk)
    desk.pass_time(berlin(3, 9, 1))
    page = desk.last("morning", "mara")
    write(desk, MARAS, "/away until thu 9:00", to=page.reply_to)
    assert told(desk, "offered") == ["ida", "joost"]
    since = len(desk.sent)
    desk.pass_time(berlin(4, 12))
    assert "mara" not in told(desk, "morning", since)
    desk.pass_time(berlin(5, 9, 1))
    assert "mara" in told(desk, "morning", since)


def test_a_tap_takes_one_of_them(desk):
    import re
    from urllib.parse import unquote

    taken(desk, 2)
    write(desk, MARAS, "/away until mon 9:00")
    link = re.search(r"<mailto:([^?>]+)\?subject=%5B2%5D", desk.last("offered", "joost").text)
    write(desk, JOOSTS, "/take", to=unquote(link[1]))
    assert (desk.ticket(1).assignee, desk.ticket(2).assignee) == ("mara", "joost")


def test_new_mail_and_reminders_go_to_the_group_and_say_who_is_away(desk):
    taken(desk)
    write(desk, MARAS, "/away until mon 9:00")
    since = len(desk.sent)
    write(desk, "Nora 0 <nora0@pine.example>", "It still fails.", to=desk.last("ack").reply_to)
    assert told(desk, "followup", since) == ["ida", "joost"]
    assert "Mara Lind has it and is away until" in desk.last("followup", "joost").text
    desk.pass_time(desk.promise().due)
    assert set(told(desk, "reminder", since)) == {"ida", "joost"}
    assert "I take it" in desk.last("reminder", "joost").text
    assert "Mara" not in desk.last("cover").text, "she was not alerted, and no letter says so"
    desk.pass_time(berlin(9, 9, 1))
    since = len(desk.sent)
    write(desk, "Nora 0 <nora0@pine.example>", "And now?", to=desk.last("ack").reply_to)
    assert told(desk, "followup", since) == ["mara"], "the time is over"


@pytest.mark.parametrize("line", ["/back", "/away off"])
def test_they_say_that_they_are_back(desk, line):
    taken(desk)
    write(desk, MARAS, "/away until mon 9:00")
    write(desk, MARAS, line)
    assert "Welcome back" in desk.last("answer", "mara").text
    since = len(desk.sent)
    write(desk, "Nora 0 <nora0@pine.example>", "It still fails.", to=desk.last("ack").reply_to)
    assert told(desk, "followup", since) == ["mara"]
    write(desk, MARAS, line)
    assert "You weren't away" in desk.last("answer", "mara").text


def test_a_lead_who_is_away_still_approves(desk):
    people = {"mara": MARA, "joost": JOOST, "ida": replace(IDA, lead=True)}
    desk.setting = replace(desk.setting, policy=replace(desk.setting.policy, agents=people))
    taken(desk, by=JOOSTS)
    write(desk, JOOSTS, "/goodwill 20 for the long wait", to=desk.last("new", "joost").reply_to)
    asked = desk.last("gesture", "mara").reply_to
    write(desk, MARAS, "/away until mon 9:00")
    write(desk, MARAS, "/approve", to=asked)
    assert desk.last("goodwill").text


def test_if_nobody_else_is_there_they_are_told_what_is_so(desk):
    taken(desk)
    for who in (JOOSTS, "Ida Moe <ida@lumen.example>"):
        write(desk, who, "/away until mon 9:00")
    write(desk, MARAS, "/away until mon 9:00")
    answer = desk.last("answer", "mara").text
    assert "Nobody else is there, so mail about your open tickets (1) goes out as if everybody were." in " ".join(
        answer.split()
    )


@pytest.mark.parametrize("where", ["a reply to a notice", "a mail of their own"])
@pytest.mark.parametrize("lines", ["/back\n/away until mon 9:00", "/away until mon 9:00\n/back"])
def test_of_two_lines_the_last_counts(desk, lines, where):
    taken(desk)
    to = desk.last("new", "mara").reply_to
    write(desk, MARAS, "/away until tomorrow 9:00")
    write(desk, MARAS, lines, to=to if where == "a reply to a notice" else "help@lumen.example")
    desk.clock.at = berlin(6, 12)
    since = len(desk.sent)
    write(desk, "Nora 0 <nora0@pine.example>", "It still fails.", to=desk.last("ack").reply_to)
    assert told(desk, "followup", since) == (["mara"] if lines.endswith("/back") else ["ida", "joost"])


def test_who_is_away_by_their_own_word_may_write_and_stays_away(desk):
    taken(desk)
    write(desk, MARAS, "/away until mon 9:00")
    write(desk, MARAS, "/note\nI am on the train.", to=desk.last("new", "mara").reply_to)
    since = len(desk.sent)
    write(desk, "Nora 0 <nora0@pine.example>", "It still fails.", to=desk.last("ack").reply_to)
    assert told(desk, "followup", since) == ["ida", "joost"]


def test_said_twice_it_is_offered_once_and_the_later_time_counts(desk):
    taken(desk)
    write(desk, MARAS, "/away until mon 9:00")
    since = len(desk.sent)
    write(desk, MARAS, "/away until 10 March 9:00")
    assert told(desk, "offered", since) == []
    desk.pass_time(berlin(9, 10))
    since = len(desk.sent)
    write(desk, "Nora 0 <nora0@pine.example>", "It still fails.", to=desk.last("ack").reply_to)
    assert told(desk, "followup", since) == ["ida", "joost"]


@pytest.mark.parametrize("line", ["/away", "/away until soon", "/away until"])
@pytest.mark.parametrize("where", ["a reply to a notice", "a mail of their own"])
def test_an_unclear_time_is_answered_with_examples(desk, line, where):
    taken(desk)
    to = desk.last("new", "mara").reply_to if where == "a reply to a notice" else "help@lumen.example"
    decision = write(desk, MARAS, line, to=to)
    assert decision.outcome == "refused"
    assert "/away until mon 9:00" in desk.sent[-1].text
    assert desk.sent[-1].outgoing.to.address == MARA.addresses[0]
    assert told(desk, "offered") == []


def test_words_for_the_customer_go_out_beside_it(desk):
    taken(desk)
    write(
        desk,
        MARAS,
        "/away until mon 9:00\n\nHello Nora,\n\nJoost goes on with it.\n\nMara",
        to=desk.last("new", "mara").reply_to,
    )
    assert "Joost goes on with it" in desk.last("relay").text
    assert "away" not in desk.last("relay").text
    assert told(desk, "offered") == ["ida", "joost"]


def test_nobody_elses_mail_sends_them_away(desk):
    taken(desk)
    forged = mail(MARAS, "/away until mon 9:00", at=desk.clock.now(), to="help@lumen.example", subject="x")
    results = b"Authentication-Results: mx.lumen.example; dmarc=fail header.from=lumen.example\r\n"
    desk.vouches = False
    desk.receive(results + forged)
    assert told(desk, "offered") == []
    desk.vouches = True
    write(desk, NORA, "/away until mon 9:00")
    assert told(desk, "offered") == [], "a customer's line is text"


def test_where_nothing_can_show_whose_a_mail_is_it_is_asked_back_and_the_same_line_in_answer_says_yes(desk):
    taken(desk)
    desk.setting = replace(desk.setting, policy=replace(desk.setting.policy, agents_proven_by=AgentProof.ADDRESS))
    assert write(desk, MARAS, "/away until mon 9:00").outcome == "held"
    assert told(desk, "offered") == []
    asked = desk.last("answer", "mara")
    assert "reply to this mail with the same line: /away until 2026-03-09 09:00" in asked.text, "the same on any day"
    write(desk, MARAS, "/away until 2026-03-09 09:00", to=asked.reply_to)
    assert told(desk, "offered") == ["ida", "joost"]


# --- said by their mailbox --------------------------------------------------------------------------------------------------


def out_of_office(desk, text, *, who=MARAS, to=None, **headers):
    headers = {"Auto_Submitted": "auto-replied", **headers}
    to = to or desk.last("new", "mara").reply_to
    return write(desk, who, text, to=to, subject="Automatic reply: Export", **headers)


def test_their_mailbox_says_it_and_their_next_mail_ends_it(desk):
    taken(desk, 2)
    since = len(desk.sent)
    out_of_office(desk, "I am out of the office.")
    assert told(desk, "offered", since) == ["ida", "joost"]
    assert "automatic reply" in desk.last("offered", "ida").text
    out_of_office(desk, "I am out of the office.")
    assert told(desk, "offered", since) == ["ida", "joost"], "once"
    write(desk, "Nora 0 <nora0@pine.example>", "It still fails.", to=desk.last("ack").reply_to)
    assert "mara" not in told(desk, "followup", since)
    write(desk, MARAS, "/note\nI am here.", to=desk.last("new", "mara").reply_to)
    since = len(desk.sent)
    write(desk, "Nora 0 <nora0@pine.example>", "And now?", to=desk.last("ack").reply_to)
    assert "mara" in told(desk, "followup", since)


def test_a_day_that_it_names_ends_it_too(desk):
    taken(desk)
    out_of_office(desk, "I am away and will be back on 4 March.")
    desk.pass_time(berlin(4, 9, 1))
    since = len(desk.sent)
    write(desk, "Nora 0 <nora0@pine.example>", "It still fails.", to=desk.last("ack").reply_to)
    assert told(desk, "followup", since) == ["mara"]


def test_what_they_said_themselves_counts_more(desk):
    taken(desk)
    write(desk, MARAS, "/away until mon 9:00")
    out_of_office(desk, "I will be back on 4 March.")
    desk.pass_time(berlin(5, 9))
    since = len(desk.sent)
    write(desk, "Nora 0 <nora0@pine.example>", "It still fails.", to=desk.last("ack").reply_to)
    assert told(desk, "followup", since) == ["ida", "joost"]


def test_a_customers_automatic_reply_sends_no_agent_away(desk):
    taken(desk)
    out_of_office(desk, "I am out of the office.", who=NORA, to="help@lumen.example")
    out_of_office(desk, "I am out of the office.", who=NORA, to=desk.last("ack").reply_to)
    assert told(desk, "offered") == []
