"""The hidden first line of a notice, which phones' lists show: whatever a client quotes of it, it is nobody's words."""

from __future__ import annotations

import re
import textwrap
from html import escape

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.intake.newtext import ANSWER_MARK
from mailbot.core.intake.quotes.notice_preheader import (
    hidden_above,
    holds_preheader,
    preheader_in,
    without_preheaders,
)
from mailbot.core.sending.notice_lines import holds_notice
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, mail, minutes

NORA = "Nora Feld <nora@harbour.example>"
MARA = "Mara Lind <mara@lumen.example>"
OUTAGE = "Hello,\n\nsince ten to nine our whole shop is down for everybody, nobody can pay für Tee.\n\nNora Feld"
SAYS = "We found the cause, and it will take an hour."
HIDDEN = "P1, answer by 09:15 CET, nobody has it. “since ten to nine our whole shop is down for everybody, nobody can pay für Tee”"


@pytest.fixture
def desk():
    one = SimulatedDesk()
    one.receive(mail(NORA, OUTAGE, at=MONDAY, subject="Our shop is down"))
    one.clock.at += minutes(3)
    yield one
    one.close()


def html_of(sent):
    return sent.parsed.get_body(("html",)).get_content().replace("\r\n", "\n")


def plain_of(sent):
    return sent.text.replace("\r\n", "\n").strip()


def test_what_a_list_shows_stands_first_and_is_hidden(desk):
    html = html_of(desk.last("new", "mara"))
    assert preheader_in(html) == HIDDEN
    body = html[html.index("<body") :]
    shown = re.sub(r"<!--.*?-->|<[^>]*>", "", body, flags=re.DOTALL).strip()
    assert shown.startswith(escape(HIDDEN, quote=False))
    assert shown.removeprefix(escape(HIDDEN, quote=False)).strip().startswith(ANSWER_MARK)
    mark = re.search(r"<p [^>]*>##\^\^##", body).group()
    assert 'aria-hidden="true"' in mark
    assert "font-size: 13px" in mark
    assert plain_of(desk.last("new", "mara")).startswith(ANSWER_MARK), "the text has no such line"


INTROS = {
    "gmail": "On Mon, Mar 2, 2026 at 9:00 AM Nora Feld (Lumen Support) <{to}> wrote:",
    "apple": "On 2. Mar 2026, at 09:00, Nora Feld (Lumen Support) <{to}> wrote:",
    "outlook": "From: Nora Feld (Lumen Support) <{to}>\nSent: Monday, March 2, 2026 9:00 AM\nTo: Mara Lind <mara@lumen.example>\nSubject: Our shop is down [1]",
    "german": "Am 02.03.26 um 09:00 schrieb Nora Feld (Lumen Support):",
    "line": "-----Original Message-----\nFrom: Nora Feld (Lumen Support) <{to}>\nSent: Monday, March 2, 2026 9:00 AM\nTo: Mara Lind\nSubject: Our shop is down [1]",
}
LINES = {
    "whole": lambda hidden: [hidden],
    "wrapped": lambda hidden: textwrap.wrap(hidden, 60),
    "narrow": lambda hidden: textwrap.wrap(hidden, 33),
    "torn": lambda hidden: [hidden.encode().decode("latin-1").replace("\x80", "")],
    "asked": lambda hidden: [hidden.encode("ascii", "replace").decode()],
    "spaced": lambda hidden: [hidden.replace(" ", "\xa0 "), ""],
}


def answers(desk, text, *, html=None, **headers):
    sent = len(desk.sent)
    to = desk.last("new", "mara").reply_to
    raw = mail(MARA, text, at=desk.clock.at, to=to, subject="Re: Our shop is down [1]", **headers)
    if html is not None:
        head, _, _ = raw.partition(b"\r\n\r\n")
        head = re.sub(rb"Content-Type:[^\r\n]*", b'Content-Type: multipart/alternative; boundary="b"', head)
        head = re.sub(rb"Content-Transfer-Encoding:[^\r\n]*\r\n", b"", head + b"\r\n").rstrip(b"\r\n")
        part = 'Content-Type: text/{}; charset="utf-8"\r\nContent-Transfer-Encoding: 8bit\r\n\r\n'
        pieces = [part.format("plain").encode() + text.replace("\n", "\r\n").encode()]
        pieces.append(part.format("html").encode() + html.replace("\n", "\r\n").encode())
        raw = head + b"\r\n\r\n--b\r\n" + b"\r\n--b\r\n".join(pieces) + b"\r\n--b--\r\n"
    desk.receive(raw)
    return list(desk.sent[sent:])


def only_their_words(sent):
    relays = [one for one in sent if one.outgoing.name == "relay"]
    assert [one.outgoing.fields["words"] for one in relays] == [SAYS]
    for one in relays:
        assert "nobody has it" not in one.text + html_of(one)
        assert "answer by" not in one.text + html_of(one)


@pytest.mark.parametrize("marks", ["> ", ""], ids=["quoted", "bare"])
@pytest.mark.parametrize("broken", LINES)
@pytest.mark.parametrize("intro", INTROS)
@pytest.mark.parametrize("known", [True, False], ids=["answers it", "its id is lost"])
def test_a_client_that_writes_it_out_gives_the_agent_no_words(desk, marks, broken, intro, known):
    new = desk.last("new", "mara")
    quoted = [*LINES[broken](HIDDEN), *plain_of(new).split("\n")]
    body = "\n".join(f"{marks}{line}".rstrip() for line in quoted)
    answered = {"In_Reply_To": f"<{new.message_id}>"} if known else {}
    only_their_words(answers(desk, f"{SAYS}\n\n{INTROS[intro].format(to=new.reply_to)}\n\n{body}\n", **answered))


@pytest.mark.parametrize("marked", [True, False], ids=["the mark stays", "the mark was deleted"])
def test_what_stands_without_any_intro_is_taken_off_too(desk, marked):
    below = plain_of(desk.last("new", "mara")) if marked else ""
    only_their_words(answers(desk, f"{SAYS}\n\n{HIDDEN}\n{below}\n"))


CLASSES = {
    "gmail": lambda html: html.replace('class="preheader"', 'class="m_-31preheader"'),
    "word": lambda html: re.sub(
        r'<div class="preheader"[^>]*>([^<]*)</div>',
        r"<p class=MsoNormal><span style='font-size:1.0pt;display:none;mso-hide:all'>\1<o:p></o:p></span></p>",
        html,
    ),
    "styles lost": lambda html: re.sub(r'<div class="preheader"[^>]*>', "<div>", html),
    "as it is": lambda html: html,
}


@pytest.mark.parametrize("client", CLASSES)
@pytest.mark.parametrize("plain", ["with", "without"])
def test_nor_does_one_that_quotes_the_html(desk, client, plain):
    new = desk.last("new", "mara")
    inner = CLASSES[client](re.search(r"<body[^>]*>(.*)</body>", html_of(new), re.DOTALL).group(1))
    intro = INTROS["gmail"].format(to=new.reply_to)
    html = f'<div dir="ltr">{SAYS}</div><br><div class="gmail_quote"><div class="gmail_attr">{escape(intro)}</div><blockquote class="gmail_quote">{inner}</blockquote></div>'
    shown = [HIDDEN, *plain_of(new).split("\n")] if plain == "with" else plain_of(new).split("\n")
    text = f"{SAYS}\n\n{intro}\n\n" + "\n".join(shown)
    only_their_words(answers(desk, text, html=html))


def test_a_reply_to_an_older_notice_is_read_by_what_its_html_hides(desk):
    """Even if the store no longer looks for that notice."""
    new = desk.last("new", "mara")
    to = new.reply_to
    for text in ("/status", "/why", "/status", "/why", "/status"):
        desk.clock.at += minutes(1)
        desk.receive(mail(MARA, text, at=desk.clock.at, to=to))
    html = f"<p>{SAYS}</p><div>{html_of(new)}</div>"
    text = f"{SAYS}\n\n{INTROS['outlook'].format(to=to)}\n\n{HIDDEN}\n{plain_of(new)}"
    only_their_words(answers(desk, text, html=html))


def test_what_the_agent_writes_around_it_stays():
    lines = ["I looked.", "", "On Monday Nora wrote: P1, answer by 09:15", "> nobody has it. Then it is theirs.", "> x"]
    assert without_preheaders(lines, ["P1, answer by 09:15 nobody has it."]) == [
        "I looked.", "", "On Monday Nora wrote:", "Then it is theirs.", "> x",
    ]  # fmt: skip


def test_one_in_japanese_goes_as_well_though_it_has_hardly_a_letter_of_ascii():
    hidden = "メモとして保存しました。佐藤 花子様には送信していません。"
    lines = [
        "確認しました。",
        "",
        "田中: メモとして保存し",
        "> ました。佐藤 花子様には送",
        "信していません。 明日ご連絡します。",
    ]
    assert without_preheaders(lines, [hidden]) == ["確認しました。", "", "田中:", "", "明日ご連絡します。"]
    assert holds_preheader("\n".join(lines), [hidden])
    assert not holds_preheader("佐藤様へのメモは保存してあります。まだ送信していません。", [hidden])
    broken = "P2, answer by 14:00 CET: ???????"
    assert without_preheaders([broken], ["P2, answer by 14:00 CET: エクスポート"]) == [""]


def test_a_text_of_a_notice_is_no_such_line():
    assert without_preheaders(["P1, answer by 09:15"], ["P1, answer by 09:15\nnobody has it."]) == [
        "P1, answer by 09:15"
    ]
    assert not holds_preheader("No.", ["No."]), "what is so short tells nothing"


def test_hidden_words_below_the_mark_are_not_looked_at():
    assert hidden_above(
        f"<p style='display:none'>one line</p>{ANSWER_MARK}<p style='display:none'>two", ANSWER_MARK
    ) == ("one line",)
    assert hidden_above("<p style='display:none'>one line</p>", ANSWER_MARK) == ()


def test_it_never_leaves_in_an_agents_words(desk):
    assert holds_notice(f"Look: {HIDDEN}", [HIDDEN])
    assert not holds_notice(
        "You wrote: since ten to nine our whole shop is down for everybody, nobody can pay", [HIDDEN]
    )


@given(
    own=st.lists(st.text("abc xyz.,:>-\n", max_size=40), max_size=5),
    hidden=st.text("PQRS019 ,.“”ü", min_size=20, max_size=120),
    width=st.integers(5, 80),
    mark=st.sampled_from(["", "> ", ">> ", "| "]),
)
def test_whatever_stands_around_it_it_goes_and_the_rest_stays(own, hidden, width, mark):
    letters = re.sub(r"[\W_]", "", hidden)
    said = [line for one in own for line in one.split("\n")]
    lines = [*said, *(mark + line for line in textwrap.wrap(hidden, width) or [hidden]), *said]
    kept = without_preheaders(lines, [hidden])
    assert len(kept) == len(lines)
    left = re.sub(r"[^0-9A-Za-z]", "", "".join(kept))
    around = re.sub(r"[^0-9A-Za-z]", "", "".join([*said, *said]))
    assert left == (around if len(letters) >= 8 else re.sub(r"[^0-9A-Za-z]", "", "".join(lines)))


def test_a_long_name_before_the_words_is_no_secret():
    name = "Anna Maria Sofia de la Cruz"
    line = f"{name}: “The export fails since this morning”"
    assert not holds_notice(f"Dear {name},\n\nwe are looking into it.", [line])
    assert holds_notice(
        "P1, answer by nine o'clock, nobody has it.", ["P1, answer by nine o'clock, nobody has it. “It fails”"]
    )


@pytest.mark.parametrize(
    "hidden",
    [
        "هل هذه الرسالة منك؟ لم يُرسل شيء.",
        "الأولوية 2، موعد الردّ: 14:00 CET، لدى Ben Ortiz. «\u2068I was charged twice\u2069»",
    ],
)
def test_a_line_in_arabic_goes_too_and_the_agents_words_beside_it_stay(hidden):
    lines = ["أعيد المبلغ اليوم.", "تم الاسترداد في 1042.", "", hidden[:20], hidden[20:] + " شكرا لكم", "تحياتي"]
    assert without_preheaders(lines, [hidden]) == [*lines[:3], "", "شكرا لكم", "تحياتي"]
    assert holds_preheader(f"أعيد المبلغ اليوم. {hidden}", [hidden])
    assert not holds_preheader("أعيد المبلغ اليوم.", [hidden])


def test_a_line_in_arabic_that_an_encoding_spoiled_is_known_by_its_latin_letters():
    hidden = "الأولوية 2، موعد الردّ: 14:00 CET، لدى Ben Ortiz."
    spoiled = hidden.encode().decode("latin-1")
    assert "Ben Ortiz" not in "".join(without_preheaders(["Look.", spoiled], [hidden]))
