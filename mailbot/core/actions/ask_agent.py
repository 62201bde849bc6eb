"""Asks an agent about a mail of theirs that was kept back; each answer is one tap, or one typed line.

`QUESTIONS` is all of it: for each value of `Message.held`, the answers that count, and the text that each makes of
what was kept back. That text is then obeyed like any mail of that agent's (`actions.agent_mail`), so that an answer can
do nothing that a mail could not. Only the agent who was asked can answer, since only they have the signed address.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from mailbot.core.actions.case import Case
from mailbot.core.actions.change import Change
from mailbot.core.actions.two_times import TwoTimes
from mailbot.core.letters.build import at_large, shown
from mailbot.core.letters.reply_links import Choice
from mailbot.core.model.decision import Decision
from mailbot.core.model.message import Author, Message
from mailbot.core.model.notice_fields import AnswerNotice, AskNotice
from mailbot.core.model.policy import Agent
from mailbot.core.model.reason import Reason, why
from mailbot.core.verbs.arguments import ticket_named
from mailbot.core.verbs.lines import LineKind, is_blank, read_line
from mailbot.core.verbs.openings import first_word_as_verb
from mailbot.core.verbs.parse import Asked, parse_reply

Rewrite = Callable[[Message], str | None]


def _as_it_is(held: Message) -> str:
    return held.new_text


def _as_note(held: Message) -> str:
    return f"/note\n{held.new_text}"


def _all_of_it(held: Message) -> str:
    """The other way to read it, which `text` holds if a mail was kept back for that (`about_both`, `about_times`)."""
    return held.text


def _all_as_note(held: Message) -> str:
    return f"/note\n{held.text}"


def _as_verb(held: Message) -> str:
    return first_word_as_verb(held.new_text)


def _words_alone(held: Message) -> str:
    """Without its lines for the desk, which were obeyed when it came."""
    asked = parse_reply(held.new_text)
    return asked.prose or held.new_text if isinstance(asked, Asked) else held.new_text


def _dropped(_: Message) -> None:
    return None


QUESTIONS: Mapping[str, Mapping[str, Rewrite]] = {
    # Not proven to be theirs: was it you?
    "confirm": {"confirm": _as_it_is, "send": _as_it_is, "note": _as_note, "ignore": _dropped},
    # Somebody else had answered meanwhile: send yours as well?
    "crossed": {"send": _as_it_is, "confirm": _as_it_is, "note": _as_note, "ignore": _dropped},
    # The first line may be one for the desk without its slash: obey it, keep it inside, or send it as it is?
    "verb": {"do": _as_verb, "note": _as_note, "send": _as_it_is, "ignore": _dropped},
    # The same words to the same customer a moment after they went out: send them once more?
    "again": {"send": _as_it_is, "note": _as_note, "ignore": _dropped},
    # It only asks for what the customer has given already: send it all the same? (`asked_already`)
    "given": {"send": _as_it_is, "note": _as_note, "ignore": _dropped},
    # To a marketplace's buyer, with what the marketplace forbids: send it all the same? (`forbidden_words`)
    "forbidden": {"send": _as_it_is, "note": _as_note, "ignore": _dropped},
    # Words above and words inside the quote: send those above, or all of them?
    "both": {"send": _as_it_is, "send all": _all_of_it, "note": _all_as_note, "ignore": _dropped},
    # A verb says one time and the words another: which counts? (`two_times`; both mails name their moment)
    "times": {"do": _all_of_it, "send": _as_it_is, "ignore": _dropped},
    # It answers a mail of somebody who is not part of the ticket: is it for the customer all the same?
    "stranger": {"send": _as_it_is, "reply": _as_it_is, "note": _as_note, "ignore": _dropped},
    # Written to the customer from the agent's own mail, and no server vouches for it: was it you? (`actions.own_mail`)
    "wrote": {"confirm": _as_it_is, "ignore": _dropped},
    # Written to colleagues (`actions.stays_inside`). A note by now: send it to the customer after all?
    "kept": {"send": _words_alone, "ignore": _dropped},
    # A line for the desk that tells the customer something: do it?
    "tells": {"send": _as_it_is, "ignore": _dropped},
    # Not proven to be theirs: was it you? It stays inside in any case.
    "confirm-inside": {"confirm": _as_it_is, "send": _as_it_is, "note": _as_note, "ignore": _dropped},
    # It says nowhere which ticket it answers: this one?
    "which": {"reply": _as_it_is, "ignore": _dropped},
}
"""Why a text was kept back → the answers → what then counts as the agent's mail (None: nothing is done).

`reply` names a ticket (`/reply 12`): there the text counts as the agent's mail.
"""


@dataclass(frozen=True, kw_only=True, slots=True)
class Chosen:
    """An answer: the text that counts from now on, None for nothing at all, and the ticket if it is another."""

    name: str
    text: str | None
    ticket: int | None = None


def chosen(held: Message, text: str) -> Chosen | None:
    """Which answer `text` (no signature) gives about a message that is held; None if it says something else.

    A question that is not in the table (a row of an older version) counts as one about a text that may be sent.
    """
    name, argument, alone = _first_line(text)
    answers = QUESTIONS.get(held.held or "", QUESTIONS["crossed"])
    if name == "send" and argument.casefold().strip(" .!") == "all":
        name = "send all"
    if name not in answers or not alone or (name in ("note", "ignore") and argument):
        return None
    number = ticket_named(argument) if name == "reply" else None
    if name == "reply" and number is None:
        return None
    return Chosen(name=name, text=answers[name](held), ticket=number)


def named_ticket(text: str) -> int | None:
    """The ticket that a line `/reply 12` at the top names."""
    name, argument, _ = _first_line(text)
    return ticket_named(argument) if name == "reply" else None


def _first_line(text: str) -> tuple[str, str, bool]:
    """The verb of the first line that is not blank, its argument, and whether there is nothing below."""
    lines = [line for line in text.split("\n") if not is_blank(line)]
    line = read_line(lines[0]) if lines else None
    if line is None or line.kind is not LineKind.VERB:
        return "", "", False
    return line.name, line.argument, len(lines) == 1


def ask(
    change: Change,
    message: Message,
    agent: Agent,
    *,
    about: str,
    question: Reason,
    choices: Sequence[Choice],
    yours: str | None = None,
) -> Decision:
    """Keep an agent's mail back and ask about it. `about` is a key of `QUESTIONS`; the lines of `choices` are its answers.

    The mail is in the ticket of `change`, internal; nothing that it says is done before it is answered. `yours` is what
    they are shown of it, unless that is what would be sent.
    """
    assert about in QUESTIONS
    kept = replace(message, internal=True, held=about)
    change.message(kept)
    change.event(why("event.held.asked", question=question), by=agent.id)
    notice = AskNotice(question=question, yours=shown(kept.new_text if yours is None else yours))
    change.notice(agent, notice, key=f"ask:{kept.id}", held=kept, choices=choices)
    return change.decision("held", question)


def about_both(change: Change, message: Message, agent: Agent, whole: str) -> Decision:
    """Ask about a mail with words above the quote and more of them further down: send those above, or the `whole`?"""
    choices = (
        Choice(line="/send", label=why("ask.above")),
        Choice(line="/send all", label=why("ask.all")),
        Choice(line="/note", label=why("ask.note")),
    )
    kept = replace(message, text=whole)
    return ask(change, kept, agent, about="both", question=why("ask.both"), choices=choices, yours=whole)


def about_times(change: Change, message: Message, agent: Agent, two: TwoTimes) -> Decision:
    """Ask about a mail of which a verb says one time, and the words another: which one counts?"""
    kept = replace(message, new_text=two.as_verb, text=two.as_words)
    yours = message.new_text
    return ask(change, kept, agent, about="times", question=two.question, choices=two.choices, yours=yours)


def ask_at_large(case: Case, agent: Agent, *, about: str, question: Reason, choices: Sequence[Choice]) -> Decision:
    """Ask about a mail whose ticket nobody knows: it belongs to none before it is answered."""
    incoming = case.incoming
    assert about in QUESTIONS
    kept = case.message(
        ticket=None,
        author=Author.AGENT,
        agent=agent.id,
        internal=True,
        held=about,
    )
    notice = at_large(
        case.setting,
        agent,
        AskNotice(question=question, yours=shown(kept.new_text)),
        inbox=incoming.inbox,
        key=f"ask:{kept.id}:{agent.id}",
        now=case.now,
        subject=incoming.mail.subject,
        held=kept,
        choices=choices,
    )
    return Decision(outcome="held", reason=question, messages=(kept,), outgoing=(notice,))


def refuse_at_large(case: Case, agent: Agent, reason: Reason) -> Decision:
    """An answer to such a question that cannot be obeyed: nothing is done, and the agent is told why."""
    message = case.message(
        ticket=None,
        author=Author.AGENT,
        agent=agent.id,
        internal=True,
        note=why("note.refused", because=reason),
    )
    notice = at_large(
        case.setting,
        agent,
        AnswerNotice(title=reason),
        inbox=case.incoming.inbox,
        key=f"refused:{message.id}:{agent.id}",
        now=case.now,
    )
    return Decision(outcome="refused", reason=reason, messages=(message,), outgoing=(notice,))


def drop_held(case: Case, held: Message, agent: Agent) -> Decision:
    """What was kept back is no longer wanted: nothing is done with it, and it is no longer held."""
    message = case.message(ticket=held.ticket, author=Author.AGENT, agent=agent.id, internal=True)
    return Decision(outcome="done", reason=why("ask.dropped"), messages=(message,), release=(held.id,))
