"""Charsets that fit, and those that lie."""

import pytest

from mailbot.core.intake.mime.charset import to_text

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


@pytest.mark.parametrize(
    ("label", "codec", "text"),
    [
        ("windows-874", "cp874", "ท่อรั่ว"),
        ("x-cp1251", "cp1251", "Кран течёт"),
        ("cp-1251", "cp1251", "Кран течёт"),
        ("win-1251", "cp1251", "Кран течёт"),
        ("windows1250", "cp1250", "Kohoutek kape"),
        ("x-windows-949", "cp949", "수도꼭지가 샙니다"),
        ("windows-949", "cp949", "수도꼭지가 샙니다"),
        ("ks_c_5601", "cp949", "수도꼭지가 샙니다"),
        ("KSC_5601", "cp949", "수도꼭지가 샙니다"),
        ("x-mac-cyrillic", "mac-cyrillic", "Кран течёт"),
        ("x-mac-greek", "mac-greek", "Στάζει"),
        ("iso88592", "iso8859-2", "Kohoutek kapé"),
        ("iso8859_15", "iso8859-15", "5 €"),
        ("x-iso-8859-7", "iso8859-7", "Στάζει"),
        ("iso-8859-11", "cp874", "ท่อรั่ว"),
        ("csISOLatin9", "iso8859-15", "5 €"),
        ("ibm-850", "cp850", "Größe"),
        ("dos-866", "cp866", "Кран"),
        ("koi8r", "koi8-r", "Кран"),
        ("x-euc-jp", "euc_jp", "水が漏れます"),
        ("cn-big5", "big5", "水龍頭"),
        ("charset=windows-1251", "cp1251", "Кран"),
        ("3Dkoi8-r", "koi8-r", "Кран"),
    ],
)
def test_labels_that_mail_carries(label, codec, text):
    assert to_text(text.encode(codec), label) == (text, True)


@pytest.mark.parametrize("declared", [None, "us-ascii", "x-unknown", "unknown-8bit"])
@pytest.mark.parametrize(
    ("codec", "text"),
    [
        ("cp1251", "Кран в ванной течёт, помогите"),
        ("koi8-r", "Кран в ванной течёт, помогите"),
        ("koi8-u", "Кран у ванній протікає, допоможіть"),
        ("cp1253", "Η βρύση στάζει συνέχεια"),
        ("iso8859-7", "Η βρύση στάζει συνέχεια"),
        ("cp1254", "Musluk damlatıyor, ne yapmalıyım?"),
        ("cp1250", "Kohoutek kape a nejde zavřít"),
        ("iso8859-2", "Kran cieknie, proszę o pomoc"),
        ("cp1252", "Der Hahn in der Küche tropft – größere Pfütze"),
        ("cp1252", "L’eau coule où elle ne doit pas, j’ai besoin d’aide"),
        ("cp1252", "El grifo gotea, ¿qué puedo hacer?"),
        ("cp1252", "Kranen läcker på övre våningen"),
        ("cp1252", "A torneira não fecha, o que faço?"),
        ("cp932", "蛇口から水が漏れます。助けてください。"),
        ("euc_jp", "蛇口から水が漏れます。助けてください。"),
        ("iso2022_jp", "蛇口から水が漏れます。"),
        ("gbk", "水龙头漏水，请帮忙"),
        ("big5", "水龍頭漏水，請幫忙"),
        ("cp949", "수도꼭지에서 물이 샙니다. 도와주세요."),
        ("cp1255", "הברז מטפטף, מה לעשות?"),
        ("cp1256", "الصنبور يقطر، ماذا أفعل؟"),
        ("cp874", "ก๊อกน้ำรั่ว ทำอย่างไรดี"),
    ],
)
def test_undeclared_text_is_guessed(codec, text, declared):
    assert to_text(text.encode(codec), declared)[0] == text


@pytest.mark.parametrize("codec", ["cp1251", "cp1253", "gbk"])
def test_what_is_declared_as_utf_8_and_is_none_is_guessed(codec):
    text = {"cp1251": "Кран в ванной течёт", "cp1253": "Η βρύση στάζει", "gbk": "水龙头漏水，请帮忙"}[codec]
    assert to_text(text.encode(codec), "utf-8") == (text, False)


def test_utf_16_that_nobody_declared():
    assert to_text("Grüße vom Hahn".encode("utf-16"))[0] == "Grüße vom Hahn"
    assert to_text("Grüße vom Hahn".encode("utf-16-le"))[0] == "Grüße vom Hahn"
