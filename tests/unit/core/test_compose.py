"""The bytes of outgoing mail: meant headers and no others, the same every time, and readable by any client."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes, policy
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.intake.tokens import Signer, Token, TokenKind
from mailbot.core.letters.compose import answer_subject, compose
from mailbot.core.model.mail import Address
from mailbot.core.model.outgoing import Outgoing, OutgoingKind
from mailbot.core.model.policy import Inbox, Policy
from mailbot.core.sending.files import File
from mailbot.core.sending.header_values import address, file_name
from mailbot.errors import TemplateError
from mailbot.ports import Rendered

NOW = datetime(2026, 3, 6, 13, 0, tzinfo=UTC)
SIGNER = Signer(b"sixteen bytes or more of secret")
INBOX = Inbox(name="support", address="support@desk.example", display_name="Example Support")
DESK = Policy(
    desk_name="Example",
    zone=ZoneInfo("Europe/Berlin"),
    language="en",
    languages=frozenset({"en"}),
    inboxes={"support": INBOX},
    agents={},
    cadences={},
)
TOKEN = SIGNER.sign(Token(kind=TokenKind.CUSTOMER, ticket=1042))
ACK = Outgoing(
    key="ack:1042",
    kind=OutgoingKind.LETTER,
    name="ack",
    ticket=1042,
    inbox="support",
    to=Address(name="Ada Byrne", address="ada@customer.example"),
    subject="Charged twice",
    in_reply_to="m2@customer.example",
    references=("m1@customer.example", "m2@customer.example"),
    reply_token=TOKEN,
    message_token=TOKEN,
    not_before=NOW,
)
RELAY = replace(
    ACK,
    key="relay:1",
    kind=OutgoingKind.RELAY,
    name="relay",
    automatic=False,
    fields={"agent_name": "Ben Ortiz", "words": "It is back."},
)
NOTICE = replace(ACK, key="notice:1:ben", kind=OutgoingKind.NOTICE, name="new")
WORDS = Rendered(subject=None, text="Hello Ada,\n\nit is back.\n", html="<p>Hello Ada,</p><p>it is back.</p>")
ALWAYS = ["From", "To", "Subject", "Date", "Message-ID", "Reply-To", "In-Reply-To", "References"]
LAST = ["X-Mailbot-Loop", "MIME-Version", "Content-Type"]


def write(outgoing=ACK, rendered=WORDS, *, inbox=INBOX, desk=DESK, files=()):
    return compose(outgoing, rendered, inbox=inbox, policy=desk, signer=SIGNER, now=NOW, files=files)


def words_of(part):
    return part.get_content().replace("\r\n", "\n")


def read(composed):
    return message_from_bytes(composed.raw, policy=policy.default)


def test_an_ack_has_the_headers_of_the_design_and_no_others():
    composed = write()
    mail = read(composed)
    assert mail.keys() == [*ALWAYS, "Auto-Submitted", "X-Auto-Response-Suppress", *LAST]
    assert mail["From"] == "Example Support <support@desk.example>"
    assert mail["To"] == "Ada Byrne <ada@customer.example>"
    assert mail["Subject"] == "Re: Charged twice"
    assert mail["Date"].datetime == NOW
    assert mail["Reply-To"].addresses[0].addr_spec == f"support+{TOKEN}@desk.example"
    assert mail["In-Reply-To"] == "<m2@customer.example>"
    assert mail["References"].split() == ["<m1@customer.example>", "<m2@customer.example>"]
    assert mail["Auto-Submitted"] == "auto-replied"
    assert mail["X-Auto-Response-Suppress"] == "OOF, AutoReply"
    assert mail["X-Mailbot-Loop"] == SIGNER.secret_word(f"loop:{composed.message_id}")
    assert mail["Message-ID"] == f"<{composed.message_id}>"
    assert composed.envelope_to == "ada@customer.example"


def test_tokens_can_be_read_back_from_every_place_that_a_reply_or_a_bounce_brings_back():
    composed = write()
    customer = Token(kind=TokenKind.CUSTOMER, ticket=1042)
    assert SIGNER.read(composed.message_id) == customer
    assert SIGNER.read(str(read(composed)["Reply-To"])) == customer
    assert SIGNER.read(composed.envelope_sender) == Token(kind=TokenKind.BOUNCE, ticket=1042)
    agent = Token(kind=TokenKind.AGENT, ticket=5, agent="ben", epoch=1, answers=3)
    notice = write(replace(NOTICE, ticket=5, message_token=SIGNER.sign(agent)))
    assert SIGNER.read(notice.message_id) == agent


def test_the_message_id_is_not_to_be_guessed_and_differs_for_each_row():
    assert write().message_id != write(replace(ACK, key="ack:1043")).message_id
    assert re.fullmatch(r"m\.[a-z2-7]{16}@desk\.example", write(replace(ACK, message_token=None)).message_id)


def test_the_same_arguments_give_the_same_bytes():
    files = [File(name="a.pdf", type="application/pdf", data=b"%PDF")]
    assert write(files=files) == write(files=files)


def test_only_what_the_desk_writes_by_itself_says_that_it_is_automatic():
    assert read(write(replace(ACK, name="cover")))["Auto-Submitted"] == "auto-generated"
    assert read(write(NOTICE))["Auto-Submitted"] == "auto-generated"
    relay = read(write(RELAY))
    assert relay.keys() == [*ALWAYS, *LAST]
    assert relay["From"].addresses[0].display_name == "Ben Ortiz, Example Support"
    assert relay["From"].addresses[0].addr_spec == "support@desk.example"


def test_a_notice_keeps_the_subject_that_was_rendered():
    assert read(write(NOTICE, replace(WORDS, subject="[1042] P2\r\nBcc: x@evil.example")))["Subject"] == (
        "[1042] P2 Bcc: x@evil.example"
    )


@pytest.mark.parametrize(
    "theirs", ["Lost", "Re: Lost", "RE: AW: Re[2]: Lost", "Antw: re : Lost", "AW：Lost", " \r\nRe:\tLost "]
)
def test_answers_do_not_pile_up(theirs):
    assert answer_subject(theirs) == "Re: Lost"


@pytest.mark.parametrize("theirs", ["Fwd: Re: Lost", "Regarding: Lost", "Resend: it"])
def test_what_only_looks_like_an_answer_stays(theirs):
    assert answer_subject(theirs) == f"Re: {theirs}"


def test_an_empty_subject_becomes_the_name_of_the_desk():
    assert read(write(replace(ACK, subject="Re:")))["Subject"] == "Re: Example Support"


def test_without_subaddresses_the_signature_travels_in_the_message_id_only():
    composed = write(desk=replace(DESK, subaddress=False))
    assert "Reply-To" not in read(composed)
    assert composed.envelope_sender == "support@desk.example"
    assert SIGNER.read(composed.message_id) is not None


def test_without_verp_the_envelope_sender_is_the_plain_address():
    assert write(desk=replace(DESK, verp=False)).envelope_sender == "support@desk.example"
    assert write(replace(NOTICE, ticket=None)).envelope_sender == "support@desk.example"


def test_a_local_part_that_would_grow_too_long_is_left_alone():
    composed = write(inbox=replace(INBOX, address=f"{'support' * 6}@desk.example"))
    assert "Reply-To" not in read(composed)
    assert composed.envelope_sender == f"{'support' * 6}@desk.example"


def test_a_notices_thread_gets_our_domain_where_it_has_none():
    mail = read(write(replace(NOTICE, in_reply_to=None, references=("ticket-5.abc",))))
    assert mail["References"] == "<ticket-5.abc@desk.example>"


def test_a_long_thread_keeps_its_first_id_and_the_last_ones():
    ids = tuple(f"m{n}@customer.example" for n in range(60))
    written = read(write(replace(ACK, references=ids, in_reply_to=ids[-1])))["References"].split()
    assert len(written) == 20
    assert (written[0], written[-1]) == ("<m0@customer.example>", "<m59@customer.example>")


def test_text_html_and_attachments_arrive_as_they_were():
    text, html = "Grüße,\n.\n  two  blanks \nFrom here\n" + "x" * 3000 + "\n", "<p>Grüße " + "y" * 3000 + "</p>\n"
    files = [
        File(name="Rechnung März.pdf", type="application/pdf", data=bytes(range(256)) * 9),
        File(name="a.eml", type="message/rfc822", data="From: ä\r\n\r\nb".encode()),
    ]
    mail = read(write(rendered=Rendered(subject=None, text=text, html=html), files=files))
    assert mail.get_content_type() == "multipart/mixed"
    assert words_of(mail.get_body(("plain",))) == text
    assert words_of(mail.get_body(("html",))) == html
    first, second = mail.iter_attachments()
    assert (first.get_filename(), first.get_content()) == ("Rechnung März.pdf", files[0].data)
    assert (second.get_content_type(), second.get_content()) == ("application/octet-stream", files[1].data)


def test_other_scripts_arrive_too():
    words = Rendered(subject="Привет " * 30, text="Здравствуйте, это письмо.\n" * 40, html=None)
    mail = read(write(NOTICE, words))
    assert mail["Subject"] == ("Привет " * 30).strip()
    assert words_of(mail) == words.text


def test_what_looks_like_an_encoded_word_arrives_as_it_was_written():
    theirs = "=?utf-8?q?a=0D=0ABcc=3A?="
    assert (
        message_from_bytes(write(replace(ACK, subject=theirs)).raw, policy=policy.default)["Subject"] == f"Re: {theirs}"
    )


@pytest.mark.parametrize(
    ("written", "submitted"),
    [
        ("ada@bücher.example", "ada@xn--bcher-kva.example"),
        ("ada@straße.example", "ada@xn--strae-oqa.example"),
        ("jürgen@customer.example", "jürgen@customer.example"),
        ('"ada byrne"@customer.example', '"ada byrne"@customer.example'),
        ("ada..b@customer.example", "ada..b@customer.example"),
        ("ada@[192.0.2.1]", "ada@[192.0.2.1]"),
    ],
)
def test_unusual_addresses_do_not_break(written, submitted):
    composed = write(replace(ACK, to=Address(name="Ada", address=written)))
    assert composed.envelope_to == submitted
    assert f"<{submitted}>".encode() in composed.raw


@pytest.mark.parametrize(
    "written",
    ["", "ada", "@customer.example", "ada@", "a@b@customer.example", "a@b, c@d", "a@b>\r\nRCPT TO:<c@d", "a b@c.example",
     "ada@customer.example\0", "a\u202eda@customer.example", "ada@a..example", "<ada@customer.example>", "a" * 400 + "@b.example"],
)  # fmt: skip
def test_what_is_not_one_address_is_refused(written):
    with pytest.raises(TemplateError):
        address(written)


@pytest.mark.parametrize(
    ("given_name", "shown"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a\r\nBcc: x.pdf", "a Bcc: x.pdf"),
        ("invoice\u202efdp.exe", "invoicefdp.exe"),
        ("x" * 500 + ".pdf", "x" * 146 + ".pdf"),
        ("…", "…"),
    ],
)
def test_file_names_are_safe_to_show(given_name, shown):
    assert file_name(given_name) == shown


@pytest.mark.parametrize("value", ["x\r\nBcc: y@evil.example", "x\r\n\r\nbody", "x\nBcc: y", "x" * 2000, "x\r\n"])
def test_a_header_that_was_not_meant_never_leaves(monkeypatch, value):
    monkeypatch.setattr("mailbot.core.sending.header_values.unstructured", lambda _name, _value: value)
    with pytest.raises(TemplateError):
        write()


NASTY = st.text(
    st.one_of(st.sampled_from('\r\n\0\t \x0b\x85\u2028\u202e<>@,;:"\\=?.äя漢\ud800'), st.characters()), max_size=60
)
LONG = st.one_of(NASTY, st.integers(900, 3000).map(lambda n: "w" * n), NASTY.map(lambda t: t * 40))
BAD = st.one_of(LONG, LONG.map(lambda t: f"x\r\nBcc: evil@evil.example\r\n\r\n{t}"))
KINDS = st.sampled_from([ACK, RELAY, NOTICE])


@given(
    base=KINDS,
    key=BAD,
    name=BAD,
    subject=BAD,
    rendered=st.builds(Rendered, subject=st.none() | BAD, text=BAD, html=st.none() | BAD),
    answered=BAD,
    references=st.lists(BAD, max_size=3),
    tokens=st.tuples(BAD, BAD),
    agent=BAD,
    brand=BAD,
    files=st.lists(st.builds(File, name=BAD, type=BAD, data=st.binary(max_size=200), charset=BAD), max_size=2),
)
def test_hazard_12_no_text_of_anybody_becomes_a_header(
    base, key, name, subject, rendered, answered, references, tokens, agent, brand, files
):
    outgoing = replace(
        base,
        key=key,
        to=Address(name=name, address="ada@customer.example"),
        subject=subject,
        in_reply_to=answered,
        references=tuple(references),
        reply_token=tokens[0],
        message_token=tokens[1],
        fields={"agent_name": agent, "words": "x", "priority": 1, "state": "open"},
    )
    raw = write(outgoing, rendered, inbox=replace(INBOX, display_name=brand), files=files).raw
    assert raw.isascii()
    assert b"\0" not in raw
    assert not re.search(rb"(?<!\r)\n|\r(?!\n)", raw)
    assert max(len(line) for line in raw.split(b"\r\n")) <= 998
    mail = message_from_bytes(raw)
    automatic = [] if base is RELAY else ["Auto-Submitted", "X-Auto-Response-Suppress"]
    transfer = [] if files or rendered.html is not None else ["Content-Transfer-Encoding"]
    optional = [n for n in ("Reply-To", "In-Reply-To", "References") if n in mail]
    sorted_by = ["List-Id"] if base is NOTICE else []
    if base is NOTICE and base.ticket is not None:
        sorted_by += ["X-Mailbot-Ticket", "X-Mailbot-Priority", "X-Mailbot-State", "Importance"]
    assert mail.keys() == [*ALWAYS[:5], *optional, *sorted_by, *automatic, *LAST, *transfer]
    parts = [part for part in mail.walk() if not part.is_multipart()]
    assert len(parts) == 1 + (rendered.html is not None) + len(files)
    for part, file in zip(parts[len(parts) - len(files) :], files, strict=True):
        assert part.get_payload(decode=True) == file.data
    for part in mail.walk():
        assert {n.lower() for n in part} - {n.lower() for n in mail} <= {
            "content-type", "content-transfer-encoding", "content-disposition",
        }  # fmt: skip
    assert write(outgoing, rendered, inbox=replace(INBOX, display_name=brand), files=files).raw == raw


@given(st.text(min_size=1, max_size=40), st.sampled_from(["customer.example", "bücher.example"]))
def test_a_local_part_is_written_as_one_or_refused(local, domain):
    outgoing = replace(ACK, to=Address(name=None, address=f"{local}@{domain}"))
    try:
        composed = write(outgoing)
    except TemplateError:
        return
    assert message_from_bytes(composed.raw).keys() == [*ALWAYS, "Auto-Submitted", "X-Auto-Response-Suppress", *LAST]
    assert composed.envelope_to.rpartition("@")[0] == local.strip(" ")
