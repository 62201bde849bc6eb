"""Charsets that fit, and those that lie."""

import pytest

from mailbot.core.mime.charset import to_text

WRITTEN = {
    "koi8-r": "Привет, лампа сломана", "windows-1251": "Привет, лампа сломана, всё", "gb18030": "联通的灯坏了，请帮忙", "big5": "燈壞了，請幫忙，謝謝",
    "shift_jis": "ランプが壊れました。助けて", "euc-jp": "ランプが壊れました", "euc-kr": "램프가 고장났습니다", "iso-8859-8": "המנורה שבורה",
    "windows-1256": "المصباح مكسور", "iso-8859-7": "Η λάμπα χάλασε", "iso-8859-2": "Žárovka je rozbitá, děkuji", "windows-1254": "Lamba kırıldı, teşekkürler",
    "iso-8859-1": "Die Glühbirne flackert öfter", "iso-2022-jp": "ランプが壊れました", "utf-16": "Die Glühbirne", "utf-7": "Die Glühbirne",
}  # fmt: skip


@pytest.mark.parametrize("charset", WRITTEN)
def test_what_fits_is_believed(charset):
    text = WRITTEN[charset]
    assert to_text(text.encode(charset), charset)[0] == text


@pytest.mark.parametrize("charset", [each for each in WRITTEN if not each.startswith("utf")])
def test_utf8_is_known_whatever_was_declared(charset):
    text = WRITTEN[charset] + " äöüßé"
    assert to_text(text.encode(), charset)[0] == text


def test_two_characters_prove_nothing():
    data = "éé".encode()  # and two pairs of letters in ISO 8859-2
    assert to_text(data, "iso-8859-2") == (data.decode("iso-8859-2"), True)
