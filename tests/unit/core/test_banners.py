"""Banners of mail systems on top of agents' mails: known in ten languages and more, and never an agent's own words."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mailbot.core.intake.quotes.banners import without_banner

BANNERS = [
    "EXTERNAL",
    "[EXT]",
    "[EXTERNAL]",
    "*** EXTERNAL EMAIL ***",
    "External Sender",
    "⚠ EXTERNAL EMAIL ⚠",
    "CAUTION: EXTERNAL",
    "CAUTION: This email originated from outside of the organization. Do not click links or open attachments unless you\nrecognize the sender and know the content is safe.",
    "CAUTION!\nThis message was sent from outside your company. Please do not click links or open attachments unless you trust\nthe sender.",
    "[EXTERNAL EMAIL] This mail comes from outside the firm. Do not open attachments unless you know the sender.",
    "WARNING: This email came from outside Lumen Ltd. Be careful with links and attachments from unknown senders.",
    "This message originated from outside your organization.",
    "CAUTION: External email. Do not open attachments unless you know the sender.",
    "WARNING! External sender. Never click on links unless you trust whoever wrote.",
    "Achtung! Klicken Sie nicht auf Links, es sei denn, Sie kennen den Absender.",
    "Message externe : soyez prudent avec les liens et les pièces jointes.",
    "Dette er en ekstern e-mail. Vær forsigtig med links og vedhæftede filer.",
    "Company Confidential",
    "XyBannerStart\nThis Message Is From an External Sender\nThis message came from outside your organization.\nXyBannerEnd",
    "外部邮件：请勿点击链接或打开附件，除非您信任发件人。",
    "Denna e-post kommer från en extern avsändare.",
    "Dies ist eine externe E-Mail.",
    "[This sender is unverified]",
    'WARNING: The sender of this email could not be validated and may not match the person in the "From" field.',
    "LET OP: Deze e-mail is afkomstig van buiten het bedrijf. Klik niet op links.",
    "ATTENZIONE: questa email proviene dall'esterno. Non cliccare su link o allegati.",
    "CUIDADO: Este e-mail foi enviado de fora da empresa. Não clique em links nem abra anexos.",
    "ZEWNĘTRZNY NADAWCA: zachowaj ostrożność przy otwieraniu linków i załączników.",
    "⚠️ External sender - be careful with links and attachments",
    "This email has been scanned by Lumen Mailguard.",
    "Security Notice: This message was sent from outside Lumen. Treat links with care.",
    "EXTERNAL EMAIL: Do not click links or open attachments unless you recognize the sender.",
    "You don't often get email from help@lumen.example. Learn why this is important at https://aka.example/learn",
    "You don’t often get email from help@lumen.example. Learn why this is important",
    "Some people who received this message don't often get email from help@lumen.example. Learn why this is important",
    "Classification: Internal",
    "Sensitivity: Public",
    "Data Classification - Company Confidential",
    "Classified as: General",
    "TLP:AMBER+STRICT",
    "UNCLASSIFIED",
    "//OFFICIAL: SENSITIVE//",
    "ACHTUNG: Diese E-Mail stammt von außerhalb der Firma. Klicken Sie nicht auf Links und öffnen Sie keine Anhänge, es sei denn,\nSie kennen den Absender.",
    "[EXTERN]",
    "Externe E-Mail",
    "Vorsicht: Externer Absender! Bitte öffnen Sie keine Anhänge von unbekannten Absendern.",
    "Sie erhalten nicht oft E-Mails von help@lumen.example. Erfahren Sie, warum dies wichtig ist.",
    "Klassifizierung: Intern",
    "ATTENTION : Ce courriel provient de l'extérieur de l'entreprise. Ne cliquez sur aucun lien et n'ouvrez pas les pièces jointes\nsauf si vous connaissez l'expéditeur.",
    "[EXTERNE]",
    "Vous n’obtenez pas souvent d’e-mail à partir de help@lumen.example. Découvrez pourquoi cela est important",
    "Sensibilité : Interne",
    "PRECAUCIÓN: Este correo procede de fuera de la empresa. No haga clic en enlaces ni abra adjuntos a menos que conozca al\nremitente.",
    "No suele recibir correos electrónicos de help@lumen.example. Descubra por qué esto es importante",
    "Clasificación: Pública",
    "ATTENZIONE: Questa e-mail proviene dall'esterno dell'azienda. Non aprire allegati e non fare clic su link se non si\nriconosce il mittente.",
    "Non si ricevono spesso messaggi di posta elettronica da help@lumen.example. Informazioni sul perché è importante",
    "Classificazione: Interno",
    "ATENÇÃO: Este e-mail veio de fora da empresa. Não clique em links nem abra anexos a menos que conheça o remetente.",
    "Não costuma receber e-mails de help@lumen.example. Saiba por que isso é importante",
    "Classificação: Interna",
    "LET OP: Deze e-mail komt van buiten de organisatie. Klik niet op links en open geen bijlagen tenzij u de afzender vertrouwt.",
    "U ontvangt niet vaak e-mail van help@lumen.example. Meer informatie over waarom dit belangrijk is",
    "Classificatie: Intern",
    "UWAGA: Ta wiadomość pochodzi spoza firmy. Nie klikaj w linki i nie otwieraj załączników, chyba że znasz nadawcę.",
    "Nie otrzymujesz często wiadomości e-mail od help@lumen.example. Dowiedz się, dlaczego jest to ważne",
    "Klasyfikacja: Wewnętrzne",
    "VARNING: Det här mejlet kommer utifrån. Klicka inte på länkar och öppna inte bilagor om du inte känner avsändaren.",
    "Du får inte ofta e-post från help@lumen.example. Läs om varför det här är viktigt",
    "Känslighet: Intern",
    "【注意】このメールは社外から送信されています。差出人が信頼できない場合、リンクや添付ファイルを開かないでください。",
    "【社外メール】",
    "機密度：社内",
    "ADVARSEL: Denne mail kommer udefra. Klik ikke på links, medmindre du kender afsenderen.",
    "UPOZORNĚNÍ: Tento e-mail přišel z adresy mimo firmu. Neklikejte na odkazy, pokud neznáte odesílatele.",
    "注意：此邮件来自组织外部。请勿点击链接或打开附件，除非您信任发件人。",
]
WORDS = [
    "Please hold it for ten seconds.",
    "/resolve\n\nIt works again.",
    "Hello Nora,\n\nthe switch is on the left.\n\nMara",
    "/note she always complains",
    "Bitte halten Sie ihn zehn Sekunden gedrückt.",
]
LETTERS = [
    "External drives work as well: plug it in and choose “copy”.",
    "Externally there is nothing to see.",
    "Attention to detail is what we like about your report, Nora.",
    "Important: please do not switch it off during the update.",
    "Caution: the lamp gets hot.",
    "Warning lights go off after ten seconds.",
    "Please do not open the attachment that you got; it was not from us.",
    "This message is for Nora alone.",
    "This email answers your question of Monday.",
    "The sender of the parcel is our shop in Ghent.",
    "You don't often see this fault.",
    "Classification of the parts takes two days.",
    "Do not click the link in that mail, it is not ours.",
    "Diese Nachricht ist für den externen Prüfer bestimmt.",
    "Achtung: Die Lampe wird heiß.",
    "This is an external drive, so plug it in.",
    "Company confidentiality is a matter of course.",
    "BannerStart is the name of the button.",
    "The sender of the parcel could not be verified.",
    "Your identity could not be verified, please send a copy.",
    "This message was checked by our engineer: swap the fuse.",
    "External power supplies - be careful with 24 V.",
    "External drives: do not click the eject button twice.",
    "Caution! External drives run hot. Do not open the case.",
    "Ce message est pour votre équipe.",
    "Atención: la lámpara se calienta.",
    "Let op: de lamp wordt heet.",
    "Note that the lamp is hot.",
    "Hello,\n\nEXTERNAL\n\nis what the label says.",
    "Outside, the lamp needs a cover.",
    "Public holidays are not counted.",
    "Confidential treatment is a matter of course.",
    "Uwaga: lampa jest gorąca.",
    "Obs: lampan blir varm.",
    "1. Do not open the cover. 2. Trust the display.",
    "",
    "---",
    "note",
    "spam",
]


@pytest.mark.parametrize("words", WORDS)
@pytest.mark.parametrize("banner", BANNERS)
def test_a_banner_goes_and_the_words_stay(banner, words):
    assert without_banner(f"{banner}\n\n{words}") == words
    assert without_banner(f"\n{banner}\n\n-----\n\n{words}") == words
    assert without_banner(f"-----\n{banner}\n-----\n{words}") == words


@pytest.mark.parametrize("banner", [one for one in BANNERS if "\n" not in one and not one.endswith("t")])
def test_words_directly_below_a_short_banner_stay(banner):
    for words in WORDS:
        assert without_banner(f"{banner}\n{words}").endswith(words)


def test_banners_may_stand_on_each_other_and_before_words_on_one_line():
    assert without_banner("[EXT]\n\nClassification: Internal\n\n/take") == "/take"
    assert without_banner("[EXTERNAL] /note x") == "/note x"
    assert without_banner("EXTERNAL\nClassification: Internal\n/take") == "/take"


@pytest.mark.parametrize("letter", LETTERS)
def test_an_agents_own_words_are_no_banner(letter):
    assert without_banner(letter) == letter
    assert without_banner(f"{letter}\n\nMara") == f"{letter}\n\nMara"


@pytest.mark.parametrize("letter", [one for one in LETTERS if one and not one.startswith("---")])
@pytest.mark.parametrize("banner", BANNERS[:12:3])
def test_an_agents_own_words_below_a_banner_stay_whole(banner, letter):
    assert without_banner(f"{banner}\n\n{letter}") == letter


@given(
    st.lists(st.one_of(st.sampled_from([*BANNERS, *WORDS, *LETTERS]), st.text(max_size=30)), max_size=6),
    st.text(max_size=40),
)
def test_only_something_on_top_is_taken(above, words):
    text = "\n\n".join([*above, words])
    assert text.endswith(without_banner(text))


def test_hostile_texts_are_read_at_once():
    start = time.process_time()
    for text in (
        "EXTERNAL\n" * 100_000,
        "CAUTION: " * 100_000,
        "[" * 500_000,
        "this email " * 50_000,
        "-\n" * 200_000,
        "\n" * 500_000,
        "外部" * 200_000,
    ):
        without_banner(text)
    assert time.process_time() - start < 3
