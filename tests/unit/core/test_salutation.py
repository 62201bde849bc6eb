"""By which name a letter greets: one that can be a person's, else none."""

import pytest

from mailbot.core.letters.salutation import greeted


@pytest.mark.parametrize(
    ("name", "en", "de"),
    [
        ("Ada Byrne", "Ada", "Ada Byrne"),
        ("Byrne, Ada", "Ada", "Ada Byrne"),
        ('"Ada"', "Ada", ""),
        ("Dr. Nora Feld", "Nora", "Nora Feld"),
        ("Jean-Luc van der Berg", "Jean-Luc", "Jean-Luc van der Berg"),
        ("O'Brien, Pat", "Pat", "Pat O'Brien"),
        ("Åsa Öberg", "Åsa", "Åsa Öberg"),
        ("李 雷", "李 雷", "李 雷"),
        ("محمد علي", "محمد", "محمد علي"),
    ],
)
def test_people_are_greeted_as_their_language_does(name, en, de):
    assert (greeted(name, "en"), greeted(name, "de")) == (en, de)


@pytest.mark.parametrize(
    ("name", "ja"),
    [
        ("佐藤 花子", "佐藤"),
        ("佐藤花子", "佐藤花子"),
        ("佐々木 次郎", "佐々木"),
        ("エイダ バーン", "エイダ バーン"),
        ("김 철수", "김 철수"),
        ("Hanako Sato", "Hanako Sato"),
        ("Hanako", ""),
    ],
)
def test_japanese_greets_by_the_family_name_where_it_can_be_told(name, ja):
    assert greeted(name, "ja") == ja


@pytest.mark.parametrize(
    ("name", "ar"), [("عبد الرحمن علي", "عبد الرحمن"), ("محمد علي", "محمد"), ("Abdul Karim", "Abdul Karim")]
)
def test_half_a_given_name_is_nobodys(name, ar):
    assert greeted(name, "ar") == ar


@pytest.mark.parametrize(
    "name",
    ["", "JOHN (IT) SMITH", "JOHN SMITH", "Accounts Payable", "ACME GmbH Einkauf", "Nora Feld via Support", "ada@x.example",
     "N. Feld", "Frau Feld", "Mr Smith", "ada byrne", "Win at https://evil.example", "WWW Shop www.evil.example",
     "x" * 80, "Smith, J., Jr", "Room 12", "Team Blue", None, "\n", "Ada <b>"],
)  # fmt: skip
def test_what_can_be_nobody_is_not_greeted(name):
    assert greeted(name, "en") == greeted(name, "de") == ""
