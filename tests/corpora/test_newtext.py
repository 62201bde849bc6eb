"""What a mail adds, by example: one file per kind of client and language."""

from pathlib import Path

import pytest

from mailbot.core.intake.mime.plaintext import from_html
from mailbot.core.intake.newtext import ANSWER_ABOVE, ANSWER_MARK, forwarded, new_text
from mailbot.core.intake.quotes.html import html_text
from mailbot.core.model.mail import Mail

EXAMPLES = sorted((Path(__file__).parent / "newtext").glob("*.txt"))


def mail(text, *, subject="Re: Printer", html=None, content_type=None, from_html=False):
    return Mail(
        message_id=None,
        subject=subject,
        date=None,
        from_=(),
        text=text,
        html=html,
        from_html=from_html,
        content_type=content_type or ("text/plain" if html is None else "multipart/alternative"),
        fingerprint="0" * 64,
        size=len(text),
    )


def sections(path):
    found, name = {}, ""
    for line in path.read_text("utf-8").removesuffix("\n").split("\n"):
        if line.startswith("%%% "):
            name = line[4:]
            found[name] = []
        else:
            found[name].append(line)
    return {name: "\n".join(lines) for name, lines in found.items()}


def told(path):
    parts = sections(path)
    subject = parts.get("subject", "Re: Printer")
    if "html" in parts:
        html = parts["html"]
        return mail(from_html(html), subject=subject, html=html, content_type="text/html"), parts
    return mail(parts["text"], subject=subject), parts


def test_there_are_examples():
    assert len(EXAMPLES) > 200


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem)
def test_example(path):
    incoming, parts = told(path)
    got = [line.rstrip() for line in new_text(incoming).split("\n")]
    want = [line.rstrip() for line in parts["new"].split("\n")]
    if "html" in parts:  # how deep a block is set in says nothing
        got, want = ([line.strip() for line in lines if line.strip()] for lines in (got, want))
    assert got == want


@pytest.mark.parametrize("path", [p for p in EXAMPLES if "forward_" in p.stem], ids=lambda path: path.stem)
def test_forward(path):
    incoming, parts = told(path)
    sender, date, text = parts["forwarded"].split("\n", 2)
    got = forwarded(incoming)
    assert got is not None
    assert f"{got.sender.name} <{got.sender.address}>" == sender
    assert (got.date, got.text) == (date, text)
    assert got.subject == "Broken lamp"


def test_an_answer_is_no_forward():
    quoted = "Yes.\n\n-----Original Message-----\nFrom: Ana Prado <help@desk.example>\nSubject: Printer\n\nSince when?"
    assert forwarded(mail(quoted)) is None
    assert forwarded(mail("Just words.", subject="Fwd: x")) is None


def test_forward_without_a_header_block_keeps_the_text():
    got = forwarded(mail("---------- Forwarded message ---------\n\nThe lamp is broken.", subject="Fwd: Lamp"))
    assert got is not None
    assert (got.sender, got.date, got.text) == (None, None, "The lamp is broken.")


def test_marker_is_one_line_in_words():
    assert ANSWER_ABOVE.startswith(ANSWER_MARK)
    assert "\n" not in ANSWER_ABOVE
    assert " " not in ANSWER_MARK


@pytest.mark.parametrize("lead", ["", "> ", ">> ", "  ", "| "])
def test_nothing_below_the_marker_is_new(lead):
    text = f"Ask for the serial number.\n\n{lead}{ANSWER_ABOVE}\n{lead}Ticket 12\n\nSecret note\n"
    assert new_text(mail(text)).split("\n")[0] == "Ask for the serial number."
    assert "Secret" not in new_text(mail(text))
    assert "Ticket 12" not in new_text(mail(text))


def test_marker_in_html():
    html = (
        f"<div>Ask for the serial number.</div><div>Desk schrieb:</div>"
        f"<blockquote type='cite'><p>{ANSWER_ABOVE}</p><p>Secret note</p></blockquote>"
    )
    got = new_text(mail(from_html(html), html=html, content_type="text/html"))
    assert got.strip() == "Ask for the serial number."


def test_wrapped_remains_of_a_notice_are_not_an_answer():
    text = f"On Tuesday Desk wrote:\n> {ANSWER_ABOVE}\n> A secret note that was too long\nfor its line\n"
    assert new_text(mail(text)) == ""


def test_structure_finds_the_quote_that_the_text_hides():
    text = "Yes, since Monday.\n\nFrån Ana, tisdag\n\nSince when?\n"
    html = "<p>Yes, since Monday.</p><div>Från Ana, tisdag</div><blockquote type=cite><p>Since when?</p></blockquote>"
    assert new_text(mail(text, html=html)) == "Yes, since Monday.\n\nFrån Ana, tisdag"


def test_a_quote_that_two_signs_tell_of_is_one_quote():
    html = '<p>Yes.</p><blockquote type="cite" cite="mid:1@desk.example"><div>Since when?</div></blockquote>'
    assert html_text(html).split() == ["Yes.", ">", "Since", "when?"]


def test_the_text_is_preferred_where_both_say_the_same():
    text = "Yes,  since Monday.\n\nOn Tue, Mar 3, 2026 at 2:14 PM Ana Prado <help@desk.example> wrote:\n> Since when?\n"
    html = "<p>Yes, since Monday.</p><blockquote type=cite>Since when?</blockquote>"
    assert new_text(mail(text, html=html)) == "Yes,  since Monday."


def test_html_is_read_where_the_text_is_only_a_stub():
    html = (
        f"<html><body>{'<p>The second printer is broken.</p>' * 20}<blockquote type=cite>Old</blockquote></body></html>"
    )
    got = new_text(mail(from_html(html), html=html, from_html=True))
    assert "second printer" in got
    assert "Old" not in got


def test_an_empty_html_reply_adds_nothing():
    html = "<div><br></div><div class='gmail_quote'><div class='gmail_attr'>Ana</div><blockquote class='gmail_quote'>Old</blockquote></div>"
    assert new_text(mail(from_html(html), html=html, content_type="text/html")) == ""


def test_words_inside_a_signature_box_are_kept_where_there_are_no_others():
    html = "<div id='Signature'>The printer is broken.</div>"
    assert new_text(mail(from_html(html), html=html, content_type="text/html")).strip() == "The printer is broken."


@pytest.mark.parametrize("subject", ["Fwd: Lamp", "FW: Lamp", "WG: Lampe", "TR : Lampe", "RV: x", "I: x", "转发：x"])
def test_forward_by_subject(subject):
    text = "FYI\n\nFrom: Ole Berg <ole@home.example>\nSent: Monday, March 2, 2026 9:05 AM\nTo: Maja\nSubject: Lamp\n\nBroken."
    assert new_text(mail(text, subject=subject)) == "FYI\n\nBroken."
    assert forwarded(mail(text, subject=subject)).sender.address == "ole@home.example"


def test_the_same_text_as_a_reply_is_cut():
    text = "FYI\n\nFrom: Ole Berg <ole@home.example>\nSent: Monday, March 2, 2026 9:05 AM\nTo: Maja\nSubject: Lamp\n\nBroken."
    assert new_text(mail(text, subject="Re: Lamp")) == "FYI"


FORWARDED = """---------- Forwarded message ---------
From: Carrier <ops@carrier.example>
Date: Mon, 2 Mar 2026 at 08:40
Subject: Parcel 7
To: Ana Reis <ana@reis.example>

We could not find your door."""


@pytest.mark.parametrize("subject", ["Where is it?", "Fwd: Parcel 7"])
def test_what_is_forwarded_below_a_sign_off_is_part_of_what_they_say(subject):
    own = "Hello,\n\nthis is what your carrier wrote to me last night, and I was at home all day.\n\nKind regards\nAna Reis"
    for below in (FORWARDED, "\n".join(f"> {line}".rstrip() for line in FORWARDED.split("\n"))):
        added = new_text(mail(f"{own}\n\n{below}", subject=subject))
        assert added.startswith(own)
        for said in (
            "From: Carrier <ops@carrier.example>",
            "Date: Mon, 2 Mar 2026",
            "Subject: Parcel 7",
            "find your door",
        ):
            assert said in added
        assert "To: Ana" not in added
