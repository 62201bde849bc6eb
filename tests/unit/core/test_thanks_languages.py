"""Mere thanks and thanks with a matter left, three and more of each in every language that letters come in."""

import pytest

from mailbot.core.intake.newtext import new_text
from mailbot.core.intake.thanks import only_thanks
from tests.corpora.test_newtext import mail

MERE = {
    "en": [
        "Thanks a lot, it works now!",
        "Thank you very much for your help.",
        "Perfect, thanks!",
        "Thank you so much, see you on Tuesday.",
        "That was it. You can close this one.",
    ],
    "de": [
        "Vielen Dank, es funktioniert jetzt!",
        "Danke für die schnelle Hilfe.",
        "Perfekt, danke!",
        "Ist gestern angekommen, vielen Dank!",
        "Danke, bis Freitag!",
    ],
    "fr": ["Merci beaucoup, ça marche maintenant !", "Merci pour votre aide.", "Parfait, merci !", "merci bcp"],
    "es": [
        "Muchas gracias, ya funciona.",
        "Gracias por su ayuda.",
        "Perfecto, gracias.",
        "Ok, gracias, podéis cerrarlo.",
        "Me llegó esta mañana, muchas gracias.",
    ],
    "it": ["Grazie mille, adesso funziona!", "Grazie per l'aiuto.", "Perfetto, grazie!"],
    "pt": ["Muito obrigado, já funciona!", "Obrigada pela ajuda.", "Perfeito, obrigado!"],
    "nl": [
        "Heel erg bedankt, het werkt nu!",
        "Bedankt voor de hulp.",
        "Perfect, bedankt!",
        "Is al opgelost, deze mag dicht.",
    ],
    "pl": [
        "Bardzo dziękuję, już działa!",
        "Dziękuję za pomoc.",
        "Super, dziękuję!",
        "Dotarło wczoraj, bardzo dziękuję.",
        "Dziękuję bardzo, do piątku.",
    ],
    "sv": [
        "Tack så mycket, det fungerar nu!",
        "Tack för hjälpen.",
        "Perfekt, tack!",
        "Tack så mycket, vi ses på tisdag.",
        "Det har löst sig, ni kan stänga ärendet.",
    ],
    "da": ["Mange tak, det virker nu!", "Tak for hjælpen.", "Perfekt, tak!"],
    "no": ["Tusen takk, det virker nå!", "Takk for hjelpen.", "Perfekt, takk!"],
    "fi": ["Kiitos paljon, nyt toimii!", "Kiitos avusta.", "Loistavaa, kiitos!"],
    "cs": ["Děkuji moc, už to funguje!", "Děkuji za pomoc.", "Výborně, díky!"],
    "ru": ["Большое спасибо, всё работает!", "Спасибо за помощь.", "Отлично, спасибо!"],
    "uk": ["Дуже дякую, все працює!", "Дякую за допомогу.", "Чудово, дякую!"],
    "tr": ["Çok teşekkür ederim, çalışıyor!", "Yardımınız için teşekkürler.", "Harika, teşekkürler!"],
    "ja": [
        "ありがとうございます。解決しました。",
        "ありがとうございました。",
        "早速のご対応ありがとうございました。",
        "解決しましたのでクローズしてください。",
    ],
    "zh": ["谢谢，问题解决了！", "非常感谢您的帮助", "太好了，谢谢！"],
    "ko": ["감사합니다. 이제 잘 됩니다.", "도와주셔서 감사합니다.", "정말 감사합니다!"],
    "ar": [
        "شكراً جزيلاً، تم حل المشكلة",
        "شكرا على المساعدة",
        "ممتاز، شكرا لكم",
        "شُكرًا لكم، يعطيكم العافية",
        "يسلمو كتير، صار شغال",
        "متشكر جدا، اتحلت المشكلة",
        "ألف شكر، كله تمام الحين",
        "تم الحل، يمكنكم إغلاق التذكرة. شكرا لكم.",
        "مشكورين ما قصرتوا، وصلني الطلب اليوم",
        "كنتم رائعين، جزاكم الله خيرا على صبركم معنا.",
        "الموظفة كانت لطيفة جدا وشرحت كل شيء بوضوح. جزيل الشكر لكم.",
    ],
    "he": ["תודה רבה, זה עובד!", "תודה על העזרה", "מצוין, תודה!"],
}
MORE = {
    "en": [
        "Thanks, but it is still broken.",
        "Thanks! When does it come?",
        "Thank you, now the second one fails.",
        "Thanks, see you on Tuesday, but bring the other key.",
    ],
    "de": ["Danke, aber es geht immer noch nicht.", "Danke! Wann kommt es?", "Danke, jetzt ist der zweite kaputt."],
    "fr": ["Merci, mais ça ne marche toujours pas.", "Merci ! Quand est-ce que ça arrive ?", "Merci d'avance."],
    "es": [
        "Gracias, pero sigue sin funcionar.",
        "¡Gracias! ¿Cuándo llega?",
        "Gracias, ahora falla la segunda.",
        "Me llegó esta mañana, pero roto.",
    ],
    "it": ["Grazie, ma non funziona ancora.", "Grazie! Quando arriva?", "Grazie, adesso si è rotta la seconda."],
    "pt": ["Obrigado, mas ainda não funciona.", "Obrigada! Quando chega?", "Obrigado, agora falhou a segunda."],
    "nl": ["Bedankt, maar het werkt nog niet.", "Bedankt! Wanneer komt het?", "Dank, nu is de tweede stuk."],
    "pl": [
        "Dziękuję, ale nadal nie działa.",
        "Dziękuję! Kiedy dotrze?",
        "Dziękuję, teraz zepsuła się druga.",
        "Dotarło wczoraj, ale brakuje śrub.",
    ],
    "sv": [
        "Tack, men det fungerar fortfarande inte.",
        "Tack! När kommer den?",
        "Tack, nu är den andra trasig.",
        "Tack, vi ses på tisdag, kan ni ta med fakturan?",
    ],
    "da": ["Tak, men det virker stadig ikke.", "Tak! Hvornår kommer den?", "Tak, nu er den anden i stykker."],
    "no": ["Takk, men det virker fortsatt ikke.", "Takk! Når kommer den?", "Takk, nå er den andre ødelagt."],
    "fi": ["Kiitos, mutta se ei vieläkään toimi.", "Kiitos! Milloin se tulee?", "Kiitos, nyt toinen on rikki."],
    "cs": ["Děkuji, ale pořád to nefunguje.", "Děkuji! Kdy to přijde?", "Díky, teď se rozbila druhá."],
    "ru": ["Спасибо, но всё ещё не работает.", "Спасибо! Когда придёт?", "Спасибо, теперь сломалась вторая."],
    "uk": ["Дякую, але досі не працює.", "Дякую! Коли прийде?", "Дякую, тепер зламалася друга."],
    "tr": ["Teşekkürler ama hâlâ çalışmıyor.", "Teşekkürler! Ne zaman gelir?", "Teşekkürler, şimdi ikincisi bozuldu."],
    "ja": [
        "ありがとうございます。しかしまだ動きません。",
        "ありがとうございます。いつ届きますか？",
        "ありがとうございます。今度は二台目が壊れました。",
    ],
    "zh": ["谢谢，但是还是不能用。", "谢谢！什么时候到？", "谢谢，现在第二台坏了。"],
    "ko": [
        "감사합니다. 하지만 아직 안 됩니다.",
        "감사합니다! 언제 오나요?",
        "감사합니다. 이제 두 번째가 고장났습니다.",
    ],
    "ar": [
        "شكرا لكن ما زال لا يعمل",
        "شكرا! متى يصل؟",
        "شكرا، الآن الثاني معطل",
        "شكرا لكم، بس لسه ما وصلني شيء.",
        "يعطيكم العافية، ممكن تغيرون العنوان",
        "شكرا جزيلا، أرجو إلغاء الطلب.",
        "شكرا على الرد السريع، نلتقي غدا في الموعد وأؤكد الحضور",
        "تم الحل شكرا، ولكن الفاتورة غلط",
        "مشكورين، أنتظر المبلغ",
    ],
    "he": ["תודה, אבל זה עדיין לא עובד", "תודה! מתי זה מגיע?", "תודה, עכשיו השני התקלקל"],
}
FREELY = {
    "pl": [
        "Wszystko jasne, bardzo Państwu dziękuję.",
        "Paczka dotarła cała i zdrowa, wielkie dzięki!",
        "Pani Ewa bardzo cierpliwie wszystko wytłumaczyła, było to naprawdę miłe. Dziękuję!",
        "Rewelacja, drukarka znowu działa. Możecie zamknąć zgłoszenie.",
        "Dziękuję za ekspresową pomoc, jesteście wielcy.",
    ],
    "sv": [
        "Nu gick det, tack snälla ni! Ni kan stänga ärendet.",
        "Er kollega i växeln var så hjälpsam och vänlig, hjärtligt tack.",
        "Paketet har kommit fram helt och fint. Tusen tack!",
        "Toppen, nu förstår jag. Tack ska ni ha!",
        "Ni är guld värda, tack för snabbt bemötande.",
    ],
}
A_MATTER_WITH_IT = {
    "pl": [
        "Dziękuję, paczka dotarła, ale brakuje jednej części.",
        "Super, dziękuję. Proszę jeszcze o fakturę.",
        "Dziękuję za szybką pomoc, czekam na zwrot.",
        "Wszystko jasne, dzięki. Zadzwonię jutro.",
        "Dziękuję bardzo, chcę jednak anulować zamówienie.",
        "Wielkie dzięki za nic.",
    ],
    "sv": [
        "Tack, paketet har kommit fram men en del saknas.",
        "Toppen, tack. Skicka gärna fakturan också.",
        "Tack för snabb hjälp, nu väntar jag på pengarna.",
        "Allt klart, tack. Jag ringer imorgon.",
        "Hjärtligt tack, jag vill ändå avboka.",
        "Tack så mycket för ingenting.",
        "Perfekt, tack, var är den",
    ],
}
HARD = [
    "Thank you for nothing!", "Thanks for nothing, Desk", "Thanks a lot for ignoring me.", "Got it", "Got it.", "Noted.", "OK 👍",
    "Thanks in advance!", "Danke im Voraus!", "Merci d'avance !", "Gracias de antemano", "Grazie in anticipo", "Bedankt alvast voor de terugbetaling",
    "Danke, aber…", "Thanks, but…", "Thanks, however", "Thanks, although it beeps", "Thanks - not fixed", "Thanks - nope", "Thanks 👎", "Thanks 🙄",
    "Thanks for the info, I will call back", "Thanks. I'll wait.", "No, thank you", "Thank you, please close my account", "works, thanks, but slowly",
    "Thanks! It worked!! Then it stopped.", "Thanks, worked for a minute", "It worked once, thanks",
]  # fmt: skip


def cases(table):
    return [(language, text) for language, texts in table.items() for text in texts]


def test_every_language_has_three_of_each():
    assert MERE.keys() == MORE.keys()
    assert len(MERE) == 21
    assert all(len(texts) >= 3 for table in (MERE, MORE) for texts in table.values())


@pytest.mark.parametrize(("language", "text"), cases(MERE))
def test_mere_thanks(language, text):
    assert only_thanks(text)


@pytest.mark.parametrize(("language", "text"), cases(MORE))
def test_a_matter_is_left(language, text):
    assert not only_thanks(text)


@pytest.mark.parametrize(("language", "text"), cases(FREELY))
def test_thanks_in_words_of_ones_own(language, text):
    assert only_thanks(text)


@pytest.mark.parametrize(("language", "text"), cases(A_MATTER_WITH_IT))
def test_words_of_ones_own_with_a_matter_among_them(language, text):
    assert not only_thanks(text)


@pytest.mark.parametrize("text", HARD)
def test_no_thanks_where_it_is_not_sure(text):
    assert not only_thanks(text)


@pytest.mark.parametrize(("language", "text"), cases(MERE))
def test_thanks_of_the_quoted_are_not_the_writers(language, text):
    intro = "On Tue, Mar 3, 2026 at 2:14 PM Ana Prado <help@desk.example> wrote:"
    assert only_thanks(new_text(mail(f"{text}\n\n{intro}\n> Does it work now?\n")))
    assert not only_thanks(new_text(mail(f"It is broken.\n\n{intro}\n> {text}\n")))
    assert not only_thanks(new_text(mail(f"{intro}\n> {text}\n")))


@pytest.mark.parametrize(
    "text",
    [
        "👍 Maja Lind reacted via Gmail\n\nOn Tue, Mar 3, 2026 at 2:14 PM Ana Prado <help@desk.example> wrote:\n> Hello",
        "Maja Lind reacted to your message:\n________________________________\nFrom: Ana Prado <help@desk.example>\nSent: Tuesday, March 3, 2026 2:14 PM\nTo: Maja Lind <maja@home.example>\nSubject: Re: Printer\n\nHello",
        "Liked “We are looking at it.”",
    ],
)
def test_a_reaction_is_not_taken_for_words_of_thanks(text):
    assert not only_thanks(new_text(mail(text)))
