"""A notice quoted without quote marks: what the agent wrote within it is found, and what their client did to it is not."""

from __future__ import annotations

import re
import textwrap
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailbot.adapters.letters.samples import SAMPLES
from mailbot.adapters.letters.templates import Templates
from mailbot.core.intake.agent_words import AgentWords, agent_words
from mailbot.core.intake.newtext import ANSWER_MARK
from mailbot.core.intake.quotes.html import html_text
from mailbot.core.model.letter_kinds import KINDS, Audience
from mailbot.core.model.policy import Inbox
from tests.thorough import THOROUGH, examples
from tests.unit.core.test_agent_words import DESK, HEADER, IVO, NOTICE, REPLY_TO, mail

TEMPLATES = Templates([Path(__file__).parents[3] / "templates"])
POLICY = replace(
    DESK, inboxes={"support": Inbox(name="support", address="care@lantern.example", display_name="Example Support")}
)
ABOVE = "Please hold the button.\n\n"
OUTLOOK = "________________________________\n" + HEADER.replace("Lantern Care", "Example Support") + "\n\n"
GERMAN = f"Von: Example Support <{REPLY_TO}>\nGesendet: Montag, 2. März 2026 09:01\nAn: Ivo Brandt\nBetreff: [4] Ana Reis: Lamp\n\n"
RENDERED = [
    TEMPLATES.render(name, language=language, inbox="support", zone="Europe/Berlin", fields=sample)
    for language in ("en", "de")
    for name, kind in KINDS.items()
    if kind.audience is not Audience.CUSTOMER
    for sample in SAMPLES[name]
]


def wrapped(width: int):
    return lambda text: "\n".join(
        piece for line in text.split("\n") for piece in (textwrap.wrap(line, width, break_long_words=False) or [""])
    )


def broken(text: str) -> str:
    """Cut hard at 76 characters, as some relays do, also in the middle of an address."""
    return "\n".join(line[i : i + 76] for line in text.split("\n") for i in range(0, max(1, len(line)), 76))


CLIENTS = {
    "as it is": lambda text: text,
    "wrapped at 60": wrapped(60),
    "wrapped at 76": wrapped(76),
    "cut at 76": broken,
    "paragraphs in one line": lambda text: re.sub(r"(?<!\n)\n(?!\n)", " ", text),
    "no blank lines": lambda text: re.sub(r"\n\n+", "\n", text),
    "blank line after each": lambda text: text.replace("\n", "\n\n"),
    "hard blanks": lambda text: text.replace(" ", "\u00a0"),
    "no links": lambda text: re.sub(r"<[^<>\n]*>", "", text),
    "links doubled": lambda text: re.sub(r"(\S+@\S+\.example)", r"\1<mailto:\1>", text),
    "links rewritten": lambda text: re.sub(
        r"https?://\S+", "https://eur01.safelinks.protection.outlook.com/?url=x%3A%2F%2Fy&data=05&reserved=0", text
    ),
    "pictures": lambda text: text.replace("\n\n", "\n\n[cid:image001.png@01DA.5F]\n", 3),
    "no marks of theirs": lambda text: re.sub(r"(?m)^(?:> ?)+", "", text),
    "bullets": lambda text: re.sub(r"(?m)^- ", "  *   ", text),
    "read as Latin-1": lambda text: text.encode().decode("latin-1"),
    "read as cp1252": lambda text: text.encode().decode("cp1252", "replace"),
    "sent as ASCII": lambda text: text.encode("ascii", "replace").decode(),
    "entities": lambda text: text.replace("&", "&amp;").replace("\n\n", "\n&nbsp;\n"),
    "tabs": lambda text: re.sub(r"(?m)^", "\t", text),
}


def said(body: str, html: str | None = None, *, of=RENDERED[0]) -> AgentWords:
    return agent_words(mail(body, html), IVO, POLICY, [of.text, html_text(of.html)])


def as_html(notice: str, above: str = "Please hold the button.") -> str:
    page = re.search(r"<body[^>]*>(.*)</body>", notice, re.DOTALL)
    inner = page[1] if page else notice
    head = (
        '<div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0 0 0"><p class="MsoNormal"><b>From:</b> '
        f"Example Support &lt;{REPLY_TO}&gt;<br><b>Sent:</b> Monday, 2 March 2026 09:01<br><b>To:</b> Ivo Brandt<br>"
        "<b>Subject:</b> [4] Ana Reis: Lamp</p></div>"
    )
    return f'<html><body><p class="MsoNormal">{above}</p>{head}{inner}</body></html>'


@pytest.mark.slow
@pytest.mark.parametrize("client", CLIENTS.values(), ids=CLIENTS.keys())
def test_a_plain_reply_is_never_asked_about(client) -> None:
    mine = RENDERED if THOROUGH else RENDERED[list(CLIENTS.values()).index(client) % 2 :: 2]
    for nth, notice in enumerate(mine):
        for header in (OUTLOOK, GERMAN) if THOROUGH else ((OUTLOOK, GERMAN)[nth % 2],):
            found = said(ABOVE + header + client(notice.text), of=notice)
            assert found.words == found.whole == "Please hold the button.", notice.text


@pytest.mark.slow
@pytest.mark.parametrize("with_text", [False, True])
def test_a_plain_reply_in_html_is_never_asked_about(with_text) -> None:
    for notice in RENDERED:
        text = ABOVE + OUTLOOK + re.sub(r"(?m)^> ?", "", html_text(notice.html)) if with_text else ""
        found = said(text, as_html(notice.html), of=notice)
        assert found.words == found.whole == "Please hold the button.", notice.text


@settings(max_examples=examples(150), deadline=None)
@given(
    notice=st.sampled_from(RENDERED),
    one=st.sampled_from(sorted(CLIENTS)),
    two=st.sampled_from(sorted(CLIENTS)),
)
@example(RENDERED[3], "blank line after each", "cut at 76")
@example(RENDERED[9], "blank line after each", "cut at 76")
@example(RENDERED[64], "blank line after each", "cut at 76")
@example(RENDERED[17], "cut at 76", "links doubled")
@example(RENDERED[97], "cut at 76", "links doubled")
@example(RENDERED[35], "entities", "cut at 76")
@example(RENDERED[76], "read as Latin-1", "cut at 76")
@example(RENDERED[7], "sent as ASCII", "hard blanks")
@example(RENDERED[1], "wrapped at 60", "cut at 76")
def test_two_clients_on_the_way_change_nothing(notice, one, two) -> None:
    found = said(ABOVE + OUTLOOK + CLIENTS[one](CLIENTS[two](notice.text)), of=notice)
    if ANSWER_MARK in found.words:  # it is torn apart, and all is shown
        return
    assert found.whole == found.words


@pytest.mark.parametrize(
    "banner",
    [
        "CAUTION: This email originated from outside of the organization.",
        "[EXTERNAL]",
        "You don't often get email from care@lantern.example. Learn why this is important<https://aka.ms/x>",
        "ACHTUNG: Diese E-Mail kommt von außerhalb der Organisation.",
    ],
)
def test_a_banner_that_a_mail_system_put_on_the_notice_is_nobodys_word(banner) -> None:
    notice = RENDERED[0].text
    for header, quote in ((OUTLOOK, notice), (GERMAN, notice)):
        assert said(f"{ABOVE}{header}{banner}\n\n{quote}").whole == "Please hold the button."
        assert said(f"{ABOVE}{header}Kiwi first.\n\n{banner}\n\n{quote}").whole.count("Kiwi") == 1


@pytest.mark.slow
@settings(max_examples=examples(100), deadline=None)
@given(notice=st.sampled_from(RENDERED), share=st.floats(0, 1))
def test_words_anywhere_within_html_are_found(notice, share) -> None:
    page = as_html(notice.html)
    hidden = re.sub(r"<!--.*?-->", lambda comment: " " * len(comment[0]), page, flags=re.DOTALL)  # nobody writes there
    spots = [found.end() for found in re.finditer(r"</p>|</blockquote>|</li>|</tr>", hidden)]
    foot = page.rfind("Example Support")
    mark = page.index(ANSWER_MARK)
    spots = [spot for spot in spots if mark < spot and (foot < mark or spot <= foot)]
    at = spots[round(share * (len(spots) - 1))]
    answer = '<p class="MsoNormal"><span style="color:red">It is beneath.</span></p>'
    assert "It is beneath." in said("", page[:at] + answer + page[at:], of=notice).whole


ANSWERS = st.sampled_from(
    [
        "Yes.",
        "No",
        "Kiwi",
        "42",
        "👍",
        "It does not hum.",
        "Please hold the button for ten seconds.",
        "はい、そうです。",
    ]
)


@pytest.mark.slow
def test_an_answer_is_no_piece_of_an_address_that_holds_it_beside_the_next_word() -> None:
    linked = "Ben Ortiz takes it: <mailto:help%2Ba1042-ben-1-0@lantern.example?subject=%5B4%5D>"
    found = between(
        HEAD, HUMS, "", "42", "", linked, WHERE, FACTS, notice="\n".join([HEAD, HUMS, linked, WHERE, FACTS])
    )
    assert found.whole.endswith("\n\n42")


@settings(max_examples=examples(300), deadline=None)
@given(
    notice=st.sampled_from(RENDERED),
    client=st.sampled_from(sorted({*CLIENTS} - {"sent as ASCII", "read as Latin-1", "read as cp1252", "cut at 76"})),
    answer=ANSWERS,
    share=st.floats(0, 1),
)
def test_words_anywhere_within_it_are_found(notice, client, answer, share) -> None:
    lines = CLIENTS[client](notice.text).split("\n")
    foot = next((i for i, line in enumerate(lines) if line.strip() in {"--", "-- "}), len(lines))
    at = 1 + round(share * (foot - 1))
    lines[at:at] = ["", answer, ""]
    found = said(ABOVE + OUTLOOK + "\n".join(lines), of=notice)
    assert found.words == "Please hold the button."
    assert answer.replace("\u00a0", " ") in found.whole


def between(*lines: str, notice: str = NOTICE) -> AgentWords:
    body = "\n".join(lines)
    return agent_words(mail(ABOVE + OUTLOOK + body), IVO, DESK, [notice])


HEAD = "##^^## Write above this line\n\nAnswer by 14:00 UTC · 5 h left\n\nAna Reis · P4, trouble using it · nobody has it\n"
FACTS = "\nCustomer: Ana Reis <ana@reis.example>\nTicket: 4, open\nPriority: 4, a difficulty in using it\n"
HUMS, WHERE = (
    "Does the lamp have to hum?",
    "And where do I find the switch? I looked on both sides of the foot and could not see one.",
)


@pytest.mark.parametrize(
    ("lines", "answers"),
    [
        ((HUMS, "No.", WHERE), "> Does the lamp have to hum?\n\nNo."),
        ((HUMS, "", WHERE, "", "Under the foot.", "", "It is small."), f"> {WHERE}\n\nUnder the foot.\n\nIt is small."),
        ((HUMS, WHERE, "https://lamps.example/manual"), f"> {WHERE}\n\nhttps://lamps.example/manual"),
        ((f"{HUMS} No, it has not.", WHERE), f"{HUMS} No, it has not."),
        (("It must not.", WHERE), "It must not."),
        ((HUMS, "> No, it has not.", WHERE), f"> {HUMS}\n\nNo, it has not."),
    ],
)
def test_each_answer_stands_below_the_line_that_it_answers(lines, answers) -> None:
    found = between(HEAD, *lines, FACTS)
    assert found.words == "Please hold the button."
    assert found.whole == f"Please hold the button.\n\n{answers}"


CUT_AT = "It came in from somebody who wrote from the address noreply@form.example, which is nobody's.\n"
LINKED = "Take it: <mailto:help%2Ba4-ivo@lantern.example?subject=%5B4%5D%20%2Ftake&body=%2Ftake>\n"


@pytest.mark.parametrize("gap", ["\n", "\n\n", " "])
@pytest.mark.parametrize("said", [CUT_AT, LINKED])
def test_an_address_that_was_cut_anywhere_is_nobodys_word(said, gap) -> None:
    address = re.search(r"\S+@\S+", said)
    for at in range(address.start() + 1, address.end()):
        cut = said[:at] + gap + said[at:]
        found = between(HEAD, HUMS, WHERE, cut, FACTS, notice="\n".join([HEAD, HUMS, WHERE, said, FACTS]))
        assert found.whole == "Please hold the button.", cut


@pytest.mark.parametrize("answer", ["No", "No.", "Example", "Form", "e"])
@pytest.mark.parametrize("gap", ["", "\n"])
def test_an_answer_below_an_address_that_begins_or_ends_as_it_does_is_found(answer, gap) -> None:
    asked = "Is the address that the form gives us for this one still noreply@form.example"
    notice = "\n".join([HEAD, HUMS, asked, WHERE, FACTS])
    found = between(HEAD, HUMS, asked, f"{gap}{answer}", WHERE, FACTS, notice=notice)
    assert found.whole.endswith(f"\n\n{answer}")


def test_answers_alone_are_the_reply() -> None:
    found = agent_words(mail(OUTLOOK + "\n".join([HEAD, HUMS, "No, it has not.", WHERE, FACTS])), IVO, DESK, [NOTICE])
    assert found.words == found.whole == f"> {HUMS}\n\nNo, it has not."


def test_another_mail_than_the_known_ones_is_left_as_it_is() -> None:
    other = "##^^## Write above this line\n\n" + "The kettle whistles in another key since the last thunderstorm.\n" * 9
    assert between(other).whole == "Please hold the button."


@pytest.mark.slow
@pytest.mark.parametrize(
    "unit", ["a b c\n", "a\n", "a b\n\n", "https://a.example/\n", "> \n", "Customer: Ana\n", "[cid:"]
)
def test_hostile_quotes_are_read_in_linear_time(unit: str) -> None:
    between(HEAD, unit * (120_000 // len(unit)), FACTS, notice=unit * (120_000 // len(unit)))
