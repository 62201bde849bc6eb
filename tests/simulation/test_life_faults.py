"""Faults that are planted, and found: in the core by random histories, and in the database by each sentence alone."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache

import jinja2
import pytest
import structlog

from mailbot.adapters.letters import clock_words
from mailbot.adapters.letters.filters import _Moments
from mailbot.core.actions import promise_due
from mailbot.core.actions.change import Change
from mailbot.core.promises import schedule
from tests.simulation import life_letters
from tests.simulation.life import Life
from tests.simulation.life_desk import SwiftDesk
from tests.simulation.life_histories import WORDS, play
from tests.simulation.life_holds import ALWAYS
from tests.simulation.simulated_desk import minutes

ANNA = "Anna Keller <anna@atelier.example>"
OUTAGE = "Our whole shop is down, nobody can order, error 503 everywhere!"


@pytest.fixture(autouse=True)
def _quiet():
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(**before)


def found():
    """What the histories find broken; None where they find nothing."""
    try:
        play(30, 40, by=1, shrink=False)
    except AssertionError as error:
        return str(error)
    return None


# --- in the core: found by histories ------------------------------------------------------------------------------------


def test_a_promise_that_no_mail_states_is_found(monkeypatch):
    letter = Change.letter

    def without_its_time(self, facts, *, states=None, **rest):
        letter(self, facts, states=None if facts.letter == "update" else states, **rest)

    monkeypatch.setattr(Change, "letter", without_its_time)
    assert "every promise was told" in found()


def test_a_second_open_promise_is_found(monkeypatch):
    promise_by, begin = Change.promise_by, Life.__init__

    def beside_the_one_that_is_open(self, due, **rest):
        self.promise = None
        return promise_by(self, due, **rest)

    def without_the_index_that_forbids_it(self, *args):
        begin(self, *args)
        with self.desk.store._database.write() as connection:
            connection.exec_driver_sql("DROP INDEX uq_promise_open")

    monkeypatch.setattr(Change, "promise_by", beside_the_one_that_is_open)
    monkeypatch.setattr(Life, "__init__", without_the_index_that_forbids_it)
    # By itself, or by what it leaves behind where the desk takes back the one promise that it knows of.
    told = found()
    assert "2 promises" in told or "promised nothing by the desk" in told


def test_a_promise_that_is_forgotten_after_a_restart_is_found(monkeypatch):
    start_up = SwiftDesk.start_up

    def forgetful(self):
        start_up(self)
        if self._runs > 1:
            self.eyes.execute("UPDATE promise SET wake_at = due + 86400000000 WHERE state = 'open'")

    monkeypatch.setattr(SwiftDesk, "start_up", forgetful)
    assert "no promise is forgotten" in found()


def test_a_promise_that_is_looked_at_too_late_is_found(monkeypatch):
    wake_at = schedule.wake_at

    def long_after(promise, *rest):
        return wake_at(promise, *rest) + timedelta(hours=3 if promise.made_by == "cover" else 0)

    monkeypatch.setattr(schedule, "wake_at", long_after)
    assert "no promise is forgotten" in found()


def test_a_ticket_left_in_silence_is_found(monkeypatch):
    say_next = promise_due._say_next

    def without_a_next_word(*args):
        decision = say_next(*args)
        return replace(
            decision,
            promises=tuple(p for p in decision.promises if p.state != "open"),
            outgoing=tuple(o for o in decision.outgoing if not o.promise),
        )

    monkeypatch.setattr(promise_due, "_say_next", without_a_next_word)
    assert "0 promises" in found()


def test_a_time_that_nobody_promised_is_found(monkeypatch):
    past = _Moments.past

    def an_hour_off(self, context, value):
        return past(self, context, (datetime.fromisoformat(value) - timedelta(hours=1)).isoformat())

    # Filters are bound when the templates are read.
    monkeypatch.setattr(_Moments, "past", jinja2.pass_context(an_hour_off))
    monkeypatch.setattr(life_letters, "_shipped", cache(life_letters._shipped.__wrapped__))
    assert "no letter holds a clock time without" in found()


def test_a_time_by_the_desks_clock_is_found(monkeypatch):
    told = clock_words.told
    monkeypatch.setattr(clock_words, "told", lambda moment, zone, **rest: told(moment, "Europe/Berlin", **rest))
    assert "by another clock than its reader" in found()


def test_a_length_that_belongs_to_another_time_is_found(monkeypatch):
    left = clock_words.ClockWords.left
    monkeypatch.setattr(clock_words.ClockWords, "left", lambda self, span: left(self, span + timedelta(hours=3)))
    assert "two times that disagree" in found()


# --- in the desk: each sentence can be broken ---------------------------------------------------------------------------


def copy(life, table, where, **changes):
    """The last row that fits, once more, with other values (SQL)."""
    names = [name for _, name, *_ in life.desk.sees(f"PRAGMA table_info({table})")]
    changes = {"id": "NULL"} | changes if table != "message" else changes
    values = ", ".join(changes.get(name, f'"{name}"') for name in names)
    life.desk.sees(f"INSERT INTO {table} SELECT {values} FROM {table} WHERE {where} ORDER BY rowid DESC LIMIT 1")


def letter(of, **changes):
    """The last letter of that name once more, under another key."""
    return lambda life: copy(life, "outbox", f"name = '{of}'", **{"key": "\"key\" || 'x'"} | changes)


def sql(*statements):
    return lambda life: [life.desk.sees(statement) for statement in statements]


def decided(outcome, change):
    """The last decision of that outcome once more, changed."""

    def plant(life):
        last = [d for d in life.desk.decisions if d.outcome == outcome][-1]
        life.desk.decisions.append(change(life, last))

    return plant


def twice(plant):
    return lambda life: [plant(life), plant(life)]


def too_many_reminders(life):
    for number in range(11):
        letter("reminder", key=f"'remind:{number}:1:mara'", agent="'mara'", created_at="1772442000000000")(life)


def in_all_languages(plant):
    """Each letter is read in one language, which goes by its key."""
    return lambda life: [plant(number)(life) for number in range(40)]


def unanswered(life, decision):
    life.desk.sees("DELETE FROM promise WHERE state = 'open'")
    return decision


FAULTS = {
    "who is unresolved, at a pace": sql("UPDATE promise SET state = 'replaced' WHERE state = 'open'"),
    "who waits for a word that only": sql(
        "UPDATE ticket SET mute = 'person', mute_reason = 'unknown'",
        "UPDATE promise SET state = 'replaced' WHERE state = 'open'",
    ),
    "a ticket is looked at": sql("UPDATE ticket SET look_at = 1, look_for = 'tell-heap'"),
    "who wrote again, and may be": decided("joined", unanswered),
    "what is over, or became part": sql("UPDATE ticket SET state = 'resolved'"),
    "who may not be written to": sql("UPDATE ticket SET mute = 'list', mute_reason = 'of users'"),
    "a difficulty or less": decided(
        "relayed",
        lambda life, d: replace(d, tickets=(life.desk.ticket(2),), promises=(life.desk.promise(1),)),
    ),
    "every time that a mail states": letter("ack"),
    "every promise was told": sql("UPDATE outbox SET state = 'failed'"),
    "every promise ends once": sql("UPDATE promise SET state = 'covered' WHERE state = 'kept'"),
    "no promise is forgotten": sql("UPDATE promise SET wake_at = NULL"),
    "kept means": sql("UPDATE promise SET kept_by = 'nobody'"),
    "a ticket counts": sql("UPDATE ticket SET kept = kept + 1"),
    "while the desk runs": letter("cover", name="'late'"),
    "a cover comes two minutes": letter("cover", created_at="created_at - 600000000"),
    "covers of an outage": letter("cover", fields="json_set(fields, '$.due', '2026-03-03T09:00:00+00:00')"),
    "after a stop of any length": twice(letter("cover", name="'late'", key="'x' || (SELECT count(*) FROM outbox)")),
    "nobody hears the same": letter("cover"),
    "no letter is sent twice": lambda life: life.desk.handed.update({1: [b"one", b"other"]}),
    "an acknowledgment, a look back": letter("ack"),
    "a letter goes to the customer alone": decided(
        "covered", lambda life, d: replace(d, tickets=(life.desk.ticket(2),))
    ),
    "a time is told as": decided(
        "opened", lambda life, d: replace(d, outgoing=tuple(replace(one, zone="Asia/Tokyo") for one in d.outgoing))
    ),
    "no letter holds a clock time": letter("ack", fields="json_set(fields, '$.due', '2026-03-02T11:11:00+00:00')"),
    "no letter holds a time by": letter("ack", zone="'Asia/Tokyo'"),
    "no letter holds two times": in_all_languages(
        lambda number: letter(
            "cover",
            key=f"'{number}'",
            fields="json_set(fields, '$.nth', 1, '$.plan', 'it is done by 09:30 CET, in about 5 hours')",
        )
    ),
    "what a customer writes": lambda life: copy(life, "message", "author = 'customer'", id="'x'", content_key="'x'"),
    "what one of us writes": lambda life: copy(life, "message", "author = 'agent'", id="'x'", content_key="'x'"),
    "reminders come": letter("reminder", created_at="created_at + 10000000"),
    "a time of a quarter of an hour": letter("reminder", key="replace(replace(\"key\", ':1:', ':9:'), ':2:', ':9:')"),
    "nobody is reminded of what": sql(
        "UPDATE outbox SET state = 'ready' WHERE EXISTS (SELECT 1 FROM promise WHERE promise.state != 'open' AND outbox.\"key\" LIKE 'remind:' || promise.id || ':%')"
    ),
    "a day begins": letter(
        "reminder", key="'page:morning:mara:x'", name="'morning'", created_at="created_at + 43200000000"
    ),
    "a page tells": letter(
        "reminder", key="'page:morning:mara:x'", name="'morning'", fields="json_object('parts', json_array())"
    ),
    "whoever leads": letter("cover", key="'promise:x:cover'", fields="json_set(fields, '$.nth', 2)"),
    "no storm": too_many_reminders,
    "what waits to be told": letter("ack", state="'gathering'", created_at="created_at - 7200000000"),
    "every mail that came in": sql("UPDATE message SET inbound = NULL"),
    "nothing fails": sql("UPDATE inbound SET state = 'quarantined', reason = 'a bad day'"),
}


@pytest.fixture
def life():
    """An outage that was answered once and is covered now, and a difficulty that was answered and asked about again."""
    one = Life()
    one.write(ANNA, OUTAGE)
    one.write("Ben Okoro <ben@harbour.example>", "How can I add a second delivery address to my account?")
    for notice in (0, 2):  # both go to Mara
        one.answer(notice, WORDS, names=("new",))
    one.pass_time(minutes(40))
    one.follow(1, "Is there any news?")
    yield one
    one.close()


@pytest.mark.parametrize("sentence", ALWAYS)
def test_each_sentence_can_be_broken(life, sentence):
    (plant,) = [plant for begins, plant in FAULTS.items() if sentence.startswith(begins)]
    holds = life._holds  # found nothing after each of the steps
    plant(life)
    holds._look()
    assert list(ALWAYS[sentence](holds))
