"""`mailbot find` on the command line."""

import json

import pytest

from tests.simulation.simulated_desk import mail

pytestmark = pytest.mark.slow


def receive(desk, who, words, **headers):
    (decision,) = desk.receive(mail(who, words, at=desk.clock.now(), **headers))
    return decision.tickets[0].number


def test_a_ticket_is_found_by_words_address_and_number(call, site, desk):
    number = receive(desk, "Cy <cy@customer.example>", "The Lámp does not come on.")
    receive(desk, "Di <di@customer.example>", "Where is my invoice?")
    for words in (["lamp"], ["come", "LAM"], ["cy@"], [f"#{number}"]):
        code, out, _ = call("find", *words, "--site", site)
        assert (code, out.count("\n")) == (0, 2)
        assert f"#{number}" in out
        assert "Lámp does not come on" in out
    told = json.loads(call("find", "lamp", "--json", "--site", site)[1])
    assert (told["ticket"]["number"], told["who"], told["line"]) == (number, "Cy", "The Lámp does not come on.")
    code, out, err = call("find", "chandelier", "--site", site)
    assert (code, out, err) == (0, "", "mailbot: nothing was found\n")


def test_how_many_more_there_are_is_said(call, site, desk):
    for name in ("Cy", "Di", "Ed"):
        receive(desk, f"{name} <{name.lower()}@customer.example>", "The lamp flickers.")
    _, out, err = call("find", "lamp", "--limit", 2, "--site", site)
    assert out.count("\n") == 3
    assert "1 more: --limit 3 shows them" in err


def test_spam_is_found_only_where_it_is_asked_for(call, site, desk):
    number = receive(desk, "Cy <cy@customer.example>", "Cheap lamps.", X_Spam_Flag="YES")
    assert "nothing was found" in call("find", "lamps", "--site", site)[2]
    assert f"#{number}" in call("find", "lamps", "--spam", "--site", site)[1]


def test_without_a_word_it_says_what_to_write(call, site, desk):
    code, _, err = call("find", "“*”", "--site", site)
    assert (code, "there is no word to look for" in err) == (2, True)
