"""Which of an agent's last lines are a signature, and which are words."""

import pytest

from mailbot.core.intake.quotes.signature import is_signature, is_signed, sign, stripped
from mailbot.core.model.policy import Agent

IVO = Agent(id="ivo", name="Ivo Brandt", addresses=("ivo@lantern.example",))

CUT = {
    "card": "Ivo Brandt\nField Engineer | Lantern Ltd\nT +44 20 7946 0018",
    "card in paragraphs": "Ivo Brandt\n\nDirect line 020 7946 0018\n\nwww.lantern.example",
    "name and company": "Ivo Brandt\nLantern",
    "strokes": "Ivo Brandt | Care | Lantern",
    "phone, Korean": "내 iPhone에서 보냄",
    "pronouns": "Ivo Brandt (he/him)\nCustomer Care\nLinkedIn | Mastodon",
    "delimiter": "-- \nIvo\nLantern",
    "delimiter and a motto": "-- \nIvo Brandt\n“Light travels fast.” said the lamp, and went out.",
    "two dashes": "--\nIvo Brandt\nivo@lantern.example",
    "phone": "Sent from my iPhone",
    "phone, German": "Von meinem iPhone gesendet",
    "phone, Japanese": "iPhoneから送信",
    "phone with a link": "Get Outlook for Android<https://app.lantern.example/x>",
    "phone and a link below": "Get Outlook for iOS\nhttps://app.lantern.example/ios",
    "card and small print": (
        "Ivo Brandt\nLantern Ltd\n\nThis e-mail is confidential and intended for the addressee only.\n"
        "If you are not the intended recipient, please delete it."
    ),
    "small print": "CONFIDENTIALITY NOTICE: what stands in this mail is for you alone.",
    "small print, French": "Ce message est confidentiel et destiné à l'attention exclusive de son destinataire.",
    "small print, Spanish": "Este mensaje es confidencial y va dirigido a su destinatario.",
    "small print, Polish": "Niniejsza wiadomość jest poufna i przeznaczona wyłącznie dla adresata.",
    "print less": "Ivo Brandt\nLantern Ltd\n\nPlease consider the environment before printing this e-mail.",
    "Impressum": "Lantern GmbH, Sitz der Gesellschaft: Kiel, Amtsgericht Kiel HRB 4711, USt-IdNr. DE000",
}
KEPT = {
    "closing": "Best regards,\nIvo",
    "name": "Ivo",
    "whole name": "Ivo Brandt",
    "told": "Send it to:\n\nIvo Brandt\nLantern Ltd\nQuay 5\nT +44 20 7946 0018",
    "number": "+44 20 7946 0018",
    "somebody else": "Ana Reis\nRua 5\n1000-100 Lisboa",
    "settings": "Server: mail.lantern.example\nPort: 993",
    "secret": "Yes, this message is confidential, so please keep the code to yourself.",
    "about the name": "Ivo Brandt will call you tomorrow at nine.",
    "dashes between steps": "Open the lid.\n--\nThen press the button, and wait for it.",
    "link": "https://lantern.example/reset",
    "register": "Our VAT number is DE000, and our registered office is in Kiel.",
    "recipient": "You are not the intended recipient of that parcel, please send it back.",
}


@pytest.mark.parametrize("tail", CUT.values(), ids=CUT.keys())
def test_what_is_surely_a_signature_goes(tail: str) -> None:
    found = sign(["Please hold the button.", "", *tail.split("\n")], IVO)
    assert found.words == ["Please hold the button."]
    assert not found.doubtful
    assert is_signature(tail.split("\n"), IVO)
    assert not is_signature(["Please hold the button.", "", *tail.split("\n")], IVO)


@pytest.mark.parametrize("tail", KEPT.values(), ids=KEPT.keys())
def test_what_may_be_words_stays(tail: str) -> None:
    lines = ["Please hold the button.", "", *tail.split("\n")]
    found = sign(lines, IVO)
    assert found.words == lines
    assert not found.signature


def test_a_name_under_a_closing_stays_and_the_card_below_goes() -> None:
    found = sign(["It is fixed.", "", "Kind regards", "", "Ivo Brandt", "Team Lead", "", "[picture 1: logo.png]"], IVO)
    assert found.words == ["It is fixed.", "", "Kind regards", "", "Ivo Brandt"]
    found = sign(["It is fixed.", "", "Thanks,", "Ivo Brandt | Lantern Ltd", "+44 20 7946 0018"], IVO)
    assert found.words == ["It is fixed.", "", "Thanks,", "Ivo Brandt"]


def test_a_team_below_a_closing_and_a_name_goes() -> None:
    assert sign(["Hold it.", "", "Kind regards,", "Ivo", "Lantern Care"], IVO).words[-2:] == ["Kind regards,", "Ivo"]
    for below in ("Order 4711", "P.S. Call Me", "", "Is it On?"):
        lines = ["Hold it.", "", "Kind regards,", "Ivo", below, "Parcel 12"]
        assert sign(lines, IVO).words == lines


def test_words_below_a_card_stay() -> None:
    found = sign(["Hold it.", "", "Ivo Brandt", "Lantern Ltd", "+44 20 7946 0018", "", "P.S. It left yesterday."], IVO)
    assert [line for line in found.words if line] == ["Hold it.", "P.S. It left yesterday."]


@pytest.mark.parametrize("rule", ["--------------------", "━━━━━━━━━━━━", "++++++++++", "*=*=*=*=*=*="])
def test_a_card_between_rules_goes_below_a_closing_and_stays_elsewhere(rule: str) -> None:
    card = [rule, "ランタン株式会社 サポート部", "アイヴォ・ブラント", "TEL: 03-5550-0018", rule]
    closed = ["お待ちしております。", "", "よろしくお願いいたします。", ""]
    assert sign([*closed, *card], IVO).words == closed[:3]
    assert sign([*closed, *card[:-1]], IVO).words == closed[:3]
    told = ["Please bring it to our workshop.", "", rule, "Lantern Ltd", "Support", "Tel. 020 7946 0018", rule]
    assert sign(told, IVO).words == told


def test_words_below_a_delimiter_are_doubtful() -> None:
    found = sign(["Hold it.", "-- ", "P.S. The bulb is in the parcel, so look for it."], IVO)
    assert found.words == ["Hold it."]
    assert found.doubtful == ["P.S. The bulb is in the parcel, so look for it."]


@pytest.mark.parametrize(
    "text", ["", "Ivo", "Best,\nIvo", "Thanks", "Ivo Brandt\nSupport", "-- \nIvo", "Lantern Ltd\nT +44 20 7946 0018"]
)
def test_what_says_nothing(text: str) -> None:
    assert is_signature(text.split("\n"), IVO)


@pytest.mark.parametrize("text", ["Yes.", "We look at it.", "Monday", "Ana Reis\nRua 5", "https://lantern.example/a"])
def test_what_says_something(text: str) -> None:
    assert not is_signature(text.split("\n"), IVO)


@pytest.mark.parametrize(
    "unit", ["-- \n", "Ivo\n", "Best,\nIvo\n", "a@b ", "\n", "T +1 ", "this e-mail confidential\n", "www."]
)
def test_hostile_text_is_read_in_linear_time(unit: str) -> None:
    for text in (unit * (20_000 // len(unit)), "x\n" * 5_000 + unit * 2_000):
        lines = text.split("\n")
        found = sign(lines, IVO)
        assert len(stripped(found.words)) <= len(lines)


@pytest.mark.parametrize(
    ("text", "signed"),
    [
        ("Hold it.\n\nIvo", True),
        ("Hold it.\n\nBest regards, Ivo", True),
        ("Hold it.\n\nBest regards,\nIvo Brandt", True),
        ("Hold it.\n\nBest regards,\nIvo Brandt\n\n> Does it hum?\n\nNo.", True),
        ("Hold it.\n\n– Ivo", True),
        ("Ask for Ivo.", False),
        ("Hold it.\n\nBest regards,\nAna", False),
        ("", False),
    ],
)
def test_the_name_stands_there_already(text: str, signed: bool) -> None:
    assert is_signed(text.split("\n"), "Ivo Brandt") is signed
