"""Which parts of a mail are files that a person sent, which are machinery, and what the nameless ones are called."""

from __future__ import annotations

import base64

import pytest

from mailbot.adapters.store.rows import attachment_from
from mailbot.core.intake.read import attachment, read
from mailbot.core.model.mail import Mail, sent_files

_PNG = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + (64).to_bytes(4, "big") + (48).to_bytes(4, "big") + b"\x08\2\0\0\0picture"
_PIXEL = (
    b"GIF89a\x01\x00\x01\x00\x80\x00\x00\x00\x00\x00\xff\xff\xff,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
)


def part(kind: str, body: bytes | str, *more: str) -> bytes:
    lines = [f"Content-Type: {kind}", *more]
    if isinstance(body, str):
        return "\n".join([*lines, "", body, ""]).encode()
    return "\n".join([*lines, "Content-Transfer-Encoding: base64", "", base64.encodebytes(body).decode()]).encode()


def multi(kind: str, *parts: bytes, boundary: str = "b") -> bytes:
    inside = b"".join(b"--" + boundary.encode() + b"\n" + each + b"\n" for each in parts)
    return f'Content-Type: multipart/{kind}; boundary="{boundary}"\n\n'.encode() + inside + f"--{boundary}--\n".encode()


def mail_of(body: bytes) -> tuple[bytes, Mail]:
    head = b"From: Ada <ada@pine.example>\nTo: help@oak.example\nSubject: x\nDate: Mon, 2 Mar 2026 10:00:00 +0100\n"
    raw = head + b"Message-ID: <f@pine.example>\nMIME-Version: 1.0\n" + body
    mail = read(raw)
    assert isinstance(mail, Mail)
    return raw, mail


_TEXT = part("text/plain; charset=utf-8", "The valve drips.")


@pytest.mark.parametrize(
    ("more", "name"),
    [
        (('Content-Disposition: inline; filename="IMG_77.jpg"',), "IMG_77.jpg"),
        (('Content-Disposition: attachment; filename="IMG_77.jpg"',), "IMG_77.jpg"),
        (("Content-ID: <p1@pine.example>", "Content-Disposition: inline"), "picture-1.jpg"),
        ((), "picture-1.jpg"),
        (("Content-Description: drip.jpg",), "drip.jpg"),
    ],
)
@pytest.mark.parametrize("container", ["mixed", "related"])
def test_a_picture_is_a_file_whatever_it_says_of_its_place(more, name, container):
    raw, mail = mail_of(multi(container, _TEXT, part("image/jpeg", b"\xff\xd8 a photo", *more)))
    (file,) = sent_files(mail.attachments)
    assert file.name == name
    assert attachment(raw, file.index) == (name, "image/jpeg", b"\xff\xd8 a photo")


def test_the_content_id_is_kept_for_the_html_that_shows_the_picture():
    _, mail = mail_of(multi("related", part("text/html", "<p>x</p>"), part("image/png", _PNG, "Content-ID: <p7@x>")))
    assert [each.cid for each in mail.attachments] == ["p7@x"]


@pytest.mark.parametrize(
    "machine",
    [
        part("application/pkcs7-signature; name=smime.p7s", b"\x30\x80"),
        part("application/pgp-signature", "-----BEGIN PGP SIGNATURE-----\n\nabc\n-----END PGP SIGNATURE-----"),
        part("application/pgp-keys; name=key.asc", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc"),
        part("application/octet-stream; name=0xAB.asc", "-----BEGIN PGP PUBLIC KEY BLOCK-----\n\nabc"),
        part("application/octet-stream; name=smime.p7s", b"\x30\x80"),
        part("image/gif; name=open.gif", _PIXEL),
        part("text/plain; name=ATT00001.txt", "\n\n", "Content-Disposition: attachment; filename=ATT00001.txt"),
    ],
)
def test_signatures_keys_and_pixels_are_machinery(machine):
    _, mail = mail_of(multi("mixed", _TEXT, machine))
    assert sent_files(mail.attachments) == ()
    assert len(mail.attachments) == 1


def test_another_form_of_the_body_is_machinery_and_a_file_among_the_forms_is_none():
    amp = part("text/x-amp-html", "<p>x</p>")
    pdf = part('application/pdf; name="plan.pdf"', b"%PDF-1.7")
    _, mail = mail_of(multi("alternative", _TEXT, amp, part("text/html", "<p>The valve drips.</p>"), pdf))
    assert [each.name for each in sent_files(mail.attachments)] == ["plan.pdf"]


@pytest.mark.parametrize(
    ("kind", "body", "name"),
    [
        ("application/pdf", b"%PDF", "document-1.pdf"),
        ("text/calendar", b"BEGIN:VCALENDAR", "invitation.ics"),
        ("text/vcard", b"BEGIN:VCARD", "contact.vcf"),
        ("audio/mpeg", b"sound", "recording-1.mp3"),
        ("video/quicktime", b"film", "video-1.mov"),
        ("application/x-odd", b"?", "file-1.bin"),
    ],
)
def test_a_nameless_file_is_named_by_its_type(kind, body, name):
    raw, mail = mail_of(multi("mixed", _TEXT, part(kind, body)))
    (file,) = sent_files(mail.attachments)
    assert file.name == name
    found = attachment(raw, file.index)
    assert found is not None
    assert found[0] == name


@pytest.mark.parametrize(
    ("head", "name"),
    [
        ("Subject: Invoice 12: late?\n", "Invoice 12 late.eml"),
        ("Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\n", "Grüße.eml"),
        ("X-Nothing: 1\n", "forwarded-message.eml"),
    ],
)
def test_a_mail_within_a_mail_is_a_file_that_opens(head, name):
    inner = f"From: Bo <bo@elm.example>\n{head}\nHello."
    raw, mail = mail_of(multi("mixed", _TEXT, part("message/rfc822", inner)))
    (file,) = sent_files(mail.attachments)
    assert file.name == name
    found = attachment(raw, file.index)
    assert found is not None
    assert found[2].startswith(b"From: Bo <bo@elm.example>")


def test_a_mail_within_a_mail_keeps_its_name_and_gets_the_ending():
    _, mail = mail_of(multi("mixed", _TEXT, part('message/rfc822; name="Order"', "Subject: y\n\nz")))
    assert [each.name for each in sent_files(mail.attachments)] == ["Order.eml"]


def test_attachments_of_rows_from_before_are_read_as_they_were_meant():
    kept = attachment_from("plan.pdf", "application/pdf", "ab", 3, 2, False)
    logo = attachment_from(None, "image/png", "ab", 3, 2, True)
    assert sent_files([kept, logo]) == (kept,)
    assert (kept.cid, kept.picture) == (None, 0)
