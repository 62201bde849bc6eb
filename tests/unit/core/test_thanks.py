"""Mere thanks need no answer; everything else does."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.intake.thanks import only_thanks
from mailbot.core.intake.thanks_words import GRATITUDE

YES = [
    "thanks, that worked!",
    "Thanks!",
    "Thank you so much for your quick help!\n\nBest regards,\nMaja Lind",
    "Hi Ana,\n\nperfect, it works now. Thanks a lot!\n\nMaja",
    "Thanks Ana!",
    "Thank you 🙏",
    "Great, thanks. Have a nice weekend!",
    "It works again, thank you very much!",
    "Awesome, thank you for the fast response.",
    "Problem solved.",
    "Vielen Dank, das hat geklappt!",
    "Hallo Frau Prado,\n\nvielen Dank für die schnelle Hilfe, jetzt funktioniert es wieder.\n\nViele Grüße\nMaja",
    "Super, danke!",
    "Danke dir, alles bestens.",
    "Merci beaucoup, ça marche !",
    "Bonjour,\n\nMerci pour votre réponse rapide.\n\nCordialement,\nPaul Petit",
    "Muchas gracias, ya funciona.",
    "Perfecto, gracias por la ayuda. Un saludo",
    "Grazie mille, ora funziona!",
    "Muito obrigado, deu certo!",
    "Bedankt, het werkt weer!",
    "Dziękuję bardzo, już działa.",
    "Tack så mycket, nu fungerar det!",
    "Tusind tak, det virker nu!",
    "Tusen takk for hjelpen!",
    "Kiitos paljon, nyt toimii!",
    "Děkuji moc, už to funguje.",
    "Спасибо большое, всё заработало!",
    "Здравствуйте! Спасибо за помощь, все работает.",
    "Щиро дякую, все працює!",
    "Çok teşekkürler, sorun çözüldü.",
    "ありがとうございます。解決しました。",
    "お世話になっております。\n早速のご対応ありがとうございました。",
    "谢谢，问题解决了！",
    "非常感谢您的帮助",
    "감사합니다. 이제 잘 됩니다.",
    "شكراً جزيلاً، تم حل المشكلة",
    "תודה רבה, זה עובד!",
    "Thank you,\nMaja",
    "Merci",
    "👍",
    "👍🏼👍🏼",
    "🙏❤️",
    ":)",
    "Thank you so much Joost! Our first orders are in.",
    "Thanks, the printer works again.",
    "Danke, der Drucker läuft wieder.",
    "Thank you! We are back online.",
    "Works! Thank you.",
    "Thanks so much for sorting this out!",
    "Danke, jetzt läuft alles wieder. 👍",
]

SIGNED = [
    "Super, hat geklappt. Danke!\n\nMit freundlichen Grüßen\n\ni. A. Kim Fall\nEinkauf\n\nFall GmbH\nHofstr. 5\n12345 Kiel",
    "Thanks, Kim\nCase Ltd",
    "Thank you so much!\n\nKim Case, Case Ltd",
    "Thanks!\n\nKim Case\nCase & Sons Ltd",
    "Perfect, thanks!\n\nKind regards\nKim Case\nHead of Lamps | caselamps Ltd\n+44 20 5550 171\nThink before you print this mail.",
    "Super, vielen Dank!\n\nMit freundlichen Grüßen\nJan Feld\nLeiter der Werkstatt | Feld GmbH\n+49 30 555 0142",
    "Perfect, thanks.\n\nBest regards\nOle Berg\nHead of Purchasing\nberg@lamps.example\nPlease consider the environment before you print.",
    "Merci beaucoup !\n\nLou Petit\nPetit S.A.R.L.",
]

NO = [
    "thanks, but it still fails",
    "Thanks. Is it fixed now",
    "Thanks, when will it ship?",
    "Thanks, my order is 1234",
    "Thanks for nothing",
    "Thank you, I will try tomorrow",
    "It does not work",
    "",
    "OK",
    "Yes",
    "Great",
    "Hi Ana",
    "Thanks, the second printer is broken",
    "Danke, aber es geht nicht",
    "Danke, funktioniert leider nicht",
    "Danke. Rechnung fehlt noch.",
    "Merci mais ça ne marche pas",
    "Gracias, pero no funciona",
    "No funciona",
    "Grazie, non funziona",
    "Obrigado, mas não funciona",
    "Bedankt, het werkt niet",
    "Dziękuję, nie działa",
    "Tack, det fungerar inte",
    "Tak, det virker ikke",
    "Takk, det virker ikke",
    "Kiitos, ei toimi",
    "Děkuji, nefunguje",
    "Спасибо, не работает",
    "Дякую, не працює",
    "Teşekkürler, çalışmıyor",
    "ありがとうございます。まだ動きません。",
    "谢谢，还是不行",
    "谢谢，不可以了",
    "감사합니다. 아직 안 됩니다.",
    "شكرا لكن لا يعمل",
    "תודה, זה לא עובד",
    "Thanks 😡",
    "Thanks Outlook crashed again",
    "Thanks in advance for the refund",
    "> thanks",
    "Thank you for your reply, the problem is back",
    "Thanks. https://x.example",
    "Thanks, please cancel",
    "Thanks, that worked. One more thing: the invoice.",
    "Stop",
    "Unsubscribe",
    "it worked yesterday",
    "Danke Maja Lind aus Kiel",
    "thanks for the update, still waiting",
    "Thanks,\nCancel",
    "谢谢\n还是不行",
    "Thank you.\n\nRefund",
    "Thanks for the printer",
    "Obrigado, e a fatura?",
    "Danke, die Lampe kam an, aber kaputt",
    "Merci, encore une erreur",
    "it was working, thanks",
    "Thanks; it broke",
    "Vielen Dank für die Rechnung",
    "Thanks :(",
    "Yes, thanks",
    "Ja, danke",
    "Oui, merci",
    "Sí, gracias",
    "Tak, dziękuję",
    "はい、ありがとうございます",
    "Alles klar",
    "Va bene",
    "Erledigt",
    "Thanks, no",
    "👍 but the lamp is dark",
    "👎",
    "Thanks!\n\nKim Case\nCancel",
    "Thanks!\n\nKim Case\nThe lamp is still dark",
    "Thanks!\n\nKim Case\nPlease call me",
    "Thank you!\n\nBest regards\nKim Case\nAny news on the other one?",
    "Thanks, the error is back",
    "Thanks, the error works again",
    "Thanks, nothing works now",
    "No thanks",
    "Nein danke",
    "Non merci",
    "No, gracias",
    "不用了，谢谢",
]


@pytest.mark.parametrize("text", YES + SIGNED)
def test_thanks(text):
    assert only_thanks(text)


@pytest.mark.parametrize("text", NO)
def test_more_than_thanks(text):
    assert not only_thanks(text)


@pytest.mark.parametrize("text", SIGNED)
@pytest.mark.parametrize(
    "more", ["\nBut it fails", "\nCan you call me?", "\n\nThe lamp is broken", "\nplease cancel it"]
)
def test_a_sentence_below_a_signature_is_said_by_somebody(text, more):
    assert not only_thanks(text + more)


@pytest.mark.parametrize("text", YES)
@pytest.mark.parametrize(
    "more", ["?", " 42", "\nhttps://shop.example", "\n\nThe lamp is broken", " aber", "\nBut it fails"]
)
def test_anything_more_is_more(text, more):
    assert not only_thanks(text + more)


@given(st.text(max_size=60))
def test_unknown_words_are_never_mere_thanks(text):
    assert not only_thanks(f"Thank you. The lamp {text}")


@given(st.text(max_size=500))
def test_never_raises(text):
    assert only_thanks(text) in {True, False}


@pytest.mark.parametrize("language", GRATITUDE)
def test_every_phrase_of_thanks_is_thanks(language):
    table = GRATITUDE[language]
    for phrase in f"{table.thanks}|{table.solved}".split("|"):
        assert only_thanks(f"{phrase}!"), phrase
    assert not any(only_thanks(phrase) for phrase in table.hello.split("|"))


def test_filler_alone_is_no_thanks():
    assert not any(only_thanks(phrase) for phrase in GRATITUDE["en"].filler.split("|"))
