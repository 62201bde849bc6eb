"""Plays a story of `tests/golden/correspondence` and shows what is in each person's mailbox afterwards.

A story is one ticket from its first mail to its last, by the real desk: `story.toml` says who the people are and what
they write when. Each person's folder then holds all that they wrote and got, in order, byte for byte; `story.md` is
the same for reading in one go. A step answers the newest mail of a name (`answers`), taps the link in it (`taps`),
begins something new, or lets time pass.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import datetime
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, unquote

from mailbot.core.model.policy import Policy
from tests.golden.desk_cases import when
from tests.simulation.simulated_desk import Sent, SimulatedDesk
from tests.simulation.stamped import SERVER, stamped

STORIES = Path(__file__).parent / "correspondence"
_TAP = re.compile(r"<mailto:([^?>]+)\?([^>]+)>")


def stories() -> list[str]:
    """The names of all stories."""
    return sorted(folder.name for folder in STORIES.iterdir() if (folder / "story.toml").exists())


def mailboxes(name: str) -> dict[str, bytes]:
    """What a story leaves, by path within its folder: `customer/03-cover.eml`, `story.md`."""
    story = tomllib.loads((STORIES / name / "story.toml").read_text("utf-8"))

    def change(policy: Policy) -> Policy:
        people = {who: replace(agent, **story["agents"].get(who, {})) for who, agent in policy.agents.items()}
        return replace(policy, agents=people, authserv_id=SERVER)

    desk = SimulatedDesk(start=story["step"][0]["at"], change_policy=change)
    try:
        post = _Post(desk, story)
        for nth, step in enumerate(story["step"], 1):
            post.step(nth, step)
        return post.files()
    finally:
        desk.close()


def tapped(text: str) -> tuple[str, str, str]:
    """What a mail client puts into a new mail when the link of a notice is tapped: address, subject, text (RFC 6068)."""
    found = _TAP.search(text)
    assert found, "the notice has no link to tap"
    fields = parse_qs(found[2], strict_parsing=True, max_num_fields=2)
    return unquote(found[1]), fields["subject"][0], fields["body"][0].replace("\r\n", "\n")


@dataclass
class _Post:
    """Carries mails between the people and the desk, and keeps a copy of each."""

    desk: SimulatedDesk
    story: dict[str, Any]
    kept: list[tuple[datetime, str, str, bytes]] = field(default_factory=list)  # when, whose folder, what, bytes
    _seen: int = 0

    def step(self, nth: int, step: dict[str, Any]) -> None:
        desk, at = self.desk, step["at"]
        while (wake := desk.store.next_wake()) is not None and wake <= at:
            desk.clock.at = max(desk.clock.at, wake)
            assert desk.tick(), "a promise wants to be looked at, and is not"
            self._collect()
        desk.clock.at = at.astimezone(desk.clock.at.tzinfo)
        if "who" not in step:
            return
        raw = self._written(nth, step)
        what = "tap" if "taps" in step else step.get("what", "words")
        self.kept.append((at, self.story["people"][step["who"]]["folder"], f"{step['who']}-{what}", raw))
        desk.receive(stamped(raw))
        self._collect()

    def files(self) -> dict[str, bytes]:
        """The mails by folder, numbered in order, and all of it to be read."""
        count: Counter[str] = Counter()
        found: dict[str, bytes] = {}
        for _, folder, what, raw in self.kept:
            count[folder] += 1
            found[f"{folder}/{count[folder]:02d}-{what}.eml"] = raw
        found["story.md"] = "\n".join(self._told()).encode()
        return found

    def _collect(self) -> None:
        new = self.desk.sent[self._seen :]
        self._seen = len(self.desk.sent)
        for sent in new:
            self.kept.append((sent.at, self._folder(sent), sent.outgoing.name, sent.raw))

    def _folder(self, sent: Sent) -> str:
        people = self.story["people"].values()
        return str(next(one["folder"] for one in people if sent.outgoing.to.address in one["from"]))

    def _written(self, nth: int, step: dict[str, Any]) -> bytes:
        person = self.story["people"][step["who"]]
        to, subject, text = "help@lumen.example", step.get("subject", ""), step.get("text", "")
        answered = ""
        if name := step.get("taps"):
            to, subject, text = tapped(self.desk.last(name, _bare(person["from"])).text)
        elif name := step.get("answers"):
            letter = self.desk.last(name, _bare(person["from"]))
            to, subject = letter.reply_to, "Re: " + letter.header("Subject").removeprefix("Re: ")
            answered = f"In-Reply-To: <{letter.message_id}>\nReferences: <{letter.message_id}>\n"
        head = (
            f"From: {person['from']}\nTo: {to}\nSubject: {subject}\n"
            f"Date: {step['at']:%a, %d %b %Y %H:%M:%S %z}\nMessage-ID: <{nth}.{step['who']}@mail.example>\n{answered}"
            "MIME-Version: 1.0\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n"
        )
        return (head + text.strip() + "\n").replace("\n", "\r\n").encode()

    def _told(self) -> list[str]:
        lines = [f"# {self.story['title']}", "", self.story["about"].strip(), ""]
        last: tuple[str, ...] = ()
        for at, _, _, raw in self.kept:
            mail = message_from_bytes(raw, policy=default)
            body = mail.get_body(preferencelist=("plain",))
            text = str(body.get_content()).strip()
            if _same(text) == last:
                lines[-2] += f" *The same to {mail['To'].addresses[0].display_name}.*"
                continue
            last = _same(text)
            shown = re.sub(r"(?<=mailto:)\S{60,}(?=>)", "…", text)
            sender, to = mail["From"].addresses[0].display_name, mail["To"].addresses[0].display_name or "the desk"
            lines += [f"## {when(at)} · {sender} → {to}", "", f"**{mail['Subject']}**", ""]
            lines += [*(f"> {line}".rstrip() for line in shown.splitlines()), "", "", ""]
        return lines


def _same(text: str) -> tuple[str, ...]:
    """A mail to one of several colleagues, but for their own name."""
    return tuple(re.sub(r"^(?:Mara|Joost), |<mailto:.*>$", "", line) for line in text.splitlines())


def _bare(person: str) -> str:
    return person.rpartition("<")[2].rstrip(">")
