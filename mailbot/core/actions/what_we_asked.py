"""Finds the question to which a customer's mail is the answer: "No." says nothing without it."""

from __future__ import annotations

from mailbot.core.actions.status import words_for_customer
from mailbot.core.letters.sentences import last_question
from mailbot.core.model.known import Known
from mailbot.core.model.notice_parts import NO_QUESTION, Question
from mailbot.core.model.policy import Agent, Policy


def what_we_asked(known: Known, ticket: int, reader: Agent, policy: Policy) -> Question:
    """The last question of one of us that no mail has answered yet, as `reader` is told of it.

    `known` is the ticket as it was before the mail that answers came.
    """
    answer, newest = known.answers.get(ticket), known.newest.get(ticket)
    if answer is None or (newest is not None and newest.received_at > answer.received_at):
        return NO_QUESTION
    asked = last_question(words_for_customer(answer))
    by = policy.agents.get(answer.agent or "")
    if not asked or by is None:
        return NO_QUESTION
    return Question(asked=asked, asked_by="" if by.id == reader.id else by.name)
