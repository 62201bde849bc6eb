"""Mails alike: what many write about one trouble is alike, what they merely ask in the same way is not."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.language.similarity import MOST_WORDS, count_alike, fingerprint


def alike(one, two):
    first, second = (fingerprint(f"p{n}@x.example", *words) for n, words in enumerate((one, two)))
    return count_alike(first, [second]) == 2


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (("Website down", "Your website is down, nobody can order."), ("", "The website is down since this morning.")),
        (("Error 503", "I get an error at the checkout."), ("checkout", "Error 503 when I want to pay.")),
        (("Re: Export fails", "The export fails."), ("The export failed again", "Hello")),
        (("", "Ihr Server ist nicht erreichbar."), ("Server", "Hallo, der Server ist seit heute nicht erreichbar!")),
        (("Serveur en panne", ""), ("", "Bonjour, le serveur est encore en panne")),
        (("Down!", ""), ("down", "")),
        (("ログインできません", ""), ("", "昨日からログインできませんでした")),
    ],
)
def test_the_same_trouble(one, two):
    assert alike(one, two)
    assert alike(two, one)


@pytest.mark.parametrize(
    ("one", "two"),
    [
        (("", "How do I change my address?"), ("", "How do I change my password?")),
        (("Question", "Can you help me please?"), ("Question", "Could you please help me with the invoice?")),
        (("", "The export fails."), ("", "I was charged twice for order 4711.")),
        (("Hello", "Thank you very much!"), ("Hello", "Thank you!")),
        (("", "Order 4711 has not arrived."), ("", "Order 4712 is broken.")),
    ],
)
def test_different_matters(one, two):
    assert not alike(one, two)


def test_people_are_counted_not_mails():
    mine = fingerprint("a@x.example", "Website down", "")
    same = [fingerprint("A@x.example", "Website down", "")] * 5
    assert count_alike(mine, same) == 0
    others = [fingerprint(f"{n}@x.example", "Website down", "") for n in (1, 1, 2)]
    assert count_alike(mine, same + others) == 3
    assert count_alike(None, others) == 0
    assert fingerprint("a@x.example", "Hello", "Thank you") is None


@given(st.text(max_size=60), st.text(max_size=300))
def test_any_text_has_a_short_mark_or_none(subject, text):
    mark = fingerprint("a@x.example", subject, text)
    assert mark is None or len(mark) <= 7 + 7 * MOST_WORDS
    assert mark == fingerprint("a@x.example", subject, text)
    if mark is not None:
        assert count_alike(mark, [fingerprint("b@x.example", subject, text)]) == 2
