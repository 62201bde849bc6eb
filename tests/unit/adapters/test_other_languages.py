"""The languages beside English and German: their letters as agreed, and what must hold of a letter in any language."""

from __future__ import annotations

import re
from datetime import datetime

import pytest

from mailbot.adapters.letters.clock_words import ClockWords
from mailbot.adapters.letters.fields_asked import File
from mailbot.adapters.letters.new_language import still_english
from mailbot.adapters.letters.phrases import FILE, Phrases
from mailbot.adapters.letters.samples import SAMPLES
from mailbot.adapters.letters.templates import Templates
from mailbot.core.actions.stays_inside import quotes_colleagues
from mailbot.core.letters.sentences import sentences
from mailbot.core.model.office import UNASKED
from tests.simulation.simulated_desk import MONDAY, SimulatedDesk, mail
from tests.unit.adapters.golden_letters import (
    GOLDEN,
    LANGUAGES,
    LETTERS,
    NOTICED,
    OTHERS,
    ROOT,
    TOGETHER,
    noticed_together,
    told_together,
)
from tests.unit.adapters.test_templates import TIMELESS, words_of

SHIPPED = Templates([ROOT / "templates"])
DUE = "2026-03-09T15:45:00+00:00"
SORRY = {
    "fr": "désolé|pardon|excus",
    "es": "sentimos|lament|disculp|perdón",
    "it": "dispiace|scus|spiacent",
    "nl": "spijt|excus",
    "pl": "przepraszam|przykro|wybacz",
    "pt-BR": "desculpas|lament",
    "sv": "beklag|ursäkt|ledsen|ledsna|tyvärr|förlåt",
    "ja": "申し訳|お詫び|すみません|残念",
    "ar": "نعتذر|نأسف|آسف|معذرة",
}
WRITTEN = {
    "fr": ("l’export s’arrête depuis ce matin avec un message d’erreur. Il ne marche plus du tout.", "Bonjour Ada,"),
    "es": ("desde esta mañana la exportación se detiene con un mensaje de error. Ya no funciona.", "Hola, Ada:"),
    "it": ("da stamattina l’esportazione si ferma con un messaggio di errore. Non funziona più.", "Buongiorno Ada,"),
    "nl": ("de export stopt sinds vanochtend met een foutmelding. Hij werkt helemaal niet meer.", "Beste Ada,"),
    "pl": ("od dziś rana eksport zatrzymuje się z komunikatem o błędzie. W ogóle już nie działa.", "Dzień dobry,"),
    "pt-BR": ("desde hoje de manhã a exportação para com uma mensagem de erro. Não funciona mais.", "Olá, Ada,"),
    "ja": ("今朝からエクスポートがエラーで止まります。まったく動きません。", "お客様"),
    "ar": ("منذ هذا الصباح يتوقف التصدير مع رسالة خطأ. لم يعد يعمل على الإطلاق.", "مرحبًا Ada،"),
    "sv": ("sedan i morse stannar exporten med ett felmeddelande. Den fungerar inte alls längre.", "Hej Ada,"),
}


def written(name, language, fields):
    return SHIPPED.render(name, language=language, inbox="support", zone="Europe/Berlin", fields=fields)


@pytest.mark.parametrize("language", TOGETHER)
def test_the_letters_are_the_agreed_ones(language):
    agreed = (GOLDEN / f"{language}.txt").read_text("utf-8")
    assert told_together(SHIPPED, language) == agreed, "see tests/unit/adapters/golden_letters.py"


@pytest.mark.parametrize("language", NOTICED)
def test_the_notices_are_the_agreed_ones(language):
    agreed = (GOLDEN / f"{language}-notices.txt").read_text("utf-8")
    assert noticed_together(SHIPPED, language) == agreed, "see tests/unit/adapters/golden_letters.py"
    assert not re.search(r"\([^()]*\((?:heure|hora|ora|horário) ", agreed), "a zone within other brackets"


@pytest.mark.parametrize("language", OTHERS)
def test_a_letter_says_its_time_once_is_sorry_once_and_says_the_same_in_html(language):
    phrases = Phrases((ROOT / "templates" / language / FILE).read_text("utf-8"))
    clock = ClockWords(language, phrases.times, phrases.zones)
    for name in LETTERS:
        for fields in SAMPLES[name]:
            letter = written(name, language, {**fields, "due": DUE})
            when = clock.when(datetime.fromisoformat(DUE), "Europe/Berlin", now=datetime.fromisoformat(fields["now"]))
            if name in TIMELESS or fields.get("resolved"):
                assert when not in letter.text, name
            else:
                assert letter.text.count(when) == 1, letter.text
                assert re.search(rf"<strong[^>]*>{re.escape(when)}</strong>", letter.html), name
            assert len(re.findall(SORRY[language], letter.text)) <= 1, letter.text
            said = re.sub(r"(?m)^(> ?|- |-- $|    |· · ·$)|[\u2068\u2069]", "", letter.text)
            shown, told = (re.sub("[:：]", "", each) for each in (words_of(letter.html), "".join(said.split())))
            assert shown == told, name


@pytest.mark.parametrize("language", OTHERS)
def test_an_ack_has_at_most_ninety_words(language):
    for fields in SAMPLES["ack"]:
        for text in ("Short.", "One sentence of some length that goes on. " * 20):
            answer = fields["answer"] and {**fields["answer"], "text": text}
            letter = written("ack", language, {**fields, "matter": "word " * 32, "answer": answer})
            assert len(re.findall(r"\w[^ \n]*", letter.text)) <= 90, letter.text


@pytest.mark.parametrize("language", OTHERS)
def test_two_covers_in_a_row_share_no_sentence(language):
    def sentences(nth, extra):
        fields = {**SAMPLES["cover"][0], "matter": "", "customer": "", "nth": nth, "due": None, **extra}
        words = written("cover", language, fields).text.split("\n-- \n")[0].partition("\n")[2]
        return {said.strip() for said in re.split(r"[.!?]\s|\n", words) if said.strip()}

    for extra in ({}, {"owner": None}, {"waiting_for": "the bank"}, {"waiting_for": "customer"}):
        for nth in range(1, 6):
            assert not sentences(nth, extra) & sentences(nth + 1, extra), (nth, extra)


@pytest.mark.parametrize("language", [*LANGUAGES, *OTHERS, "de-du"])
@pytest.mark.parametrize("office", sorted(UNASKED))
def test_who_offers_something_hears_either_by_when_or_only_if_it_is_for_us(language, office):
    def said(**extra):
        fields = {**SAMPLES["ack"][0], "priority": 5, "answer": None, "office": office, "customer": "", **extra}
        return sentences(written("ack", language, fields).text.split("\n-- \n")[0].partition("\n\n")[2])

    promised, open_, last = said(due=DUE), said(due=None), said(due=None, last=True)
    (interest,) = set(open_) - set(promised)
    assert len(promised) == len(open_)
    assert interest not in last


@pytest.mark.parametrize("language", OTHERS)
def test_nothing_is_left_in_english(language):
    files = [(f"{language}/{path.name}", File.of(path, path.read_text("utf-8")))
             for path in sorted((ROOT / "templates" / language).iterdir())]  # fmt: skip
    left = [str(each) for each in still_english(files, ROOT / "templates") if "still in English" in each.reason]
    words = [
        re.sub(r"\{.*?\}|X-[\w-]+|Auto-Submitted|Reply-To|mailbot [a-z ]+", "", each.partition("English: ")[2])
        for each in left
    ]
    assert [each for each in words if len(re.findall(r"[^\W\d_]{2,}", each)) > 1] == []


@pytest.mark.slow
@pytest.mark.parametrize("language", NOTICED)
def test_a_notice_says_the_same_in_html_and_holds_the_same_facts_as_the_english_one(language):
    notices = [name for name in SAMPLES if name not in LETTERS]
    assert all(SHIPPED.speaks(name, language) for name in notices)
    for name in notices:
        for fields in SAMPLES[name]:
            letter, english = written(name, language, fields), written(name, "en", fields)
            tapped = re.sub(r"(?m): <mailto:[^>]+>$", "", letter.text)
            said = re.sub(r"(?m)^(> ?|- |-- $|    |· · ·$)", "", tapped)
            shown = re.sub(r"[:：\u2068\u2069]", "", words_of(letter.html))
            assert shown == re.sub(r"[:：\s\u2068\u2069]", "", said), (name, letter.text)
            for fact in (
                r"<mailto:[^>]+>",
                r"(?<!/customer )\b[\w.+-]+@[\w.-]+\.example",
                r"(?<![\w/.>])/[a-z]+\b",
                r"mailbot [a-z]+ [a-z]+",
            ):
                assert sorted(re.findall(fact, letter.text)) == sorted(re.findall(fact, english.text)), (name, fact)


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (1, "i jeszcze 1 sprawę\n"),
        (3, "i jeszcze 3 sprawy\n"),
        (5, "i jeszcze 5 spraw\n"),
        (22, "i jeszcze 22 sprawy\n"),
    ],
)
def test_polish_counts_by_its_own_plurals(more, said):
    others = list(range(2000, 2030 + more))
    assert said in written("late", "pl", {**SAMPLES["late"][0], "missed": 2, "others": others}).text


@pytest.mark.parametrize(
    ("reminded", "said"),
    [
        (1, "Powiadomiliśmy już osobę, która prowadzi sprawę (Ben Ortiz)."),
        (3, "Już trzy razy powiadomiliśmy osobę, która prowadzi sprawę (Ben Ortiz)."),
        (12, "Już 12 razy powiadomiliśmy osobę, która prowadzi sprawę (Ben Ortiz)."),
    ],
)
def test_polish_says_nothing_of_an_agent_that_asks_whether_they_are_a_man_or_a_woman(reminded, said):
    assert said in written("cover", "pl", {**SAMPLES["cover"][0], "reminded": reminded}).text


@pytest.mark.parametrize(
    ("reminded", "said"),
    [
        (1, "نبّهنا Ben Ortiz."),
        (2, "نبّهنا Ben Ortiz مرتين."),
        (3, "نبّهنا Ben Ortiz ثلاث مرات."),
        (11, "نبّهنا Ben Ortiz 11 مرة."),
        (100, "نبّهنا Ben Ortiz 100 مرة."),
        (103, "نبّهنا Ben Ortiz 103 مرات."),
    ],
)
def test_arabic_counts_by_its_own_plurals(reminded, said):
    assert said in written("cover", "ar", {**SAMPLES["cover"][0], "reminded": reminded}).text


def test_arabic_runs_from_right_to_left_and_what_they_wrote_runs_its_own_way():
    letter = written("ack", "ar", {**SAMPLES["ack"][0], "answer": None})
    outermost = re.search(r'<div [^>]*class="letter"[^>]*>', letter.html)
    assert outermost is not None
    assert 'dir="rtl"' in outermost[0]
    assert re.search(r'«<span dir="auto">I was charged twice[^<]*\.</span>»', letter.html)
    assert "«\u2068I was charged twice" in letter.text
    assert "\u2068" not in letter.html
    relay = written("relay", "ar", {**SAMPLES["relay"][0], "words": "See below.\n\n- the 2nd stays\n\nBen"})
    assert re.search(r'<p dir="auto"[^>]*>See below\.</p>', relay.html)
    assert re.search(r'<ul dir="auto"', relay.html)
    assert len(re.findall(r'<p [^>]*dir="auto"', relay.html)) == 2, "what the desk adds runs from right to left"
    english = written("ack", "en", {**SAMPLES["ack"][0], "answer": None})
    assert "\u2068" not in english.text
    assert "<span" not in english.html


def test_an_address_at_the_end_of_what_runs_its_own_way_is_a_link_to_just_that():
    plan = {**SAMPLES["relay"][0], "words": "Ben", "plan": "follow it at https://status.example/7"}
    relay = written("relay", "ar", plan)
    assert re.findall(r'href="([^"]*)"', relay.html) == ["https://status.example/7"]
    assert "https://status.example/7 \u2069" in relay.text
    copied = {**SAMPLES["relay"][0], "words": "See \u2068https://status.example/7\u2069, it is up.\n\nBen"}
    assert re.findall(r'href="([^"]*)"', written("relay", "en", copied).html) == ["https://status.example/7"]


def test_japanese_sets_no_blanks_between_sentences_and_tells_times_as_japan_does():
    letter = written(
        "cover", "ja", {**SAMPLES["cover"][0], "customer": "佐藤 花子", "due": "2026-11-30T05:00:00+00:00"}
    )
    assert letter.text.startswith("佐藤様\n\n")
    assert "11月30日（月）06:00 CET（約269日後）までに" in letter.text
    assert "。 " not in letter.text
    assert re.search(r'<div class="preheader"[^>]*>新しい情報の有無にかかわらず、11月30日', letter.html)


def test_facts_in_japanese_stand_in_rows_like_those_in_english():
    letter = written("relay", "ja", SAMPLES["relay"][3])
    assert "\n進め方：We take the second charge back" in letter.text
    assert re.search(r'<td class="name"[^>]*>進め方</td>', letter.html)


@pytest.mark.parametrize(
    ("language", "named", "nameless"),
    [
        ("en", "Dear Ada,\n\nPlease", "Hello,\n\nPlease"),
        ("de", "Guten Tag Ada Byrne,\n\nunser", "Guten Tag,\n\nunser"),
        ("de-du", "Ada,\n\nunser", "Hallo,\n\nunser"),
        ("fr", "Madame, Monsieur,\n\nNous", "Madame, Monsieur,\n\nNous"),
        ("es", "Ada:\n\nReciba", "Reciba"),
        ("it", "Gentile Ada,\n\nle", "Gentile cliente,\n\nle"),
        ("nl", "Beste Ada,\n\nWe", "Geachte heer of mevrouw,\n\nWe"),
        ("pl", "Szanowni Państwo,\n\nprosimy", "Szanowni Państwo,\n\nprosimy"),
        ("pt-BR", "Ada,\n\nNossas", "Nossas"),
        ("sv", "Ada,\n\nVi", "Vi"),
        ("ja", "Ada Byrne様", "お客様\n\n心より"),
        ("ar", "تحية طيبة،\n\nنتقدّم", "تحية طيبة،\n\nنتقدّم"),
    ],
)
def test_nobody_is_greeted_cheerfully_above_condolences(language, named, nameless):
    facts = {**SAMPLES["ack"][0], "answer": None, "office": "bereavement"}
    assert written("ack", language, {**facts, "customer": "Ada Byrne"}).text.startswith(named)
    assert written("ack", language, {**facts, "customer": ""}).text.startswith(nameless)
    later = {**SAMPLES["cover"][0], "office": "bereavement", "customer": "Ada Byrne"}
    assert written("cover", language, later).text.startswith(named.partition("\n")[0])
    other = written("ack", language, {**facts, "office": None, "customer": "Ada Byrne"}).text
    assert not other.startswith(("Ada:", "Ada,"))


@pytest.mark.parametrize("language", ["nl", "pl", "sv"])
def test_a_gesture_is_written_with_a_comma(language):
    assert "7,50 EUR" in written("goodwill", language, {**SAMPLES["goodwill"][0], "amount": "7.50 EUR"}).text


def test_an_article_in_japanese_is_cut_as_one_in_english_is():
    said = "はじめに電源をお確かめください。" * 30
    answer = {"title": "電源について", "text": said, "link": "https://help.example/1"}
    text = written("ack", "ja", {**SAMPLES["ack"][0], "answer": answer, "matter": "電源が入りません。"}).text
    shown = text.count("電源をお確かめください。")
    assert shown <= 3
    assert "電源について" in text


@pytest.mark.slow
def test_who_writes_in_a_language_is_answered_in_it():
    desk = SimulatedDesk()
    for language, (text, begins) in WRITTEN.items():
        address = f"ada@{language}.customer.example".lower()
        desk.receive(mail(f"Ada Morel <{address}>", f"{text}\n\nAda Morel", at=MONDAY))
        assert desk.last("ack", address).text.startswith(begins), language
    desk.close()


def test_french_is_spaced_as_french_sets_it():
    for path in (ROOT / "templates" / "fr").iterdir():
        words = re.sub(r"\{%.*?%\}|\{\{.*?\}\}|`[^`]*`", "x", path.read_text("utf-8"))
        loose = re.findall(
            r".{0,12}(?:« | »| [;?!](?= |$|\")|[\w»)] :(?= |$)|\w[?!;:](?= |$)).{0,9}", words, re.MULTILINE
        )
        assert [
            found
            for found in loose
            if not any(f"{name}:" in found for name in ("Subject", "Preview", "Re", "Submitted", "nce", "note"))
        ] == [], path.name


@pytest.mark.parametrize("language", ["en", "de", "de-du", *NOTICED])
def test_an_answer_that_lost_its_address_is_known_for_colleagues_by_the_first_line_that_it_quotes(language):
    tried = [(name, fields) for name, samples in SAMPLES.items() for fields in samples if "inside" in fields]
    assert {name for name, fields in tried if fields["inside"]} >= {"note", "notes", "assigned", "inside", "beside"}
    for name, fields in tried:
        text = written(name, language, fields).text
        quoted = "".join(f"> {line}\n" for line in text.splitlines())
        assert quotes_colleagues(quoted) is bool(fields["inside"]), (name, text[:200])
