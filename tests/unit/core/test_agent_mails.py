"""Whatever mail client an agent has: their words arrive or are asked about, their signature and their notes never do."""

from __future__ import annotations

from email.message import EmailMessage
from html import escape

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mailbot.core.model.outgoing import OutgoingKind
from tests.simulation.simulated_desk import MONDAY, Sent, SimulatedDesk, mail
from tests.thorough import examples

# "kiwi" is in each line that is for the customer, "melon" in each that is not.
WORDS = st.lists(
    st.sampled_from(
        [
            "Please hold the button, kiwi.",
            "kiwi: it is in the van, as the carrier wrote:",
            "> kiwi comes before noon",
            "- one kiwi\n- two kiwis",
            "From: kiwi@shop.example\nTo: your list\nSubject: Spring kiwi",
            "On 3 May the coil kiwi broke, so we wrote to you.",
            "Kiwi Straße 5, ×2 → für Sie",
            "| kiwi | 20 W |\n|---|---|",
        ]
    ),
    min_size=1,
    max_size=4,
    unique=True,
).map(lambda lines: "\n\n".join([*lines, "That is all, kiwi."]))  # a card below "wrote:" may be quoted
CARD = "Mara Lind\nMelon Support Engineer | Lumen GmbH\nT +49 30 5550 1 melon"
PRINT = "This e-mail is confidential and intended for the addressee only: melon.\nIf you are not the intended recipient, melon."
SIGNATURES = st.sampled_from(
    [
        "",
        CARD,
        f"{CARD}\n\n{PRINT}",
        f"-- \n{CARD}",
        f"--\n{CARD}\n\n“Melons are made of light.”",
        PRINT,
        "Sent from my iPhone",
        "Gesendet von Outlook für Android",
        f"Best regards,\n\n{CARD}",
        f"Sent from my iPad\n\n{CARD}",
    ]
)
VERBS = st.sampled_from(
    ["", "/take", "/p 2", "/resolve", "/note melon is rude", "/note\nmelon", "/promise 3d", "/spam"]
)
INSIDE = st.sampled_from(["", "Here is kiwi, too."])
CLIENTS = st.sampled_from(["gmail", "apple", "outlook", "bottom", "none", "html", "alternative"])
ENCODINGS = st.sampled_from(
    [("utf-8", "8bit"), ("utf-8", "base64"), ("utf-8", "quoted-printable"), ("utf-16", "base64")]
)


def body(client: str, above: str, signature: str, inside: str, notice: Sent) -> str:
    """The text as the client lays it out."""
    quote = [f"> {line}".rstrip() for line in notice.text.split("\n")]
    if inside and client not in ("outlook", "none"):
        at = next(index for index, line in enumerate(quote) if line.startswith("> >"))
        quote[at + 1 : at + 1] = ["", inside, ""]
    bare = notice.text
    if inside:
        theirs = next(line for line in bare.split("\n") if line.startswith("> "))
        bare = bare.replace(theirs, f"{theirs}\n\n{inside}\n", 1)
    own = f"{above}\n\n{signature}"
    quoted = "\n".join(quote)
    match client:
        case "apple":
            return f"{own}\n\n> On 2 Mar 2026, at 09:01, Lumen Support <{notice.reply_to}> wrote:\n>\n{quoted}"
        case "outlook":
            head = f"From: Lumen Support <{notice.reply_to}>\nSent: Monday, 2 March 2026 09:01\nTo: Mara Lind\nSubject: [1] x"
            return f"{own}\n\n________________________________\n{head}\n\n{bare}"
        case "bottom":
            return f"On Mon, 2 Mar 2026 at 09:01, Lumen Support <{notice.reply_to}> wrote:\n{quoted}\n\n{own}"
        case "none":
            return own
    return f"{own}\n\nOn Mon, 2 Mar 2026 at 09:01, Lumen Support <{notice.reply_to}> wrote:\n{quoted}"


def as_html(text: str) -> str:
    """The same as a web mail writes it: quoted lines within blockquotes, the rest in lines."""
    out, depth = [], 0
    for line in text.split("\n"):
        bare = line.lstrip("> ")
        level = len(line[: len(line) - len(bare)].replace(" ", ""))
        out += ["<blockquote type=cite>"] * (level - depth) + ["</blockquote>"] * (depth - level)
        depth = level
        out.append(f"<div>{escape(bare) or '<br>'}</div>")
    return "<html><body>" + "".join(out) + "</blockquote>" * depth + "</body></html>"


@pytest.mark.slow
@settings(max_examples=examples(60), deadline=None)
@given(words=WORDS, signature=SIGNATURES, verb=VERBS, inside=INSIDE, client=CLIENTS, encoding=ENCODINGS)
def test_words_arrive_and_signatures_and_notes_do_not(words, signature, verb, inside, client, encoding) -> None:
    desk = SimulatedDesk()
    try:
        desk.receive(mail("ben@harbour.example", "Does the lamp hum?\nAnd why?", at=MONDAY, subject="Lamp"))
        notice = desk.last("new", "mara")
        text = body(client, f"{verb}\n\n{words}" if verb else words, signature, inside, notice)
        one = EmailMessage()
        one["From"] = "Mara Lind <mara@lumen.example>"
        one["To"] = notice.reply_to
        one["Subject"] = "Re: Lamp"
        one["Date"] = MONDAY
        one["Message-ID"] = "<kiwi@lumen.example>"
        charset, cte = encoding
        if client == "html":
            one.set_content(as_html(text), subtype="html", charset="utf-8", cte="base64")
        else:
            one.set_content(text, charset=charset, cte=cte)
            if client == "alternative":
                one.add_alternative(as_html(text), subtype="html", charset="utf-8", cte="base64")
        before = len(desk.sent)
        desk.receive(one.as_bytes())
        outcome = desk.decisions[-1].outcome
        out = [sent for sent in desk.sent[before:] if sent.outgoing.kind is not OutgoingKind.NOTICE]
        for sent in out:
            said = sent.text.casefold()
            for never in ("melon", "##^^##", "sent from my", "gesendet von", notice.reply_to.casefold(), "\n/"):
                assert never not in said, never
        if outcome == "relayed":
            (relay,) = [sent for sent in out if sent.outgoing.kind is OutgoingKind.RELAY]
            said = " ".join(relay.text.replace(">", " ").split())
            for line in (*words.split("\n"), *([inside] if inside and inside in text else [])):
                assert " ".join(line.replace(">", " ").split()) in said, line
        else:
            assert outcome in ("held", "refused", "noted", "done")
            assert not [sent for sent in out if sent.outgoing.kind is OutgoingKind.RELAY]
    finally:
        desk.close()
