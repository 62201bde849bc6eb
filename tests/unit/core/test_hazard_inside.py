"""Hazard 37: a signed address, or a notice of ours, never leaves in an agent's answer, whatever a client made of it."""

from __future__ import annotations

import io
import re
import zipfile
from base64 import b64encode
from collections.abc import Callable, Iterator
from dataclasses import replace
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from html import escape
from pathlib import Path
from urllib.parse import quote, unquote

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.adapters.letters.samples import SAMPLES
from mailbot.adapters.letters.templates import Templates
from mailbot.core.model.outgoing import OutgoingKind
from mailbot.core.model.policy import Policy
from mailbot.core.sending.internal_addresses import holds_signed
from mailbot.core.sending.notice_lines import holds_notice, without_notice
from tests.simulation.simulated_desk import MONDAY, SIGNER, Sent, SimulatedDesk, mail, minutes
from tests.thorough import examples

MARA, BEN = "Mara Lind <mara@lumen.example>", "Ben Roe <ben@harbour.example>"
WORDS = "Please press the coil twice, then wait."
MARK = "##^^##"
NEVER = (
    "lines for the desk", "/original", "write above", "zeile schreiben", "taken by:", "promised: a word", "customer: ben",
    "i take it", "priority: 3", "wrote again", "under your name", "nobody has it", "note to the team", "more lines below", "zeilen für den desk", "übernommen von",
)  # fmt: skip
REWRITTEN = ("Bitte oberhalb dieser Linie schreiben", "## ^^ ##\nWrite above this line", "\\#\\#^^\\#\\# Write above")


def _quoted(text: str, sign: str, end: str = "") -> str:
    return "\n".join(f"{sign}{line}{end}" for line in text.split("\n"))


def _bare(notice: Sent) -> str:
    return "\n".join(line for line in notice.text.split("\n") if MARK not in line).strip("\n")


def _facts(notice: Sent) -> str:
    text = _bare(notice)
    return text[min(at for at in (text.find("Customer:"), text.find("Kunde:")) if at >= 0) :]


#: What is below the words if a client lost the mark of the notice or left the quote without quote marks.
NOTICE: dict[str, Callable[[Sent], str]] = {
    "no mark, no sign": _bare,
    "the facts alone": _facts,
    "the line of verbs alone": lambda n: next(line for line in n.text.split("\n") if "/promise" in line),
    "the line of verbs wrapped": lambda n: next(line for line in n.text.split("\n") if "/promise" in line).replace(" ", "\n"),
    "the mark translated": lambda n: re.sub(r"##\^\^##[^\n]*", REWRITTEN[0], n.text),
    "the mark wrapped": lambda n: re.sub(r"##\^\^##[^\n]*", REWRITTEN[1], n.text),
    "the mark escaped": lambda n: re.sub(r"##\^\^##[^\n]*", lambda _: REWRITTEN[2], n.text),
    "bars": lambda n: _quoted(_bare(n), "| "),
    "a table in text": lambda n: _quoted(_bare(n), "| ", " |"),
    "colons": lambda n: _quoted(_bare(n), ": "),
    "initials": lambda n: _quoted(_bare(n), "LS> "),
    "bullets": lambda n: _quoted(_bare(n), "* "),
    "indented": lambda n: _quoted(_bare(n), "    "),
    "commas": lambda n: _quoted(_bare(n), '"', '",'),
    "one line": lambda n: " ".join(_bare(n).split()),
    "a line of a client": lambda n: f"On Mon, 2 Mar 2026 at 09:01, Lumen Support wrote:\n\n{_bare(n)}",
    "a line of a client in French": lambda n: f"Le lun. 2 mars 2026 à 09:01, Lumen a écrit :\n\n{_bare(n)}",
    "wrapped at forty": lambda n: re.sub(r"(.{30,40}) ", r"\1\n", _bare(n)),
}  # fmt: skip
#: The same in HTML.
PAGES: dict[str, Callable[[Sent], str]] = {
    "whole": lambda n: _page(n) + "",
    "without the mark": lambda n: _page(n).replace(MARK, ""),
    "the mark in two": lambda n: _page(n).replace(MARK, "##<b>^^</b>##"),
    "a hyphen in the mark": lambda n: _page(n).replace(MARK, "##&shy;^^##"),
    "in a quote": lambda n: f"<blockquote>{_page(n).replace(MARK, '')}</blockquote>",
    "rows": lambda n: "<table>" + "".join(f"<tr><td>{escape(x)}</td></tr>" for x in _bare(n).split("\n")) + "</table>",
    "cells": lambda n: (
        "<table>"
        + "".join(
            "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in line.split(": ", 1)) + "</tr>"
            for line in _bare(n).split("\n")
        )
        + "</table>"
    ),
    "a link": lambda n: f'<a href="mailto:{n.reply_to}?subject=x">write here</a>',
}
#: How the signed address may be spelled among the words.
ADDRESS: dict[str, Callable[[str], str]] = {
    "plain": lambda a: a,
    "capitals": str.upper,
    "over two lines": lambda a: f"{a[:25]}\n{a[25:]}",
    "over two lines of a quote": lambda a: f"| {a[:25]}\n| {a[25:]}",
    "percent": lambda a: quote(a, safe=""),
    "percent twice": lambda a: "https://gate.example/?u=" + quote(quote(a, safe=""), safe=""),
    "every letter by percent": lambda a: "".join(f"%{ord(c):02x}" for c in a),
    "entities": lambda a: "".join(f"&#{ord(c)};" for c in a),
    "hexadecimal entities": lambda a: "".join(f"&#x{ord(c):x};" for c in a),
    "soft hyphens": lambda a: a.replace("-", "-\u00ad"),
    "zero widths": "\u200b".join,
    "blanks": " ".join,
    "at in words": lambda a: a.replace("@", " (at) "),
    "local part": lambda a: a.partition("@")[0],
    "quoted-printable": lambda a: a.replace("+", "=2B").replace("-", "=2D"),
    "a program's": lambda a: a.replace("+", "\\u002b").replace("@", "\\u0040").replace("-", "\\u002d"),
    "base64": lambda a: b64encode(f"Reply-To: {a}".encode()).decode(),
}


def _page(notice: Sent) -> str:
    part = notice.parsed.get_body(preferencelist=("html",))
    assert part is not None
    return str(part.get_content())


@pytest.fixture(params=["first", "taken", "german"])
def asked(request):
    """A desk, and a notice of its to Mara: with a link to tap, without any signed address in its text, in German."""
    yield from _asked(request.param)


@pytest.fixture
def first():
    """The same, with a link to tap only."""
    yield from _asked("first")


def _asked(which: str) -> Iterator[tuple[SimulatedDesk, Sent]]:
    def change(policy: Policy) -> Policy:
        mara = replace(policy.agents["mara"], language="de")
        return replace(policy, agents={**policy.agents, "mara": mara}) if which == "german" else policy

    desk = SimulatedDesk(change_policy=change)
    desk.receive(mail(BEN, "Does the lamp hum?\nAnd why?", at=MONDAY, subject="Lamp"))
    notice = desk.last("new", "mara")
    if which == "taken":
        desk.receive(mail(MARA, "/take", at=MONDAY, to=notice.reply_to, subject="Re: Lamp"))
        desk.pass_time(MONDAY + minutes(240))
        notice = desk.last("covered", "mara")
        assert not holds_signed(notice.text, SIGNER)
    yield desk, notice
    desk.close()


def _outside(desk: SimulatedDesk, since: int) -> list[Sent]:
    return [sent for sent in desk.sent[since:] if sent.outgoing.kind is not OutgoingKind.NOTICE]


def _nothing_inside_leaves(desk: SimulatedDesk, since: int) -> None:
    for sent in _outside(desk, since):
        said = " ".join(sent.text.casefold().replace("|", " ").split())
        assert not [each for each in NEVER if each in said], sent.text
        assert not holds_signed(sent.raw.decode("latin-1"), SIGNER)
        assert "^^" not in sent.text


def _sends(desk: SimulatedDesk, notice: Sent, text: str, **made: object) -> int:
    since = len(desk.sent)
    before = desk.promise()
    raw = mail(MARA, text, at=desk.clock.now(), to=notice.reply_to, subject="Re: Lamp")
    desk.receive(made.get("raw", raw))
    _nothing_inside_leaves(desk, since)
    if desk.decisions[-1].outcome in ("refused", "held"):
        assert desk.promise() == before, "no time is stated by what does not go out"
        assert not _outside(desk, since)
        told = desk.sent[-1]
        for link in re.findall(r"<(mailto:[^>]+)>", told.text):
            line = unquote(link.partition("body=")[2])
            to = unquote(link[7:].partition("?")[0])
            answer = mail(MARA, line, at=desk.clock.now(), to=to, subject="Re")
            desk.receive(answer)
            _nothing_inside_leaves(desk, since)
    else:
        assert desk.decisions[-1].outcome == "relayed"
        assert WORDS in " ".join(desk.last("relay").text.split())
    return since


@pytest.mark.slow
@pytest.mark.parametrize("shape", NOTICE)
def test_hazard_37_a_notice_without_its_mark_or_its_signs_stays(asked, shape):
    desk, notice = asked
    since = _sends(desk, notice, f"{WORDS}\n\n{NOTICE[shape](notice)}")
    if desk.decisions[-1].outcome == "refused" and (told := desk.sent[since]).outgoing.name == "refused":
        assert WORDS in " ".join(told.text.split()), "with a draft"


@pytest.mark.slow
@pytest.mark.parametrize("shape", NOTICE)
def test_hazard_37_above_the_words_as_well(asked, shape):
    desk, notice = asked
    _sends(desk, notice, f"{NOTICE[shape](notice)}\n\n{WORDS}")


@pytest.mark.slow
@pytest.mark.parametrize("shape", PAGES)
@pytest.mark.parametrize("plain", [True, False], ids=["beside a text", "alone"])
def test_hazard_37_the_same_in_html(asked, shape, plain):
    desk, notice = asked
    one = EmailMessage()
    page = f"<p>{WORDS}</p>{PAGES[shape](notice)}"
    if plain:
        one.set_content(WORDS)
        one.add_alternative(page, subtype="html")
    else:
        one.set_content(page, subtype="html")
    one["From"], one["To"], one["Subject"], one["Message-ID"] = MARA, notice.reply_to, "Re: Lamp", "<h@lumen.example>"
    _sends(desk, notice, "", raw=one.as_bytes())


@pytest.mark.slow
@pytest.mark.parametrize("spelled", ADDRESS)
def test_hazard_37_the_address_in_any_spelling(first, spelled):
    desk, notice = first
    since = _sends(desk, notice, f"{WORDS}\n\nWrite to\n{ADDRESS[spelled](notice.reply_to)}\nplease.")
    assert desk.decisions[-1].outcome == "refused"
    assert WORDS in " ".join(desk.sent[since].text.split())


def _docx(text: str) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as packed:
        packed.writestr("word/document.xml", text)
    return made.getvalue()


FILES: dict[str, Callable[[Sent], tuple[str, str, bytes]]] = {
    "text": lambda n: ("a.txt", "text/plain", n.reply_to.encode()),
    "text of two bytes": lambda n: ("a.txt", "text/plain", n.reply_to.encode("utf-16")),
    "notice as text": lambda n: ("a.txt", "text/plain", n.text.encode()),
    "notice without its mark": lambda n: ("a.txt", "text/plain", _bare(n).encode()),
    "notice as a mail": lambda n: ("a.eml", "message/rfc822", n.raw),
    "notice as bytes": lambda n: ("a.eml", "application/octet-stream", n.raw),
    "page": lambda n: ("a.html", "text/html", _page(n).encode()),
    "calendar": lambda n: ("a.ics", "text/calendar", f"ORGANIZER:mailto:{n.reply_to[:40]}\r\n {n.reply_to[40:]}".encode()),
    "card": lambda n: ("a.vcf", "text/vcard", f"BEGIN:VCARD\r\nEMAIL:{n.reply_to}\r\nEND:VCARD\r\n".encode()),
    "rich text": lambda n: ("a.rtf", "application/rtf", n.reply_to.replace("+", "\\'2b").encode()),
    "its name": lambda n: (f"{n.reply_to}.pdf", "application/pdf", b"%PDF-1"),
    "PDF": lambda n: ("a.pdf", "application/pdf", b"%PDF-1.4\n\xff\x00(" + n.reply_to.encode() + b") Tj"),
    "Outlook": lambda n: ("a.msg", "application/vnd.ms-outlook", b"\xd0\xcf\0" + n.reply_to.encode("utf-16-le")),
    "packed as it is": lambda n: ("a.docx", "application/zip", _docx(n.reply_to)),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", FILES)
def test_hazard_37_a_file_is_refused_before_a_time_is_stated(first, kind):
    desk, notice = first
    name, type_, data = FILES[kind](notice)
    one = EmailMessage()
    one["From"], one["To"], one["Subject"], one["Message-ID"] = MARA, notice.reply_to, "Re: Lamp", "<f@lumen.example>"
    one.set_content(WORDS)
    if type_ == "message/rfc822":
        one.add_attachment(message_from_bytes(data, policy=default), filename=name)
    else:
        one.add_attachment(data, *type_.split("/"), filename=name)
    since = _sends(desk, notice, "", raw=one.as_bytes())
    assert desk.decisions[-1].outcome == "refused"
    assert not _outside(desk, since)


def test_hazard_37_a_file_that_was_held_is_refused_when_it_is_let_go(first):
    desk, notice = first
    one = EmailMessage()
    one["From"], one["To"], one["Subject"] = "mara@private.example", notice.reply_to, "Re: Lamp"
    one["Message-ID"] = "<p@private.example>"
    one.set_content(WORDS)
    one.add_attachment(notice.reply_to.encode(), "text", "plain", filename="a.txt")
    since = len(desk.sent)
    desk.receive(one.as_bytes())
    assert desk.decisions[-1].outcome == "held"
    held = desk.last("confirm", "mara")
    desk.receive(mail(MARA, "/confirm", at=desk.clock.now(), to=held.reply_to, subject="Re"))
    assert desk.decisions[-1].outcome == "refused"
    assert not _outside(desk, since)


@pytest.mark.parametrize("subject", ["Re: {address}", "{notice}"])
def test_hazard_37_the_subject_is_the_tickets(first, subject):
    desk, notice = first
    since = len(desk.sent)
    subject = subject.format(address=notice.reply_to, notice=notice.header("Subject"))
    desk.receive(mail(MARA, WORDS, at=desk.clock.now(), to=notice.reply_to, subject=subject))
    assert desk.decisions[-1].outcome == "relayed"
    _nothing_inside_leaves(desk, since)


FINE = [
    "You hear from us again by Tuesday, 3 March 2026, 10:00 at the latest.",
    "Customer: please tell us the number on the label.",
    "We promised a word by noon, and here it is. It was taken by the courier.",
    "The paths are /note and /promise, see https://lumen.example/resolve.",
    "> Does the lamp hum?\n\nYes, it does, and it may.",
    "Priority: the coil. Then the plug.",
]


@pytest.mark.slow
@pytest.mark.parametrize("words", FINE)
def test_words_that_a_notice_may_hold_by_chance_go_out(asked, words):
    desk, notice = asked
    desk.receive(mail(MARA, f"{WORDS}\n\n{words}", at=desk.clock.now(), to=notice.reply_to, subject="Re: Lamp"))
    assert desk.decisions[-1].outcome == "relayed"
    assert words.split("\n")[-1] in desk.last("relay").text


def test_a_draft_loses_the_lines_and_no_word_of_the_agents(asked):
    _, notice = asked
    text = f"{WORDS}\n\nIt is quick.\n\n{_quoted(_bare(notice), '| ')}"
    draft = without_notice(text, [notice.text])
    assert draft.startswith(f"{WORDS}\n\nIt is quick.")
    assert not holds_notice(draft, [notice.text])


@settings(max_examples=examples(150), deadline=None)
@given(st.text(max_size=400), st.text(max_size=400))
def test_looking_for_a_notice_raises_nothing_and_leaves_nothing(text, notice):
    draft = without_notice(text, [notice])
    assert not (draft and holds_notice(draft, [notice]))


def test_a_long_note_of_a_colleague_is_caught_by_itself():
    note = "Note by Joost Baker, 10:30 CET: this is the customer with the special contract, so ask Ines before you give anything"
    notice = f"{note}\n\n-- \nLumen Support · ticket 1"
    assert holds_notice(f"Hello Ben,\n\n{note}", [notice])
    assert without_notice(f"Hello Ben,\n\n{note}", [notice]) == "Hello Ben,"


def test_lines_of_a_notice_in_japanese_are_known_without_blanks_and_common_words_go_out():
    line = "返信した内容は、佐藤様へあなたの名前で送信します。コマンドは先頭の行に書きます：/note（社内のみ）、/p 2、/promise fri 14:00、/resolve、/help"
    told = "10:00 JSTの期限までに、佐藤様へ誰も返信していません。\n担当者がいません。最初に返信した人が担当になります。"
    notice = f"{line}\n\n{told}\n\n> 動きません。\n\n-- \nLumen · 受付番号 1"
    own = "佐藤様\n\nお待たせしました。担当者が確認し、明日までに返信します。"
    assert not holds_notice(own, [notice])
    for inside in (told, told.replace("、", "\n> "), line[line.index("/note") :].replace("/", "")):
        assert holds_notice(f"{own}\n\n{inside}", [notice]), inside
        assert without_notice(f"{own}\n\n{inside}", [notice]) == own, inside


@pytest.mark.parametrize("language", ["en", "de", "fr", "es", "it", "nl", "pl", "pt-BR", "sv", "ja", "ar"])
def test_lines_copied_from_a_line_to_colleagues_are_caught_without_it_at_hand(language):
    written = Templates([Path(__file__).parents[3] / "templates"])
    note = written.render("note", language=language, inbox="support", zone="Europe/Berlin", fields=SAMPLES["note"][0])
    copied = "\n".join(line for line in note.text.split("\n") if "##^^##" not in line and "mailto:" not in line)
    assert holds_notice(f"{WORDS}\n\n{copied}")
    assert holds_notice(f"{WORDS}\n\n" + copied.replace(" ", "\n> "))
    assert not without_notice(f"{WORDS}\n\n{copied}"), "no draft, since nobody knows which words of it are ours"


def test_lines_for_the_desk_that_somebody_explains_are_no_notice():
    assert not holds_notice("The three are /take, /help and /p 2; write them at the top.")
