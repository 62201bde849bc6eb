"""The rules that ship decide plain shop and software mails as a person would, in each language."""

from pathlib import Path

import pytest

from mailbot.adapters.rulefiles.load import load_rules, run_rule_tests
from mailbot.core.rules.triage import Facts, triage

RULES = Path(__file__).parents[3] / "rules"

CASES = {
    1: [
        "Your website is down, none of our customers can order.",
        "The whole site has been offline since this morning.",
        "We get error 503 on every page.",
        "Nothing works any more, nobody can log in to the app.",
        "All our users are locked out of the system since 9 o'clock.",
        "Der Server ist seit heute früh nicht erreichbar, niemand kann arbeiten.",
        "Totalausfall! Bei uns geht gar nichts mehr.",
        "Ihr Shop ist offline, keine Seite lädt.",
        "Votre site est hors service depuis ce matin.",
        "Le serveur est en panne, personne ne peut travailler.",
        "El sitio web está caído, no podemos vender.",
        "El servicio está fuera de servicio para todos los usuarios.",
        "O site está fora do ar desde ontem.",
        "Nada funciona, todos os usuários estão sem acesso.",
        "Il sito non è raggiungibile da stamattina.",
        "De website ligt plat, niemand kan bestellen.",
    ],
    2: [
        "I was charged twice for order 4711.",
        "Please refund my last order, I returned it two weeks ago.",
        "There is a mistake in the invoice for March.",
        "Why did the price on my card go up? You took 20 EUR too much.",
        "My money was taken but the order does not show.",
        "Where is my refund?",
        "Mir wurde der Betrag doppelt abgebucht.",
        "Die Rechnung stimmt nicht, es fehlt der Rabatt.",
        "Wann bekomme ich mein Geld zurück?",
        "J'ai été débité deux fois pour la même commande.",
        "Je voudrais un remboursement.",
        "La facture de mars est fausse.",
        "Me han cobrado dos veces el mismo pedido.",
        "Quiero la devolución de mi dinero.",
        "Fui cobrado duas vezes pelo mesmo pedido.",
        "Quero o reembolso da minha compra.",
        "Mi avete addebitato due volte lo stesso ordine.",
        "Ik wil mijn geld terug.",
    ],
    3: [
        "The export fails with an error since Tuesday.",
        "The app crashes whenever I open the calendar.",
        "My order has not arrived.",
        "The lamp came broken.",
        "I can't log in, it says my account is blocked.",
        "Upload of photos does not work in Firefox.",
        "Der Export bricht mit einer Fehlermeldung ab.",
        "Die App stürzt beim Start ab.",
        "Meine Bestellung ist nicht angekommen.",
        "Ich kann mich nicht anmelden, es kommt ein Fehler.",
        "L'export ne fonctionne pas, j'ai un message d'erreur.",
        "L'application plante à chaque ouverture.",
        "Ma commande n'est pas arrivée.",
        "La aplicación se cierra sola y da un error.",
        "Mi pedido no ha llegado.",
        "O aplicativo trava quando abro o calendário.",
        "Meu pedido não chegou.",
        "L'app non funziona dopo l'aggiornamento.",
        "De app doet het niet meer.",
    ],
    4: [
        "How do I change my delivery address?",
        "Where can I find the export button?",
        "Is it possible to add a second user?",
        "HOW DO I ADD A USER?? PLEASE ANSWER!!!",
        "Can you send me instructions for setting up the calendar?",
        "Do you ship to Norway?",
        "Wie kann ich meine Lieferadresse ändern?",
        "Gibt es eine Anleitung für den Import?",
        "Wo finde ich die Einstellungen?",
        "Comment puis-je changer mon adresse ?",
        "Est-il possible d'ajouter un utilisateur ?",
        "¿Cómo puedo cambiar mi dirección?",
        "¿Dónde puedo encontrar las instrucciones?",
        "Como posso mudar o meu endereço?",
        "É possível adicionar outro usuário?",
        "Come posso cambiare il mio indirizzo?",
        "Hoe kan ik mijn adres wijzigen?",
    ],
    5: [
        "I am a journalist and would like to write about you.",
        "I just wanted to say that your new version is great. Keep up the good work!",
        "It would be nice if the calendar had a dark theme.",
        "Feature request: please add an export to PDF.",
        "Love the app!",
        "Ein großes Lob an Ihr Team, ich bin begeistert.",
        "Es wäre schön, wenn der Kalender ein dunkles Thema hätte.",
        "Bravo pour la nouvelle version, j'adore !",
        "Ce serait bien d'avoir un thème sombre.",
        "Enhorabuena por la nueva versión, me encanta.",
        "Seria ótimo ter um tema escuro no calendário.",
        "Parabéns pelo excelente trabalho!",
        "Complimenti per la nuova versione.",
        "Het zou leuk zijn als er een donker thema was.",
    ],
}


@pytest.fixture(scope="module")
def shipped():
    rules, problems = load_rules(RULES)
    assert problems == []
    return rules


def test_tests_beside_the_rules_hold(shipped):
    assert run_rule_tests(shipped) == []


@pytest.mark.parametrize(("wanted", "text"), [(p, t) for p, texts in CASES.items() for t in texts])
def test_plain_mails(shipped, wanted, text):
    got = triage(Facts(text=text, body=text), shipped)
    assert (got.priority, got.matched) == (wanted, True), got.why


FALSE_FRIENDS = [
    ("The red lamp has a problem.", 1),
    ("I have a problem storing files.", 1),
    ("Mon lave-linge est en panne.", 1),
    ("Ich habe Sie telefonisch nicht erreicht, Sie waren nicht erreichbar.", 1),
    ("We discussed brand strategies and on which fire drill to go.", 1),
    ("Die Lampe brennt nicht mehr.", 1),
    ("Hi Bill, how do I add a user?", 2),
    ("My cargo bike arrived, thank you.", 2),
    ("Is the battery charged when it comes?", 2),
    ("I would like to leave a comment on the new page.", 4),
    ("I am not happy with the quality.", 5),
    # who is not answered, or looks everywhere, is angry and no outage
    ("Nobody can help me with my broken printer.", 1),
    ("Nobody told me I could pay by card, and now the driver left with my parcel.", 1),
    ("I looked everywhere on your website but the download button does nothing.", 1),
    ("How can all our employees log in from home?", 1),
    ("Do all users have access to the archive?", 1),
    ("Niemand beantwortet meine Anrufe, das Paket ist immer noch nicht da.", 1),
    ("Der Shop antwortet nicht mehr auf meine Mails.", 1),
    ("Personne ne répond à mes appels, mon colis est bloqué à la douane.", 1),
    ("La lampe achetée dans votre boutique est tombée en morceaux.", 1),
    ("Nadie contesta mis llamadas y mi pedido está bloqueado en aduanas.", 1),
    ("Comprei a mala no vosso site e caiu uma roda.", 1),
    ("Nessuno mi risponde e il mio ordine è fermo da due settimane.", 1),
    ("Ik vind het mooi hoe de nieuwe webshop eruit ziet.", 1),
    ("I was at https://shop.example/lamps?page=2 and the lamp arrived in pieces.", 4),
]


@pytest.mark.parametrize(("text", "never"), FALSE_FRIENDS)
def test_words_that_mean_something_else(shipped, text, never):
    got = triage(Facts(text=text, subject=text, body=text), shipped)
    assert got.priority != never, got.why


@pytest.mark.parametrize("text", ["Thanks!", "See attachment.", "Ok, danke.", "12345"])
def test_what_says_nothing_is_left_to_people(shipped, text):
    got = triage(Facts(text=text, body=text), shipped)
    assert (got.priority, got.matched) == (3, False)


def test_every_shipped_article_is_found_by_its_own_question(shipped):
    questions = {
        "en": "How do I reset my password?",
        "de": "Wie kann ich mein Passwort zurücksetzen?",
        "fr": "Comment puis-je réinitialiser mon mot de passe ?",
        "es": "¿Cómo puedo restablecer mi contraseña?",
        "pt": "Como posso redefinir a minha senha?",
    }
    for language, text in questions.items():
        got = triage(Facts(text=text, body=text, language=language), shipped)
        assert (got.priority, got.answer) == (4, "reset-password"), (language, got.why)


NEARLY = [
    ("en", "How do I reset the counter on my watch?"),
    ("en", "How do I change the password of my Wi-Fi router?"),
    ("en", "I reset my password and now my orders are gone. How do I get them back?"),
    ("en", "I reset my password but I still cannot sign in, how do I get in?"),
    ("en", "Which characters are allowed in a password?"),
    ("en", "How do I get a copy of the confirmation mail for my accountant?"),
    ("en", "How many subscribers can my newsletter have, and how do I unsubscribe one?"),
    ("en", "I forgot my umbrella in your shop, can I pick it up?"),
    ("de", "Wie setze ich den Zähler zurück?"),
    ("de", "Ich habe mein Passwort schon zurückgesetzt, wie komme ich trotzdem hinein?"),
    ("de", "Wie erstelle ich einen Newsletter mit Ihrem Programm?"),
    ("fr", "Comment changer le mot de passe du wifi de ma box ?"),
    ("fr", "Comment créer une newsletter avec votre outil ?"),
    ("es", "Ya cambié mi contraseña, ¿cómo entro?"),
    ("pt", "Como altero a senha do router?"),
    ("it", "Come posso reimpostare la password?"),  # no article in that language
]


@pytest.mark.parametrize(("language", "text"), NEARLY)
def test_no_answer_is_offered_where_one_only_nearly_fits(shipped, language, text):
    got = triage(Facts(text=text, body=text, language=language), shipped)
    assert got.answer is None
    assert got.matched  # it is a question like others, so nothing else keeps the answer away
    assert got.priority == 4
