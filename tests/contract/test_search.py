"""Mail is found by its words, alike on both databases."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from mailbot.adapters.store import search
from mailbot.adapters.store.sql_store import open_store
from mailbot.adapters.store.views import finding
from mailbot.core.model.found import Search
from mailbot.core.model.mail import Address, Attachment
from mailbot.core.model.message import Author
from mailbot.core.model.ticket import TicketState
from mailbot.errors import Duplicate
from tests.contract.made import HOUR, MINUTE, NOW, decision, message, ticket

NORA = Address(name="Nora Lindqvist", address="nora.l@Shop.example")


def keep(store, number, words="", **changes):
    """A ticket with one mail of those words."""
    of = {name: changes.pop(name) for name in ("state", "inbox") if name in changes}
    at = NOW + number * MINUTE
    one = message(f"m{number}", **{"ticket": number, "subject": "", "new_text": words, "received_at": at} | changes)
    store.commit(decision(tickets=(ticket(number, **of),), messages=(one,)), at)


def numbers(store, words, **more):
    found = store.finding.find(Search(words=words, **more))
    return [hit.ticket.number for hit in found.hits]


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("The invoices of March", "invoice"),
        ("The invoices of March", "INVOICES march"),
        ("Die Kündigung ist raus", "kundigung"),
        ("Die Kundigung ist raus", "Kündigung"),
        ("Straße gesperrt", "STRASSE"),
        ("Łódź i Kraków", "lodz krakow"),
        ("naïve café", "Café naive"),
        ("cafe\u0301", "café"),
        ("請求書が二回届きました", "請求書"),
        ("請求書が二回届きました", "届き"),
        ("請求書が二回届きました", "た"),
        ("ガイドを見ました", "ガイド 見"),
        ("환불을 원합니다", "환불"),
        ("استلمت الفاتورة مرتين", "الفاتورة"),
        ("اِسْتَلَمْتُ", "استلمت"),
        ("मुझे चालान नहीं मिला", "चालान"),
        ("ใบแจ้งหนี้ผิด", "แจ้งหนี้"),
        ("order no. 10-4432/b", "10-4432"),
        ("iPhone15ケースが割れた", "iphone15 ケース"),
        ("it is x1", "x1 is it"),
    ],
)
def test_words_of_any_language_are_found(store, words, asked):
    keep(store, 1, words)
    keep(store, 2, "nothing of the kind, whatever the language")
    assert numbers(store, asked) == [1]


@pytest.mark.parametrize(
    ("words", "asked"),
    [
        ("invoices", "voice"),
        ("invoice", "invoices"),
        ("its own", "it"),
        ("二回届き", "届回"),
        ("the invoice", "invoice paid"),
    ],
)
def test_what_has_not_all_the_words_is_not_found(store, words, asked):
    keep(store, 1, words)
    assert numbers(store, asked) == []


@pytest.mark.parametrize(
    "asked",
    ["pump nora", "nora.l@shop.example", "NORA.L@", "@shop.example", "<nora.l@shop.example>", "floor-plan", "dripping"],
)
def test_subject_sender_files_and_new_text_are_searched_and_the_quote_is_not(store, asked):
    plan = Attachment(name="floor-plan.pdf", type="application/pdf", sha256="0" * 64, size=9, index=1)
    store.commit(
        decision(
            tickets=(ticket(1),),
            messages=(
                message(
                    ticket=1,
                    subject="The pump",
                    from_=NORA,
                    new_text="It is dripping",
                    text="> quoted",
                    attachments=(plan,),
                ),
            ),
        ),
        NOW,
    )
    assert numbers(store, asked) == [1]
    assert numbers(store, "quoted") == []


@pytest.mark.parametrize("asked", ["#7", " [7] ", "# 7"])
def test_a_number_finds_its_ticket(store, asked):
    keep(store, 7, "no such digit")
    keep(store, 8, "another 7")
    assert numbers(store, asked) == [7]
    assert numbers(store, "7") == [8]
    assert store.finding.find(Search(words="#9")).count == 0
    assert store.finding.find(Search(words="#7", inboxes=frozenset({"other"}))).elsewhere == 1


def test_a_number_of_a_merged_ticket_finds_what_it_became_part_of(store):
    keep(store, 1, "first half")
    keep(store, 2, "second half")
    store.commit(decision(moves=((2, 1),)), NOW)
    assert numbers(store, "#2") == [1]
    assert numbers(store, "second") == [1]
    assert numbers(store, "half") == [1]


def test_open_before_solved_then_the_newest_and_how_many_more(store):
    for number in range(1, 8):
        keep(store, number, "pump", state=TicketState.RESOLVED if number in (3, 6) else TicketState.OPEN)
    found = store.finding.find(Search(words="pump", limit=6))
    assert [hit.ticket.number for hit in found.hits] == [7, 5, 4, 2, 1, 6]
    assert (found.count, found.elsewhere, found.least, found.unread) == (7, 0, False, 0)


def test_of_one_ticket_the_newest_mail_is_shown_with_its_line(store):
    keep(store, 1, "The pump is broken")
    later = message(
        "m9", ticket=1, new_text="a " * 200 + "Now the PUMP has stopped" + " b" * 200, received_at=NOW + HOUR
    )
    store.commit(decision(messages=(later,)), NOW)
    (hit,) = store.finding.find(Search(words="pump")).hits
    assert (hit.message, hit.at, hit.who) == ("m9", NOW + HOUR, "Ann Fields")
    assert "Now the PUMP has stopped" in hit.line
    assert (hit.line[:3], hit.line[-3:]) == ("… a", "b …")
    assert len(hit.line) < 140


def test_what_may_not_be_read_is_only_counted(store):
    keep(store, 1, "pump", inbox="support")
    keep(store, 2, "pump", inbox="legal")
    keep(store, 3, "pump", inbox="legal")
    found = store.finding.find(Search(words="pump", inboxes=frozenset({"support"})))
    assert [hit.ticket.number for hit in found.hits] == [1]
    assert (found.count, found.elsewhere) == (1, 2)


def test_the_spam_heap_is_searched_only_where_it_is_asked_for(store):
    keep(store, 1, "cheap pump")
    keep(store, 2, "cheap pump", state=TicketState.SPAM)
    assert numbers(store, "pump") == [1]
    assert numbers(store, "pump", heap=True) == [2]


def test_a_note_is_found_and_a_mail_without_a_ticket_is_not(store):
    keep(store, 1, "a note about pumps", author=Author.AGENT, agent="kim", internal=True)
    store.commit(decision(messages=(message("logged", new_text="pump"),)), NOW)
    (hit,) = store.finding.find(Search(words="pump")).hits
    assert (hit.ticket.number, hit.who) == (1, "kim")


def test_a_mail_without_a_sender_is_stored_and_found(store):
    keep(store, 1, "pump", from_=Address(name="", address=""))
    assert numbers(store, "pump") == [1]


def test_a_mail_that_was_held_is_found_once_it_has_its_ticket(store):
    keep(store, 1, "a matter")
    store.commit(decision(messages=(message("h1", held="which", new_text="about the pump"),)), NOW)
    assert numbers(store, "pump") == []
    store.commit(decision(put=(("h1", 1, False),)), NOW)
    assert numbers(store, "pump") == [1]


@pytest.mark.parametrize("asked", ["", "   ", '"', "***", "- + & |", "()", "''", "\\", "—", "@", "🙂"])
def test_without_a_word_there_is_nothing_to_look_for(store, asked):
    assert store.finding.find(Search(words=asked)) is None


@pytest.mark.parametrize(
    "asked",
    [
        '"pump',
        "pump*",
        "-pump",
        "+pump",
        "pump'",
        "NEAR pump",
        "{pump}",
        "pump:*",
        "words:pump",
        "^pump",
        "pump\\",
        "pump!",
    ],
)
def test_signs_mean_nothing(store, asked):
    keep(store, 1, "words of a pump near the door")
    assert numbers(store, asked) == [1]


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(asked=st.text(max_size=40) | st.text("\"'*-+&|!():<>@\\~^ ab漢\x00\ud800", max_size=25))
def test_no_question_is_an_error(store, asked):
    store.finding.find(Search(words=asked))


@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.text(min_size=1, max_size=60) | st.text("aé@. '漢か", max_size=12), address=st.text(max_size=30))
def test_every_mail_is_found_by_all_of_its_own_words(store, words, address):
    (number,) = store.numbers(1)
    one = message(f"p{number}", ticket=number, new_text=words, from_=Address(name=None, address=f"{address}@x.example"))
    store.commit(decision(tickets=(ticket(number),), messages=(one,)), NOW)
    found = store.finding.find(Search(words=words.replace("#", " ").replace("[", " "), limit=1000))
    assert found is None or number in [hit.ticket.number for hit in found.hits]


def test_words_without_end_do_no_harm(store):
    keep(store, 1, " ".join(f"{number:x}" * 40 for number in range(9_000)) + "漢" * 9_000)
    keep(store, 2, "x" * 300_000)
    assert numbers(store, "x" * 300) == [2]


def test_of_common_words_the_newest_are_looked_at(store, monkeypatch):
    monkeypatch.setattr(finding, "NEWEST", 3)
    for number in range(1, 6):
        keep(store, number, "pump")
    found = store.finding.find(Search(words="pump"))
    assert [hit.ticket.number for hit in found.hits] == [5, 4, 3]
    assert found.least


def test_however_far_back_the_rare_are_found(store):
    keep(store, 1, "a rare pump")
    with store._database.write() as connection:  # half a million mails ago
        for table, column in (("search", "number"), ("search_words", "rowid")):
            if not (store._database.sqlite and table == "search_words"):
                connection.execute(text(f"UPDATE {table} SET {column} = {column} - 500000"))
    keep(store, 2, "a later one")
    if not store._database.sqlite:
        assert numbers(store, "pump") == [1]
    assert numbers(store, "later") == [2]


def test_a_decision_that_is_not_stored_leaves_no_word(store):
    keep(store, 1, "pump")
    again = decision(
        tickets=(ticket(2),), messages=(message("m2", ticket=2, content_key="content-m1", new_text="valve"),)
    )
    with pytest.raises(Duplicate):
        store.commit(again, NOW)
    assert numbers(store, "valve") == []


def old_mail(store, many):
    """Mails as they lie there after the migration of a desk that had no index."""
    for number in range(1, many + 1):
        keep(store, number, f"pump {number}")
    with store._database.write() as connection:
        connection.execute(text("DELETE FROM search"))
        if store._database.sqlite:
            connection.execute(text("INSERT INTO search_words (search_words) VALUES ('delete-all')"))
        else:
            connection.execute(text("DELETE FROM search_words"))
        connection.execute(
            text(
                "INSERT INTO search (number, message) "
                "SELECT -row_number() OVER (ORDER BY received_at DESC, id DESC), id FROM message"
            )
        )


def test_old_mail_is_filled_in_the_newest_first_and_any_stop_does_no_harm(store, url):
    old_mail(store, 7)
    assert store.finding.find(Search(words="pump")).unread == 7
    assert store.fill_search(3) == 4
    keep(store, 8, "pump")  # new mail meanwhile
    assert numbers(store, "pump") == [8, 7, 6, 5]
    assert store.finding.find(Search(words="pump")).unread == 4
    store.close()
    again = open_store(url)
    assert again.fill_search(100) == 0
    assert again.fill_search(100) == 0
    assert numbers(again, "pump") == [8, 7, 6, 5, 4, 3, 2, 1]
    assert numbers(again, "3") == [3]
    again.close()


def test_two_processes_that_fill_it_enter_no_word_twice(store, monkeypatch):
    old_mail(store, 4)
    words = search.words_of

    def overtaken(one):
        monkeypatch.setattr(search, "words_of", words)
        store.fill_search(2)
        return words(one)

    monkeypatch.setattr(search, "words_of", overtaken)
    store.fill_search(2)
    assert store.fill_search(10) == 0
    assert numbers(store, "pump") == [4, 3, 2, 1]
