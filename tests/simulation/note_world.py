"""A desk in whose mails each secret has a word of its own: what agents note, and what was asked about before it may go out.

Agents note, answer colleagues' lines in every way that their clients and fingers know (with `/reply`, with other lines for
the desk, to all, forwarded, as HTML, with files, from a private address, to an address of a colleague's, with the signed
address lost, or another one from memory), answer what they are asked with other words, tap, and quote what they answer.
Customers write, answer, tie their tickets together and pass our letters on; machines report and answer; days go by.

Only what somebody sends on purpose, by a tap on what shows it, is free.
"""

from __future__ import annotations

import random
import re
from dataclasses import dataclass, field, replace
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP
from html import escape
from urllib.parse import parse_qs, unquote

from mailbot.core.intake.tokens import TokenKind
from mailbot.core.model.policy import Agent, DigestTimes
from tests.simulation.simulated_desk import BERLIN, JOOST, MARA, MONDAY, SIGNER, Sent, SimulatedDesk, minutes

RECENT = 9
SHOWS = ("inside", "beside", "ask", "crossed", "confirm")
SENDS = ("/send", "/send all", "/do", "/confirm", "/reply")  # lines that let out what was held
KIM = Agent(id="kim", name="Kim Aasen", addresses=("kim@lumen.example",), zone=BERLIN)
FINN = Agent(id="finn", name="Finn Ash", addresses=("finn@lumen.example",), zone=BERLIN, groups=("billing",))
PEOPLE = (MARA, replace(JOOST, digest=DigestTimes(every=timedelta(hours=2))), KIM, FINN)
AGENTS = {agent.id: f"{agent.name} <{agent.addresses[0]}>" for agent in PEOPLE}
MAY_KNOW = {agent.addresses[0] for agent in PEOPLE if "support" in agent.groups}
NORA, OTTO = "Nora Feld <nora@harbour.example>", "Otto Berg <otto@pine.example>"
BOB = "Bob Hale <bob@harbour.example>"
DESK = "help@lumen.example"
WORD = re.compile(r"zq[0-9]+zq")
LINK = re.compile(r"<mailto:([^?>]+)\?([^>]+)>")
ABOVE = ("", "", "/take\n", "/p 2\n", "/promise 2h\n", "/resolve\n", "/resolve quietly\n", "/assign joost\n", "/note\n",
         "/plan we mend it\n", "/notiz\n", "/reply\n", "/wait customer 3d\n", "/status\n", "note\n", "/timeline\n",
         "/reopen\n", "/release\n")  # fmt: skip
TOLD = (
    "/plan {}",
    "/workaround {}",
    "/eta {}",
    "/thanks {}",
    "/goodwill 5 EUR for {}",
    "/nonews\n\n{}",
    "/resolve\n\n{}",
)
WAYS = ("note", "answer", "answer", "other", "bare", "team", "team", "team", "reply", "all", "forward", "paste", "private",
        "colleague", "colleague", "lost", "memory", "asked", "asked", "asked", "tap", "tap", "tap", "tap", "kept", "customer",
        "tie", "pass_on", "stranger", "report", "absent", "page", "wait", "night")  # fmt: skip
OF_A_TEAM_NOTE = {
    "team",
    "reply",
    "all",
    "forward",
    "paste",
    "private",
    "colleague",
    "lost",
    "memory",
    "asked",
    "report",
    "absent",
}


def _policy(policy):
    return replace(policy, agents={agent.id: agent for agent in PEOPLE}, morning_page=True, evening_page=True)


@dataclass
class World:
    """Two tickets of Nora's and one of Otto's; `notes` and `drafts` are the words that nobody outside may read yet."""

    vouches: bool = False
    notes: set[str] = field(default_factory=set)
    drafts: set[str] = field(default_factory=set)
    count: int = 0
    seen: int = 0
    reached: set[str] = field(default_factory=set)

    def __post_init__(self):
        self.desk = SimulatedDesk(start=MONDAY + minutes(30), change_policy=_policy, vouches=self.vouches)
        self.begins(NORA, "Lamp stays off", "the green lamp stays off since Tuesday. What can we do?")
        self.begins(OTTO, "Two invoices", "you charged me twice for invoice 88, please refund one.")
        self.step("note", 1)

    def begins(self, sender, subject, text):
        self.send(sender, DESK, f"Hello,\n\n{text}\n\n{sender.split()[0]}", Subject=subject)

    # --- words -----------------------------------------------------------------------------------------------------------

    def word(self):
        self.count += 1
        return f"zq{self.count}zq"

    def noted(self):
        self.notes.add(word := self.word())
        return f"Ask them about the licence first, {word}."

    def leaks(self):
        """What left since the last look and holds a secret that its reader may not have; what agents got is remembered."""
        fresh, self.seen = self.desk.sent[self.seen :], len(self.desk.sent)
        for sent in fresh:
            found = set(WORD.findall(_all_of(sent)))
            if sent.outgoing.to.address in MAY_KNOW:
                self.reached |= found
            elif bad := found & (self.notes | self.drafts):
                yield f"{sent.outgoing.name} to {sent.outgoing.to.address}: {sorted(bad)}"

    # --- mails ------------------------------------------------------------------------------------------------------------

    def send(self, sender, to, text, *, html="", file="", raw=None, **headers):
        """A mail; the outcome of each decision about it."""
        self.desk.clock.at += minutes(1)
        one = EmailMessage(policy=SMTP)
        headers = {"From": sender, "To": to, "Subject": "Re: Lamp stays off [1]"} | headers
        for name, value in headers.items():
            if value:
                one[name.replace("_", "-")] = value
        self.count += 1
        one["Date"], one["Message-ID"] = self.desk.clock.at, f"<m{self.count}@{sender.rpartition('@')[2].rstrip('>')}>"
        one.set_content(text)
        if html:
            one.add_alternative(html, subtype="html")
        if file:
            one.add_attachment(f"{file}\n", filename=f"{file}.txt")
        if raw:
            one.add_attachment(raw)
        return [decision.outcome for decision in self.desk.receive(one.as_bytes())]

    def ours(self, n, *, inside=None, names=()) -> Sent | None:
        """A notice that somebody has, of those whose replies stay inside or of the others."""
        found = [
            sent
            for sent in self.desk.sent
            if sent.outgoing.agent in AGENTS
            and (sent.outgoing.name in names if names else sent.outgoing.ticket)
            and (inside is None or bool(sent.outgoing.fields.get("inside")) is inside)
        ]
        return found[-1 - n % min(len(found), RECENT)] if found else None

    def say(self, sent, text, n, *, sender=None, to=None, **more):
        """An answer to a mail of ours, quoted as one client or another does."""
        sender, to = sender or AGENTS[sent.outgoing.agent], to or sent.reply_to
        ids = {"In_Reply_To": f"<{sent.message_id}>", "References": f"{sent.header('References')} <{sent.message_id}>"}
        more = {**ids, "Subject": f"Re: {sent.header('Subject')}", **more}
        if n % 7 == 0:
            return self.send(sender, to, text, **more)
        if n % 4 == 0:
            more["html"] = _as_gmail(text, sent)
        return self.send(sender, to, f"{text}\n\n{quoted(sent, n)}", **more)

    # --- what people do ---------------------------------------------------------------------------------------------------

    def step(self, what, n):
        """One thing that happens; nothing where it cannot."""
        team, other = self.ours(n, inside=True), self.ours(n, inside=False)
        if what in OF_A_TEAM_NOTE or what in ("note", "answer", "other", "bare"):
            if (sent := team if what in OF_A_TEAM_NOTE else other) is not None:
                getattr(self, what)(sent, n)
        else:
            getattr(self, what)(n)

    def note(self, sent, n):
        text = self.noted()
        self.say(sent, f"/note {text}", n, file=_canary(text) if n % 3 == 0 else "")

    def answer(self, sent, n):
        word = self.word()
        self._free_now(sent, f"It is on its way, {word}.", n, word)

    def other(self, sent, n):
        """Lines for the desk that tell the customer something."""
        word = self.word()
        self._free_now(sent, TOLD[n % len(TOLD)].format(word), n, word)

    def _free_now(self, sent, text, n, word):
        """What is asked about, refused or kept as a note may not go out; what was sent, may."""
        self.drafts.add(word)
        outcomes = self.say(sent, text, n)
        if outcomes[-1:] and outcomes[-1] not in ("held", "refused", "noted"):
            self.drafts.discard(word)

    def bare(self, sent, n):
        """A note without its slash, which is asked about, and one tap."""
        self.say(sent, ("note: {}", "internal\n\n{}", "Note\n{}")[n % 3].format(self.noted()), n)
        self.tap(n // 3 % 4)

    def team(self, sent, n):
        above = ABOVE[n % len(ABOVE)]
        text = "\nIt is on its way." if above == "/reply\n" else self.noted()
        self.say(sent, above + text, n // len(ABOVE), file=_canary(text) if n % 5 == 0 else "")

    def reply(self, sent, n):
        word = self.word()
        self._free_now(sent, f"/reply\n\nWe have found it, {word}.", n, word)

    def all(self, sent, n):
        self.say(sent, self.noted(), n, Cc=NORA)

    def forward(self, sent, n):
        """Passed on, to the desk or past it: the client quotes the whole of the notice, and no mark stays."""
        other = self.ours(n // 4, inside=False)
        to = (DESK, other.reply_to if other else DESK, f"{NORA}, {DESK}", sent.reply_to)[n % 4]
        text = f"For you.\n\n---------- Forwarded message ---------\n{quoted(sent, 2 if n % 8 < 4 else 1)}"
        self.send(AGENTS[sent.outgoing.agent], to, text, Subject=f"Fwd: {sent.header('Subject')}")

    def paste(self, sent, n):
        """Copied from one mail into the answer to another: lines of a notice, and no quote that shows it."""
        other = self.ours(n, inside=False)
        lines = [line for line in sent.text.splitlines() if "##^^##" not in line and "mailto:" not in line]
        if other is not None:
            self.say(other, "It is like this:\n\n" + "\n".join(lines[: 4 + n % 12]), n)

    def private(self, sent, n):
        self.say(sent, self.noted(), n, sender="Mara L <mara@private.example>")
        self.tap(n % 2)

    def colleague(self, sent, n):
        """To an address that was signed for somebody else."""
        sent = (self.ours(n // 3) or sent) if n % 3 == 0 else sent
        self.say(sent, self.noted(), n, sender=AGENTS["joost" if sent.outgoing.agent == "mara" else "mara"])

    def lost(self, sent, n):
        text = f"{self.noted()}\n\n{quoted(sent, 0)}"
        self.send(AGENTS[sent.outgoing.agent], DESK, text, Subject=f"Re: {sent.header('Subject')}")
        self.tap(n % 3)

    def memory(self, sent, n):
        """The client fills in an address that it knows: of an older notice, of another ticket, or of a question."""
        mine = [
            one
            for one in self.desk.sent
            if one.outgoing.agent == sent.outgoing.agent
            and one.outgoing.ticket == sent.outgoing.ticket
            and not one.outgoing.fields.get("inside")
        ]
        if mine:
            self.say(sent, self.noted(), n, to=mine[-1 - n % min(len(mine), RECENT)].reply_to)

    def asked(self, sent, n):
        """A line for the desk that would tell the customer something, or that there is not; and other words in answer
        to what the desk says of it.
        """
        self.say(sent, ("/plan {}", "/workaround {}", "/notiz {}", "/status\n\n{}")[n % 4].format(self.noted()), n)
        asked = self.desk.sent[-1]
        if asked.outgoing.name in ("ask", "refused", "answer") and n // 4 % 3:
            self.say(asked, self.noted(), n)
        elif asked.outgoing.name == "ask":
            self.tap(n // 12 % 2)

    def kept(self, n):
        """Other words in answer to "kept as a note" and to what is held: the first are a note, the others a new draft."""
        sent = self.ours(n, names=SHOWS)
        if sent is not None:
            word = self.word()
            self.drafts.add(word)
            if sent.outgoing.name not in ("crossed", "confirm", "ask"):
                self.notes.add(word)
            outcomes = self.say(sent, f"It is like this, {word}.", n)
            if outcomes and outcomes[-1] in ("relayed", "told"):
                self.drafts.discard(word)

    def tap(self, n):
        links = [(sent, *found) for sent in self.desk.sent if sent.outgoing.agent for found in LINK.findall(sent.text)]
        if not links:
            return
        sent, address, query = links[-1 - n % min(len(links), RECENT)]
        fields = parse_qs(query, keep_blank_values=True)
        text, word = fields["body"][0], self.word()
        if text in ("/send", "/send all", "/do", "/confirm", "/note") or text.startswith("/reply"):
            shown = set(WORD.findall(f"{sent.outgoing.fields.get('text')} {sent.outgoing.fields.get('yours')}"))
            if text != "/note":
                self.drafts -= shown
            if text in ("/send", "/do") and sent.outgoing.name in ("inside", "beside", "ask"):
                self.notes -= shown
        if not text:
            text = f"It is on its way, {word}."
            token = SIGNER.read(unquote(address))
            if token is not None and token.kind is TokenKind.TEAM:
                self.notes.add(word)
        self.send(AGENTS[sent.outgoing.agent], unquote(address), text, Subject=fields["subject"][0])

    def customer(self, n):
        """They answer our letter, quote it, and sometimes everything is new."""
        who = (NORA, OTTO)[n % 2]
        letters = [sent for sent in self.desk.sent if sent.outgoing.to.address in who]
        if letters and n % 4:
            self.say(letters[-1], f"Any news? {self.word()}", n, sender=who)
        else:
            self.send(who, DESK, f"Any news? {self.word()}")

    def tie(self, n):
        """Another matter of Nora's, which her next mail ties to the first."""
        self.begins(NORA, f"Invoice {n}", "the invoice has the wrong address on it, please write a new one.")
        letters = [sent for sent in self.desk.sent if sent.outgoing.to.address in NORA]
        if n % 2 and letters:
            both = " ".join(f"<{sent.message_id}>" for sent in (letters[0], letters[-1]))
            self.send(NORA, DESK, "These two belong together.", References=both, Subject="Re: Invoice")

    def pass_on(self, n):
        """Nora passes our letter on to Bob of her company, who answers it: a stranger to the ticket."""
        letters = [sent for sent in self.desk.sent if sent.outgoing.to.address in NORA]
        if letters:
            self.say(letters[-1 - n % len(letters)], f"I have the lamp here, {self.word()}.", n, sender=BOB)

    def stranger(self, n):
        self.send(BOB, DESK, f"What about ticket 1? {self.word()}", Subject="Re: Lamp stays off [1]")

    def report(self, sent, n):
        """A notice of ours comes back, with all that stands in it; where it says so, or to whoever it is signed for."""
        whole = EmailMessage(policy=SMTP)
        whole["From"], whole["To"], whole["Subject"] = (sent.header(name) for name in ("From", "To", "Subject"))
        whole["Message-ID"] = f"<{sent.message_id}>"
        whole.set_content(sent.text)
        text = f"The mail system could not deliver your message to {sent.header('To')}: 550 5.1.1 no such user"
        to = (sent.envelope_sender or DESK, sent.reply_to, DESK)[n % 3]
        self.send("Mail Delivery System <mailer-daemon@lumen.example>", to, text, raw=whole, Subject="Undelivered mail",
                  Auto_Submitted="auto-replied")  # fmt: skip

    def absent(self, sent, n):
        """Their mailbox answers for them, with what it answers below; or they say that they are away themselves."""
        if n % 2:
            self.say(sent, f"I am out of the office until Monday. {self.noted()}", n, Auto_Submitted="auto-replied")
        elif sent.outgoing.agent in ("joost", "kim"):
            self.say(sent, "/away tomorrow 9:00" if n % 4 else "/back", n)

    def page(self, n):
        """In answer to the page of their day, a digest, or the mail that offers what a colleague has: words for no ticket."""
        sent = self.ours(n, names=("morning", "evening", "digest", "absent", "offered", "away"))
        if sent is not None:
            word = self.word()
            self.drafts.add(word)
            self.say(sent, (f"Joost, can you take the lamp? {word}", f"/status\n\n{word}", f"/note {word}")[n % 3], n)

    def wait(self, n):
        self.desk.pass_time(self.desk.clock.at + timedelta(minutes=1 + n % 150))

    def night(self, n):
        self.desk.pass_time(self.desk.clock.at + timedelta(hours=14 + n % 12))


def quoted(sent, n):
    """The mail below an answer: with signs, as Outlook puts it, or as a phone does."""
    lines = sent.text.splitlines()
    if n % 3 == 0:
        return f"On Monday {sent.header('From')} wrote:\n" + "".join(f"> {line}\n" for line in lines)
    head = f"From: {sent.header('From')}\nSent: Monday, 2 March 2026 09:00\nTo: {sent.header('To')}\n"
    whole = f"{head}Subject: {sent.header('Subject')}\n\n" + "\n".join(lines)
    return f"-----Original Message-----\n{whole}" if n % 3 == 1 else whole


def _as_gmail(text, sent):
    above = "<br>".join(map(escape, text.split("\n")))
    html = sent.parsed.get_body(preferencelist=("html",))
    body = re.sub(r"(?is)^.*<body[^>]*>|</body>.*$", "", str(html.get_content())) if html else escape(sent.text)
    said = f'<div dir="ltr" class="gmail_attr">On Mon, {escape(sent.header("From"))} wrote:<br></div>'
    quote = f'<blockquote class="gmail_quote" style="margin:0 0 0 .8ex">{body}</blockquote>'
    return f'<div dir="ltr">{above}</div><br><div class="gmail_quote">{said}{quote}</div>'


def _canary(text):
    """The word of a text, which its file has as well: one tap sends both."""
    return "".join(WORD.findall(text))


def _all_of(sent):
    """Each header and each part, decoded, whatever its type."""
    parts = [str(value) for part in sent.parsed.walk() for _, value in part.items()]
    for part in sent.parsed.walk():
        content = None if part.is_multipart() else part.get_payload(decode=True)
        if isinstance(content, bytes):
            parts.append(content.decode("utf-8", "replace"))
    return "\n".join(parts)


def play(worlds, steps, *, by=1):
    """Play that many worlds, which follow from the number `by`; AssertionError tells the first secret that left."""
    for number in range(worlds):
        dice = random.Random(f"{by} {number}")
        run([(dice.choice(WAYS), dice.randrange(10**6)) for _ in range(steps)], vouches=bool(number % 2))


def run(steps, *, vouches):
    """One world, looked at after each step."""
    world = World(vouches=vouches)
    try:
        for at, (what, n) in enumerate(steps):
            world.step(what, n)
            leaked = list(world.leaks())
            assert not leaked, f"step {at}, {what} {n}: {leaked}"
        return world
    finally:
        world.desk.close()
