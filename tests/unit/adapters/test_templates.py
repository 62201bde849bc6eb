"""The letters: complete in every language, honest, short, safe with anybody's words, and the same in HTML."""

import re
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.adapters.letters.samples import SAMPLES
from mailbot.adapters.letters.templates import NAMES, Templates
from mailbot.core.intake.newtext import ANSWER_MARK
from mailbot.core.model.fields import defaults_of
from mailbot.core.model.letter_kinds import KINDS
from mailbot.errors import TemplateError
from tests.unit.adapters.golden_letters import (
    FILES,
    FRAMES,
    GOLDEN,
    LANGUAGES,
    OTHERS,
    ROOT,
    frame_of,
    kind,
    rendered,
    whole,
)

SHIPPED = ROOT / "templates"
LETTERS = NAMES[: NAMES.index("new")]
TIMELESS = ("thanks-welcome", "thanks-resolution", "resolved", "closed", "check-in", "goodwill")
NOTICES = NAMES[NAMES.index("new") :]
EVERY = [(language, name, sample) for language in LANGUAGES for name in NAMES for sample in SAMPLES[name]]

templates = Templates([SHIPPED])


def render(name, fields, *, language="en", inbox="support", zone="Europe/Berlin", of=templates):
    return of.render(name, language=language, inbox=inbox, zone=zone, fields=fields)


class _Words(HTMLParser):
    """What a reader of the HTML sees, as a run of words."""

    def __init__(self):
        super().__init__()
        self.seen, self._hidden = [], False

    def handle_starttag(self, tag, attrs):
        self._hidden = tag in ("style", "title") or dict(attrs).get("class") == "preheader"
        assert tag not in ("img", "script", "iframe", "link", "form", "object")

    def handle_endtag(self, tag):
        self._hidden = False

    def handle_data(self, data):
        if not self._hidden:
            self.seen += data.split()


def words_of(html):
    parser = _Words()
    parser.feed(html)
    return "".join(parser.seen)


@pytest.mark.parametrize(("language", "name"), FILES)
def test_the_words_are_the_agreed_ones(language, name):
    text, page = rendered(templates, language, name)
    agreed, frame = GOLDEN / language, (FRAMES / f"{language}.{kind(name)}.html").read_text("utf-8")
    assert text == (agreed / f"{name}.txt").read_text("utf-8"), "see tests/unit/adapters/golden_letters.py"
    assert page == whole((agreed / f"{name}.html").read_text("utf-8"), frame)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("each", ["letter", "notice"])
def test_the_frame_is_the_agreed_one(language, each):
    pages = [rendered(templates, language, name)[1] for name in NAMES if kind(name) == each]
    assert frame_of(pages) == (FRAMES / f"{language}.{each}.html").read_text("utf-8")


def test_every_agreed_letter_is_still_written():
    agreed = {(file.parent.name, file.stem) for language in LANGUAGES for file in (GOLDEN / language).iterdir()}
    assert agreed == set(FILES)


@pytest.mark.slow
def test_what_ships_is_whole():
    assert templates.check() == []
    assert templates.languages() == {*LANGUAGES, *OTHERS, "de-du"}


@pytest.mark.parametrize(("language", "name", "fields"), EVERY)
def test_html_says_the_same_as_the_text(language, name, fields):
    rendered = render(name, fields, language=language)
    tapped = re.sub(r"(?m): <mailto:[^>]+>$", "", rendered.text)
    plain = re.sub(r"(?m)^(> ?|- |-- $|    |· · ·$)", "", tapped)
    facts = re.sub(r"(?m)^([^\s:][^:\n]{0,23}): +", r"\1", plain)
    said = words_of(rendered.html)
    assert said.replace(":", "") in {"".join(plain.split()).replace(":", ""), "".join(facts.split()).replace(":", "")}


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("fields", SAMPLES["ack"])
@pytest.mark.parametrize("matter", ["", "Why?", "word " * 32, "https://evil.example/a?b " * 6])
@pytest.mark.parametrize("text", ["Short.", "One sentence of some length that goes on. " * 20])
def test_an_ack_has_at_most_ninety_words(language, fields, matter, text):
    fields = {**fields, "matter": matter, "answer": fields["answer"] and {**fields["answer"], "text": text}}
    rendered = render("ack", fields, language=language)
    assert len(rendered.text.split()) <= 90
    assert "evil.example" not in rendered.text
    assert ("automatic" if language == "en" else "automatisch") in rendered.text


@pytest.mark.parametrize("language", LANGUAGES)
def test_two_covers_in_a_row_share_no_sentence(language):
    def sentences(nth, extra):
        fields = {**SAMPLES["cover"][0], "matter": "", "customer": "", "nth": nth, **extra}
        text = re.sub(r"\d\d:\d\d( Uhr)? \w+", "", render("cover", fields, language=language).text)
        return {s.strip() for s in re.split(r"[.!?]\s|\n", text.split("\n-- \n")[0]) if s.strip()} - {
            "Hello,",
            "Guten Tag,",
        }

    for extra in ({}, {"owner": None}, {"waiting_for": "the bank"}, {"waiting_for": "customer"}):
        for nth in range(1, 9):
            assert not sentences(nth, extra) & sentences(nth + 1, extra), (nth, extra)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LETTERS)
def test_a_letter_states_its_due_time_exactly_when_it_has_one(language, name):
    said = {"en": "16:45 CET on Monday, 9 March", "de": "am Montag, dem 9. März, um 16:45 Uhr MEZ"}[language]
    left = {"en": ", in about 3 days", "de": ", also in etwa 3 Tagen"}[language]
    for sample in SAMPLES[name]:
        rendered = render(name, {**sample, "due": "2026-03-09T15:45:00+00:00"}, language=language)
        if name in TIMELESS or sample.get("resolved"):
            assert said not in rendered.text
        else:
            assert rendered.text.count(said + left) == rendered.text.count(said) == 1
            assert f"<strong>{said}</strong>" in re.sub(r"<strong[^>]*>", "<strong>", rendered.html)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", LETTERS)
def test_an_apology_is_made_once(language, name):
    for sample in SAMPLES[name]:
        text = render(name, sample, language=language).text
        assert len(re.findall(r"sorry|tut uns leid", text)) <= 1
        assert not re.search(
            r"survey|inconvenience|valued|Umfrage|Unannehmlichkeiten|please provide", text, re.IGNORECASE
        )


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", NOTICES)
def test_a_notice_begins_with_the_marker_and_has_a_subject(language, name):
    for sample in SAMPLES[name]:
        rendered = render(name, sample, language=language)
        assert rendered.text.startswith(ANSWER_MARK)
        assert rendered.subject
        assert "\n" not in rendered.subject


@pytest.mark.parametrize(
    ("name", "en", "de"), [("", "", ""), ("Byrne, Ada", " Ada", " Ada Byrne"), ("ACME GmbH", "", "")]
)
def test_the_salutation_copes_with_any_name(name, en, de):
    for language, begins in (("en", f"Hello{en},\n"), ("de", f"Guten Tag{de},\n")):
        rendered = render("ack", {**SAMPLES["ack"][0], "customer": name}, language=language)
        assert rendered.text.startswith(begins)


@given(
    st.text(max_size=200) | st.sampled_from(["{{ 7*7 }}", "{% for x in y %}", "<script>alert(1)</script>", "-- \n> x"])
)
def test_words_of_customers_are_data(words):
    page = render("new", {**SAMPLES["new"][0], "text": words, "subject": words, "why": words}).html
    assert "<script" not in page
    letter = render("ack", {**SAMPLES["ack"][0], "matter": words, "customer": words})
    assert "\n" not in (letter.subject or "")
    if "7*7" in words:
        assert "49" not in page + letter.text
        assert words in page


def test_words_that_begin_like_a_subject_stay_words():
    relay = render("relay", {**SAMPLES["relay"][0], "words": "Subject: to change.\n\nWe ship on Friday."})
    assert relay.subject is None
    assert relay.text.startswith("Subject: to change.\n\nWe ship on Friday.")


def test_times_are_in_the_readers_zone():
    assert "14:00 CET" in render("relay", SAMPLES["relay"][0]).text
    assert "18:30 UTC+5:30" in render("relay", SAMPLES["relay"][0], zone="+05:30").text


@pytest.fixture
def site(tmp_path):
    """A site's own templates before the shipped ones; `write` lays a file there."""

    class Site:
        letters = None

        def write(self, path, source):
            file = tmp_path / path
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(source, "utf-8")

        def write_bytes(self, path, source):
            self.write(path, "")
            (tmp_path / path).write_bytes(source)

        def load(self):
            self.letters = Templates([tmp_path, SHIPPED])
            return self.letters

    return Site()


@pytest.mark.slow
def test_a_site_and_an_inbox_have_their_own_letters(site):
    site.write("en/ack.txt.j2", "Subject: Got it, {{ ticket }}\n\nThe site's own.\n")
    site.write("shop/en/ack.txt.j2", "The shop's own, for {{ customer }}.\n{% include '_foot.txt.j2' %}\n")
    site.write("shop/en/_foot.txt.j2", "The shop.\n")
    letters = site.load()
    assert letters.check() == []
    general = render("ack", SAMPLES["ack"][0], of=letters)
    assert (general.subject, general.text) == ("Got it, 1042", "The site's own.\n")
    assert (
        render("ack", SAMPLES["ack"][0], of=letters, inbox="shop").text == "The shop's own, for Ada Byrne.\nThe shop.\n"
    )
    assert "Example Support · ticket" in render("late", SAMPLES["late"][0], of=letters).text
    assert render("late", SAMPLES["late"][0], of=letters, inbox="shop").text.endswith("The shop.\n")


def test_a_letter_may_have_its_own_html_with_styles_inlined_and_words_escaped(site):
    site.write("en/ack.html.j2", "<style>p { color: #123456 }</style><p>{{ customer }}</p>{{ words | html }}")
    page = render("ack", {**SAMPLES["ack"][0], "customer": "<b>Ada</b>"}, of=site.load()).html
    assert '<p style="color: #123456;">&lt;b&gt;Ada&lt;/b&gt;</p>' in page


@pytest.mark.parametrize("name", LETTERS)
def test_whoever_is_called_du_is_never_called_sie(name):
    for sample in SAMPLES[name]:
        said = render(name, {**sample, "words": "Gut."} if sample.get("words") else sample, language="de-du").text
        formal = re.findall(
            r"\b(?:Ihnen|Ihr|Ihre[mnrs]?)\b|\b(?:hören|schrieben|haben|hatten|müssen|antworten) Sie\b", said
        )
        assert not formal, said
        assert not said.startswith("Guten Tag")


@pytest.mark.slow
def test_a_form_of_a_language_says_the_rest_as_the_language_does(site):
    assert (
        render("new", SAMPLES["new"][0], language="de-du").text == render("new", SAMPLES["new"][0], language="de").text
    )
    assert render("ack", SAMPLES["ack"][0], language="de-du").text.startswith(
        "Hallo Ada,\n\nvielen Dank für deine Nachricht."
    )
    site.write("en-gb/closed.txt.j2", "Right, that's that.\n")
    letters = site.load()
    assert letters.check() == []
    assert "en-gb" in letters.languages()
    assert render("closed", SAMPLES["closed"][0], of=letters, language="en-gb").text == "Right, that's that.\n"
    assert render("ack", SAMPLES["ack"][0], of=letters, language="en-gb").text.startswith("Hello Ada,")


def test_a_region_speaks_its_language():
    assert render("ack", SAMPLES["ack"][0], language="de-AT").text.startswith("Guten Tag")
    assert render("ack", SAMPLES["ack"][0], language="fi").text.startswith("Hello")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("source", "line", "reason"),
    [
        ("Hello\n{% if %}\n", 2, "Expected an expression"),
        ("Hello\n\n{{ custmer }}\n", 3, "'custmer' is not a field of ack"),
        ("Hello\n{% if priority == 99 %}{{ nobody_knows }}{% endif %}\n", 2, "'nobody_knows' is not a field of ack"),
        ("Hello\n{{ answer.titel if answer }}\n", 2, "titel"),
        ("Hello\n{% include 'gone.txt.j2' %}\n", 0, "'gone.txt.j2'"),
        ("Hello\n{{ ''.__class__.__mro__ }}\n", 2, "unsafe"),
        ("Hello\n{{ customer | nothing }}\n", 2, "nothing"),
        ("Hello\n{{ due | when | when }}\n", 2, ""),
        (" \n", 0, "empty"),
    ],
)
def test_a_broken_letter_is_told_with_file_line_and_reason(site, source, line, reason):
    site.write("en/ack.txt.j2", source)
    problems = site.load().check()
    assert problems
    assert problems[0].file.endswith("en/ack.txt.j2")
    assert problems[0].line == line
    assert reason in problems[0].reason


@pytest.mark.slow
def test_a_broken_html_of_its_own_is_told(site):
    site.write("de/ack.html.j2", "<p>\n{% if priority == 99 %}{{ nobody_knows }}{% endif %}</p>")
    (problem,) = site.load().check()
    assert (problem.file.rpartition("/")[2], problem.line) == ("ack.html.j2", 2)


@pytest.mark.slow
def test_a_notice_without_a_subject_is_told(site):
    site.write("de/new.txt.j2", "{{ answer_above }}\nNeu.\n")
    assert "Preview" in site.load().check()[0].reason


def test_a_field_that_is_missing_is_an_error_with_its_place():
    with pytest.raises(TemplateError, match=r"ack\.txt\.j2:\d+: .*'answer' is undefined"):
        render("ack", {k: v for k, v in SAMPLES["ack"][0].items() if k != "answer"})
    with pytest.raises(TemplateError, match="no such time zone"):
        render("ack", SAMPLES["ack"][0], zone="Mars/Olympus")
    with pytest.raises(TemplateError):
        render("no-such-letter", {})


@pytest.mark.slow
def test_a_file_that_cannot_be_read_is_told_and_the_shipped_one_is_used(site):
    site.write("en/ack.txt.j2", "x" * 200_000)
    site.write_bytes("en/late.txt.j2", b"\xff\xfe caf\xe9")
    letters = site.load()
    assert [(p.file.rpartition("/")[2], p.reason[:14]) for p in letters.check()] == [
        ("ack.txt.j2", "is longer than"),
        ("late.txt.j2", "cannot be read"),
    ]
    assert render("ack", SAMPLES["ack"][0], of=letters).text.startswith("Hello Ada")


@pytest.mark.slow
def test_an_inbox_may_have_a_part_of_its_own_for_every_language(site):
    site.write("shop/_foot.txt.j2", "The shop.\n")
    letters = site.load()
    assert letters.check() == []
    for language in LANGUAGES:
        assert render("late", SAMPLES["late"][0], of=letters, inbox="shop", language=language).text.endswith(
            "The shop.\n"
        )


def test_line_ends_in_a_name_do_not_break_the_subject():
    customer = {"name": "Ada\n\nSubject: x", "address": "ada@customer.example"}
    rendered = render("new", {**SAMPLES["new"][0], "customer": customer, "subject": "a\n\nb"})
    assert rendered.subject == "a b [1042]"
    assert "Ada Subject: x" in rendered.text
    assert rendered.text.startswith(ANSWER_MARK)


@pytest.mark.slow
def test_reload_takes_good_letters_and_keeps_the_last_good_ones_over_broken_ones(site):
    site.write("en/ack.txt.j2", "One.\n")
    letters = site.load()
    site.write("en/ack.txt.j2", "Two.\n")
    assert render("ack", SAMPLES["ack"][0], of=letters).text == "One.\n"
    assert letters.reload() == []
    assert render("ack", SAMPLES["ack"][0], of=letters).text == "Two.\n"
    site.write("en/ack.txt.j2", "{{ three")
    assert letters.reload()
    assert render("ack", SAMPLES["ack"][0], of=letters).text == "Two.\n"


def test_a_directory_without_letters_says_what_is_missing(tmp_path):
    letters = Templates([tmp_path])
    assert letters.languages() == frozenset()
    assert letters.check()[0].reason.endswith(", ".join(NAMES))
    with pytest.raises(TemplateError, match="no complete set"):
        render("ack", SAMPLES["ack"][0], of=letters)


@pytest.mark.slow
def test_a_piece_that_asks_for_a_field_which_its_letter_does_not_have_is_told_once(site):
    site.write("en/_open.txt.j2", "Hello,\n{% if ticket == 99 %}{{ promised_on }}{% endif %}\n")
    (problem,) = site.load().check()
    assert (problem.file.rpartition("/")[2], problem.line) == ("_open.txt.j2", 2)
    assert problem.reason.startswith("'promised_on' is not a field of ack, ")
    site.write("en/_open.txt.j2", "Hello,\n{% if promised is defined and ticket == 99 %}{{ promised }}{% endif %}\n")
    assert site.load().check() == []
    site.write("en/_open.txt.j2", "Hello,\n{{ given }}\n")
    site.write("en/ack.txt.j2", '{% with given=priority %}{% include "_open.txt.j2" %}{% endwith %}\n')
    (problem,) = site.load().check()
    assert not re.search(r"\back\b", problem.reason), "what a letter gives its piece is known there"


@pytest.mark.parametrize("name", NAMES)
def test_a_letter_that_waited_while_the_program_learned_more_facts_is_written_all_the_same(name):
    since = defaults_of(KINDS[name].fields).keys()
    for sample in SAMPLES[name]:
        before = {key: value for key, value in sample.items() if key not in since}
        assert templates.render(name, language="en", inbox="", zone="UTC", fields=before).text.strip()
