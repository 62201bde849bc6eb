"""Faults that are planted, by each of which a note or a held text would leave: random worlds (`note_world`) find them all."""

from __future__ import annotations

import logging

import pytest
import structlog

from mailbot.core.actions import agent_mail, ask_agent, stays_inside, team
from mailbot.core.actions.change import Change
from mailbot.core.intake import identity
from mailbot.core.intake.tokens import TokenKind
from mailbot.core.sending import notice_lines
from mailbot.core.verbs.parse import Asked, parse_reply
from tests.simulation.note_world import play

pytestmark = pytest.mark.slow


@pytest.fixture(autouse=True)
def _quiet():
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    yield
    structlog.configure(**before)


def the_address_that_the_client_remembers_counts(patch):
    """An answer to a note goes to an address for the customer, and that alone decides."""
    patch.setattr(
        identity, "_of_an_agent", lambda tokens: next((t for t in tokens if t.kind in identity._AGENTS), None)
    )


def other_words_in_answer_to_a_question_go_out(patch):
    """Words instead of a tap, where a line to colleagues was asked about."""
    patch.setattr(agent_mail, "came_inside", lambda token, held: token.kind is TokenKind.TEAM)


def what_was_not_proven_goes_out_once_it_is(patch):
    patch.setattr(agent_mail, "stays_inside", lambda held: False)


def a_lost_address_makes_a_note_a_letter(patch):
    patch.setattr(stays_inside, "quotes_colleagues", lambda text: False)


def a_line_that_tells_is_obeyed_inside(patch):
    """Its letter does not leave at once: the cover tells the plan."""
    patch.setattr(Asked, "tells", property(lambda self: False))


def a_line_that_tells_is_obeyed_before_the_question(patch):
    ask_to_tell = agent_mail.ask_to_tell

    def obeyed(change, message, agent):
        asked = parse_reply(message.new_text)
        change.set(plan=next((verb.argument for verb in asked.verbs if verb.name == "plan"), change.ticket.plan))
        return ask_to_tell(change, message, agent)

    patch.setattr(agent_mail, "ask_to_tell", obeyed)


def what_is_dropped_counts(patch):
    patch.setitem(ask_agent.QUESTIONS, "tells", {**ask_agent.QUESTIONS["tells"], "ignore": ask_agent._as_it_is})


def a_tap_that_keeps_a_note_sends_it(patch):
    patch.setitem(ask_agent.QUESTIONS, "verb", {**ask_agent.QUESTIONS["verb"], "note": ask_agent._as_it_is})


def anybody_who_has_an_address_is_its_agent(patch):
    patch.setattr(identity, "_colleague", lambda *_: None)
    patch.setattr(identity, "_doubt", lambda *_: None)


def a_refusal_forgets_that_it_was_inside(patch):
    notice = Change.notice

    def outside(self, *args, **rest):
        was, self.inside = self.inside, False
        notice(self, *args, **rest)
        self.inside = was

    patch.setattr(Change, "notice", outside)


def only_the_line_of_customers_notices_is_known(patch):
    patch.setattr(notice_lines, "_HOW", notice_lines.re.compile(r"/note\b.{0,80}?/p 2\b.{0,40}?/promise\b"))


def all_agents_hear_of_every_ticket(patch):
    """Those of another group as well."""
    patch.setattr(
        team,
        "_colleagues",
        lambda change, reply, was: [a for a in change.setting.policy.agents.values() if a is not reply.agent],
    )


FAULTS = (
    the_address_that_the_client_remembers_counts,
    other_words_in_answer_to_a_question_go_out,
    what_was_not_proven_goes_out_once_it_is,
    a_lost_address_makes_a_note_a_letter,
    a_line_that_tells_is_obeyed_inside,
    a_line_that_tells_is_obeyed_before_the_question,
    what_is_dropped_counts,
    a_tap_that_keeps_a_note_sends_it,
    anybody_who_has_an_address_is_its_agent,
    a_refusal_forgets_that_it_was_inside,
    only_the_line_of_customers_notices_is_known,
    all_agents_hear_of_every_ticket,
)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_what_would_leak_is_found(monkeypatch, fault):
    fault(monkeypatch)
    with pytest.raises(AssertionError, match="step"):
        play(60, 40)
