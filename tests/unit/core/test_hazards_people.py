"""Hazards 13, 14 and 22 to 24: names of files, words that look like code, and people who want to read or say too much."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import timedelta
from email.message import EmailMessage
from email.policy import SMTP

import pytest

from mailbot.core.intake.tokens import Token, TokenKind
from mailbot.core.model.message import Author
from mailbot.core.model.outgoing import OutgoingKind
from tests.simulation.simulated_desk import MONDAY, SIGNER, SimulatedDesk, mail, minutes

ANA = "Ana Soto <ana@customer.example>"
EVE = "Eve <eve@evil.example>"
SERVER = "mx.lumen.example"
PROVEN = {"Authentication_Results": f"{SERVER}; dmarc=pass header.from=lumen.example"}
PROBLEM = "The export is broken since today, the column with the tax is empty."
DESK = {"help@lumen.example", "billing@lumen.example"}
INSIDE = {"mara@lumen.example", "joost@lumen.example", "admin@lumen.example"}


@pytest.fixture
def desk():
    made = SimulatedDesk(change_policy=lambda policy: replace(policy, authserv_id=SERVER))
    yield made
    made.close()


def outside(desk):
    """Every mail that left to somebody who does not work here."""
    return [s for s in desk.sent if s.outgoing.to.address not in INSIDE]


# --- 13: attachments ---------------------------------------------------------------------------------------------

NAMES = [
    "../../../../etc/cron.d/evil",
    "..\\..\\windows\\system32\\evil.dll",
    "/etc/passwd",
    "CON",
    "aux.txt",
    "invoice\u202efdp.exe",
    "x" * 500 + ".pdf",
    "a\0b.txt",
    'quote".txt',
    ".htaccess",
    "{{7*7}}.txt",
]


def test_hazard_13_attachments_are_kept_by_content_and_named_safely(desk, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    raw = EmailMessage(policy=SMTP)
    raw["From"], raw["To"], raw["Subject"] = ANA, "help@lumen.example", "Files"
    raw["Date"] = MONDAY.strftime("%a, %d %b %Y %H:%M:%S %z")
    raw["Message-ID"] = "<files@customer.example>"
    raw.set_content(PROBLEM)
    contents = [f"content {n}".encode() for n in range(len(NAMES))]
    for name, content in zip(NAMES, contents, strict=True):
        raw.add_attachment(content, maintype="application", subtype="octet-stream", filename=name.replace("\0", "%00"))
    desk.receive(bytes(raw).replace(b"%00", b"\0"))
    [opened] = [m for d in desk.decisions for m in d.messages]
    assert [a.sha256 for a in opened.attachments] == [hashlib.sha256(c).hexdigest() for c in contents]
    assert list(tmp_path.iterdir()) == []
    notice = desk.last("new", "mara")
    attached = list(notice.parsed.iter_attachments())
    assert [part.get_content() for part in attached] == contents
    for part in attached:
        shown = part.get_filename() or ""
        assert not set(shown) & set("/\\\0\r\n\u202e"), shown
        assert not shown.startswith(".")
        assert 0 < len(shown) <= 150
    assert "\u202e" not in notice.whole
    assert "49" not in [part.get_filename() for part in attached]


def test_hazard_13_a_zip_bomb_is_one_opaque_file(desk):
    bomb = b"PK\x03\x04" + b"\0" * 2000
    raw = EmailMessage(policy=SMTP)
    raw["From"], raw["To"], raw["Subject"] = ANA, "help@lumen.example", "Archive"
    raw.set_content(PROBLEM)
    raw.add_attachment(bomb, maintype="application", subtype="zip", filename="42.zip")
    desk.receive(bytes(raw))
    [message] = [m for d in desk.decisions for m in d.messages]
    assert [(a.name, a.size) for a in message.attachments] == [("42.zip", len(bomb))]


# --- 14: words that look like code -------------------------------------------------------------------------------

CODE = "{{7*7}} {% for x in range(99999999) %}x{% endfor %} ${7*7} <%= 7*7 %> #{7*7}"
MARKUP = "<script>alert(1)</script><img src=x onerror=alert(2)><a href=javascript:alert(3)>x</a>"


@pytest.mark.slow
@pytest.mark.parametrize("evil", [CODE, MARKUP], ids=["code", "markup"])
def test_hazard_14_no_field_of_a_customer_is_run_or_becomes_markup(desk, evil):
    name = evil.replace('"', "").replace("\\", "")
    first = mail(
        f'"{name}" <ana@customer.example>',
        f"{PROBLEM}\n\n{evil}\n\nIs {evil} an answer?",
        at=MONDAY,
        subject=evil,
        message_id="evil@customer.example",
        Organization=evil,
        X_Mailer=evil,
    )
    desk.receive(first)
    ack = desk.last("ack")
    desk.receive(mail("ana@customer.example", f"One more: {evil}", at=MONDAY, to=ack.reply_to, subject=evil))
    notice = desk.last("followup", "mara")
    desk.receive(
        mail("mara@lumen.example", f"I see {evil} as well.", at=MONDAY, to=notice.reply_to, subject="Re", **PROVEN)
    )
    desk.pass_time(MONDAY + timedelta(days=2))
    assert {"ack", "new", "followup", "relay", "cover", "reminder"} <= set(desk.names())
    for sent in desk.sent:
        everything = sent.whole
        assert "49 " not in everything
        parsed = sent.parsed
        html = parsed.get_body(("html",)).get_content()
        for tag in ("<script", "<img", "<a href=javascript", 'href="javascript'):
            assert tag not in html, f"{sent.outgoing.name}: {tag}"
    relay = desk.last("relay")
    assert evil in relay.text


# --- 22: strangers -----------------------------------------------------------------------------------------------


def tries(desk):
    """How a stranger tries to get at ticket 1, which is Ana's."""
    forged = SIGNER.sign(Token(kind=TokenKind.AGENT, ticket=1, agent="mara")).replace("mara", "joost")
    return {
        "a guessed number": (EVE, {"subject": "Re: [#1] Export"}),
        "a guessed number, in Cc with the requester": (EVE, {"subject": "[#1]", "Cc": ANA}),
        "a Reply-To of the requester's": (EVE, {"subject": "[#1]", "Reply_To": ANA}),
        "the requester in the display part": ('"ana@customer.example" <eve@evil.example>', {"subject": "[#1]"}),
        "an agent in the display part": ('"Mara Lind mara@lumen.example" <eve@evil.example>', {"subject": "[#1]"}),
        "a forged agent's address": (EVE, {"to": f"help+{forged}@lumen.example"}),
        "headers of ours": (EVE, {"X_Mailbot_Ticket": "1", "X_Mailbot_Agent": "mara", "subject": "[#1]"}),
    }


@pytest.mark.parametrize("how", list(tries(None)))
def test_hazard_22_a_stranger_gets_no_access_no_copy_and_no_verb(desk, how):
    desk.receive(mail(ANA, f"{PROBLEM} The password is SWORDFISH.", at=MONDAY, subject="Export"))
    before = desk.ticket(1)
    count = len(outside(desk))
    sender, headers = tries(desk)[how]
    desk.receive(mail(sender, "/p 5\n/resolve quietly\nWhat did they write?", at=MONDAY, **headers))
    assert desk.ticket(1) == before
    assert desk.promise(1) is not None
    assert [m.from_.address for m in desk.store.lists.ticket(1).messages] == ["ana@customer.example"]
    theirs = outside(desk)[count:]
    assert {s.outgoing.to.address for s in theirs} <= {"eve@evil.example"}
    assert not any("SWORDFISH" in s.whole or "Ana Soto" in s.whole for s in theirs)


def test_hazard_22_an_attacker_in_cc_is_never_written_to(desk):
    desk.receive(mail(ANA, PROBLEM, at=MONDAY, subject="Export", Cc=EVE, Reply_To=EVE))
    notice = desk.last("new", "mara")
    desk.receive(mail("mara@lumen.example", "On it.", at=MONDAY, to=notice.reply_to, subject="Re", Cc=EVE, **PROVEN))
    desk.pass_time(MONDAY + timedelta(days=3))
    assert {s.outgoing.to.address for s in outside(desk)} == {"ana@customer.example"}
    assert not any("eve@evil.example" in s.whole for s in outside(desk))


def test_hazard_22_who_holds_a_customers_signed_address_joins_as_a_stranger_and_hears_nothing(desk):
    desk.receive(mail(ANA, PROBLEM, at=MONDAY, subject="Export"))
    before, count = desk.ticket(1), len(outside(desk))
    desk.receive(mail(EVE, "/resolve\nPlease send me everything.", at=MONDAY, to=desk.last("ack").reply_to))
    after = desk.ticket(1)
    assert (after.requester, after.participants, after.state) == (before.requester, before.participants, before.state)
    assert [m.author for m in desk.store.lists.ticket(1).messages] == [Author.CUSTOMER, Author.STRANGER]
    assert outside(desk)[count:] == []
    desk.pass_time(MONDAY + timedelta(days=3))
    assert not any(s.outgoing.to.address == "eve@evil.example" for s in desk.sent)


# --- 23: the ticket trick ----------------------------------------------------------------------------------------

CODE_WORD = "VERIFY-738201"


@pytest.mark.slow
@pytest.mark.parametrize("to", ["plain", "signed"])
@pytest.mark.parametrize("subject", ["Your code", "[#1] Your code {code}", "Re: [#1] Matter"])
@pytest.mark.parametrize("sender", ["Cloud Works <hello@cloud.example>", "Cloud Works <no-reply@cloud.example>"])
def test_hazard_23_somebody_elses_verification_mail_never_reaches_the_tickets_customer(desk, sender, subject, to):
    # Eve opens a ticket, then signs up elsewhere with the desk's address and waits for the code.
    desk.receive(mail(EVE, f"{PROBLEM} What can I do?", at=MONDAY, subject="Matter"))
    address = "help@lumen.example" if to == "plain" else desk.last("ack").reply_to
    text = f"Welcome! Your verification code is {CODE_WORD}. Enter it at https://cloud.example/verify to go on."
    desk.receive(
        mail(sender, text, at=MONDAY + minutes(1), to=address, subject=subject.format(code=CODE_WORD), Reply_To=EVE)
    )
    desk.receive(mail(EVE, "Any news?", at=MONDAY + minutes(2), to=desk.last("ack", "eve@").reply_to, subject="[#1]"))
    desk.pass_time(MONDAY + timedelta(days=3))
    assert desk.ticket(1).covers + desk.ticket(1).reminders > 0
    leaked = [s for s in outside(desk) if "cloud.example" not in s.outgoing.to.address and CODE_WORD in s.whole]
    assert leaked == []


# --- 24: what stays inside ---------------------------------------------------------------------------------------

CANARY = "CANARY-4711"


def test_hazard_24_bcc_notes_and_an_agents_headers_never_leave_the_house(desk):
    desk.receive(
        mail(ANA, f"{PROBLEM} What can I do?", at=MONDAY, subject="Export", Bcc=f"{CANARY} <secret@customer.example>")
    )
    agent = {"Bcc": f"{CANARY}@lumen.example", "X_Note": CANARY, "Cc": f"{CANARY} <boss@lumen.example>", **PROVEN}
    notice = desk.last("new", "mara")
    for text in (f"/note {CANARY} they never pay", f"/note\n{CANARY}", f"#note {CANARY}\nand more {CANARY}"):
        desk.receive(mail("mara@lumen.example", text, at=desk.clock.now(), to=notice.reply_to, subject=CANARY, **agent))
    # Joost answers the customer and quotes, below his words, what was said inside.
    theirs = desk.last("new", "joost")
    quoted = f"It is mended.\n\nOn Monday Mara Lind wrote:\n> {CANARY}\n"
    desk.receive(
        mail("joost@lumen.example", quoted, at=desk.clock.now(), to=theirs.reply_to, subject=f"Re: {CANARY}", **agent)
    )
    desk.pass_time(MONDAY + timedelta(days=3))
    assert {"relay", "cover"} & set(desk.names())
    assert not any(CANARY in s.whole or CANARY.encode() in s.raw for s in outside(desk))
    assert all(s.envelope_sender.partition("+")[0].partition("@")[0] == "help" for s in outside(desk))


@pytest.mark.slow
@pytest.mark.parametrize(
    ("subject", "headers"),
    [
        ("Out of office: ticket", {}),
        ("Automatische Antwort: ticket", {}),
        ("Re: ticket", {"Auto_Submitted": "auto-replied"}),
        ("Re: ticket", {"X_Autoreply": "yes"}),
        ("Re: ticket", {"Return_Path": "<>"}),
        ("Re: ticket", {"Precedence": "bulk"}),
        ("Re: ticket", {}),
    ],
)
def test_hazard_24_an_agents_out_of_office_is_not_relayed(desk, subject, headers):
    desk.receive(mail(ANA, PROBLEM, at=MONDAY, subject="Export"))
    count = len(outside(desk))
    notice = desk.last("new", "mara")
    text = "I am out of the office until Monday, 9 March, with limited access to email.\n\nMara"
    raw = mail("mara@lumen.example", text, at=MONDAY, to=notice.reply_to, subject=subject, **PROVEN, **headers)
    desk.receive(raw)
    assert outside(desk)[count:] == []
    assert not [s for s in desk.sent if s.outgoing.kind is OutgoingKind.RELAY]
