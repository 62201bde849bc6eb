"""Mails whose words are inside a wrapper: winmail.dat, opaque S/MIME, PGP armour, a spam filter's report."""

from __future__ import annotations

import struct
import time
from contextlib import suppress

import pytest
from asn1crypto import cms
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.core.intake.mime.armour import without_armour
from mailbot.core.intake.mime.invitation import invitation
from mailbot.core.intake.mime.rtf import words_of
from mailbot.core.intake.mime.tnef import SIGNATURE, Unreadable, unpacked
from mailbot.core.intake.newtext import new_text
from mailbot.core.intake.read import attachment, read
from mailbot.core.model.mail import Mail, sent_files
from tests.unit.core.test_files import _PNG, mail_of, multi, part

_SEEN = "The valve drips at night."
_RTF_HTML = (
    rb"{\rtf1\ansi\ansicpg1252\fromhtml1 \deff0{\fonttbl{\f0\fswiss Arial;}}{\colortbl\red0\green0\blue0;}"
    rb"{\*\htmltag19 <html>}{\*\htmltag64 <p>}\htmlrtf {\htmlrtf0 The valve drips at night.\htmlrtf\par}\htmlrtf0 "
    rb"{\*\htmltag72 </p>}{\*\htmltag64 <p>}Gr\'fc\'dfe \u8364 ?{\*\htmltag72 </p>}{\*\htmltag27 </html>}}"
)
_RTF_OWN = (
    rb"{\rtf1\ansi\deff0{\fonttbl{\f0 Times;}{\f1\fcharset204 Arial;}}{\*\generator X;}\f0 The valve drips at night.\par "
    rb"{\f1 \'cf\'f0\'e8}{\field{\*\fldinst HYPERLINK \"x\"}{\fldrslt here}}\par}"
)


def attribute(level: int, name: int, kind: int, data: bytes) -> bytes:
    return struct.pack("<BHHI", level, name, kind, len(data)) + data + struct.pack("<H", sum(data) & 0xFFFF)


def properties(*given: tuple[int, int, bytes]) -> bytes:
    out = struct.pack("<I", len(given))
    for kind, name, value in given:
        out += struct.pack("<HH", kind, name)
        if kind in (0x1E, 0x1F, 0x0D, 0x0102):
            out += struct.pack("<II", 1, len(value)) + value + b"\0" * (-len(value) % 4)
        else:
            out += value
    return out


def winmail(*given: tuple[int, int, bytes], body: bytes = b"", files: tuple[tuple[str, bytes], ...] = ()) -> bytes:
    out = SIGNATURE + b"\x01\x00" + attribute(1, 0x9006, 8, struct.pack("<I", 0x10000))
    out += attribute(1, 0x9007, 6, struct.pack("<II", 1252, 0))
    if body:
        out += attribute(1, 0x800C, 2, body + b"\0")
    if given:
        out += attribute(1, 0x9003, 6, properties(*given))
    for name, data in files:
        out += (
            attribute(2, 0x9002, 6, b"\0" * 14)
            + attribute(2, 0x8010, 1, b"SHORT~1.PNG\0")
            + attribute(2, 0x800F, 6, data)
        )
        out += attribute(2, 0x9005, 6, properties((0x1F, 0x3707, (name + "\0").encode("utf-16-le"))))
    return out


def mela(rtf: bytes) -> bytes:
    """Rich text in its container, not packed (MS-OXRTFCP section 2.1.3.1.1)."""
    return struct.pack("<IIII", len(rtf) + 12, len(rtf), 0x414C454D, 0) + rtf


def _winmail_part(data: bytes, kind: str = "application/ms-tnef") -> bytes:
    return part(f'{kind}; name="winmail.dat"', data, 'Content-Disposition: attachment; filename="winmail.dat"')


@pytest.mark.parametrize("kind", ["application/ms-tnef", "application/vnd.ms-tnef", "application/octet-stream"])
@pytest.mark.parametrize(
    "data",
    [
        winmail(body=_SEEN.encode()),
        winmail((0x1F, 0x1000, (_SEEN + "\0").encode("utf-16-le"))),
        winmail((0x03, 0x3FDE, struct.pack("<I", 65001)), (0x0102, 0x1013, f"<p>{_SEEN}</p>".encode())),
        winmail((0x0102, 0x1009, mela(_RTF_HTML))),
        winmail((0x0102, 0x1009, mela(_RTF_OWN))),
        winmail((0x0B, 0x0E1F, b"\1\0\0\0"), (0x1F, 0x1000, (_SEEN + "\0").encode("utf-16-le")), body=b"other"),
    ],
)
def test_the_words_of_a_winmail_dat_are_those_of_the_mail(data, kind):
    _, mail = mail_of(multi("mixed", part("text/plain", ""), _winmail_part(data, kind)))
    assert _SEEN in new_text(mail)
    assert sent_files(mail.attachments) == ()
    assert mail.unread is None


def test_the_files_of_a_winmail_dat_are_those_of_the_mail():
    data = winmail(body=_SEEN.encode(), files=(("Größe am Ventil.png", _PNG), ("plan.pdf", b"%PDF")))
    raw, mail = mail_of(
        multi("mixed", part("text/plain", _SEEN), _winmail_part(data), part("text/csv; name=a.csv", "1,2"))
    )
    files = sent_files(mail.attachments)
    assert sorted(each.name or "" for each in files) == ["Größe am Ventil.png", "a.csv", "plan.pdf"]
    got = {each.name: attachment(raw, each.index) for each in files}
    assert got["plan.pdf"] == ("plan.pdf", "application/octet-stream", b"%PDF")
    assert got["Größe am Ventil.png"] == ("Größe am Ventil.png", "image/png", _PNG)
    assert new_text(mail).strip() == _SEEN


def test_the_fuller_words_count_where_the_plain_part_is_a_stub_beside_a_winmail_dat():
    data = winmail((0x0102, 0x1013, f"<p>{_SEEN}</p><p>Please call me.</p>".encode()))
    _, mail = mail_of(multi("mixed", part("text/plain", "See the attached file."), _winmail_part(data)))
    assert _SEEN in new_text(mail)


def test_a_mail_within_a_winmail_dat_opens_elsewhere():
    inner = bytes.fromhex("0703020000000000c000000000000046") + winmail(
        (0x1F, 0x0037, "Leak\0".encode("utf-16-le")), body=b"Old words"
    )
    data = winmail(body=_SEEN.encode()) + attribute(2, 0x9002, 6, b"\0" * 14)
    data += attribute(2, 0x9005, 6, properties((0x0D, 0x3701, inner), (0x1F, 0x3001, "Leak\0".encode("utf-16-le"))))
    raw, mail = mail_of(multi("mixed", part("text/plain", ""), _winmail_part(data)))
    (file,) = sent_files(mail.attachments)
    assert file.name == "Leak.eml"
    found = attachment(raw, file.index)
    assert found is not None
    assert b"Old words" in found[2]


def test_a_winmail_dat_that_cannot_be_read_is_a_file_and_said():
    broken = winmail(body=_SEEN.encode())[:-20]
    for data in (broken, b"nothing of the kind", SIGNATURE):
        _, mail = mail_of(multi("mixed", part("text/plain", "Hello"), _winmail_part(data)))
        assert [each.name for each in sent_files(mail.attachments)] == ["winmail.dat"]
        assert mail.unread is not None
        assert mail.unread.code == "unread.winmail"
        assert "an unreadable winmail.dat" in mail.defects


@settings(deadline=None)
@given(st.binary(max_size=300), st.integers(0, 400))
def test_no_bytes_break_the_reader_of_winmail_dat(noise, place):
    whole = winmail((0x1F, 0x1000, "x\0".encode("utf-16-le")), (0x0102, 0x1009, mela(_RTF_OWN)), files=(("a", b"b"),))
    for data in (SIGNATURE + noise, whole[:place] + noise + whole[place:], whole[:place] + noise):
        with suppress(Unreadable):
            unpacked(data)


@pytest.mark.parametrize(
    "data",
    [
        winmail() + attribute(1, 0x9003, 6, struct.pack("<I", 0xFFFFFFFF) + b"\0" * 40),
        winmail() + attribute(1, 0x9003, 6, struct.pack("<IHHI", 1, 0x101F, 0x1000, 0xFFFFFFFF) + b"\0" * 400_000),
        SIGNATURE + b"\0\0" + attribute(1, 0x8004, 1, b"") * 400_000,
        winmail() + attribute(2, 0x9002, 6, b"") * 200_000,
    ],
)
def test_announced_numbers_cost_no_time(data):
    start = time.process_time()
    with suppress(Unreadable):
        unpacked(data)
    assert time.process_time() - start < 1


def test_rich_text_is_read_with_what_it_wraps():
    assert words_of(_RTF_HTML) == ("<html><p>The valve drips at night.</p><p>Grüße €</p></html>", True)
    assert words_of(_RTF_OWN) == ("The valve drips at night.\nПриhere\n", False)
    text, wrapped = words_of(rb"{\rtf1\ansi\fromtext {\fonttbl{\f0 X;}}One\par Two \{three\} \u-10179 ?\u-8704 ?\par}")
    assert (text, wrapped) == ("One\nTwo {three} 😀\n", False)


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", [b"{", b"}", b"{\\*\\htmltag ", b"\\u1 ?", b"\\'e4", b"\\f1 x", b"\\", b"\\par", b"{\\fonttbl{\\f1"]
)
def test_rich_text_takes_linear_time(unit):
    start = time.process_time()
    words_of(b"{\\rtf1 " + unit * 50_000)
    assert time.process_time() - start < 4


def test_a_mail_of_rich_text_alone_is_read():
    _, mail = mail_of(multi("mixed", part("application/rtf; name=mail.rtf", _RTF_OWN)))
    assert _SEEN in mail.text
    _, mail = mail_of(part("text/rtf", _RTF_OWN))
    assert _SEEN in mail.text


def test_a_mail_of_markdown_alone_is_read():
    _, mail = mail_of(part("text/markdown; charset=utf-8", f"# Leak\n\n{_SEEN}"))
    assert mail.text.strip() == f"# Leak\n\n{_SEEN}"


def signed(inner: bytes, *, open_lengths: bool = False) -> bytes:
    data = cms.SignedData(
        {
            "version": "v1",
            "digest_algorithms": [],
            "encap_content_info": {"content_type": "data", "content": inner},
            "signer_infos": [],
        }
    )
    if not open_lengths:
        return bytes(cms.ContentInfo({"content_type": "signed_data", "content": data}).dump())
    middle = len(inner) // 2
    chunks = b"".join(b"\x04\x82" + len(each).to_bytes(2, "big") + each for each in (inner[:middle], inner[middle:]))
    content = b"\xa0\x80\x24\x80" + chunks + b"\0\0" * 2
    encap = b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x01" + content + b"\0\0"
    body = b"\x30\x80\x02\x01\x01\x31\x00" + encap + b"\x31\x00\0\0"
    return b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80" + body + b"\0\0" * 2


@pytest.mark.parametrize(
    "kind",
    [
        "application/pkcs7-mime; smime-type=signed-data; name=smime.p7m",
        "application/x-pkcs7-mime; name=smime.p7m",
        "application/octet-stream; name=smime.p7m",
    ],
)
@pytest.mark.parametrize("open_lengths", [False, True])
@pytest.mark.parametrize("alone", [True, False])
def test_what_is_signed_as_a_whole_is_read(kind, open_lengths, alone):
    inner = multi("mixed", part("text/plain; charset=utf-8", _SEEN), part("image/png; name=leak.png", _PNG))
    sealed = part(kind, signed(inner, open_lengths=open_lengths), "Content-Disposition: attachment; filename=smime.p7m")
    raw, mail = mail_of(sealed if alone else multi("mixed", part("text/plain", ""), sealed))
    assert new_text(mail).strip() == _SEEN
    (file,) = sent_files(mail.attachments)
    assert attachment(raw, file.index) == ("leak.png", "image/png", _PNG)
    assert mail.unread is None


def test_an_encrypted_mail_is_said_to_be_encrypted():
    recipient = {"version": "v0", "recipient_infos": [], "encrypted_content_info": {
        "content_type": "data", "content_encryption_algorithm": {"algorithm": "aes256_cbc", "parameters": b"\0" * 16},
        "encrypted_content": b"x" * 32}}  # fmt: skip
    smime = cms.ContentInfo({"content_type": "enveloped_data", "content": cms.EnvelopedData(recipient)}).dump()
    pgp = "-----BEGIN PGP MESSAGE-----\n\nwcBMA0\n=abcd\n-----END PGP MESSAGE-----"
    mime = multi(
        "encrypted", part("application/pgp-encrypted", "Version: 1"), part("application/octet-stream; name=e.asc", pgp)
    )
    for body in (part("application/pkcs7-mime; name=smime.p7m", smime), part("text/plain", f"Hello\n{pgp}"), mime):
        _, mail = mail_of(body)
        assert mail.unread is not None
        assert mail.unread.code == "unread.encrypted"
    _, mail = mail_of(part("text/plain", "Hello\n" + "\n".join(f"> {line}" for line in pgp.split("\n"))))
    assert mail.unread is None


def test_what_is_signed_and_cannot_be_opened_is_said():
    _, mail = mail_of(part("application/pkcs7-mime; smime-type=signed-data", b"\x30\x80\x06\x09nothing"))
    assert mail.unread is not None
    assert mail.unread.code == "unread.opaque"


@pytest.mark.parametrize("unit", [b"\x30\x80", b"\x24\x80", b"\x04\x01x", b"\xa0\x84\xff\xff\xff\xff", b"\0\0"])
def test_crafted_structures_cost_no_time(unit):
    head = (
        b"\x30\x80\x06\x09\x2a\x86\x48\x86\xf7\x0d\x01\x07\x02\xa0\x80\x30\x80\x02\x01\x01\x31\x00\x30\x80\x06\x09\x2a"
    )
    head += b"\x86\x48\x86\xf7\x0d\x01\x07\x01\xa0\x80\x24\x80"
    for data in (unit * 100_000, head + unit * 100_000):
        start = time.process_time()
        mail_of(part("application/pkcs7-mime; name=smime.p7m", data))
        assert time.process_time() - start < 3


def test_the_armour_of_a_clear_signed_text_is_taken_off():
    text = (
        "Hello,\n-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\nCharset: utf-8\n\nThe valve drips.\n- -- \n- - one\nAda\n"
        "-----BEGIN PGP SIGNATURE-----\nVersion: X 1\n\nwsB5BAABCAAjFiEE\n=abcd\n-----END PGP SIGNATURE-----\nfooter"
    )
    assert without_armour(text) == "Hello,\nThe valve drips.\n-- \n- one\nAda\nfooter"
    cut = "-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA512\n\nThe valve drips."
    assert without_armour(cut) == "The valve drips."
    unended = cut + "\n-----BEGIN PGP SIGNATURE-----\n\nwsB5BAABCAAjFiEE\n=abcd\n\nAnd my own words."
    assert without_armour(unended) == "The valve drips.\nAnd my own words."
    assert without_armour("> -----BEGIN PGP SIGNED MESSAGE-----") == "> -----BEGIN PGP SIGNED MESSAGE-----"


def test_armour_is_off_in_html_too():
    text = f"-----BEGIN PGP SIGNED MESSAGE-----\nHash: SHA256\n\n{_SEEN}\n-----BEGIN PGP SIGNATURE-----\n\nwsB5\n=ab\n-----END PGP SIGNATURE-----"
    html = "<div>" + text.replace("\n", "<br>") + "</div>"
    for body in (
        part("text/plain", text),
        part("text/html", html),
        multi("alternative", part("text/plain", text), part("text/html", html)),
    ):
        _, mail = mail_of(body)
        assert new_text(mail).strip() == _SEEN


def test_a_mail_within_a_spam_filters_report_is_the_mail():
    report = part("text/plain", "Spam detection software has identified this mail.", "Content-Disposition: inline")
    inner = b"From: Ada <ada@pine.example>\nSubject: x\nContent-Type: text/html\n\n<p>The valve drips at night.</p>\n"
    original = b"Content-Type: message/rfc822; x-spam-type=original\nContent-Disposition: attachment\n\n" + inner
    _, mail = mail_of(multi("mixed", report, original))
    assert new_text(mail).strip() == _SEEN


def _calendar(*lines: str) -> str:
    return "\r\n".join(["BEGIN:VCALENDAR", "BEGIN:VEVENT", *lines, "END:VEVENT", "END:VCALENDAR"])


def test_an_invitation_without_words_says_what_when_and_where():
    text = _calendar(
        "SUMMARY:Call about\\, well\\, the valve", "DTSTART;TZID=Europe/Berlin:20260302T140000",
        "DTEND;TZID=Europe/Berlin:20260302T143000", "LOCATION:Allowance 2\\, ground fl", " oor", "DESCRIPTION:It drips.\\nBring tools.",
    )  # fmt: skip
    said = (
        "Call about, well, the valve\nWhen: 2026-03-02 14:00 (Europe/Berlin) – 14:30\nWhere: Allowance 2, ground floor\n\n"
        "It drips.\nBring tools.\n"
    )
    assert invitation(text) == said
    for plain in ("", "\n \n"):
        body = multi(
            "alternative", part("text/plain", plain), part("text/calendar; method=REQUEST; charset=utf-8", text)
        )
        _, mail = mail_of(body)
        assert mail.text == said
        assert [each.name for each in sent_files(mail.attachments)] == ["invitation.ics"]


def test_a_whole_day_and_an_answer():
    assert invitation(_calendar("SUMMARY:Visit", "DTSTART;VALUE=DATE:20260302")) == "Visit\nWhen: 2026-03-02\n"
    assert invitation("METHOD:REPLY\r\n" + _calendar("SUMMARY:Visit")) == ""
    assert invitation("BEGIN:VCALENDAR\nEND:VCALENDAR") == ""


@settings(deadline=None)
@given(st.text(max_size=300))
def test_no_text_breaks_the_reader_of_invitations(text):
    invitation(text)
    invitation(_calendar(text))
    without_armour("-----BEGIN PGP SIGNED MESSAGE-----\n" + text)


@settings(deadline=None)
@given(st.binary(max_size=400))
def test_no_bytes_break_reading(data):
    for kind in ("application/pkcs7-mime", "application/ms-tnef", "text/calendar", "text/rtf"):
        assert isinstance(read(b"From: a@pine.example\nMIME-Version: 1.0\n" + part(kind, data)), Mail)
