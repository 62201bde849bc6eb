"""Plays a case of `tests/golden/desk`: mails and a clock go in, plain text that says what the desk did comes out.

A case is a folder. `story.toml` says what it shows and when what happens; a step without a mail lets time pass
(`down = true`: with the desk switched off). An `.eml` refers to what only the desk knows as `{reply-to: LETTER TO}`,
`{message-id: LETTER TO}` or `{envelope-from: LETTER TO}`: of the last mail of that name to an address with TO in it;
`{tap: LETTER TO N}` is the target of the link that such a mail offers for ticket N.
`{filler: 30000}` is that many characters of base64.
A step with `times = 40` and `apart = 4` has its mail come in that often, so many minutes apart, with `{nth}` in it counted,
and tells no more of it than how many mails left to whom. A step with `digests = true` sends the notices that wait to be told together.
`brief` names mails of which only the header is shown, if the body is not what the case is about; `[agents.ID]` changes
settings of an agent, `[oncall]`, `[[form]]` and `[[marketplace]]` are as in the config; `unsure = true`: what no rule knows has the default pace. Our server vouches for the sender of
every mail that does not bring its own results, unless the story or the step says `results = "..."` (`none`: it found
out nothing; empty: it adds no header); `authserv_id = ""`: the desk believes no server.
"""

from __future__ import annotations

import json
import re
import tomllib
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from mailbot.adapters.letters.clock_words import ClockWords
from mailbot.adapters.letters.phrases import FILE, Phrases
from mailbot.config.agent_times import read_digest, read_hours
from mailbot.config.forms import FormConfig, MarketplaceConfig
from mailbot.config.oncall import OnCallConfig
from mailbot.config.policies import on_call_of
from mailbot.core.intake.quotes.notice_preheader import preheader_in
from mailbot.core.model.decision import Decision
from mailbot.core.model.outgoing import OutgoingKind
from mailbot.core.model.policy import Agent, Policy
from mailbot.core.model.silence import Mute
from tests.golden.sending import Server, filled, waiting
from tests.simulation.simulated_desk import JOOST, MARA, Sent, SimulatedDesk, with_unsure
from tests.simulation.stamped import PASSES, SERVER, stamped

CASES = Path(__file__).parent / "desk"
_ENGLISH = Phrases((Path(__file__).parents[2] / "templates" / "en" / FILE).read_text("utf-8"))
_CLOCK = ClockWords("en", _ENGLISH.times)
_REASON = re.compile(r'\{"args": \{')
_JSON = json.JSONDecoder()
_POINTS = re.compile(r": \d+ points from .*$|; the closest was .*$", re.MULTILINE)  # rules are tuned, cases stay
_WORDS = re.compile(r"^( *(?:Why|Warum): )[“„].*$", re.MULTILINE)
_TAP = re.compile(r"<mailto:[^>]*body=([^>]*)>")
_FILLER = re.compile(r"\{filler: (\d+)\}")
_PLACEHOLDER = re.compile(r"\{(reply-to|message-id|envelope-from|tap): (\S+) (\S+?)(?: (\d+))?\}")


def cases() -> list[str]:
    """The names of all cases."""
    return sorted(folder.name for folder in CASES.iterdir() if (folder / "story.toml").exists())


def played(name: str) -> str:
    """What the desk does in a case, as text."""
    folder = CASES / name
    story = tomllib.loads((folder / "story.toml").read_text("utf-8"))

    def change(policy: Policy) -> Policy:
        own = story.get("agents", {})
        agents = {who: _as_said(agent, own.get(who, {}), policy) for who, agent in policy.agents.items()}
        server = story.get("authserv_id", SERVER) or None
        policy = replace(policy, authserv_id=server, agents=agents, **story.get("policy", {}))
        if "form" in story:
            policy = replace(policy, forms=tuple(FormConfig.model_validate(each).source for each in story["form"]))
        if "marketplace" in story:
            markets = [MarketplaceConfig.model_validate(each).marketplace for each in story["marketplace"]]
            policy = replace(policy, marketplaces=tuple(markets))
        if "oncall" in story:
            policy = replace(policy, oncall=on_call_of(OnCallConfig.model_validate(story["oncall"]), policy.zone))
        return with_unsure(policy) if story.get("unsure") else policy

    desk = SimulatedDesk(start=story["step"][0]["at"], change_policy=change)
    try:
        told = _Told(desk, frozenset(story.get("brief", ())), story.get("results", PASSES))
        for step in story["step"]:
            told.step(folder, step)
        return _POINTS.sub("", in_words(story["about"].strip() + "\n" + "\n".join(told.lines) + "\n"))
    finally:
        desk.close()


def _as_said(agent: Agent, own: dict[str, Any], policy: Policy) -> Agent:
    """The agent with the keys of the story, which are those of the config."""
    hours, digest = read_hours(own.pop("hours", None)), read_digest(own.pop("digest", None))
    if hours is not None:
        own["hours"] = replace(policy.business, spans=hours.spans(policy.business.spans), zone=agent.zone)
    return replace(agent, digest=digest, **own)


def in_words(text: str) -> str:
    """A text with each reason in English words: a case shows what is stored as a code in the form that people read."""
    told, end = "", 0
    for found in _REASON.finditer(text):
        if found.start() < end:
            continue  # a reason within a reason
        reason, after = _JSON.raw_decode(text, found.start())
        told, end = told + text[end : found.start()] + _ENGLISH.said(reason), after
    return told + text[end:]


class _Told:
    """Writes down what happens, step by step."""

    def __init__(self, desk: SimulatedDesk, brief: frozenset[str], results: str) -> None:
        self.desk = desk
        self.brief = brief
        self.results = results
        self.lines: list[str] = []
        self._shown = 0
        self._server: Server | None = None

    def step(self, folder: Path, step: dict[str, object]) -> None:
        desk, at = self.desk, step["at"]
        assert isinstance(at, datetime)
        if step.get("down"):
            self._head(at, "the desk was down until now")
            self._tell(desk.sleep_until(at))
            return
        while (wake := desk.store.next_wake()) is not None and wake <= at:
            desk.clock.at = max(desk.clock.at, wake)
            decisions = desk.tick()
            assert decisions, "a promise wants to be looked at, and is not"
            self._head(desk.clock.at, "a promise comes near")
            self._tell(decisions)
        desk.clock.at = at.astimezone(desk.clock.at.tzinfo)
        if "server" in step:
            self._server = desk.refuse = Server(desk, step["server"])
        if "mail" not in step:
            self._head(at, "nothing comes in")
            if self._server is not None:
                self.desk.send()
                self._tell([])
            elif step.get("digests"):
                desk.tick()
                self._tell([])
            return
        if "times" in step:
            self._often(folder, step)
            return
        inbox = str(step.get("inbox", "support"))
        self._head(at, f"{step['mail']} comes in to {inbox}")
        raw = (folder / str(step["mail"])).read_bytes()
        if b"\0" not in raw and not step.get("as_it_is"):
            raw = self._filled(raw.decode("utf-8")).encode().replace(b"\n", b"\r\n")
            raw = stamped(raw, str(step.get("results", self.results)))
        self._tell(desk.receive(raw, inbox))

    def _often(self, folder: Path, step: dict[str, Any]) -> None:
        text, before = (folder / step["mail"]).read_text("utf-8"), len(self.desk.sent)
        for nth in range(step["times"]):
            self.desk.pass_time(step["at"] + timedelta(minutes=step["apart"] * nth))
            raw = text.replace("{nth}", str(nth + 1)).encode().replace(b"\n", b"\r\n")
            self.desk.receive(stamped(raw, str(step.get("results", self.results))))
        self._head(step["at"], f"{step['mail']} comes in {step['times']} times, {step['apart']} minutes apart")
        left = Counter((s.outgoing.name, s.outgoing.agent or "customers") for s in self.desk.sent[before:])
        self.lines += [f"{count} times {name} to {who}" for (name, who), count in sorted(left.items())]
        self._shown = len(self.desk.sent)

    def _filled(self, text: str) -> str:
        def value(found: re.Match[str]) -> str:
            sent = self.desk.last(found[2], found[3])
            if found[1] == "tap":
                link = re.search(rf"<mailto:([^?>]+)\?subject=%5B{found[4]}%5D", sent.text)
                assert link is not None
                return unquote(link[1])
            return {
                "reply-to": sent.reply_to,
                "message-id": sent.message_id,
                "envelope-from": sent.envelope_sender,
            }[found[1]]

        text = _FILLER.sub(lambda found: filled(int(found[1])), text)
        return _PLACEHOLDER.sub(value, text)

    def _head(self, at: datetime, what: str) -> None:
        self.lines += ["", f"== {when(at)}: {what}"]

    def _tell(self, decisions: list[Decision]) -> None:
        for decision in decisions:
            self.lines += _outcome(decision)
        if self._server is not None:
            self.lines += self._server.told()
            self.lines += waiting(self.desk)
        new = self.desk.sent[self._shown :]
        self._shown = len(self.desk.sent)
        if not new:
            self.lines.append("no mail leaves")
        done: dict[tuple[str, str], str] = {}
        for sent in new:
            key = (sent.outgoing.name, _nameless(sent))
            if sent.outgoing.agent and key in done:
                self.lines += ["", f"-- {sent.outgoing.name}: the same to {sent.outgoing.to.address}"]
                continue
            done[key] = sent.outgoing.to.address
            self.lines += _letter(sent, whole=sent.outgoing.name not in self.brief)


def _outcome(decision: Decision) -> Iterator[str]:
    yield f"{decision.outcome}: {decision.reason}" if decision.reason else decision.outcome
    for ticket in decision.tickets[:1]:
        line = f"ticket {ticket.number}: {ticket.state.value}, priority {ticket.priority}, urgency {ticket.urgency}"
        if ticket.waiting_for:
            line += f", waiting for {ticket.waiting_for}"
        if ticket.assignee:
            line += f", taken by {ticket.assignee}"
        yield line + (f"; no automatic letters ({_silence(ticket.mute)})" if ticket.mute else "")
    for promise in decision.promises:
        line = f"promise {promise.state.value}: a word by {when(promise.due)}"
        yield line + (f" (stated by {promise.stated_by.split(':')[0]})" if promise.state == "open" else "")
    for source, target in decision.moves:
        yield f"ticket {source} goes into ticket {target}"


def _silence(mute: Mute) -> str:
    return str(mute.reason) if mute.reason.code.startswith("mute.") else f"{mute.kind.value}: {mute.reason}"


def _letter(sent: Sent, *, whole: bool) -> Iterator[str]:
    yield ""
    yield f"-- {sent.outgoing.name} ({sent.outgoing.kind.value})"
    for name in ("From", "To", "Subject", "Auto-Submitted"):
        if value := sent.header(name):
            yield f"{name}: {value}"
    html = sent.parsed.get_body(("html",)) if sent.outgoing.kind is OutgoingKind.NOTICE else None
    if html is not None and (hidden := preheader_in(html.get_content())):
        yield f"A list shows: {hidden}"
    if attached := [part.get_filename() for part in sent.parsed.iter_attachments()]:
        yield f"Attached: {', '.join(map(str, attached))}"
    if not whole:
        return
    yield ""
    yield from (f"    {line}".rstrip() for line in _tame(sent.text).rstrip().splitlines())


def _tame(text: str) -> str:
    """The text without what differs in every case: the words that rules found, and signed addresses in links."""
    return _TAP.sub(lambda tap: f"<a mail that says {unquote(tap[1])}>", _WORDS.sub(r"\1(their words)", text))


def _nameless(sent: Sent) -> str:
    text = _tame(sent.text)
    for agent in (MARA, JOOST):
        text = text.replace(f"{agent.name.split()[0]}, ", "…, ")
    return text


def when(moment: datetime) -> str:
    """A moment as a case tells it."""
    return _CLOCK.short(moment, "Europe/Berlin")
