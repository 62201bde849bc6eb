"""Every office matter that must never get a cheerful sentence is recognised in each language that ships, and Arabic mail is judged."""

from __future__ import annotations

from pathlib import Path

import pytest

from mailbot.adapters.rulefiles.load import load_rules
from mailbot.core.model.office import OFFICE
from mailbot.core.rules.triage import Facts, triage

RULES, _ = load_rules(Path(__file__).parents[3] / "rules")
LANGUAGES = ("en", "de", "fr", "es", "it", "pt", "nl", "pl", "sv", "ja", "ar")
SAID = {
    "bereavement": (
        "My mother passed away last week. Please close her account.",
        "Mein Mann ist vor zwei Wochen verstorben. Bitte schließen Sie sein Konto.",
        "Mon père est décédé le 3 mars. Merci de fermer son compte.",
        "Mi padre ha fallecido la semana pasada. Quisiera cerrar su cuenta.",
        "Mio marito è venuto a mancare a febbraio. Vorrei chiudere il suo contratto.",
        "Meu pai faleceu na semana passada. Preciso encerrar a conta dele.",
        "Mijn vader is vorige week overleden. Ik wil zijn abonnement stopzetten.",
        "Mój mąż zmarł w lutym. Proszę o zamknięcie jego konta.",
        "Min mamma gick bort förra veckan. Jag vill avsluta hennes konto.",
        "先日、父が亡くなりました。父の契約を解約したいのですが。",
        "توفي والدي الأسبوع الماضي، وأريد إغلاق حسابه.",
    ),
    "cancellation": (
        "I hereby cancel my subscription as of the end of the month.",
        "Hiermit kündige ich mein Abonnement zum nächstmöglichen Termin.",
        "Je souhaite résilier mon abonnement à la fin du mois.",
        "Quiero dar de baja mi suscripción a fin de mes.",
        "Vorrei disdire il mio abbonamento alla fine del mese.",
        "Quero cancelar minha assinatura no fim do mês.",
        "Hierbij zeg ik mijn abonnement op per einde van de maand.",
        "Niniejszym wypowiadam umowę z końcem miesiąca.",
        "Jag vill säga upp min prenumeration vid månadens slut.",
        "今月末でサービスを解約したいです。",
        "أرغب في إلغاء اشتراكي بنهاية هذا الشهر.",
    ),
    "personal_data": (
        "Please delete all personal data you hold about me under the GDPR.",
        "Bitte löschen Sie alle meine personenbezogenen Daten gemäß Art. 17 DSGVO.",
        "Je demande la suppression de toutes mes données personnelles conformément au RGPD.",
        "Solicito la supresión de todos mis datos personales conforme al RGPD.",
        "Chiedo la cancellazione di tutti i miei dati personali ai sensi del GDPR.",
        "Solicito a exclusão de todos os meus dados pessoais nos termos da LGPD.",
        "Ik verzoek u al mijn persoonsgegevens te verwijderen op grond van de AVG.",
        "Proszę o usunięcie wszystkich moich danych osobowych zgodnie z RODO.",
        "Jag begär att ni raderar alla mina personuppgifter enligt GDPR.",
        "私の個人情報をすべて削除してください。",
        "أطلب حذف جميع بياناتي الشخصية لديكم.",
    ),
    "complaint": (
        "I want to complain about your colleague Mr Brown; he was very rude to me on the phone.",
        "Ich möchte mich über Ihren Mitarbeiter Herrn Weber beschweren; er war am Telefon sehr unverschämt.",
        "Je souhaite me plaindre de votre collaborateur, il a été très impoli avec moi au téléphone.",
        "Quiero presentar una queja sobre su empleado: fue muy grosero conmigo por teléfono.",
        "Vorrei presentare un reclamo contro un vostro dipendente: è stato molto maleducato al telefono.",
        "Quero fazer uma reclamação sobre a sua atendente: ela foi muito grosseira comigo ao telefone.",
        "Ik wil een klacht indienen over uw medewerker; hij was erg onbeschoft aan de telefoon.",
        "Chcę złożyć skargę na Państwa pracownika, był wobec mnie bardzo niegrzeczny przez telefon.",
        "Jag vill klaga på er medarbetare, han var mycket otrevlig mot mig i telefon.",
        "御社の担当者の電話での対応がとても失礼でした。苦情を申し上げます。",
        "أريد تقديم شكوى ضد أحد موظفيكم، كان وقحاً معي على الهاتف.",
    ),
    "press": (
        "I'm a journalist with the Daily Post and writing an article about your company. Could I interview someone?",
        "Ich bin Journalistin beim Tagesblatt und schreibe einen Artikel über Ihr Unternehmen. Dürfte ich ein Interview führen?",
        "Je suis journaliste au Courrier et je prépare un article sur votre entreprise. Pourrais-je faire une interview ?",
        "Soy periodista del Diario y preparo un reportaje sobre su empresa. ¿Podría hacer una entrevista?",
        "Sono una giornalista del Corriere e sto scrivendo un articolo sulla vostra azienda. Potrei fare un'intervista?",
        "Sou jornalista do Correio e preparo uma reportagem sobre a sua empresa. Posso fazer uma entrevista?",
        "Ik ben journalist bij de Courant en schrijf een artikel over uw bedrijf. Kan ik iemand interviewen?",
        "Jestem dziennikarką Kuriera i piszę artykuł o Państwa firmie. Czy mogę przeprowadzić wywiad?",
        "Jag är journalist på Kuriren och skriver en artikel om ert företag. Kan jag få göra en intervju?",
        "新聞記者です。貴社についての記事のため取材をお願いしたいです。",
        "أنا صحفي في جريدة البريد وأكتب مقالاً عن شركتكم، هل يمكنني إجراء مقابلة؟",
    ),
    "legal": (
        "We act for our client, Ms Hill, and require you to pay within 14 days, failing which we shall issue proceedings.",
        "Wir zeigen an, dass wir die rechtlichen Interessen unserer Mandantin vertreten. Vollmacht wird anwaltlich versichert.",
        "En qualité d'avocat de Mme Roux, je vous mets en demeure de régler cette somme sous huit jours.",
        "Como abogado de la Sra. Vega, les requiero formalmente el pago en el plazo de diez días.",
        "In qualità di legale della sig.ra Neri, vi diffido dal proseguire e vi costituisco in mora.",
        "Na qualidade de advogado da Sra. Lima, venho notificá-los extrajudicialmente a pagar em dez dias.",
        "Namens mijn cliënte, mevrouw Vos, sommeer ik u binnen veertien dagen te betalen. Mr. De Jong, advocaat.",
        "Działając jako pełnomocnik mojej klientki, wzywam Państwa do zapłaty w terminie 14 dni. Adwokat Nowak",
        "Som ombud för min klient, fru Berg, kräver jag att ni betalar inom fjorton dagar. Advokat Lind",
        "代理人弁護士として、依頼者に代わり通知いたします。14日以内にお支払いください。",
        "بصفتي محامياً عن موكلتي، أنذركم بضرورة السداد خلال أربعة عشر يوماً.",
    ),
}
ARABIC = {
    "نشم رائحة غاز قوية في المطبخ.": 1,
    "يخرج شرر من المقبس خلف الثلاجة.": 1,
    "فرامل السيارة لم تعمل بعد الصيانة عندكم.": 1,
    "سقط زبون على الدرج وهو ينزف من رأسه.": 1,
    "وجدت قطعة زجاج في طعام الأطفال.": 1,
    "الماء يقطر من السقف على لوحة الكهرباء.": 1,
    "منذ الصباح والموقع متوقف بالكامل ولا يستطيع أي عميل الدخول.": 1,
    "نظام الحجز لا يعمل في جميع الفروع والعملاء ينتظرون.": 1,
    "خصمتم من بطاقتي 200 ريال مرتين، أريد استرداد المبلغ.": 2,
    "الفاتورة الأخيرة فيها مبلغ خاطئ.": 2,
    "التطبيق يتوقف فجأة عند فتح التقرير وتظهر رسالة خطأ.": 3,
    "وصلتني الشاشة مكسورة.": 3,
    "لم تصلني الشحنة حتى الآن.": 3,
    "كيف يمكنني تغيير كلمة المرور؟": 4,
    "كيف أغير بطارية الشاحن؟": 4,
    "أود معرفة كيفية إضافة مستخدم جديد.": 4,
    "التطبيق رائع، أحسنتم!": 5,
    "أقترح إضافة وضع ليلي إلى التطبيق.": 5,
}


def judged(text: str, language: str):
    return triage(Facts(text=text, body=text, language=language), RULES)


@pytest.mark.parametrize("matter", SAID)
@pytest.mark.parametrize("nth", range(len(LANGUAGES)), ids=LANGUAGES)
def test_it_is_recognised(matter, nth):
    found = judged(SAID[matter][nth], LANGUAGES[nth])
    assert found.matched
    assert found.category == matter
    assert matter in OFFICE


@pytest.mark.parametrize(("text", "priority"), ARABIC.items())
def test_arabic_is_judged(text, priority):
    found = judged(text, "ar")
    assert found.matched
    assert found.priority == priority


def test_what_says_nothing_of_its_kind_is_not_sure_in_arabic_either():
    assert not judged("السلام عليكم، بخصوص ما تحدثنا عنه يوم الخميس.", "ar").matched
