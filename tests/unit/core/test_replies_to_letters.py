"""Replies that quote a letter of ours whole: its hidden first line is never taken for the customer's words."""

from __future__ import annotations

import re
from email.message import EmailMessage
from pathlib import Path

import pytest

from mailbot.adapters.letters.samples import SAMPLES
from mailbot.adapters.letters.templates import Templates
from mailbot.core.intake.mime.plaintext import from_html
from mailbot.core.intake.newtext import new_text
from mailbot.core.intake.read import read

LETTERS = Templates([Path(__file__).parents[3] / "templates"])
ANSWER = "It is the second of March, at the Lantern Bank."
FROM = "Example Support &lt;help@support.example&gt;"
HEADER = "From: Example Support <help@support.example>\nSent: Monday, March 2, 2026 09:01\nTo: Ada\nSubject: Re: Charged twice\n\n"
ON = "On Mon, Mar 2, 2026 at 9:01 AM Example Support <help@support.example> wrote:\n"
OUTLOOK = (
    '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p><b>From:</b> Example Support'
    "<br><b>Sent:</b> Monday, March 2, 2026 09:01<br><b>To:</b> Ada<br><b>Subject:</b> Re: Charged twice</p></div>"
)


def inner(html):
    """What stands in the body, as clients take it over."""
    return re.search(r"<body[^>]*>(.*)</body>", html, re.DOTALL)[1]


def unclassed(html):
    return re.sub(r' class="[^"]*"', "", html)


def x_classed(html):
    """As Outlook on the web writes the classes of what it quotes, without comments."""
    return re.sub(r"<!--.*?-->", "", re.sub(r' class="([^"]*)"', r' class="x_\1"', html), flags=re.DOTALL)


def unstyled(html):
    """As clients do that let no style through: the hidden line is shown."""
    return re.sub(r' (?:style|class)="[^"]*"', "", html)


def word(html):
    """As Word writes it anew."""
    return (
        unclassed(html)
        .replace("display: none;", "display:none;mso-hide:all;")
        .replace("<div", '<div class="MsoNormal"')
    )


#: The HTML of the reply, from that of the letter.
HTML = {
    "Gmail": lambda page: f'<div dir="ltr">{ANSWER}</div><br><div class="gmail_quote"><div class="gmail_attr">On Mon, '
    f'Mar 2, 2026 at 9:01 AM {FROM} wrote:<br></div><blockquote class="gmail_quote">{inner(page)}</blockquote></div>',
    "Gmail, no styles": lambda page: f'<div dir="ltr">{ANSWER}</div><div class="gmail_quote"><div class="gmail_attr">On '
    f'Mon {FROM} wrote:<br></div><blockquote class="gmail_quote">{unstyled(inner(page))}</blockquote></div>',
    "Outlook": lambda page: f"<p>{ANSWER}</p>{OUTLOOK}{word(inner(page))}",
    "Outlook on the web": lambda page: f'<div>{ANSWER}</div><div id="appendonsend"></div><hr><div id="divRplyFwdMsg">'
    f"<b>From:</b> {FROM}</div>{x_classed(inner(page))}",
    "Apple Mail": lambda page: f"{ANSWER}<br><blockquote type=\"cite\"><div>On 2. Mar 2026, at 09:01, {FROM} wrote:</div>"
    f"{inner(page)}</blockquote>",
    "Thunderbird, below the quote": lambda page: f'<div class="moz-cite-prefix">On 02.03.26 09:01, {FROM} wrote:</div>'
    f'<blockquote type="cite" cite="mid:1@support.example">{page}</blockquote><p>{ANSWER}</p>',
    "Yahoo": lambda page: f'<div>{ANSWER}</div><div class="yahoo_quoted"><div>On Monday, {FROM} wrote:</div>'
    f"{inner(page)}</div>",
    "a phone, no signs of a quote": lambda page: f"<div>{ANSWER}</div><div>{inner(page)}</div>",
    "a phone, no signs and no classes": lambda page: f"<p>{ANSWER}</p>{unclassed(inner(page))}",
    "a whole document below": lambda page: f"<html><body>{ANSWER}</body></html>{page}",
}  # fmt: skip


def signed(text):
    return "\n".join(f"> {line}".rstrip() for line in text.splitlines())


#: The text of the reply, from the letter as a client shows it that knows no hidden words.
TEXTS = {
    "with marks": lambda shown: f"{ANSWER}\n\n{ON}\n{signed(shown)}\n",
    "below the quote": lambda shown: f"{ON}{signed(shown)}\n\n{ANSWER}\n",
    "without marks": lambda shown: f"{ANSWER}\n\n{ON}\n{shown}\n",
    "below a header": lambda shown: f"{ANSWER}\n\n{HEADER}{shown}\n",
    "below a divider": lambda shown: f"{ANSWER}\n\n-----Original Message-----\n{HEADER}{shown}\n",
    "below Outlook's line": lambda shown: f"{ANSWER}\n\n________________________________\n{HEADER}{shown}\n",
}


@pytest.fixture(scope="module", params=["ack", "cover", "nudge", "relay"])
def letter(request):
    html = LETTERS.render(
        request.param, language="en", inbox="support", zone="Europe/Berlin", fields=SAMPLES[request.param][0]
    ).html
    return html, re.search(r'class="preheader"[^>]*>([^<]+)<', html)[1]


def reply(text, html=None):
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "ada@customer.example", "help@support.example", "Re: Charged twice"
    mail.set_content(text or "x")
    if html is not None and text:
        mail.add_alternative(html, subtype="html")
    elif html is not None:
        mail.set_content(html, subtype="html")
    return new_text(read(mail.as_bytes()))


@pytest.mark.parametrize("client", HTML)
def test_no_client_makes_the_hidden_line_their_words(letter, client):
    page, hidden = letter
    new = reply("", HTML[client](page))
    if "no signs" in client or "document" in client:
        # Nothing says that it is a quote: the letter itself counts, but what nobody saw of it does not.
        assert hidden not in new.partition("Hello Ada,")[0]
        assert new.split()[: len(ANSWER.split()) + 2] == [*ANSWER.split(), "Hello", "Ada,"]
    else:
        assert new == ANSWER


@pytest.mark.parametrize("client", TEXTS)
def test_no_text_makes_it_their_words_where_a_client_shows_it(letter, client):
    page, hidden = letter
    shown = from_html(unstyled(inner(page)))
    assert hidden in shown
    assert reply(TEXTS[client](shown)) == ANSWER
