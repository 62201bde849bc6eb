"""What an agent's mail adds: everything above our notice, and nothing of the notice or the signature."""

from datetime import UTC, datetime
from email.message import EmailMessage
from zoneinfo import ZoneInfo

import pytest

from mailbot.core.intake.agent_words import AgentWords, agent_words
from mailbot.core.intake.read import read
from mailbot.core.model.mail import Mail
from mailbot.core.model.policy import Agent, Cadence, Hours, Inbox, Policy

IVO = Agent(id="ivo", name="Ivo Brandt", addresses=("ivo@lantern.example",))
HOURS = Hours(zone=ZoneInfo("UTC"), always=True)
DESK = Policy(
    desk_name="Lantern",
    zone=ZoneInfo("UTC"),
    language="en",
    languages=frozenset({"en"}),
    inboxes={"support": Inbox(name="support", address="care@lantern.example", display_name="Lantern Care")},
    agents={"ivo": IVO},
    cadences={level: Cadence(first=None, steps=(), hours=HOURS) for level in range(1, 6)},
)
REPLY_TO = "care+a4-ivo-1-0-abcdefghijklmnopqrstuvwx@lantern.example"
NOTICE = """\
##^^## Write above this line

Answer by 14:00 UTC · 5 h left

Ana Reis · P4, trouble using it · nobody has it

> Does the lamp have to hum?
>
> And where do I find the switch? I looked on both sides of the foot and could not see one.

Reply, and your words go to Ana Reis under your name. Lines for the desk go at the top: /note (stays inside), /p 2, /help

Customer: Ana Reis <ana@reis.example>
Ticket: 4, open
Priority: 4, a difficulty in using it

--.
Lantern Care · ticket 4
""".replace("--.", "-- ")
QUOTED = "\n".join(f"> {line}".rstrip() for line in NOTICE.rstrip().split("\n"))
HTML_NOTICE = NOTICE.replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>\n")
HEADER = (
    f"From: Lantern Care <{REPLY_TO}>\nSent: Monday, 2 March 2026 09:01\nTo: Ivo Brandt\nSubject: [4] Ana Reis: Lamp"
)

INTROS = {
    "gmail": f"On Mon, 2 Mar 2026 at 09:01, Lantern Care <{REPLY_TO}> wrote:",
    "gmail, wrapped": f"On Mon, 2 Mar 2026 at 09:01, Lantern Care\n<{REPLY_TO}> wrote:",
    "gmail, German": "Am Mo., 2. März 2026 um 09:01 Uhr schrieb Lantern Care <\ncare@lantern.example>:",
    "apple": "> On 2 Mar 2026, at 09:01, Lantern Care <care@lantern.example> wrote:\n>",
    "apple, name only": "On 2 Mar 2026, at 09:01, Lantern Care wrote:",
    "thunderbird": "On 02/03/2026 09:01, Lantern Care wrote:",
    "thunderbird, French": "Le 02/03/2026 à 09:01, Lantern Care a écrit :",
    "outlook": f"________________________________\n{HEADER}\n",
    "outlook, German": (
        f"Von: Lantern Care <{REPLY_TO}>\nGesendet: Montag, 2. März 2026 09:01\nAn: Ivo Brandt\nBetreff: [4] Ana Reis: Lamp\n"
    ),
    "original message": f"-----Original Message-----\n{HEADER}\n",
    "none": "",
}


def mail(text: str = "", html: str | None = None) -> Mail:
    message = EmailMessage()
    message["From"] = "Ivo Brandt <ivo@lantern.example>"
    message["To"] = REPLY_TO
    message["Subject"] = "Re: [4] Ana Reis: Lamp"
    message["Message-ID"] = "<one@lantern.example>"
    message["Date"] = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    if html is None:
        message.set_content(text, cte="8bit")
    else:
        if text:
            message.set_content(text, cte="8bit")
            message.add_alternative(html, subtype="html")
        else:
            message.set_content(html, subtype="html")
    found = read(message.as_bytes())
    assert isinstance(found, Mail)
    return found


def said(text: str = "", html: str | None = None) -> AgentWords:
    return agent_words(mail(text, html), IVO, DESK)


@pytest.mark.parametrize("intro", INTROS.values(), ids=INTROS.keys())
@pytest.mark.parametrize("quoted", [True, False])
def test_the_clients_own_lines_above_the_quote_go(intro: str, quoted: bool) -> None:
    found = said(f"Please hold the button.\n\n{intro}\n\n{QUOTED if quoted else NOTICE}")
    assert found.words == "Please hold the button."
    assert found.whole == found.words


OWN = {
    "settings": "Please enter:\n\nFrom: orders@shop.example\nTo: your list\nSubject: Spring\n\nThen press send.",
    "settings of ours": "Please enter:\n\nFrom: care@lantern.example\nTo: your list\nSubject: Spring\n\nThen press send.",
    "settings last": "Please enter these:\n\nFrom: orders@shop.example\nTo: your list\nSubject: Spring",
    "carrier": "Good news, the carrier wrote:\n\n> it is in the van\n\nSo be at home.",
    "carrier last": "Good news, the carrier wrote:\n\n> it is in the van",
    "carrier with date": "On 3 May 2026 at 10:00 the carrier <ops@carrier.example> wrote:\n\n> in the van\n\nSo be at home.",
    "carrier mail": (
        "See below.\n\n-----Original Message-----\nFrom: Carrier <ops@carrier.example>\nSent: Monday, 2 March 2026 08:00\n"
        "To: Ivo Brandt\nSubject: Parcel 7\n\nIt is in the van.\n\nSo be at home."
    ),
    "quote of theirs": "> Does the lamp have to hum?\n\nNo.\n\n> And where is the switch?\n\nBelow.",
    "rule": "First this.\n\n_______________\n\nThen that.",
    "table": "| part | watts |\n|---|---|\n| Halo | 20 |",
    "list": "- one\n- two\n\n1. three",
    "code": "    ls -l\n    --\n    done",
}


@pytest.mark.parametrize("words", OWN.values(), ids=OWN.keys())
@pytest.mark.parametrize("below", [f"\n\n{INTROS['gmail']}\n{QUOTED}", f"\n\n{INTROS['outlook']}\n{NOTICE}", ""])
def test_nothing_above_the_mark_is_cut(words: str, below: str) -> None:
    assert said(words + below).words == words


def test_without_the_mark_what_names_us_is_the_quote() -> None:
    lines = [line for line in QUOTED.split("\n") if "##" not in line]
    for intro in (INTROS["gmail"], INTROS["apple, name only"], "On 2 Mar 2026, at 09:01, Ana Reis wrote:", ""):
        text = f"Please hold the button.\n\n{intro}\n\n" + "\n".join(lines)
        assert said(text).words == "Please hold the button."
    assert said(f"Hold it.\n\n{INTROS['outlook']}\nAna Reis writes:\n\nDoes it hum?").words == "Hold it."


def test_words_below_the_quote_are_the_reply_where_there_are_none_above() -> None:
    for intro in (INTROS["gmail"], INTROS["none"]):
        found = said(f"{intro}\n{QUOTED}\n\nPlease hold the button.\n\nIvo Brandt\nLantern Ltd")
        assert found.words == found.whole == "Please hold the button."


@pytest.mark.parametrize("end", [">", "> ", ">\n> ", ">\n\n>"])
def test_an_empty_line_at_the_end_of_the_quote_is_no_word_below_it(end: str) -> None:
    found = said(f"{INTROS['thunderbird']}\n{QUOTED}\n{end}\n\nPlease hold the button.\n\nIvo Brandt\nLantern Ltd")
    assert found.words == found.whole == "Please hold the button."


def test_words_below_a_quote_without_marks_are_found_by_its_foot() -> None:
    found = said(f"{INTROS['outlook']}\n{NOTICE}\n\nPlease hold the button:\n\n> from the manual")
    assert found.words == "Please hold the button:\n\n> from the manual"
    found = said(f"See below.\n\n{INTROS['outlook']}\n{NOTICE}\n\nPlease hold the button.")
    assert found.words == "See below."
    assert found.whole == "See below.\n\nPlease hold the button."


def test_answers_between_the_customers_lines_are_found_without_marks() -> None:
    notice = NOTICE.replace("> Does the lamp have to hum?", "> Does the lamp have to hum?\n\nNo, it has not.\n")
    found = said(f"See below.\n\n{INTROS['outlook']}\n{notice}")
    assert found.words == "See below."
    assert found.whole == "See below.\n\n> Does the lamp have to hum?\n\nNo, it has not."


def test_words_within_the_quote_are_held_apart_with_the_line_that_they_answer() -> None:
    quote = QUOTED.replace("> > Does the lamp have to hum?", "> > Does the lamp have to hum?\n\nNo, it has not.\n")
    found = said(f"See below.\n\n{INTROS['gmail']}\n{quote}\n\n-- \nIvo\nLantern Ltd")
    assert found.words == "See below."
    assert found.whole == "See below.\n\n> Does the lamp have to hum?\n\nNo, it has not."


def test_answers_within_the_quote_alone_are_the_reply() -> None:
    quote = QUOTED.replace("> > Does the lamp have to hum?", "> > Does the lamp have to hum?\n\nNo, it has not.\n")
    found = said(f"{INTROS['gmail']}\n{quote}")
    assert found.words == found.whole == "> Does the lamp have to hum?\n\nNo, it has not."


def test_a_line_that_the_client_wrapped_is_not_the_agents() -> None:
    wide = "> Reply, and your words go to Ana Reis under your name. Lines for the desk go at the top: /note (stays inside), /p 2, /help"
    assert wide in QUOTED
    quote = QUOTED.replace(wide, f"{wide[:72].rstrip()}\n{wide[72:]}")
    found = said(f"Hold it.\n\n{INTROS['gmail']}\n{quote}")
    assert found.words == found.whole == "Hold it."


@pytest.mark.parametrize("marker", ["gmail_signature", "moz-signature", "signature"])
def test_a_signature_that_the_client_marks_goes(marker: str) -> None:
    html = f'<p>Hold it.</p><div class="{marker}"><p>The friendly lamp people</p><p>Quay 5</p></div>'
    assert said("", html).words == "Hold it."
    assert said("Hold it.\n\nThe friendly lamp people\nQuay 5\n", html).words == "Hold it."


def test_words_that_were_typed_into_a_marked_signature_are_not_cut_in_silence() -> None:
    html = '<p>Hold it.</p><div id="Signature"><p>Ivo Brandt</p><p>P.S. Did the parcel come?</p></div>'
    assert "Did the parcel come?" in said("", html).whole


def test_html_alone_is_divided_by_the_mark() -> None:
    html = (
        f'<div>Hold it.</div><br><div class="gmail_quote"><div class="gmail_attr">{INTROS["apple, name only"]}<br></div>'
        f'<blockquote class="gmail_quote">{HTML_NOTICE}</blockquote></div>'
    )
    found = said("", html)
    assert found.words == found.whole == "Hold it."


def test_answers_within_the_quote_of_html_alone_are_held_apart() -> None:
    html = (
        '<div>See below.</div><blockquote type="cite">##^^## Write above this line<br>Ana Reis writes:'
        '<blockquote type="cite">Does it hum?</blockquote></blockquote><div>No, it has not.</div>'
        '<blockquote type="cite">Customer: Ana Reis</blockquote>'
    )
    found = said("", html)
    assert found.words == "See below."
    assert "No, it has not." in found.whole


@pytest.mark.parametrize(
    "text",
    [
        "",
        f"{INTROS['gmail']}\n{QUOTED}",
        f"Sent from my iPhone\n\n{INTROS['gmail']}\n{QUOTED}",
        f"-- \nIvo Brandt\nLantern Ltd\n\n{INTROS['gmail']}\n{QUOTED}",
        f"{INTROS['gmail']}\n{QUOTED}\n\n-- \nIvo Brandt\nLantern Ltd",
        f"Ivo Brandt\nLantern Ltd\nT +44 20 7946 0018\n\n{INTROS['outlook']}\n{NOTICE}",
    ],
)
def test_a_quote_and_a_signature_are_no_words(text: str) -> None:
    assert said(text).words == ""


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", ["> a\nb\n", "On 3 May 2026 at 10:00, a <a@b.example> wrote:\n", "From: a\nTo: b\n", "x\n-- \n", "> \n"]
)
@pytest.mark.parametrize("mark", ["", "##^^##\n", "> ##^^##\n"])
def test_hostile_text_is_read_in_linear_time(unit: str, mark: str) -> None:
    said(unit * (40_000 // len(unit)) + mark + unit * (40_000 // len(unit)))
