"""Whatever client a customer has: every word of theirs that is not a quote is in the notice to the agents."""

from __future__ import annotations

import base64
import quopri
from email.utils import format_datetime
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.simulation.simulated_desk import MONDAY, Sent, SimulatedDesk
from tests.thorough import examples

WORDS = st.lists(
    st.sampled_from(
        [
            "The pump leaks since Monday, does it not?",
            "You reach me at 030 5550 22, or at nora@feld.example.",
            "- one valve\n- two seals",
            "1. it hums\n2. it stops",
            "From: the wholesaler\nTo: my shop\nSubject: spring order",
            "From: Bo Wholesale <bo@whole.example>\nTo: Nora\nSubject: Seals\n\nThe seals are out of stock.",
            "On 3 May the coil broke, so my wife wrote:",
            "The carrier wrote:\n> It comes before noon.",
            "On Tue, 3 Mar 2026 at 10:00, the carrier wrote that it is lost.",
            "Am 3. Mai schrieb mir Ihr Kollege, es sei fertig.",
            "Thanks,\nand one thing more: the invoice is missing.",
            "PS: the spare key is under the mat.",
            "P.S. Bitte nicht vor acht anrufen!",
            "| seal | 20 mm |\n|---|---|",
            "above the rule\n-----\nbelow the rule",
            "____________________\nbelow a long line",
            "Sent from the harbour, so it took a week.",
            "Get Outlook to open it? It says no.",
            "Confidential: the number is 22-07.",
            "This message appears: CAUTION, pump 7 is dry.",
            "Original Message on the display: E 14",
            "/note the display says so",
            "#17 is the one that leaks",
            "see https://shop.example/pump?a=1&b=2 and www.feld.example",
            'Is 3 < 5 & 5 > 3? "Yes", it said, <b>not</b> bold.',
            "Für Straße 5: ×2 → bis 20 €",
            "Насос течёт, что делать?",
            "ポンプが水漏れしています。",
            "המשאבה דולפת",
            "Yes.",
            "👍 but it leaks",
            "Regards from the coast: it is wet here.",
            "To: whom it may concern",
            "Best pump ever, until now.",
            "Von: Pumpe 7, nach: Halle 2, Betreff ist die Dichtung.",
            "Begin forwarded message: is all it shows",
            "On Monday it leaked. On Tuesday I wrote:",
            "Unsubscribe me from pump 7, I want pump 8",
            "Virus-free. That is what it says, and it is not.",
            "-- cut here --\nthe lower half",
            "Thank you for nothing",
            "Mit freundlichen Grüßen steht nur auf Ihrem Brief.",
            "[image: pump] is what I see",
            "* hot\n** hotter",
            "Name: Nora Feld\nE-Mail: nora@feld.example\nTo: Halle 2\nDate: 3 May 2026",
            "Am Dienstag, 3. März 2026 um 10:00 schrieb der Bote <bote@eil.example>:\n\n> Niemand da.",
            "-----Original Message-----\nFrom: Bo <bo@whole.example>\nSent: Tuesday, March 3, 2026 2:14 PM\nTo: Nora\nSubject: Seals\n\nGone until June.",
        ]
    ),
    min_size=1,
    max_size=4,
    unique=True,
)
SIGNATURES = st.sampled_from(
    [
        "",
        "Nora Feld",
        "Best regards,\nNora Feld",
        "Viele Grüße\nNora",
        "Thanks!\n\nNora",
        "-- \nNora Feld\nFeld & Co, Harbour 5",
        "Sent from my iPhone",
        "Nora Feld\nFeld & Co\n+49 30 5550 22\nwww.feld.example",
    ]
)
CLIENTS = st.sampled_from(["first", "none", "gmail", "apple", "outlook", "thunderbird", "bottom", "within", "bare"])
FORMATS = st.sampled_from(["plain", "flowed", "html", "alternative", "related", "pre", "gmail-web", "owa", "word"])
ENCODINGS = st.sampled_from(
    [("utf-8", "8bit"), ("utf-8", "base64"), ("utf-8", "quoted-printable"), ("utf-16", "base64"), ("utf-7", "7bit"), ("", "8bit")]
)  # fmt: skip


def laid_out(client: str, words: list[str], signature: str, letter: Sent | None) -> str:
    """The text as a client lays it out; lines with `> ` are quoted."""
    own = "\n\n".join([*words, *([signature] if signature else [])])
    if letter is None or client in ("first", "none"):
        return own
    quote = "\n".join(f"> {line}".rstrip() for line in letter.text.split("\n"))
    who = f"Lumen Support <{letter.reply_to}>"
    match client:
        case "apple":
            return f"{own}\n\n> On 2 Mar 2026, at 09:01, {who} wrote:\n>\n{quote}"
        case "outlook":
            head = f"From: {who}\nSent: Monday, 2 March 2026 09:01\nTo: Nora Feld\nSubject: {letter.header('Subject')}"
            return f"{own}\n\n________________________________\n{head}\n\n{letter.text}"
        case "thunderbird":
            return f"Am 02.03.26 um 09:01 schrieb Lumen Support:\n{quote}\n\n{own}"
        case "bottom":
            return f"On Mon, 2 Mar 2026 at 09:01, {who} wrote:\n{quote}\n\n{own}"
        case "within":
            lines = quote.split("\n")
            at = len(lines) // 2
            inside = "\n".join(lines[:at]) + "\n\n" + "\n\n".join(words) + "\n\n" + "\n".join(lines[at:])
            return f"On Mon, 2 Mar 2026 at 09:01, {who} wrote:\n{inside}\n\n{signature}"
        case "bare":
            return f"{own}\n\nOn Mon, 2 Mar 2026 at 09:01, {who} wrote:\n\n{letter.text}"
    return f"{own}\n\nOn Mon, 2 Mar 2026 at 09:01, {who} wrote:\n{quote}"


def as_html(text: str, theirs: str, *, pre: bool = False) -> str:
    """The same as a web mail writes it: quoted lines that are the desk's within blockquotes, the rest in lines."""
    if pre:
        return f"<html><body><pre>{escape(text)}</pre></body></html>"
    out, depth = [], 0
    own = set(theirs.split("\n"))
    for line in text.split("\n"):
        bare = line.lstrip("> ") if line not in own else line
        level = len(line[: len(line) - len(bare)].replace(" ", ""))
        out += ["<blockquote type=cite>"] * (level - depth) + ["</blockquote>"] * (depth - level)
        depth = level
        out.append(f"<div>{escape(bare) or '<br>'}</div>")
    return (
        "<html><head><style>p{color:red}</style></head><body>"
        + "".join(out)
        + "</blockquote>" * depth
        + "</body></html>"
    )


def as_web(form: str, words: str, letter: Sent | None) -> str:
    """A reply as Gmail, Outlook on the web and Outlook write it in HTML, each with its own box around the quote."""
    own = "".join(f"<div>{escape(line) or '<br>'}</div>" for line in words.split("\n"))
    if letter is None:
        return f"<html><body>{own}</body></html>"
    who, old = escape(f"Lumen Support <{letter.reply_to}>"), escape(letter.text).replace("\n", "<br>")
    head = (
        f"<b>From:</b> {who}<br><b>Sent:</b> Monday, 2 March 2026 09:01<br><b>To:</b> Nora Feld<br><b>Subject:</b> Pump"
    )
    match form:
        case "gmail-web":
            quote = (
                f'<br><div class="gmail_quote"><div dir="ltr" class="gmail_attr">On Mon, 2 Mar 2026 at 09:01, {who} wrote:<br>'
                f'</div><blockquote class="gmail_quote" style="margin:0 0 0 .8ex">{old}</blockquote></div>'
            )
        case "owa":
            quote = f'<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">{head}</div><div>{old}</div>'
        case _:
            quote = f'<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p>{head}</p></div><p>{old}</p>'
    return f"<html><body>{own}{quote}</body></html>"


def flowed(text: str) -> str:
    """Format=flowed (RFC 3676): long lines broken softly, a space before what begins like a quote or "From"."""
    out = []
    for line in text.split("\n"):
        if line.startswith(">"):
            out.append(line)
            continue
        head = " " if line.startswith((" ", "From ", ">")) else ""
        words, row = line.split(" "), head
        for word in words:
            if len(row) > 40:
                out.append(row)
                row = ""
            row += word + " "
        out.append("-- " if line == "-- " else row.rstrip(" "))
    return "\n".join(out)


def part(subtype: str, text: str, charset: str, cte: str, more: str = "") -> bytes:
    data = text.replace("\n", "\r\n").encode(charset or "utf-8")
    match cte:
        case "base64":
            data = base64.encodebytes(data).replace(b"\n", b"\r\n")
        case "quoted-printable":
            data = quopri.encodestring(data.replace(b"\r\n", b"\n")).replace(b"\n", b"\r\n")
    named = f"; charset={charset}" if charset else ""
    return f"Content-Type: text/{subtype}{named}{more}\r\nContent-Transfer-Encoding: {cte}\r\n\r\n".encode() + data


def body(form: str, text: str, theirs: str, charset: str, cte: str) -> bytes:
    """The MIME part of a mail in one of the forms that clients send."""
    html = part("html", as_html(text, theirs, pre=form == "pre"), charset, cte)
    match form:
        case "plain":
            return part("plain", text, charset, cte)
        case "flowed":
            return part("plain", flowed(text), charset, cte, "; format=flowed")
        case "html" | "pre":
            return html
        case "related":
            return b'Content-Type: multipart/related; boundary="b1"\r\n\r\n--b1\r\n' + html + b"\r\n--b1--\r\n"
    plain = part("plain", text, charset, cte)
    return b'Content-Type: multipart/alternative; boundary="b1"\r\n\r\n--b1\r\n' + plain + b"\r\n--b1\r\n" + html + b"\r\n--b1--\r\n"  # fmt: skip


_count = [0]


def mail(to: str, content: bytes, subject: str, answers: str = "") -> bytes:
    _count[0] += 1
    head = (
        f"From: Nora Feld <nora@feld.example>\r\nTo: {to}\r\nSubject: {subject}\r\nDate: {format_datetime(MONDAY)}\r\n"
        f"Message-ID: <c{_count[0]}@feld.example>\r\nMIME-Version: 1.0\r\n"
    )
    if answers:
        head += f"In-Reply-To: <{answers}>\r\nReferences: <{answers}>\r\n"
    return head.encode() + content


def squeezed(text: str) -> str:
    return "".join(text.replace(">", " ").split())


@pytest.mark.slow
@settings(max_examples=examples(50), deadline=None)
@given(words=WORDS, signature=SIGNATURES, client=CLIENTS, form=FORMATS, encoding=ENCODINGS)
def test_each_word_that_is_not_quoted_stands_in_the_notice(words, signature, client, form, encoding) -> None:
    charset, cte = encoding
    desk = SimulatedDesk()
    try:
        letter = None
        if client != "first":
            desk.receive(
                mail("help@lumen.example", part("plain", "Pump 7 leaks. Who can come?", "utf-8", "8bit"), "Pump 7")
            )
            letter = desk.last("ack", "nora")
        before = len(desk.sent)
        text = laid_out(client, words, signature, letter)
        said = "\n\n".join([*words, *([signature] if signature else [])])
        if form in ("gmail-web", "owa", "word"):
            content = part("html", as_web(form, said, letter), charset, cte)
        else:
            content = body(form, text, "\n\n".join(words), charset, cte)
        to, subject = (letter.reply_to, "Re: Pump 7") if letter else ("help@lumen.example", "Pump 7")
        desk.receive(mail(to, content, subject, letter.message_id if letter else ""))
        told = [sent for sent in desk.sent[before:] if sent.outgoing.to.address == "mara@lumen.example"]
        assert told, desk.decisions[-1]
        said = squeezed(told[-1].text)
        for line in "\n".join(words).split("\n"):
            assert squeezed(line) in said, line
        if letter is not None and client != "within":
            assert squeezed(max(letter.text.split("\n"), key=len)) not in said
    finally:
        desk.close()
