"""The name that a customer signs with."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.intake.newtext import sign_off


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("It broke.\n\nThanks,\nAna", "Ana"),
        ("It broke.\n\nBest regards,\n\nAna Prado\nPrado Prints\n+34 600 000 000\nwww.prado.example", "Ana Prado"),
        ("Viele Grüße\nJörg Müller", "Jörg Müller"),
        ("LG Ana", "Ana"),
        ("Thanks, Ana", "Ana"),
        ("Regards, Ana", "Ana"),
        ("It broke.\n\n- Ana", "Ana"),
        ("It broke.\n\n— Ana Prado", "Ana Prado"),
        ("Merci d'avance,\nZoé", "Zoé"),
        ("Merci d’avance,\nJean-Luc", "Jean-Luc"),
        ("Saludos,\nMaría José", "María José"),
        ("Cordiali saluti\nGiulia", "Giulia"),
        ("Cumprimentos,\nJoão", "João"),
        ("Met vriendelijke groet,\nAna van den Berg", "Ana van den Berg"),
        ("Pozdrawiam\nŁucja", "Łucja"),
        ("Hälsningar\nÅsa", "Åsa"),
        ("Venlig hilsen\nSøren", "Søren"),
        ("Terveisin\nÄijö", "Äijö"),
        ("S pozdravem\nŠárka", "Šárka"),
        ("С уважением,\nИван Петров", "Иван Петров"),
        ("Saygılarımla,\nİpek", "İpek"),
        ("よろしくお願いいたします。\n田中", "田中"),
        ("谢谢！\n王伟", "王伟"),
        ("감사합니다.\n김민수", "김민수"),
        ("Please help.\n\nThanks\n\nAna\n\nSent from my iPhone", "Ana"),
        ("Cheers 🎉\nAna", "Ana"),
        ("Kind regards,\nDr. Ana Prado", "Dr. Ana Prado"),
        ("> Thanks,\n> Ole\n\nIt broke.\n\nThanks,\nAna", "Ana"),
    ],
)
def test_name(text, name):
    assert sign_off(text) == name


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Thanks",
        "Danke!",
        "Ana Prado",
        "hello\nworld",
        "Thanks,\nthe printer works",
        "Thanks,\nPlease call me.",
        "Thanks,\nana",
        "Thanks\n\nYes",
        "Thanks,\nCancel",
        "Best,\nThe Support Team",
        "Thanks for your help. The order is wrong.",
        "Thank you for your help\nIt works",
        "Thanks,\nAna\n\nOne more thing: the first printer is broken, too, and we need it by Friday at the latest, please.",
        "Thanks,\nAna\nWhen does it come?",
        "> Thanks,\n> Ana",
        "谢谢，还是不行",
        "谢谢\n还是不行",
        "תודה רבה, זה לא עובד",
        "Regards, Ana?",
        "It broke.\n\nSent from my iPhone",
        "It broke.\n\nGesendet von meinem iPhone",
        "It broke.\n\nRegards",
        "It broke.\n\nThanks,\nSent from my Galaxy",
        "It broke.\n\nThanks,\n> Ana Prado",
        "> Regards,\n> Ana Prado\n\nIt broke.",
        "Thanks,\nhelp@desk.example",
        "Thanks,\nwww.prado.example",
        "Thanks,\n+34 600 000 000",
        "Thanks\n\nPrinter2000",
    ],
)
def test_no_name_where_it_is_not_sure(text):
    assert sign_off(text) is None


@given(st.text(max_size=200))
def test_a_name_is_part_of_the_text(text):
    name = sign_off(f"{text}\nThanks,\nAna")
    assert name is None or name in f"{text}\nThanks,\nAna"
