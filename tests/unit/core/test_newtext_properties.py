"""What must hold for any text: nothing is invented, nothing raises, and the time grows with the length only."""

import random
import re
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from mailbot.core.intake.mime.plaintext import from_html
from mailbot.core.intake.newtext import ANSWER_ABOVE, forwarded, new_text
from mailbot.core.intake.quotes.foreign import foreign_to
from mailbot.core.intake.quotes.headers import unglued
from mailbot.core.intake.quotes.html import html_text
from mailbot.core.intake.quotes.lines import Sure, attribution, clean
from tests.corpora.test_newtext import EXAMPLES, mail, told
from tests.thorough import examples

MARKS = [
    "", " ", "-- ", "--", "> quoted", ">> twice", ">", "On Tue, Mar 3, 2026 at 2:14 PM Ana <help@desk.example> wrote:",
    "On Tue, Mar 3, 2026 at 2:14 PM Ana <", "help@desk.example> wrote:", "-----Original Message-----", "________________",
    "From: Ana <help@desk.example>", "Sent: Tuesday, March 3, 2026", "To: Maja", "Subject: Lamp", "Regards, Maja",
    "---------- Forwarded message ---------", "Begin forwarded message:", "> Begin forwarded message:", ANSWER_ABOVE,
    f"> {ANSWER_ABOVE}", "Sent from my iPhone", "The lamp is broken.", "Thanks,", "Maja", "Am 3.3.2026 schrieb Ana:",
    "Yes, since Monday. On Tue, Mar 3, 2026 at 2:14 PM, Ana <help@desk.example> wrote:", "Ana <help@desk.example> schrieb am So., 23.",
    "   ----- Forwarded Message ----- From: Ana <help@desk.example>To: Maja <maja@home.example>Sent: TuesdaySubject: Lamp",
    "Juni 2026, 21:08:", "2026/4/7 Ana <help@desk.example>", "Von: Ana", "Gesendet: Dienstag, 3. März 2026 14:14", "An: Maja",
    "Yes.--- On 3/3/2026 2:14 PM, ana@desk.example wrote:", "Virus-free. www.example", "\ufdd0", "\ufdd1x", "\u202b", "İ:",
]  # fmt: skip
TEXTS = st.lists(st.one_of(st.sampled_from(MARKS), st.text(max_size=40)), max_size=25).map("\n".join)
TAGS = st.sampled_from([
    "<div>", "</div>", "<blockquote type=cite>", "</blockquote>", "<div class=gmail_quote>", "<div id=divRplyFwdMsg>", "x",
    "<div class=gmail_signature>", "<hr>", "<p>", "</p>", "<div class=moz-cite-prefix>Ana wrote:</div>", "<br>", "Yes",
    "<div id=appendonsend></div>", "<table><tr><td>", "</table>", "<!--", "-->", "<script>", "\ufdd2", "\ufdd3", "&nbsp;",
    "<div style='border:none;border-top:solid #E1E1E1 1.0pt'>", "<div class=yahoo_quoted>", ANSWER_ABOVE,
])  # fmt: skip


SUBJECTS = st.sampled_from(["Re: x", "Fwd: x", "x"])


def made_of_lines(new, text):
    """Whether the new text is whole lines of the text, in order.

    One that holds a reply header may be cut at it, and one that is a whole header (Yahoo) may be told field by field.
    """
    lines, fields = iter(text.replace("\r\n", "\n").split("\n")), iter(())
    for each in filter(None, new.split("\n")):
        if each in fields:
            continue
        for line in lines:
            fields = iter(() if each == line else unglued(line) or ())
            if each == line or cut_at_a_header(each, line) or each in fields:
                break
        else:
            return False
    return True


def cut_at_a_header(new, line):
    rest = line[len(new) :] if line.startswith(new) else line[: -len(new)] if line.endswith(new) else ""
    return attribution(clean(rest)) is Sure.SURE


def letters(text):
    return re.sub("[\\s>\ufdd0-\ufdd5]", "", text)


def made_of_letters(new, text):
    """Whether the letters of the new text occur in the text, in order; quote marks and blanks are the reader's."""
    there = iter(letters(text))
    return all(each in there for each in letters(new))


def test_what_is_invented_is_found_out():
    text = "one\ntwo On Tue, Mar 3, 2026 at 2:14 PM Ana <help@desk.example> wrote:\n> three"
    assert made_of_lines("one\ntwo", text)
    assert not any(made_of_lines(new, text) for new in ("two\none", "one\none", "on", "one two", "four"))
    assert made_of_letters("one\n> three", text)
    glued = "one\n--- Original Message --- From: Ana <a@b.example>To: <c@d.example>Sent: Tuesday, March 3, 2026Subject: Lamp"
    told = ("From: Ana <a@b.example>", "Sent: Tuesday, March 3, 2026", "Subject: Lamp")
    assert made_of_lines("\n".join(("one", *told)), glued)
    assert not any(
        made_of_lines("\n".join(new), glued) for new in (told[::-1], (*told, told[0]), (*told, "one"), ("To",))
    )
    assert not any(made_of_letters(new, text) for new in ("three one", "four"))


@settings(max_examples=examples(400), deadline=None)
@given(TEXTS, SUBJECTS)
def test_every_new_line_is_a_line_of_the_text_in_order(text, subject):
    assert made_of_lines(new_text(mail(text, subject=subject)), text)


@settings(max_examples=examples(400), deadline=None)
@given(st.sampled_from(EXAMPLES), st.randoms(use_true_random=False), SUBJECTS)
@example(next(path for path in EXAMPLES if path.stem == "yahoo_one_line_reply"), random.Random(0), "Fwd: x")
def test_that_holds_for_broken_examples(path, chance, subject):
    incoming, parts = told(path)
    if "html" in parts:
        source = broken_html(parts["html"], chance)
        incoming = mail(from_html(source), html=source, subject=subject, content_type="text/html")
        assert made_of_letters(new_text(incoming), incoming.text)
    else:
        text = broken_lines(incoming.text, chance)
        assert made_of_lines(new_text(mail(text, subject=subject)), text)


def broken_lines(text, chance):
    lines = text.split("\n")
    for _ in range(chance.randrange(1, 5)):
        one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
        match chance.randrange(5):
            case 0:
                lines[one], lines[other] = lines[other], lines[one]
            case 1:
                lines[one:one] = [chance.choice(MARKS)]
            case 2:
                lines[one] += " " + lines[other]
            case 3:
                lines[one] = lines[one][: chance.randrange(1 + len(lines[one]))]
            case _:
                lines[one:one] = lines[other : other + 3]
    return "\n".join(lines)


def broken_html(source, chance):
    for _ in range(chance.randrange(1, 5)):
        at = chance.randrange(len(source))
        match chance.randrange(3):
            case 0:
                source = source[:at] + source[at + chance.randrange(12) :]
            case 1:
                source = (
                    source[:at]
                    + chance.choice(("</div>", "<div>", "<blockquote type=cite>", "x", "<br>"))
                    + source[at:]
                )
            case _:
                source = source[:at] + source[at // 2 : at // 2 + 40] + source[at:]
    return source


@settings(max_examples=examples(200), deadline=None)
@given(st.lists(TAGS, max_size=25).map("".join), SUBJECTS)
def test_html_is_never_added_to(html, subject):
    whole = from_html(html)
    new = new_text(mail(whole, html=html, subject=subject, content_type="text/html"))
    assert made_of_letters(new, whole)


@settings(max_examples=examples(300), deadline=None)
@given(st.text(max_size=300), st.text(max_size=300))
def test_nothing_raises(text, html):
    for content_type in ("text/plain", "text/html", "multipart/alternative"):
        incoming = mail(text, html=html, content_type=content_type)
        assert isinstance(new_text(incoming), str)
        forwarded(incoming)


@settings(max_examples=examples(300), deadline=None)
@given(st.lists(TAGS, max_size=25).map("".join), SUBJECTS)
def test_html_leaves_no_signs_behind(html, subject):
    got = new_text(mail("", html=html, subject=subject, content_type="text/html"))
    assert not re.search("[\ufdd0-\ufdd5]", got)


@given(
    st.lists(st.sampled_from(["The lamp is broken.", "It is the second one", "Please help", "", "Maja"]), max_size=12)
)
def test_plain_words_stay_as_they_are(lines):
    assert new_text(mail("\n".join(lines))) == "\n".join(lines).strip("\n")


@given(TEXTS)
def test_own_words_at_the_top_are_never_lost(text):
    assert new_text(mail(f"The lamp is broken.\n\n{text}")).startswith("The lamp is broken.")


CRAFTED = {
    "on": lambda n: "On" * n,
    "on with spaces": lambda n: "On " * n,
    "heads": lambda n: "On 3 Mar 2026, 14:14 <\n" * (n // 4),
    "quotes": lambda n: "> a\n" * n,
    "nested quotes": lambda n: ">" * n,
    "one long line": lambda n: "a b:@<(" * n,
    "blank lines": lambda n: "\n" * n,
    "header lines": lambda n: "From: a@b.example\n\n" * (n // 4),
    "dashes": lambda n: "-- \n" * n,
    "rules": lambda n: "____\n" * n,
    "interleaved": lambda n: "> q\nanswer\n\n" * (n // 2),
    "addresses": lambda n: ("a@" * 200 + "\n") * (n // 50),
    "brackets": lambda n: ("<a@b.c" * 70 + ":\n") * (n // 50),
    "dates": lambda n: ("1.1.1 " * 80 + ":\n") * (n // 50),
    "devices": lambda n: "Sent from my iPhone\n" * (n // 4),
    "markers": lambda n: f"> {ANSWER_ABOVE}\n" * (n // 4),
}


def seconds(text):
    best = float("inf")
    for _ in range(3):
        begun = time.process_time()
        new_text(mail(text))
        best = min(best, time.process_time() - begun)
    return best


@pytest.mark.slow
@pytest.mark.parametrize("name", CRAFTED)
def test_twice_as_long_takes_at_most_three_times_as_long(name):
    for _ in range(4):  # a busy machine may spoil one look
        once, twice = (seconds(CRAFTED[name](n)) for n in (12_000, 24_000))
        assert twice < 2
        if twice < max(3 * once, 0.05):
            return
    pytest.fail(f"{once:.3f} s, and for twice the length {twice:.3f} s")


@pytest.mark.parametrize(
    "tag", ["<div>", "<blockquote type=cite>", "<div class=gmail_quote>", "<div class=gmail_signature>"]
)
def test_deep_html_is_read(tag):
    assert "The lamp" in html_text("<p>The lamp</p>" + tag * 50_000 + "x")


def test_two_thousand_ordinary_mails_a_second():
    mails = [told(path)[0] for path in EXAMPLES if "html_" not in path.stem]
    for incoming in mails:
        new_text(incoming)
    begun = time.process_time()
    for incoming in mails:
        new_text(incoming)
    assert len(mails) / max(time.process_time() - begun, 1e-9) > 2_000


@pytest.mark.slow
@pytest.mark.parametrize("name", CRAFTED)
def test_what_others_wrote_is_told_in_linear_time_as_well(name):
    foreign = foreign_to(mail("x"), own=["help@desk.example"], names=["Desk"], first=True)
    for n in (12_000, 24_000):
        begun = time.process_time()
        new_text(mail(CRAFTED[name](n)), foreign)
        assert time.process_time() - begun < 4
