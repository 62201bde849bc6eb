"""Which language a mail is in: offline, silent, and None rather than a guess."""

import logging
import socket
from concurrent.futures import ThreadPoolExecutor

import pytest

from mailbot.adapters import language
from mailbot.adapters.language import detect_language

SURE = [
    ("en", "Hello, my order has not arrived yet. Could you have a look?"),
    ("en", "WHERE IS MY ORDER? I HAVE BEEN WAITING FOR WEEKS"),
    ("de", "Guten Tag, meine Bestellung ist noch nicht angekommen."),
    ("fr", "Bonjour, ma commande n'est toujours pas arrivée."),
    ("es", "Hola, mi pedido todavía no ha llegado."),
    ("pt", "Olá, o meu pedido ainda não chegou."),
    ("it", "Buongiorno, il mio ordine non è ancora arrivato."),
    ("nl", "Hallo, mijn bestelling is nog niet aangekomen."),
    ("sv", "Hej, min beställning har inte kommit fram än."),
    ("ru", "Здравствуйте, мой заказ ещё не пришёл."),
    ("ja", "注文した商品がまだ届いていません。"),
]
UNSURE = [
    "",
    " \n",
    "ok",
    "Hi!",
    "4711 0815 99 12",
    "https://shop.example/x anna@shop.example",
    "a" * 5000,
    "!?" * 900,
    "\x00\n\x00",
]


@pytest.fixture
def fresh_model(monkeypatch):
    monkeypatch.setattr(language, "_loaded", [])


@pytest.mark.parametrize(("code", "text"), SURE)
def test_plain_mails(code, text):
    found = detect_language(text)
    assert found is not None
    assert found[0] == code
    assert 0.5 < found[1] <= 1.0


@pytest.mark.parametrize("text", UNSURE)
def test_none_rather_than_a_guess(text):
    assert detect_language(text) is None


def test_a_huge_mail_costs_no_more_than_its_beginning():
    assert detect_language(SURE[2][1] + " Vielen Dank. " * 200_000)[0] == "de"


def test_loading_opens_no_connection_and_says_nothing(fresh_model, monkeypatch, capfd, caplog):
    def refuse(*_):
        raise AssertionError("a connection was opened")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    with caplog.at_level(logging.DEBUG):
        assert detect_language(SURE[0][1])[0] == "en"
    assert capfd.readouterr() == ("", "")
    assert caplog.records == []


def test_many_threads_share_one_model(fresh_model):
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda c: detect_language(c[1]) or ("", 0.0), SURE * 20))
    assert [f[0] for f in found] == [c[0] for c in SURE * 20]
    assert len(language._loaded) == 1


def test_egyptian_arabic_is_arabic():
    assert detect_language("الابلكيشن مش شغال خالص من امبارح والعملا بتوعنا مش عارفين يدخلو")[0] == "ar"
    # The model's own first guess is sure only when both its names for Arabic count as one.
    assert detect_language("انا مش عارف اعمل ايه في الموضوع ده")[1] > 0.9
