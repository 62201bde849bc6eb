"""Who wrote what first, whichever client and language it was forwarded with."""

import pytest

from mailbot.core.intake.mime.plaintext import from_html
from mailbot.core.intake.newtext import forwarded, new_text
from tests.corpora.test_newtext import mail
from tests.unit.core import forward_clients as clients

TEXT = "The lamp is broken.\nSince Monday, and it buzzes.\n\nCan you help?"
DATES = {"en": "Tuesday, 3 March 2026 at 14:05", "de": "3. März 2026 um 14:05:11 MEZ", "zh": "2026年3月3日 下午2:05"}
VALUES = {"from": "Ole Berg <ole@home.example>", "to": "help@desk.example", "cc": "Maja Lind <maja@home.example>"}
ROLES = {
    "APPLE": "from subject date to cc",
    "GMAIL": "from date subject to cc",
    "THUNDERBIRD": "subject date from to cc",
    "YAHOO": "from to cc date subject",
    "HUBSPOT": "from date subject to cc",
    "OUTLOOK": "from date to cc subject",
}
SHOWN = {
    "APPLE": "{}:",
    "GMAIL": "---------- {} ---------",
    "THUNDERBIRD": "-------- {} --------",
    "YAHOO": "----- {} -----",
}


def fields(client, language):
    """The divider, and label with role and value in the client's order."""
    words, _, labels = getattr(clients, client)[language].partition("|")
    date = DATES.get(language, DATES["en"])
    values = {**VALUES, "date": date, "subject": "Broken lamp"}
    roles = ROLES[client].split()
    lines = []
    for role, label in zip(roles, labels.replace("\u00a0", "~").split(), strict=False):
        shown = label.replace("~", "\u00a0").replace("_", " ")
        lines.append(f"{shown}{'' if shown.endswith('：') else ':'} {values[role]}")
    divider = SHOWN.get(client, "---------- {} ---------").format(words) if words else ""
    return divider, lines, date


def checked(text, date, *, subject="Fwd: Broken lamp", told_subject=True):
    incoming = mail(text, subject=subject)
    got = forwarded(incoming)
    assert got is not None
    assert (got.sender.name, got.sender.address) == ("Ole Berg", "ole@home.example")
    assert (got.date, got.text) == (date, TEXT)
    assert got.subject == ("Broken lamp" if told_subject else None)
    new = new_text(incoming)
    assert "The lamp is broken." in new
    assert "help@desk.example" not in new


CASES = [(client, language) for client in ROLES for language in getattr(clients, client)]
TOPS = ["", "FYI\n\n"]


@pytest.mark.parametrize("top", TOPS)
@pytest.mark.parametrize(("client", "language"), [case for case in CASES if case[0] not in ("YAHOO", "OUTLOOK")])
@pytest.mark.parametrize("quoted", [False, True])
def test_below_a_divider(client, language, top, quoted):
    divider, lines, date = fields(client, language)
    body = (
        [divider, "", *lines, "", *TEXT.split("\n")] if client == "APPLE" else [divider, *lines, "", *TEXT.split("\n")]
    )
    text = top + "\n".join(f"> {line}".rstrip() if quoted else line for line in body)
    checked(text, date)
    checked(text, date, subject="Broken lamp")  # whatever the subject says


@pytest.mark.parametrize("top", TOPS)
@pytest.mark.parametrize("language", clients.YAHOO)
def test_all_on_one_line(language, top):
    divider, lines, date = fields("YAHOO", language)
    checked(f"{top}   {divider} {''.join(lines)}\n {TEXT}", date)


@pytest.mark.parametrize("top", TOPS)
@pytest.mark.parametrize("language", clients.OUTLOOK)
@pytest.mark.parametrize("rule", ["", "________________________________\n"])
@pytest.mark.parametrize("gap", ["", "\n"])
def test_told_by_the_subject_only(language, top, rule, gap):
    _, lines, date = fields("OUTLOOK", language)
    text = top + rule + "\n".join(lines) + "\n" + gap + TEXT
    checked(text, date, subject="WG: Broken lamp")
    assert forwarded(mail(text, subject="Re: Broken lamp")) is None


@pytest.mark.parametrize("top", TOPS)
@pytest.mark.parametrize("language", clients.BY_ATTRIBUTION)
def test_introduced_like_an_answer(language, top):
    intro = clients.BY_ATTRIBUTION[language]
    body = "\n".join(f"    {line}" if line else "" for line in TEXT.split("\n"))
    incoming = mail(f"{top}{intro}\n\n{body}\n", subject="FW: Broken lamp")
    got = forwarded(incoming)
    assert got is not None
    assert (got.sender.name, got.sender.address) == ("Ole Berg", "ole@home.example")
    assert "28" in got.date
    assert got.text == TEXT
    assert "The lamp is broken." in new_text(incoming)


def test_text_quoted_below_a_plain_header():
    divider, lines, date = fields("GMAIL", "en")
    body = "\n".join(f"> {line}".rstrip() for line in TEXT.split("\n"))
    checked(f"{divider}\n" + "\n".join(lines) + f"\n\n{body}\n>", date)


def test_what_stands_below_a_quoted_forward_is_no_part_of_it():
    divider, lines, date = fields("APPLE", "en")
    body = "\n".join(f"> {line}".rstrip() for line in [*lines, "", *TEXT.split("\n")])
    checked(f"FYI\n\n{divider}\n\n{body}\n\nThat was all.\n", date)


def test_a_line_that_lost_its_mark_is_part_of_it():
    divider, lines, date = fields("APPLE", "en")
    text = "\n".join(
        [
            divider,
            "",
            *(f"> {line}" for line in lines),
            ">",
            "> The lamp is broken.",
            TEXT.split("\n")[1],
            ">",
            "> Can you help?",
        ]
    )
    checked(text, date)


@pytest.mark.parametrize("after", ["To: help@desk.example", "Cc: maja@home.example"])
def test_a_wrapped_subject(after):
    text = f"---------- Forwarded message ----------\nFrom: Ole Berg <ole@home.example>\nSubject: The broken lamp\n in the hall\n{after}\n\n{TEXT}"
    got = forwarded(mail(text))
    assert got.subject == "The broken lamp in the hall"
    assert got.text == TEXT


def test_text_that_follows_the_subject_at_once_is_no_part_of_it():
    text = f"From: Ole Berg <ole@home.example>\nDate: 3 March 2026\nTo: help@desk.example\nSubject: Broken lamp\n{TEXT}"
    got = forwarded(mail(text, subject="FW: Broken lamp"))
    assert (got.subject, got.text) == ("Broken lamp", TEXT)


@pytest.mark.parametrize(
    "sender",
    [
        "'Ole Berg' <ole@home.example>", '"Ole Berg" <ole@home.example>', "Ole Berg [mailto:ole@home.example]", "Ole Berg <mailto:ole@home.example>",
        "Ole Berg <ole@home.example<mailto:ole@home.example>>", "\"'Ole Berg'\" <ole@home.example>", "*Ole Berg* <ole@home.example>",
        "Ole Berg (ole@home.example)", "Ole Berg\n <ole@home.example>",
    ],
)  # fmt: skip
def test_ways_to_write_a_sender(sender):
    text = f"-------- Forwarded Message --------\nSubject: Broken lamp\nDate: 3 March 2026\nFrom: {sender}\nTo: help@desk.example\n\n{TEXT}"
    checked(text, "3 March 2026")


@pytest.mark.parametrize(
    "prefix",
    ["Fwd:", "FWD:", "Fw:", "FW:", "WG:", "TR:", "TR :", "RV:", "Rv:", "I:", "ENC:", "VS:", "Vs:", "VL:", "VB:", "PD:", "Redir.:", "Videresend:",
     "İLT:", "ilt:", "Doorst:", "PŘEP:", "转发:", "转发：", "轉寄:", "転送:", "전달:", "Re: Fwd:", "AW: WG:", "[Desk] Fwd:", "[EXTERNAL] FW:"],
)  # fmt: skip
def test_subjects_that_say_forward(prefix):
    text = (
        f"From: Ole Berg <ole@home.example>\nDate: 3 March 2026\nTo: help@desk.example\nSubject: Broken lamp\n\n{TEXT}"
    )
    forward = not prefix.startswith(("Re:", "AW:"))
    assert (forwarded(mail(text, subject=f"{prefix} Broken lamp")) is not None) is forward


OLD = "<div>The lamp is broken.</div>"
WHO = "<b>From:</b> Ole Berg &lt;ole@home.example&gt;"
HEADER = f"{WHO}<br><b>Sent:</b> Tuesday, March 3, 2026 2:14 PM<br><b>To:</b> Maja &lt;maja@home.example&gt;<br><b>Subject:</b> Lamp"
IN_HTML = {
    "outlook web": f'<div id="appendonsend"></div><hr><div id="divRplyFwdMsg">{HEADER}</div>{OLD}',
    "outlook desktop": f'<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p>{HEADER}</p></div>{OLD}',
    "gmail": f'<div class="gmail_quote"><div class="gmail_attr">---------- Forwarded message ---------<br>{HEADER}<br></div><br>{OLD}</div>',
    "apple": f'<blockquote type="cite"><div>Begin forwarded message:</div><br><div>{HEADER}</div><br>{OLD}</blockquote>',
    "thunderbird": f'<div class="moz-forward-container">-------- Forwarded Message --------<br>{HEADER}<br><br>{OLD}</div>',
    "yahoo": f'<div class="yahoo_quoted"><div>----- Forwarded Message -----</div><div>{HEADER}</div>{OLD}</div>',
    "proton": f'<div class="protonmail_quote">------- Forwarded Message -------<br>{HEADER}<br><br><blockquote class="protonmail_quote" type="cite">{OLD}</blockquote></div>',
    "gmx": f'<div name="quote" style="border-left:2px solid"><div>{HEADER}</div><div name="quoted-content">{OLD}</div></div>',
}


@pytest.mark.parametrize("top", ["", "<div>FYI</div>"])
@pytest.mark.parametrize("client", IN_HTML)
def test_in_html(client, top):
    html = top + IN_HTML[client]
    incoming = mail(from_html(html), html=html, subject="FW: Lamp", content_type="text/html")
    got = forwarded(incoming)
    assert (got.sender.name, got.sender.address) == ("Ole Berg", "ole@home.example")
    assert (got.date, got.text.strip()) == ("Tuesday, March 3, 2026 2:14 PM", "The lamp is broken.")
    assert "The lamp is broken." in new_text(incoming)


def test_below_own_words_a_forward_says_who_wrote_it_and_when():
    html = "<div>Could you please look at this one, it is from our best customer.</div>" + IN_HTML["outlook web"]
    added = new_text(mail(from_html(html), html=html, subject="FW: Lamp", content_type="text/html"))
    assert added.startswith("Could you please look at this one, it is from our best customer.\n")
    for said in ("From: Ole Berg <ole@home.example>", "Tuesday, March 3, 2026 2:14 PM", "The lamp is broken."):
        assert said in added
