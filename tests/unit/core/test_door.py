"""The door: what must stay inside never leaves, however it is spelled, and no answer leaves empty."""

from base64 import b64encode
from dataclasses import replace
from html import escape
from time import process_time
from urllib.parse import quote

import pytest

from mailbot.core.intake.tokens import Token, TokenKind
from mailbot.core.sending.door import Unfit
from mailbot.core.sending.files import MOST, File, Sized, fitting, loads, names_of
from mailbot.core.sending.internal_addresses import file_holds_signed, holds_signed, without_signed
from tests.unit.core.test_compose import NOTICE, RELAY, SIGNER, WORDS, read, write

SIGNED = SIGNER.sign(Token(kind=TokenKind.AGENT, ticket=7, agent="ben", answers=1))
TAPPED = SIGNER.sign(Token(kind=TokenKind.AGENT, ticket=7, agent="ben", tap=True))
HELD = SIGNER.sign(Token(kind=TokenKind.HELD, agent="ben", ref="id0000000001"))
CUSTOMER = SIGNER.sign(Token(kind=TokenKind.CUSTOMER, ticket=7))
ADDRESS = f"support+{SIGNED}@desk.example"
HALF = len(ADDRESS) // 2

SPELLINGS = {
    "plain": f"Write to {ADDRESS}.",
    "upper": ADDRESS.upper(),
    "message-id": f"<{SIGNED}.abcdefghijklmnop@desk.example>",
    "link": f"mailto:{quote(ADDRESS)}?body=%2Ftake",
    "link in a link": f"https://gate.example/?u={quote(quote(f'mailto:{ADDRESS}', safe=''), safe='')}",
    "entities": "".join(f"&#{ord(c)};" for c in ADDRESS),
    "html": f'<a href="mailto:{escape(ADDRESS)}">x</a>',
    "wrapped": f"{ADDRESS[:HALF]}\n{ADDRESS[HALF:]}",
    "wrapped in a quote": f"> {ADDRESS[:HALF]}\n> {ADDRESS[HALF:]}",
    "invisible": "\u200b".join(ADDRESS),
    "soft hyphens": ADDRESS.replace("-", "-\u00ad"),
    "long dashes": ADDRESS.replace("-", "\u2011"),
    "full width": ADDRESS.replace("+", "\uff0b").replace("@", "\uff20"),
    "glued": f"see{ADDRESS}please",
    "tapped": f"mailto:support%2B{TAPPED}@desk.example?subject=x",
    "held": f"support+{HELD}@desk.example",
}
HARMLESS = [
    f"support+{CUSTOMER}@desk.example",
    f"support+a7-ben-1-1-{'a' * 24}@desk.example",
    "Write to support@desk.example. -- a-b-c-d",
    "",
]


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS)
def test_a_signed_address_is_seen_in_every_spelling(text):
    assert holds_signed(text, SIGNER)
    with pytest.raises(Unfit):
        write(RELAY, replace(WORDS, text=f"Hello,\n\n{text}\n"))
    with pytest.raises(Unfit):
        write(RELAY, replace(WORDS, html=f"<p>{text}</p>"))
    write(NOTICE, replace(WORDS, text=text))


@pytest.mark.parametrize("text", HARMLESS)
def test_what_a_customer_may_have_goes_out(text):
    assert not holds_signed(text, SIGNER)
    write(RELAY, replace(WORDS, text=f"Hello,\n\n{text}\n"))


@pytest.mark.parametrize("text", SPELLINGS.values(), ids=SPELLINGS)
def test_a_draft_holds_it_no_longer(text):
    draft = without_signed(f"Hello Ada,\n\n{text}\n\nBen", SIGNER, "support@desk.example")
    assert not holds_signed(draft, SIGNER)
    assert not draft or draft.startswith("Hello Ada,")


def test_a_draft_keeps_all_other_words():
    text = f"Hello Ada,\n\nI take it: <mailto:{ADDRESS}?body=%2Ftake>\nor {ADDRESS}, see https://a.example/x (b)."
    assert without_signed(text, SIGNER, "support@desk.example") == (
        "Hello Ada,\n\nor support@desk.example see https://a.example/x (b)."
    )


def enclosing(inner: bytes, encoding: bytes = b"7bit") -> bytes:
    return b"Subject: fw\r\nContent-Type: text/plain\r\nContent-Transfer-Encoding: " + encoding + b"\r\n\r\n" + inner


FILES = {
    "text": File(name="a.txt", type="text/plain", data=ADDRESS.encode()),
    "utf-16": File(name="a.txt", type="text/plain", data=ADDRESS.encode("utf-16")),
    "called binary": File(name="a", type="application/octet-stream", data=ADDRESS.encode()),
    "a mail's header": File(name="a.eml", type="message/rfc822", data=f"Reply-To: {ADDRESS}\r\n\r\nx".encode()),
    "base64": File(name="a.eml", type="message/rfc822", data=enclosing(b64encode(ADDRESS.encode()), b"base64")),
    "quoted": File(
        name="a.eml",
        type="application/octet-stream",
        data=enclosing(
            ADDRESS.replace("+", "=2B").encode()[:30] + b"=\r\n" + ADDRESS.encode()[28:], b"quoted-printable"
        ),
    ),
}


@pytest.mark.parametrize("file", FILES.values(), ids=FILES)
def test_a_file_that_holds_one_stays(file):
    assert file_holds_signed(file.name, file.type, file.data, SIGNER)
    with pytest.raises(Unfit):
        write(RELAY, files=[file])
    write(NOTICE, files=[file])


def test_an_answer_without_words_or_files_stays():
    empty = replace(RELAY, fields={"agent_name": "Ben Ortiz", "words": " \u200b\n"})
    with pytest.raises(Unfit):
        write(empty)
    write(empty, files=[File(name="a.pdf", type="application/pdf", data=b"%PDF")])


def test_a_line_for_the_desk_that_was_obeyed_stays_and_another_goes():
    fields = {"agent_name": "Ben Ortiz", "words": "Done.\n/resolve", "obeyed": ["resolve"]}
    with pytest.raises(Unfit):
        write(replace(RELAY, fields=fields))
    write(replace(RELAY, fields={**fields, "obeyed": ["take"]}))


def test_the_id_of_a_notice_is_left_out_of_what_goes_to_a_customer():
    notice = f"{SIGNED}.abcdefghijklmnop@desk.example"
    sent = read(write(replace(RELAY, in_reply_to=notice, references=("m1@customer.example", notice))))
    assert sent["References"] == "<m1@customer.example>"
    assert sent["In-Reply-To"] is None


def test_a_mail_stands_in_a_mail_as_it_is_where_its_bytes_allow():
    plain = File(name="late.eml", type="message/rfc822", data=b"Subject: late\r\n\r\nOn Thursday.\r\n")
    lone = replace(plain, data=plain.data.replace(b"\r\n", b"\n"))
    first, second = read(write(RELAY, files=[plain, lone])).iter_attachments()
    assert (first.get_content_type(), first.get_filename()) == ("message/rfc822", "late.eml")
    assert first.get_content()["Subject"] == "late"
    assert (second.get_content_type(), second.get_content()) == ("application/octet-stream", lone.data)


def test_a_calendar_keeps_its_method_and_a_text_its_charset():
    files = [
        File(name="i.ics", type="text/calendar", data=b"BEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\n", charset="UTF-8"),
        File(name="a.txt", type="text/plain", data="Grüße".encode("latin-1"), charset="iso-8859-1"),
    ]
    calendar, text = read(write(RELAY, files=files)).iter_attachments()
    assert calendar.get_param("method") == "REQUEST"
    assert text.get_content() == "Grüße"


def test_a_picture_that_the_words_show_stands_in_them_and_another_beside():
    shown = File(name="leak.png", type="image/png", data=b"\x89PNG1", cid="one@desk.example")
    other = File(name="b.png", type="image/png", data=b"\x89PNG2", cid="two@desk.example")
    mail = read(write(RELAY, replace(WORDS, html='<img src="cid:one@desk.example">'), files=[shown, other]))
    [beside] = mail.iter_attachments()
    assert beside.get_content() == other.data
    related = next(part for part in mail.walk() if part.get_content_type() == "multipart/related")
    picture = related.get_payload()[1]
    assert (picture["Content-ID"], picture.get_content(), picture.get_filename()) == (
        "<one@desk.example>",
        shown.data,
        "leak.png",
    )


def test_files_have_names_of_their_own():
    assert names_of(["a.pdf", "A.pdf", None, "../x", "...", "a.pdf"]) == [
        "a.pdf",
        "A (2).pdf",
        "file",
        "_x",
        "file (2)",
        "a (3).pdf",
    ]


def test_files_fit_or_are_named_and_go_in_as_many_mails_as_they_need():
    files = [Sized(place=(1, n), name=str(n), size=size) for n, size in enumerate((10, 95, 60, 30, 101, 40))]
    taken, left = fitting(files, 100)
    assert [f.size for f in taken] == [10, 60, 30]
    assert [f.size for f in left] == [95, 101, 40]
    mails, too_large = loads(files, 100)
    assert [[f.size for f in mail] for mail in mails] == [[10], [95], [60, 30], [40]]
    assert [f.size for f in too_large] == [101]
    assert MOST * 4 / 3 < 25_000_000


@pytest.mark.parametrize("unit", ["a-", "%25", "&amp;", "a-bb-1-1-" + "a" * 24 + " ", "\u200b", "> \n", "x", "mailto:"])
def test_hazard_30_looking_for_addresses_takes_no_longer_on_text_that_was_made_for_it(unit):
    begun = process_time()
    holds_signed(unit * (200_000 // len(unit)), SIGNER)
    assert process_time() - begun < 3
