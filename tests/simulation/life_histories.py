"""Random histories of a desk, as Hypothesis writes them: customers, agents, outages, restarts and clocks that are set.

A history is a list of steps, each a method here with its arguments. One that breaks is reported as such a list, without
the steps that do not matter.
"""

from __future__ import annotations

import gc
import sys
from collections import Counter
from datetime import datetime, timedelta
from typing import ClassVar

from hypothesis import HealthCheck, Phase, Verbosity, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from tests.simulation.life import INSIDE, Life
from tests.simulation.life_desk import CUT, GREY, REFUSED
from tests.simulation.simulated_desk import BERLIN, MONDAY, shipped

STARTS = (
    MONDAY,
    datetime(2026, 3, 27, 16, 40, tzinfo=BERLIN),  # the Friday before summer time begins
    datetime(2026, 3, 28, 23, 30, tzinfo=BERLIN),
    datetime(2026, 4, 2, 15, 0, tzinfo=BERLIN),  # the day before Easter
    datetime(2026, 10, 23, 16, 40, tzinfo=BERLIN),  # the Friday before it ends
    datetime(2026, 10, 24, 23, 30, tzinfo=BERLIN),
    datetime(2026, 12, 31, 12, 0, tzinfo=BERLIN),
)
CUSTOMERS = (
    "Anna Keller <anna@atelier.example>",
    "Ben Okoro <ben@harbour.example>",
    "Jana Vogt <jana@vogt.example>",
)
MATTERS = (
    "The export fails with an error at 80 % since this morning.",
    "You charged me twice for invoice 88, please refund it.",
    "Our whole shop is down, nobody can order, error 503 everywhere!",
    "How can I add a second delivery address to my account?",
    "HOW DO I CHANGE MY ADDRESS??? I NEED IT RIGHT NOW!!!",
    "The new search is wonderful, great work, thank you all!",
    "The new search is wonderful, great work! Will it come to the phone as well?",
    "Die Rechnung wurde zweimal abgebucht, bitte prüfen Sie das.",
)
MORE = (
    "Is there any news?",
    "It fails again, the same error.",
    "I use version 7.",
    "It is the blue button, not the green one.",
    "Now everything is down, the whole service is unreachable!",
)
WORDS = "Hello,\n\nwe have looked into it and are at work on it.\n\nMara"
ALL_ORDERS = (WORDS, "/resolve", "/promise 2h", "/wait customer 3d", "/p 3", "/plan we move it elsewhere", "/take")

customers = st.sampled_from(CUSTOMERS)
matters = st.sampled_from(MATTERS)
nth = st.integers(0, 60)
latest = st.integers(0, 11)
commits = st.integers(1, 12)


class Histories(RuleBasedStateMachine):
    """One desk; each rule is something that may happen next."""

    seen: ClassVar[Counter[str]]
    """What all histories led to."""
    played: ClassVar[Counter[int]]
    """How many histories had that many steps."""

    def __init__(self) -> None:
        super().__init__()
        self.life: Life | None = None
        self.steps = 0

    def teardown(self) -> None:
        if self.life is None:
            return
        try:
            if sys.exc_info()[0] is None:
                self.life.heal()
                self.life.pass_time(timedelta(hours=3))
                self.played[self.steps] += 1
        finally:
            self.seen.update(decision.outcome for decision in self.life.desk.decisions)
            self.life.close()

    @initialize(start=st.sampled_from(STARTS), who=customers, text=matters)
    def a_customer_writes_first(self, start: datetime, who: str, text: str) -> None:
        self.life = Life(start)
        self.life.write(who, text)

    # --- customers, and those who are none ------------------------------------------------------------------------

    @rule(who=customers, text=matters)
    def a_customer_writes(self, who: str, text: str) -> None:
        self._life.write(who, text)

    @rule(who=customers, text=matters)
    def a_customer_writes_to_two_inboxes(self, who: str, text: str) -> None:
        self._life.write_to_both(who, text)

    @rule(who=customers, text=matters, why=st.sampled_from(("list", "old", "unaddressed", "no-reply", "refused")))
    def somebody_writes_who_gets_no_letter(self, who: str, text: str, why: str) -> None:
        match why:
            case "list":
                self._life.write(who, text, Precedence="list", List_Id="<users.lists.example>")
            case "old":
                self._life.write(who, text, old=True)
            case "unaddressed":
                self._life.write(who, text, to="undisclosed@elsewhere.example")
            case "no-reply":
                self._life.write("Bank <no-reply@bank.example>", text)
            case _:
                self._life.desk.refuse = lambda outgoing: outgoing.to.address in who
                self._life.write(who, text)
                self._life.desk.refuse = lambda _: False

    @rule(letter=nth, text=st.sampled_from(MORE))
    def a_customer_writes_again(self, letter: int, text: str) -> None:
        self._life.follow(letter, text)

    @rule(letter=nth, text=st.sampled_from(("Thank you so much!", "Thanks, Mara! It works now.")))
    def a_customer_says_thanks(self, letter: int, text: str) -> None:
        self._life.follow(letter, text)

    @rule(letter=nth, text=st.sampled_from(MORE))
    def a_customer_writes_again_through_a_strange_client(self, letter: int, text: str) -> None:
        self._life.follow(letter, text, Precedence="bulk")

    @rule(letter=nth, text=st.sampled_from(MORE))
    def a_stranger_answers(self, letter: int, text: str) -> None:
        self._life.follow(letter, text, sender="Eve <eve@elsewhere.example>")

    @rule(letter=nth)
    def a_customer_is_away(self, letter: int) -> None:
        self._life.follow(letter, "I am away until Monday.", Auto_Submitted="auto-replied")

    @rule(letter=nth)
    def a_letter_comes_back(self, letter: int) -> None:
        self._life.bounce(letter)

    @rule(who=customers, letter=nth, other=nth)
    def a_customer_ties_two_matters(self, who: str, letter: int, other: int) -> None:
        self._life.tie(who, letter, other)

    # --- agents ---------------------------------------------------------------------------------------------------

    @rule(notice=latest)
    def an_agent_answers(self, notice: int) -> None:
        self._life.answer(notice, WORDS)

    @rule(notice=latest, text=st.sampled_from((WORDS, "We look into it. I'll write tomorrow morning.\n\nMara")))
    def an_agent_answers_once_more(self, notice: int, text: str) -> None:
        self._life.answer(notice, text)

    @rule(
        notice=latest,
        when=st.sampled_from(("2bd", "2h", "tomorrow 14:00", "3m", "1m", "soonish")),
        words=st.sampled_from(("", WORDS)),
    )
    def an_agent_promises(self, notice: int, when: str, words: str) -> None:
        self._life.answer(notice, f"/promise {when}\n\n{words}")

    @rule(notice=latest, text=st.sampled_from(("/resolve", f"/resolve\n\n{WORDS}", "/resolve quietly")))
    def an_agent_resolves(self, notice: int, text: str) -> None:
        self._life.answer(notice, text)

    @rule(
        notice=latest,
        whom=st.sampled_from(("customer 3d", "customer 2h\n\nWhich version is it?", "third-party Postal Ltd")),
        words=st.sampled_from(("", f"\n\n{WORDS}")),
    )
    def an_agent_waits(self, notice: int, whom: str, words: str) -> None:
        self._life.answer(notice, f"/wait {whom}{words}")

    @rule(notice=latest, level=st.integers(1, 5), words=st.sampled_from(("", WORDS)))
    def an_agent_weighs_it_anew(self, notice: int, level: int, words: str) -> None:
        self._life.answer(notice, f"/p {level}\n\n{words}")

    @rule(
        notice=latest,
        text=st.sampled_from(
            (
                *("/plan we move it elsewhere", "/eta 2d", "/eta 3h", "/workaround use the other button"),
                *("/timeline", f"/timeline\n\n{WORDS}"),
            )
        ),
    )
    def an_agent_tells_what_is_known(self, notice: int, text: str) -> None:
        self._life.answer(notice, text)

    @rule(
        notice=latest,
        text=st.sampled_from(
            ("/take", "/release", "/assign joost", f"/note {INSIDE}", f"/note\n/p 2\n{INSIDE}", "/status", "/why")
        ),
    )
    def an_agent_arranges_things(self, notice: int, text: str) -> None:
        self._life.answer(notice, text)

    @rule(notice=latest, text=st.sampled_from(("/reopen", f"/reopen\n\n{WORDS}", "/thanks", "/ignore", "/spam")))
    def an_agent_thinks_again(self, notice: int, text: str) -> None:
        self._life.answer(notice, text)

    @rule(notice=latest, text=st.sampled_from(("/goodwill 15 EUR for the trouble", "/approve")))
    def an_agent_gives_something(self, notice: int, text: str) -> None:
        self._life.answer(notice, text)

    @rule(notice=latest, text=st.sampled_from(("/nonsense", "", "Hello\n/resolve", "/promise 2h\n/resolve")))
    def an_agent_is_not_understood(self, notice: int, text: str) -> None:
        self._life.answer(notice, text)

    @rule(notice=latest, text=st.sampled_from(ALL_ORDERS))
    def somebody_writes_in_an_agents_name(self, notice: int, text: str) -> None:
        self._life.answer(notice, text, sender="Mara Lind <eve@elsewhere.example>")

    @rule(notice=latest, text=st.sampled_from(("/send", "/confirm", WORDS)))
    def an_agent_lets_a_held_text_go(self, notice: int, text: str) -> None:
        self._life.answer(notice, text, names=("crossed", "confirm"))

    @rule(who=customers, text=st.sampled_from((WORDS, "Your lamp is ready.")))
    def an_agent_writes_to_a_customer_themselves(self, who: str, text: str) -> None:
        self._life.write("Mara Lind <mara@lumen.example>", text, to=f"{who}, help@lumen.example")

    @rule(letter=nth, who=customers)
    def an_agent_answers_a_letter_from_their_own_client(self, letter: int, who: str) -> None:
        self._life.follow(letter, WORDS, sender="Mara Lind <mara@lumen.example>", Cc=who)

    @rule(letter=nth)
    def an_agents_answer_loses_its_way(self, letter: int) -> None:
        self._life.follow(letter, WORDS, sender="Joost Baker <joost@lumen.example>")

    @rule(notice=latest)
    def an_answer_is_about_no_ticket(self, notice: int) -> None:
        self._life.answer(notice, "/ignore", names=("ask",))

    @rule(notice=latest, who=customers)
    def a_colleague_or_somebody_in_cc_answers(self, notice: int, who: str) -> None:
        self._life.answer(notice, "The maker knows.", sender="Joost Baker <joost@lumen.example>", Cc=who)

    @rule(notice=latest)
    def an_agent_is_away(self, notice: int) -> None:
        self._life.answer(notice, "I am on holiday.", Auto_Submitted="auto-replied")

    @rule(notice=latest, text=st.sampled_from(ALL_ORDERS), letter=nth, words=st.sampled_from(MORE))
    def an_agent_and_a_customer_write_at_once(self, notice: int, text: str, letter: int, words: str) -> None:
        self._life.at_once(notice, text, letter, words)

    @rule(notice=latest, text=st.sampled_from(ALL_ORDERS))
    def an_agent_writes_at_the_last_moment(self, notice: int, text: str) -> None:
        self._life.at_the_last_moment(notice, text)

    # --- time -----------------------------------------------------------------------------------------------------

    @rule(minutes=st.sampled_from((1, 9, 31, 55, 125)))
    def minutes_pass(self, minutes: int) -> None:
        self._life.pass_time(timedelta(minutes=minutes))

    @rule(minutes=st.sampled_from((16, 61, 240)))
    def a_while_passes(self, minutes: int) -> None:
        self._life.pass_time(timedelta(minutes=minutes))

    @rule(seconds=st.sampled_from((-1, 0, 1, 119, 121)))
    def it_is_nearly_time(self, seconds: int) -> None:
        self._life.until_next(timedelta(seconds=seconds))

    @rule(hours=st.sampled_from((7, 13, 17, 26)))
    def a_long_time_passes(self, hours: int) -> None:
        self._life.pass_time(timedelta(hours=hours))

    @rule(hours=st.sampled_from((1, 20, 70, 170)), notice=latest, text=st.sampled_from(("", WORDS)))
    def the_daemon_is_stopped(self, hours: int, notice: int, text: str) -> None:
        self._life.sleep(timedelta(hours=hours), restart=True, said=(notice, text) if text else None)

    @rule(minutes=st.sampled_from((3, 40, 600, 4000)))
    def the_machine_is_suspended(self, minutes: int) -> None:
        self._life.sleep(timedelta(minutes=minutes))

    @rule(minutes=st.sampled_from((-60, 60, -1, 2, -1500)))
    def the_clock_is_set(self, minutes: int) -> None:
        self._life.set_clock(timedelta(minutes=minutes))

    # --- what breaks ----------------------------------------------------------------------------------------------

    @rule(after=commits, after_it=st.booleans())
    def the_process_will_be_killed(self, after: int, after_it: bool) -> None:
        self._life.kill_after(after, after_it=after_it)

    @rule(after=commits, after_it=st.booleans(), minutes=st.sampled_from((1, 50, 700)))
    def the_store_will_fail(self, after: int, after_it: bool, minutes: int) -> None:
        self._life.store_fails_after(after, timedelta(minutes=minutes), after_it=after_it)

    @rule(minutes=st.sampled_from((1, 50, 700, 3000)))
    def the_mail_server_is_down(self, minutes: int) -> None:
        self._life.server_is_down(timedelta(minutes=minutes))

    @rule(says=st.sampled_from(("grey", "cut", "refused")), times=st.integers(1, 4))
    def the_mail_server_is_in_a_mood(self, says: str, times: int) -> None:
        answer = {"grey": GREY, "cut": CUT, "refused": REFUSED}[says]
        self._life.desk.answers.extend([answer] * times)

    @property
    def _life(self) -> Life:
        assert self.life is not None
        self.steps += 1
        return self.life


def play(
    histories: int, steps: int, *, by: int, shrink: bool = True, machine: type[Histories] = Histories
) -> type[Histories]:
    """Play that many histories, which follow from the number `by`; the machine that played them. AssertionError
    shows one that breaks: a short one, unless `shrink` is off.
    """
    phases = (Phase.generate, Phase.shrink) if shrink else (Phase.generate,)
    played = type(machine.__name__, (machine,), {"seen": Counter(), "played": Counter()})
    how = settings(
        max_examples=histories,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=phases,
        report_multiple_bugs=False,
        print_blob=False,
        verbosity=Verbosity.normal,
        suppress_health_check=list(HealthCheck),
    )
    shipped()
    gc.collect()
    gc.freeze()  # what was loaded once is not scanned again and again
    run_state_machine_as_test(seed(by)(played), settings=how)
    return played
