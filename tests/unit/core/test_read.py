"""Reading a mail: headers, text, attachments, whatever the sender's program did to them."""

import base64
import hashlib
from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.intake.read import ADDRESS_IN_NAME, ReadLimits, attachment, read
from mailbot.core.model.mail import Mail, Unreadable
from mailbot.core.model.reason import why

HEAD = b"From: Robin Case <robin@customer.example>\r\nTo: help@desk.example\r\n"


def mail_of(raw):
    mail = read(raw)
    assert isinstance(mail, Mail), mail
    return mail


def text_of(headers, body):
    return mail_of(HEAD + headers + b"\r\n\r\n" + body).text


def test_an_ordinary_mail():
    mail = mail_of(
        HEAD + b"Cc: Kim <kim@customer.example>, lee@customer.example\r\nReply-To: <later@customer.example>\r\n"
        b"Subject: The export fails\r\nDate: Mon, 02 Nov 2026 09:15:00 +0530\r\nMessage-ID: <one@customer.example>\r\n"
        b"In-Reply-To: <two@desk.example>\r\nReferences: <a@desk.example>\r\n <b@desk.example><two@desk.example>\r\n"
        b"\r\nIt says 403.\r\n"
    )
    assert mail.sender is not None
    assert (mail.sender.name, mail.sender.address) == ("Robin Case", "robin@customer.example")
    assert [box.address for box in mail.cc] == ["kim@customer.example", "lee@customer.example"]
    assert [box.address for box in mail.reply_to] == ["later@customer.example"]
    assert mail.subject == "The export fails"
    assert mail.date == datetime(2026, 11, 2, 9, 15, tzinfo=timezone(timedelta(hours=5, minutes=30)))
    assert mail.date.utcoffset() == timedelta(hours=5, minutes=30)
    assert mail.message_id == "one@customer.example"
    assert mail.in_reply_to == ("two@desk.example",)
    assert mail.references == ("a@desk.example", "b@desk.example", "two@desk.example")
    assert mail.text == "It says 403.\n"
    assert mail.defects == ()


@pytest.mark.parametrize(
    ("raw", "shown"),
    [
        (b"=?utf-8?B?R3LDvMOfZQ==?=", "Grüße"),
        (b"=?utf-8?Q?Gr=C3?= =?utf-8?Q?=BC=C3=9Fe?=", "Grüße"),
        (b"=?utf-8?B?R3LD?=\r\n =?utf-8?B?vMOfZQ==?=", "Grüße"),
        (b"=?iso-8859-1?Q?Gr=FC=DFe?= aus Mainz", "Grüße aus Mainz"),
        (b"=?iso-8859-1*de?Q?Gr=FC=DFe?=", "Grüße"),
        (b"=?ISO-2022-JP?B?GyRCJUYlOSVIGyhC?= 2", "テスト 2"),
        (b"=?no-such-charset?Q?plain?=", "plain"),
        (b"=?utf-8?Q?Why=3F_Really??=", "Why? Really?"),
        ("Zürich".encode(), "Zürich"),
        (b"one =?utf-8?Q?two?= three", "one two three"),
        (b"an unfinished =?utf-8?Q?word", "an unfinished =?utf-8?Q?word"),
        (b"folded\r\n over\r\n\tlines", "folded over\tlines"),
    ],
)
def test_subjects(raw, shown):
    assert mail_of(HEAD + b"Subject: " + raw + b"\r\n\r\nhi").subject == shown


def test_raw_bytes_in_the_charset_that_the_text_declares():
    head = HEAD + b"Content-Type: text/plain; charset=koi8-r\r\nSubject: " + "Счёт".encode("koi8-r")
    assert mail_of(head + b"\r\n\r\nhi").subject == "Счёт"


def test_no_value_keeps_a_line_end_or_nul():
    mail = mail_of(HEAD + b"Subject: =?utf-8?Q?a=0D=0ABcc:_x@evil.example=00?=\r\n\r\na\x00b")
    assert "\n" not in mail.subject
    assert "\r" not in mail.subject
    assert "\0" not in mail.subject + mail.text


def test_two_from_headers_are_two_senders():
    mail = mail_of(b"From: a@one.example\r\nFrom: b@two.example\r\n\r\nhi")
    assert [box.address for box in mail.from_] == ["a@one.example", "b@two.example"]
    assert mail.sender is None
    assert "2 From headers" in mail.defects


@pytest.mark.parametrize(
    ("value", "address"),
    [
        (b"agent@desk.example <evil@other.example>", "evil@other.example"),
        (b"moderator", "moderator"),
        (b"MAILER-DAEMON <>", "MAILER-DAEMON"),
    ],
)
def test_a_malformed_from_is_rescued_and_named(value, address):
    mail = mail_of(b"From: " + value + b"\r\n\r\nhi")
    assert [box.address for box in mail.from_] == [address]
    assert any(defect.startswith("malformed From") for defect in mail.defects)


@pytest.mark.parametrize(
    "value", [b'"Case, Robin" <r@c.example>', b"r@c.example (Robin)", b"r@c.example <r@c.example>"]
)
def test_a_sound_from_is_not_called_malformed(value):
    mail = mail_of(b"From: " + value + b"\r\n\r\nhi")
    assert [box.address for box in mail.from_] == ["r@c.example"]
    assert not any(defect.startswith("malformed From") for defect in mail.defects)


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ("Case, Robin <r@c.example>", "Case, Robin"),
        ("Case; Robin <r@c.example>", "Case, Robin"),
        ("Robin Case <r@c.example>;", "Robin Case"),
        ("Robin: Case <r@c.example>", "Case"),
        ("Robin Case <r@c.example", "Robin Case"),
        ("Robin Case <<r@c.example>>", "Robin Case"),
        ('"Robin Case <r@c.example>', "Robin Case"),
        ("Robin (Sales <r@c.example>", "Robin Sales"),
        ("Robin <mailto:r@c.example>", "Robin"),
        ("Robin < r @ c.example >", "Robin"),
        ("Robin <'r@c.example'>", "Robin"),
        ("R@bin <r@c.example>", "R@bin"),
        ("robin@old.example <r@c.example>", "robin@old.example"),
        ("'r@c.example' <r@c.example>", None),
        ("Robin Case r@c.example", "Robin Case"),
        ("Robin Case (r@c.example)", "Robin Case"),
        ("r@c.example.", None),
        ("r@c.example,", None),
        ("Robin &lt;r@c.example&gt;", "Robin"),
        ("Robin ＜r＠c.example＞", "Robin"),
        ("=?utf-8?Q?Robin_=3Cr=40c=2Eexample=3E?=", "Robin"),
        ("=?utf-8?B?Um9iaW4=?= <=?utf-8?Q?r=40c.example?=>", "Robin"),
        ("=?iso-8859-1?Q?C=E4se, Robin?= <r@c.example>", "Cäse, Robin"),
        ("Robin <r@c.example>, <R@c.example>", "Robin"),
    ],
)
def test_one_plain_address_is_the_writer(value, name):
    mail = mail_of(b"From: " + value.encode() + b"\r\n\r\nhi")
    assert [(box.name, box.address) for box in mail.from_] == [(name, "r@c.example")]
    assert not any(d.startswith("malformed From") and not d.endswith(ADDRESS_IN_NAME) for d in mail.defects)


@pytest.mark.parametrize("local", ["robin..case", "robin.", ".robin", "robin-.case"])
def test_an_address_that_some_providers_give_out(local):
    mail = mail_of(f"From: {local}@phone.example\r\n\r\nhi".encode())
    assert [box.address for box in mail.from_] == [f"{local}@phone.example"]
    assert not any(defect.startswith("malformed From") for defect in mail.defects)


@pytest.mark.parametrize(
    "value", ["<r@c.example> <s@d.example>", "r@c.example s@d.example", "Robin <r@c.example>; Sam <s@d.example>"]
)
def test_two_plain_addresses_are_two_writers(value):
    assert len(mail_of(f"From: {value}\r\n\r\nhi".encode()).from_) == 2


def test_the_same_from_twice_is_one_writer():
    mail = mail_of(b"From: Robin <r@c.example>\r\nFrom: Robin Case <R@c.example>\r\n\r\nhi")
    assert [box.address for box in mail.from_] == ["r@c.example"]


@pytest.mark.parametrize(
    "value",
    [
        "'help@desk.example'", "Sam <s@d.example>; Help <help@desk.example>", "s@d.example; help@desk.example;", "Desk, The <help@desk.example>",
        "Help <help@desk.example", "=?utf-8?Q?help=40desk.example?=", "\x80\xff Sam <s@d.example>, <help@desk.example>", "mailto:help@desk.example",
    ],
)  # fmt: skip
def test_recipients_that_no_grammar_allows(value):
    mail = mail_of(b"From: r@c.example\r\nTo: " + value.encode("latin-1") + b"\r\n\r\nhi")
    assert "help@desk.example" in {box.key for box in mail.to}


def test_undisclosed_recipients_are_nobody():
    assert mail_of(b"From: a@b.example\r\nTo: undisclosed-recipients:;\r\n\r\nhi").to == ()


def test_ids_without_brackets_and_twice():
    mail = mail_of(
        b"Message-ID: one@c.example\r\nMessage-ID: <two@c.example>\r\nReferences: x@c.example y@c.example\r\n\r\n"
    )
    assert mail.message_id == "one@c.example"
    assert mail.references == ("x@c.example", "y@c.example")


@pytest.mark.parametrize(
    ("charset", "body", "shown"),
    [
        (b"utf-8", "Grüße".encode(), "Grüße"),
        (b"iso-8859-1", b"Gr\xfc\xdfe \x80", "Grüße €"),
        (b"us-ascii", "Grüße".encode(), "Grüße"),
        (b"utf-8", b"Gr\xfc\xdfe", "Grüße"),
        (b"iso-8859-1", "Grüße".encode(), "Grüße"),
        (b"x-unknown", b"Gr\xfc\xdfe", "Grüße"),
        (b"unicode_escape", b"\\u0041", "\\u0041"),
        (b"gb2312", "退信".encode("gb18030"), "退信"),
        (b"shift_jis", "エラー".encode("cp932"), "エラー"),
        (b"windows-1251", "Счёт".encode("cp1251"), "Счёт"),
    ],
)
def test_charsets_known_unknown_and_lying(charset, body, shown):
    assert text_of(b"Content-Type: text/plain; charset=" + charset, body) == shown


def test_the_charset_that_only_the_html_tells():
    html = b'<html><head><meta http-equiv="Content-Type" content="text/html; charset=windows-1251"></head><p>'
    assert text_of(b"Content-Type: text/html", html + "Счёт".encode("cp1251")).strip() == "Счёт"


def test_a_broken_line_does_not_end_the_header():
    raw = b"Received: from a by b\r\nwith a broken line\r\nFrom : robin@customer.example\r\nSubject: x\r\n\r\nhi"
    mail = mail_of(raw)
    assert ([box.address for box in mail.from_], mail.subject, mail.text) == (["robin@customer.example"], "x", "hi")
    assert mail_of(HEAD + b"Hello there\r\n\r\nbye").text == "Hello there\n\nbye"


def test_transfer_encodings():
    assert text_of(b"Content-Transfer-Encoding: base64", base64.b64encode(b"hello") + b"\r\n") == "hello"
    assert text_of(b"Content-Transfer-Encoding: quoted-printable", b"a=3D=\r\nb") == "a=b"
    footer = base64.b64encode(b"hello") + b"\r\n\r\n-- \r\nlist footer"
    assert text_of(b"Content-Transfer-Encoding: base64", footer).splitlines()[0] == "hello"
    assert "list footer" in text_of(b"Content-Transfer-Encoding: base64", footer)


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_every_line_end(end):
    mail = mail_of(end.join([b"From: a@b.example", b"Subject: x", b"", b"one", b"two", b""]))
    assert (mail.subject, mail.text) == ("x", "one\ntwo\n")


def test_flowed_text():
    flowed = b"Content-Type: text/plain; format=flowed"
    assert text_of(flowed, b"one \r\ntwo\r\nthree") == "one two\nthree"
    assert text_of(flowed + b"; delsp=yes", "テ \r\nスト".encode()) == "テスト"
    assert text_of(flowed, b" >not a quote\r\n From here\r\n-- \r\nRobin") == ">not a quote\nFrom here\n-- \nRobin"
    assert text_of(flowed, b"> one \r\n> two\r\n>> three\r\nmine") == "> one two\n>> three\nmine"


def test_plain_text_is_preferred_and_html_kept():
    mail = mail_of(
        HEAD + b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\nplain words\r\n--b\r\n"
        b"Content-Type: text/html\r\n\r\n<p>html words</p>\r\n--b--"
    )
    assert mail.text == "plain words"
    assert mail.html == "<p>html words</p>"
    assert mail.attachments == ()


def test_html_only():
    mail = mail_of(HEAD + b"Content-Type: text/html\r\n\r\n<style>p{}</style><p>First</p><p>a &amp; b<br>c</p>")
    assert [line for line in mail.text.splitlines() if line] == ["First", "a & b", "c"]


def test_an_empty_plain_part_yields_to_html():
    mail = mail_of(
        HEAD + b"Content-Type: multipart/alternative; boundary=b\r\n\r\n--b\r\n\r\n \r\n--b\r\n"
        b"Content-Type: text/html\r\n\r\n<p>html words</p>\r\n--b--"
    )
    assert mail.text.strip() == "html words"


FORWARD = (
    HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nsee below\r\n--b\r\n"
    b"Content-Type: message/rfc822\r\n\r\nFrom: other@secret.example\r\nSubject: inner\r\n"
    b"Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\ninner words\r\n--i--\r\n\r\n--b--\r\n"
)


def test_a_forwarded_mail_stays_closed():
    mail = mail_of(FORWARD)
    assert mail.text == "see below"
    assert mail.subject == ""
    (inner,) = mail.attachments
    assert inner.type == "message/rfc822"
    name, kind, data = attachment(FORWARD, inner.index)
    assert (name, kind) == ("inner.eml", "message/rfc822")
    assert data.startswith(b"From: other@secret.example\r\n")
    assert (hashlib.sha256(data).hexdigest(), len(data)) == (inner.sha256, inner.size)


@pytest.mark.parametrize(
    ("header", "name"),
    [
        (b'attachment; filename="a b.txt"', "a b.txt"),
        (b"attachment; filename=a b.txt", "a b.txt"),
        (b"attachment; filename*=utf-8''Gr%C3%BC%C3%9Fe.txt", "Grüße.txt"),
        (b"attachment; filename*0*=utf-8''Gr%C3; filename*1*=%BC%C3%9Fe; filename*2=.txt", "Grüße.txt"),
        (b'attachment; filename="=?utf-8?B?R3LDvMOfZS50eHQ=?="', "Grüße.txt"),
        ('attachment; filename="Grüße.txt"'.encode(), "Grüße.txt"),
        (b'attachment; filename="../../etc/passwd"', "../../etc/passwd"),
        (b"attachment", "file-1.bin"),
    ],
)
def test_attachment_names_as_written(header, name):
    raw = HEAD + (
        b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nhi\r\n--b\r\nContent-Type: application/x-thing\r\n"
        b"Content-Transfer-Encoding: base64\r\nContent-Disposition: " + header + b"\r\n\r\nAAEC\r\n--b--"
    )
    (found,) = mail_of(raw).attachments
    assert (found.name, found.type, found.size) == (name, "application/x-thing", 3)
    assert attachment(raw, found.index) == (name, "application/x-thing", b"\x00\x01\x02")
    assert attachment(raw, 99) is None


def test_opaque_parts_are_attached_not_read():
    for kind in (b"application/ms-tnef", b"application/pkcs7-mime; smime-type=enveloped-data"):
        mail = mail_of(HEAD + b"Content-Type: " + kind + b"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAEC")
        assert mail.text == ""
        assert mail.attachments[0].sha256 == hashlib.sha256(b"\0\1\2").hexdigest()


def test_a_calendar_part_is_attached_and_can_be_looked_at():
    mail = mail_of(HEAD + b"Content-Type: text/calendar; method=REPLY\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REPLY\r\n")
    assert [part.type for part in mail.report_parts] == ["text/calendar"]
    assert [each.type for each in mail.attachments] == ["text/calendar"]


def test_words_behind_a_wrong_boundary_are_not_lost():
    body = b"--real\r\nContent-Type: text/plain\r\n\r\nmy words\r\n--real--\r\n"
    assert "my words" in text_of(b"Content-Type: multipart/mixed; boundary=other", body)
    assert "my words" in text_of(b"Content-Type: multipart/mixed", b"no parts, but my words")


def test_what_cannot_be_read_says_why():
    for raw in (b"", b"\r\n\r\n"):
        unreadable = read(raw)
        assert isinstance(unreadable, Unreadable)
        assert unreadable.reason.code == "unreadable.empty"
        assert unreadable.fingerprint == hashlib.sha256(raw).hexdigest()


def test_limits():
    limits = ReadLimits(size=2_000, header=500, parts=3, depth=2)
    assert isinstance(read(HEAD + b"\r\nhi", limits), Mail)
    assert read(HEAD + b"\r\n" + b"a" * 2_000, limits).reason.code == "unreadable.size"
    assert read(HEAD + b"X-A: " + b"a" * 500 + b"\r\n\r\nhi", limits).reason.code == "unreadable.header"
    flat = HEAD + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n" + b"--b\r\n\r\nx\r\n" * 4
    assert read(flat, limits).reason == why("unreadable.parts", most=3)
    deep = HEAD + b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (each, each) for each in range(3)
    )
    assert read(deep + b"\r\nx", limits).reason == why("unreadable.depth", most=2)


@given(st.binary(max_size=2_000))
def test_never_raises_on_bytes(raw):
    assert read(raw).size == len(raw)


PIECES = st.sampled_from(
    [b"From: ", b"Subject: ", b"Content-Type: ", b"multipart/mixed; boundary=b", b"message/rfc822", b"text/html", b"\r\n",
     b"\n", b"\r\n\r\n", b"--b", b"--", b"=?utf-8?q?", b"?=", b"<", b">", b"@", b'"', b"\xff", b"\0", b" ", b"a", b":", b";",
     b"charset=utf-7", b"+AGE", b"Content-Transfer-Encoding: base64", b"Date: ", b"References: ", b"*0*=", b"filename"]
)  # fmt: skip


@given(st.lists(PIECES, max_size=60))
def test_never_raises_on_crafted_mails(pieces):
    raw = b"".join(pieces)
    mail = read(raw)
    if isinstance(mail, Mail):
        for text in (mail.subject, mail.text, mail.html or "", *(value for _, value in mail.headers)):
            text.encode()
            assert "\0" not in text
        assert all(attachment(raw, each.index) is not None for each in mail.attachments)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (b"the valve drips =  \r\nat night", "the valve drips at night"),
        (b"one=0D\r\ntwo=0D\r\n", "one\ntwo\n"),
        (b"one=0D=0Atwo", "one\ntwo"),
    ],
)
def test_quoted_printable_as_mailers_write_it(body, text):
    assert text_of(b"Content-Transfer-Encoding: quoted-printable", body) == text
