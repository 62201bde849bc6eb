"""What an agent wrote to an address for colleagues: a note, whatever it says, unless `/reply` stands at its top.

Which address it was is in its signature (`TokenKind.TEAM`), and what was kept back of such a mail keeps that in its
`held`: so nothing of it can become a customer's by a way around.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from mailbot.core.actions.ask_agent import ask
from mailbot.core.actions.change import Change
from mailbot.core.intake.newtext import ANSWER_MARK
from mailbot.core.intake.tokens import Token, TokenKind
from mailbot.core.letters.build import shown
from mailbot.core.letters.reply_links import Choice
from mailbot.core.model.decision import Decision
from mailbot.core.model.mail import Attachment
from mailbot.core.model.message import KEPT, Message
from mailbot.core.model.policy import Agent
from mailbot.core.model.reason import why
from mailbot.core.model.team_notices import InsideNotice
from mailbot.core.verbs.parse import Asked, Verb

TELLS: Final = "tells"  # a line for the desk that would tell the customer something
UNPROVEN: Final = "confirm-inside"  # not proven to be its agent's
_INSIDE: Final = frozenset({KEPT, TELLS})
_ASTRAY: Final = "which"
_SAYS_SO: Final = "(/note:"  # in the first line of a notice whose answers stay inside, in every language
_FIRST_LINE: Final = 120  # characters
_ISOLATES: Final = dict.fromkeys(range(0x2066, 0x206A))  # a language from right to left has the verb within them


def came_inside(token: Token, held: Message | None) -> bool:
    """Whether a mail to that address is for colleagues; `held` is what its address was made for, if for that."""
    return token.kind is TokenKind.TEAM or (held is not None and (held.held in _INSIDE or stays_inside(held)))


def stays_inside(held: Message) -> bool:
    """Whether what was kept back stays inside also when it counts; where its address was lost, what it quotes tells."""
    return held.held == UNPROVEN or (held.held == _ASTRAY and quotes_colleagues(held.text))


def quotes_colleagues(text: str) -> bool:
    """Whether a text quotes a notice whose answers stay inside: the first line of each says so, in every language."""
    at = text.find(ANSWER_MARK)
    return at >= 0 and _SAYS_SO in text[at : at + _FIRST_LINE].translate(_ISOLATES)


def as_note(asked: Asked, files: Sequence[Attachment] = ()) -> Asked:
    """The same with all its words as a note; files without words are named in it."""
    if any(verb.name == "note" for verb in asked.verbs):
        return asked
    words = asked.prose or ", ".join(f"[{each.name or each.type}]" for each in files)
    return replace(asked, verbs=(*asked.verbs, Verb(name="note", argument=words)), prose="") if words else asked


def ask_to_tell(change: Change, message: Message, agent: Agent) -> Decision:
    """A line for the desk that tells the customer something, written to colleagues: one tap does it."""
    them = change.ticket.requester
    question = why("ask.inside", who=them.name or them.address)
    choices = (Choice(line="/send", label=why("ask.inside-do")), Choice(line="/ignore", label=why("ask.inside-leave")))
    return ask(change, message, agent, about=TELLS, question=question, choices=choices)


def tell_kept(change: Change, message: Message, agent: Agent, words: str, *, offered: bool) -> None:
    """Tell whoever wrote these words that they are a note; `offered`: a tap sends them, for which `message` is held."""
    copied = [address for address in dict.fromkeys(message.to) if change.setting.policy.is_outside(address)]
    notice = InsideNotice(text=shown(words), copied=copied)
    if offered:
        change.notice(agent, notice, key=f"inside:{message.id}", held=message, tap="/send")
    else:
        change.notice(agent, notice, key=f"inside:{message.id}")
