"""Finds what an agent's mail adds: all their words, without the notice they answer and without their signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from mailbot.core.intake.newtext import ANSWER_MARK
from mailbot.core.intake.quotes.html import has_quote_structure, html_text
from mailbot.core.intake.quotes.html_signature import marked_signatures
from mailbot.core.intake.quotes.lines import ATTRIBUTION_LINE, CUT_LINE, clean, fold, is_quoted
from mailbot.core.intake.quotes.notice_preheader import hidden_above, without_preheaders
from mailbot.core.intake.quotes.notice_quote import Answered, Ours, answered
from mailbot.core.intake.quotes.signature import is_signature, sign, stripped, without_marked
from mailbot.core.model.mail import Attachment, Mail
from mailbot.core.model.policy import Agent, Policy

_TEXT_CAP: Final = 400_000  # characters
_CARDS: Final = frozenset({"text/vcard", "text/x-vcard", "text/directory", "text/v-card", "application/vcard"})
_THEIRS: Final = 300  # characters of a quoted line that are shown with its answer


@dataclass(frozen=True, kw_only=True, slots=True)
class AgentWords:
    """What an agent's mail says, LF line ends, no outer blank lines.

    `words` are above the quote, or below it if there is nothing above. `whole` adds what was written inside the quote,
    each piece after the customer's line that it answers, and what is below a delimiter and is nobody's card; the same
    as `words` if there is none of that. `signature` was left out of both. `unmarked`: the quote has no marks, so that
    only the notice itself could tell which words are the agent's.
    """

    words: str
    whole: str
    signature: str = ""
    unmarked: bool = False


def agent_words(mail: Mail, agent: Agent, policy: Policy, notices: Sequence[str] = ()) -> AgentWords:
    """What a mail to an agent's signed address says. Pure, linear, never raises.

    Above the mark of our notice all is theirs, except the client's own lines directly above the quote. Without the
    mark, a quote counts as the notice's only if it names us; what is in doubt stays. `notices`: the texts of the
    notices that it may quote, if known; their hidden lines are nobody's words, also those that the mail's HTML hides.
    """
    ours = _ours(agent, policy)
    found = _divided(mail, ours, (*notices, *hidden_above(mail.html or "", ANSWER_MARK)))
    marked = marked_signatures(mail.html) if mail.html else []
    above, cut = without_marked(found.above, marked)
    signed = sign(above, agent)
    doubtful = signed.doubtful
    signature = [*signed.signature, *cut]
    answers: list[str] = []
    for theirs, run in found.inside:
        unmarked, cut = without_marked(run, marked)
        below = sign(stripped(unmarked), agent)
        if is_signature(below.words, agent) and not _thanks(below.words):
            signature += [*below.words, *below.signature, *cut]
            continue
        signature += [*below.signature, *cut]
        answers += [*([""] if answers else []), *([theirs[:_THEIRS], ""] if theirs else []), *below.words]
    words = signed.words
    if not any(clean(line) for line in words):
        words, answers = [*answers], []
    whole = [*words]
    for more in (doubtful, answers):
        whole += [*([""] if whole and more else []), *more]
    return AgentWords(
        words=_text(words),
        whole=_text(whole),
        signature=_text([line for line in signature if clean(line)]),
        unmarked=found.unmarked,
    )


def words_of_text(text: str, agent: Agent, policy: Policy) -> str:
    """The words above the quote in the plain text of an agent's earlier mail, without the signature."""
    return _text(sign(answered(_lines(text), _ours(agent, policy), ANSWER_MARK).above, agent).words)


def own_cards(files: Sequence[Attachment], agent: Agent, *, alone: bool) -> frozenset[int]:
    """The indexes of the attachments that are the agent's own contact card; if it is `alone`, any card is."""
    name, boxes = _letters(agent.name), {_letters(address.partition("@")[0]) for address in agent.addresses}
    found = set[int]()
    for part in files:
        called = _letters((part.name or "").rpartition(".")[0] or (part.name or ""))
        is_card = part.type in _CARDS or (part.name or "").casefold().endswith(".vcf")
        if is_card and (alone or not called or name in called or called in boxes):
            found.add(part.index)
    return frozenset(found)


def _letters(text: str) -> str:
    return "".join(char for char in fold(text) if char.isalnum())


def _divided(mail: Mail, ours: Ours, notices: Sequence[str]) -> Answered:
    lines = without_preheaders(_lines(mail.text), notices)
    found = answered(lines, ours, ANSWER_MARK, notices)
    if mail.html is None or not has_quote_structure(mail.html):
        return found
    at = next((index for index, line in enumerate(lines) if ANSWER_MARK in line), None)
    if at is not None and is_quoted(lines[at]):
        return found
    if at is None and found.quoted:
        return found
    # The text has no marks, but the elements of the HTML tell what is quoted.
    by_structure = without_preheaders(_lines(html_text(mail.html)), notices)
    cut = next((i for i, line in enumerate(by_structure) if line.startswith((CUT_LINE, ATTRIBUTION_LINE))), None)
    bare = [line.lstrip(CUT_LINE + ATTRIBUTION_LINE) for line in by_structure]
    inside = answered(bare, ours, ANSWER_MARK, notices)
    if at is not None:
        return Answered(above=found.above, inside=inside.inside, quoted=True, unmarked=inside.unmarked)
    if cut is not None and mail.content_type == "text/html" and not inside.quoted:
        return Answered(above=bare[:cut], quoted=True)
    return inside if mail.content_type == "text/html" and inside.quoted else found


def _ours(agent: Agent, policy: Policy) -> Ours:
    names = {fold(inbox.display_name) for inbox in policy.inboxes.values()} | {fold(policy.desk_name)}
    return Ours(
        addresses=policy.own_addresses,
        names=frozenset(name for name in names if len(name) > 2),
        colleagues=frozenset(
            fold(said) for each in policy.agents.values() for said in (each.name, *each.addresses) if len(said) > 2
        ),
        readers=frozenset({*(address.casefold() for address in agent.addresses), fold(agent.name)}),
    )


def _thanks(lines: Sequence[str]) -> bool:
    """Whether a closing without a name is all that was said: then it is meant as words, not as a signature."""
    said = [line for line in lines if clean(line)]
    return len(said) == 1


def _lines(text: str) -> list[str]:
    return text[:_TEXT_CAP].replace("\r\n", "\n").split("\n")


def _text(lines: Sequence[str]) -> str:
    return "\n".join(stripped(lines))
