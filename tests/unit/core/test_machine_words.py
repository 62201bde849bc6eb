"""Absence notes, acknowledgments, challenges and receipts by their words alone, in many languages, and people beside them."""

from datetime import UTC, datetime

import pytest

from mailbot.core.intake.automatic import absence_words
from mailbot.core.intake.automatic.auto_text import automatic_subject
from mailbot.core.intake.automatic.bounce import find_bounce
from mailbot.core.intake.newtext import new_text
from mailbot.core.intake.read import read
from mailbot.core.intake.screen import Own, screen
from mailbot.core.intake.tokens import Signer
from mailbot.core.model.mail import Kind

OWN = Own(own_addresses=frozenset({"help@desk.example"}), signer=Signer(b"a secret of the tests"))
NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
PREFIXES = f"{absence_words.AUTO_SUBJECT}|{absence_words.AUTO_SUBJECT_UNSPACED}".split("|")


def screened(subject, body, *headers, sender="Robin Case <robin@customer.example>"):
    head = [
        f"From: {sender}", "To: help@desk.example", f"Subject: {subject}", "Message-ID: <1@customer.example>",
        "Date: Mon, 02 Mar 2026 09:00:00 +0000", *headers, "Content-Type: text/plain; charset=utf-8",
    ]  # fmt: skip
    raw = "\n".join([*head, "", body, ""]).encode()
    mail = read(raw)
    return screen(mail, new_text(mail), own=OWN, now=NOW, bounce=find_bounce(mail, raw))


NOTES = [
    ('Re: Export', 'Hello,\n\nThank you for your email. I am currently on annual leave, returning on Monday 9 March, with limited access to email.\n\nFor urgent matters please contact Sam Reed (sam@customer.example).\n\nKind regards\nRobin'),
    ('Re: Export', "I'm off until Tuesday. Anything urgent, please call the office on 030 5550 199."),
    ('Re: Export', 'I no longer work at Customer Ltd. For anything concerning exports please contact Sam Reed.'),
    ('Re: Export', 'Our offices are closed between Christmas and New Year. We will get back to you from 2 January.'),
    ('Re: Export', 'I am on parental leave and will return in September. My colleague Sam (sam@customer.example) will be happy to help.'),
    ('Robin Case is on leave', 'I am on leave until Friday and will respond when I am back.'),
    ('AW: Export', 'Guten Tag,\n\nvielen Dank für Ihre Nachricht. Ich bin vom 2. bis 13. März nicht im Büro. In dringenden Fällen wenden Sie sich bitte an Sam Reed.\n\nMit freundlichen Grüßen\nRobin Case'),
    ('AW: Export', 'Ich bin derzeit in Elternzeit. Ihre Nachricht wird nicht weitergeleitet. Bitte wenden Sie sich an sam@customer.example.'),
    ('AW: Export', 'Wir haben Betriebsferien und sind ab dem 7. Januar wieder für Sie da.'),
    ('AW: Export', 'Ich bin nicht mehr für die Firma Muster tätig. Bitte wenden Sie sich an info@customer.example.'),
    ('RE: Export', 'Bonjour,\n\nJe serai absent du 2 au 13 mars. Pour toute urgence, merci de contacter Sam.\n\nCordialement'),
    ('RE: Export', "Nos bureaux sont fermés jusqu'au 2 janvier. Nous vous répondrons à notre retour."),
    ('RE: Export', 'Estaré de vacaciones hasta el 9 de marzo. Para asuntos urgentes, contacte con Sam Reed.'),
    ('RE: Export', 'Hola, estoy de baja por maternidad. En caso de urgencia puede contactar con Sam.'),
    ('R: Export', 'Buongiorno, sono in ferie fino al 9 marzo. Per urgenze potete contattare Sam Reed.'),
    ('R: Export', 'I nostri uffici sono chiusi per ferie dal 10 al 24 agosto. Vi risponderemo al nostro rientro.'),
    ('RES: Export', 'Olá, estou de férias até 9 de março. Em caso de urgência, por favor contacte a Sam.'),
    ('RE: Export', 'Beste, ik ben met vakantie tot en met 9 maart. Neem voor dringende zaken contact op met Sam.'),
    ('Odp: Export', 'Dzień dobry, jestem na urlopie do 9 marca. W pilnych sprawach proszę o kontakt z Sam Reed.'),
    ('Re: Export', 'Dobrý den, do 9. března jsem na dovolené. V naléhavých případech kontaktujte Sam Reed.'),
    ('Re: Export', 'Dobrý deň, som na dovolenke do 9. marca. V súrnych prípadoch kontaktujte Sam Reed.'),
    ('Re: Export', 'Tisztelt Partnerünk! Március 9-ig szabadságon vagyok. Sürgős esetben keresse Sam Reedet.'),
    ('Re: Export', 'Bună ziua, sunt în concediu până la 9 martie. Pentru urgențe, vă rog să contactați pe Sam.'),
    ('SV: Export', 'Hej, jag är på semester till och med den 9 mars. Vid brådskande ärenden kontakta Sam.'),
    ('SV: Export', 'Hej, jeg holder ferie til og med den 9. marts. I hastende tilfælde kontakt venligst Sam.'),
    ('SV: Export', 'Hei, jeg er på ferie til og med 9. mars. Ved hastesaker, ta kontakt med Sam.'),
    ('VS: Export', 'Hei, olen lomalla 9.3. saakka. Kiireellisissä asioissa ota yhteyttä Samiin.'),
    ('ΑΠ: Export', 'Καλημέρα, είμαι σε άδεια έως τις 9 Μαρτίου. Για επείγοντα επικοινωνήστε με τη Σαμ.'),
    ('YNT: Export', "Merhaba, 9 Mart'a kadar yıllık izindeyim. Acil durumlarda Sam ile iletişime geçebilirsiniz."),
    ('Re: Export', 'Здравствуйте! Я в отпуске до 9 марта. По срочным вопросам обращайтесь к Сэм.'),
    ('Re: Export', 'Вітаю! Я у відпустці до 9 березня. З термінових питань звертайтеся до Сем.'),
    ('Re: Export', 'Здравейте, в отпуск съм до 9 март. При спешни случаи се обърнете към Сам.'),
    ('Re: Export', 'Poštovani, na godišnjem odmoru sam do 9. ožujka. Za hitno obratite se kolegi.'),
    ('Re: Export', 'Поштовани, на годишњем одмору сам до 9. марта. За хитне случајеве обратите се Сем.'),
    ('Re: Export', 'Pozdravljeni, do 9. marca sem odsoten. Za nujne zadeve pišite na sam@customer.example.'),
    ('Re: Export', 'Tere! Viibin puhkusel kuni 9. märtsini. Kiirete küsimuste korral pöörduge Sami poole.'),
    ('Re: Export', 'Sveiki, atrodos atvaļinājumā līdz 9. martam. Steidzamos jautājumos rakstiet Sam.'),
    ('Re: Export', 'Laba diena, atostogauju iki kovo 9 d. Skubiais klausimais kreipkitės į Sam.'),
    ('Re: Export', 'Bon dia, estic de vacances fins al 9 de març. Per a urgències, contacteu amb la Sam.'),
    ('Re: Export', 'Ola, estou de vacacións ata o 9 de marzo. Para asuntos urxentes, contacte con Sam.'),
    ('RE: Export', 'お世話になっております。3月9日まで出張のため不在です。お急ぎの場合は代理の者までご連絡ください。'),
    ('回复: Export', '您好，我在外出差，3月9日返回公司。如有急事请联系同事。'),
    ('RE: Export', '안녕하세요. 3월 9일까지 휴가입니다. 급한 용무는 동료에게 연락 부탁드립니다.'),
    ('رد: Export', 'مرحباً، أنا في إجازة حتى 9 مارس. للأمور العاجلة يرجى التواصل مع سام.'),
    ('הנדון: Export', 'שלום, אני בחופשה עד 9 במרץ. בנושאים דחופים ניתן לפנות אל סאם.'),
    ('Re: Export', 'Xin chào, tôi đang nghỉ phép đến ngày 9 tháng 3. Trường hợp khẩn cấp vui lòng liên hệ Sam.'),
    ('Re: Export', 'Saya sedang cuti hingga 9 Maret. Untuk hal mendesak silakan hubungi Sam.'),
    ('Re: Export', 'ขณะนี้ลาพักร้อนถึงวันที่ 9 มีนาคม หากเร่งด่วนกรุณาติดต่อคุณแซม'),
    ('Re: Export', 'سلام، من تا تاریخ ۹ مارس در مرخصی هستم. در موارد فوری با سام تماس بگیرید.'),
    ('Re: Export', 'Përshëndetje, jam me pushime deri më 9 mars. Për raste urgjente kontaktoni Sam.'),
    ('Re: Export', 'I will be out of the office until 9 March and cannot answer emails.'),
    ('Odp: Export', 'Dzień dobry, będę nieobecna do 9 marca i nie będę miała dostępu do poczty.'),
    ('AW: Export', 'Ich bin bis zum 9. März im Urlaub und kann Ihre Mails nicht lesen.'),
    ('RE: Export', "Je suis en congé jusqu'au 9 mars et n'ai pas accès à mes mails."),
    ('RE: Export', 'Estoy de vacaciones hasta el 9 de marzo y no tengo acceso al correo.'),
    ('Re: Export', 'Я в отпуске до 9 марта, доступа к почте нет.'),
    ('Re: Export', 'Jsem na dovolené do 9. března a nemám přístup k e-mailu.'),
    ('SV: Export', 'Jag är på semester till den 9 mars och läser inte min mejl.'),
    ('Re: Export', "Hello,\n\nI'm taking some time off and return on Monday, 9 March. If it can't wait, ping Sam at sam@customer.example.\n\nRobin"),
    ('Re: Export', 'Robin Case is no longer employed at Customer Ltd. Kindly send your mail to sam@customer.example instead.'),
    ('Re: Export', 'Thanks for writing! I am at a trade fair and will reply with some delay. In urgent cases call 030 5550 199.'),
    ('Re: Export', 'I am currently on paternity leave and return on 9 March. Sam is covering for me in the meantime.'),
    ('Re: Export', 'We are closed for stocktaking on 2 and 3 March. Mails will be answered from 9 March onwards.'),
    ('AW: Export', 'Hallo, heute bin ich auf Fortbildung und lese meine Mails erst morgen wieder.'),
    ('RE: Export', "Bonjour, je suis en congé maternité jusqu'en mars. Pour toute demande, merci d'écrire à sam@customer.example."),
    ('ΑΠ: Export', 'Καλημέρα, απουσιάζω έως τις 9 Μαρτίου. Για κάτι επείγον, καλέστε τη Σαμ.'),
    ('YNT: Export', '9 Mart tarihine kadar izinli olduğum için geç dönüş yapacağım. Acil konular için Sam ile görüşebilirsiniz.'),
    ('RE: Export', '誠に勝手ながら、3月2日から3月9日まで夏季休業とさせていただきます。'),
    ('回复: Export', '您好！我休年假，3月9日返回，期间无法及时回复邮件，如有急事请致电公司。'),
]  # fmt: skip

MACHINES = [
    ('Re: Export', 'Hello, we received your message. Ticket 778812 was opened and one of our agents will reply within 24 hours.'),
    ('[Request received] Export', '##- Please type your reply above this line -##\n\nYour request (91827) has been received and is being reviewed by our support staff.'),
    ('AutoReply: Export', 'Hello,\n\nthis message has been generated in response to the creation of a ticket.'),
    ('Ihre Anfrage ist eingegangen (Vorgang 55123)', 'Guten Tag, wir haben Ihre Anfrage erhalten und melden uns schnellstmöglich.'),
    ('Nous avons bien reçu votre demande', 'Bonjour, nous avons bien reçu votre demande. Notre équipe vous répondra dans les plus brefs délais. Dossier 4455'),
    ('Abbiamo ricevuto la tua richiesta', 'Ciao, abbiamo ricevuto la tua richiesta e ti risponderemo il prima possibile. Ticket 4455'),
    ('Uw melding 4455', 'Bedankt voor uw bericht. Wij hebben uw melding ontvangen en nemen zo spoedig mogelijk contact met u op.'),
    ('Recebemos o seu contacto', 'Olá, recebemos a sua mensagem e responderemos em breve. Número do pedido: 4455'),
    ('Мы получили ваше обращение', 'Здравствуйте! Ваше обращение зарегистрировано под номером 4455. Мы ответим в ближайшее время.'),
    ('お問い合わせありがとうございます', 'お問い合わせを受け付けました。担当者より折り返しご連絡いたします。受付番号: 4455'),
    ('Vi har mottagit ditt ärende', 'Tack för ditt meddelande. Vi har tagit emot ditt ärende och återkommer så snart vi kan.'),
    ('We got your message', 'Thanks for reaching out! We got your message and will get back to you as soon as possible.'),
    ('Please verify your email', 'Your message to Robin is being held. To have it delivered, please confirm that you are human: https://gate.example/x'),
    ('[Gate] One more step', 'Robin uses Gate to stop spam. Please click the link to verify your address so that your message is delivered: https://gate.example/x'),
    ('Bestätigen Sie Ihre Nachricht', 'Ihre Nachricht wartet auf Zustellung. Bitte bestätigen Sie einmalig, dass Sie ein Mensch sind: https://tor.example/x'),
    ('Votre message est en attente', 'Votre message est en attente. Cliquez pour confirmer que vous êtes une personne : https://porte.example/x'),
    ('Su mensaje está pendiente', 'Su mensaje está retenido. Confirme que es una persona: https://puerta.example/x haga click'),
    ('Your message to Staff awaits moderator approval', "Your mail to 'Staff' with the subject\n\n    Export\n\nIs being held until the list moderator can review it for approval."),
    ('Ihre Nachricht an Staff wartet auf Bestätigung durch den Moderator', 'Ihre E-Mail an "Staff" wird zurückgehalten.'),
    ('Report Domain: desk.example Submitter: mx.example Report-ID: 77', 'See attached.'),
    ('Elolvasva: Export', 'Az üzenet\n\n   Címzett: Desk\n   Tárgy: Export\n\nelolvasva.'),
    ('Citit: Export', 'Mesajul dvs.\n\n   Către: Desk\n   Subiect: Export\n\na fost citit.'),
    ('Read: Export', 'Your message\n\n   To: Desk\n   Subject: Export\n   Sent: Monday, March 2, 2026\n\nwas read on Monday.'),
    ('Re: Export', 'The mailbox of robin@customer.example is over quota. 452 4.2.2'),
    ('[#778] Re: Export', 'Thanks for reaching out! A ticket (#778) has been opened and our team will see to it.'),
    ('Eingangsbestätigung', 'Wir bestätigen den Eingang Ihrer Anfrage (Vorgang 55-210) und werden uns zeitnah bei Ihnen melden.'),
    ('Richiesta 778', 'Gentile cliente, abbiamo preso in carico la sua richiesta. Le risponderemo il prima possibile.'),
    ('Uw bericht', 'Wij hebben uw bericht ontvangen en streven ernaar binnen twee werkdagen te antwoorden. Uw ticketnummer is 7781.'),
    ('Váš dotaz', 'Dobrý den, váš požadavek č. 7781 jsme přijali a budeme se mu věnovat co nejdříve.'),
    ('Megkaptuk üzenetét', 'Megkaptuk üzenetét, munkatársunk hamarosan felveszi Önnel a kapcsolatot.'),
    ('Λάβαμε το μήνυμά σας', 'Λάβαμε το αίτημά σας #7781 και θα επικοινωνήσουμε σύντομα μαζί σας.'),
    ('Votre message', 'Nous accusons réception de votre message. Notre équipe revient vers vous dans les meilleurs délais.'),
    ('Your message to Robin', 'Robin uses Gate against unwanted mail. As you have not written before, your message was put on hold. Click to release it: https://gate.example/x'),
    ('Re: Export', 'This is a one-time request: my mailbox is protected against spam. Reply to this mail without changing the subject, and your mail will be let through.'),
    ('Return Receipt (displayed) - Export', 'This is a Return Receipt for the mail that you sent to robin@customer.example.'),
    ('[Preview] DMARC Report Domain: desk.example', 'See attached.'),
]  # fmt: skip

PEOPLE = [
    ('Re: Export', 'I am on holiday and my booking is wrong.'),
    ('Booking', 'I am on holiday until Monday. My booking for the 12th is wrong, please correct it.'),
    ('Re: Export', 'We are closed on Friday. Deliver on Monday instead.'),
    ('Lieferung', 'Wir haben vom 1. bis 5. geschlossen. Bitte liefern Sie danach.'),
    ('Re: Export', 'I will be away until Tuesday, so take your time. The log is attached.'),
    ('Urlaub', 'Ich bin ab Montag im Urlaub. Könnten Sie die Rechnung vorher schicken?'),
    ('Export', 'Our colleague Kim has left the company. Please move her licence to Sam.'),
    ('Re: Export', "Je suis en vacances jusqu'au 9, mais l'export ne marche toujours pas."),
    ('Export', 'Estoy de vacaciones y no puedo entrar en mi cuenta.'),
    ('Re: Export', 'Ik ben op vakantie. Het lampje blijft uit.'),
    ('Re: Export', 'Jestem na urlopie do piątku, ale eksport nadal nie działa.'),
    ('Export', 'Jag är på semester och appen visar fel saldo.'),
    ('Office closed', 'Your office is closed each time I come by. When are you open?'),
    ('Holiday', 'We run holiday homes. The calendar shows 7 March as free until 9 March.'),
    ('Re: Export', "Thanks, I'll test it when I'm back from lunch."),
    ('Re: Export', 'It works again. Thank you for your message.'),
    ('休み', '来週は休みですが、エラーが出ます。'),
    ('Request received?', 'I have received your mail, and have a question on ticket 4455: when will it ship?'),
    ('Mailbox full', 'I get 552 5.2.2 mailbox full when I write to robin@customer.example from home.'),
    ('Quarantine', 'Our filter put your newsletter into quarantine, please stop sending it.'),
    ('Human', 'I need to prove that I am human each time I log in. Please remove the captcha.'),
    ('Your message to the team', 'Your message to the team was great, thank you. One thing: the export stops.'),
    ('Confirm', 'Please confirm your address for the delivery on Monday.'),
    ('Read: the manual', 'I read the manual and still cannot log in.'),
    ('Spam report feature', 'Your spam report page shows an error.'),
    ('Re: Export', "I'm on vacation until Monday and this is urgent, our shop is down."),
    ('AW: Export', 'Ich bin bis zum 9. im Urlaub, bis dahin bitte das Konto sperren.'),
    ('Re: Export', 'I am on holiday until Friday, but it is urgent: the export stops every night.'),
    ('RE: Export', "Je suis en vacances jusqu'au 9 et j'attends encore le colis."),
    ('Re: Export', 'Estoy de vacaciones hasta el 9 de marzo, el pago sigue pendiente.'),
    ('Odp: Export', 'Jestem na urlopie do 9 marca, a licencja wygasa jutro.'),
    ('Re: Export', 'I am out of the office until Monday. The demo should move to Tuesday.'),
    ('Congé', 'Bonjour, je serai absente la semaine prochaine, merci de livrer après le 14.'),
    ('Urlaub', 'Ich bin ab Freitag im Urlaub und die Ware ist noch nicht da.'),
    ('Away', 'I will be away next week. Leave it with my neighbour, number 12.'),
    ('Out of office', 'I am out of the office on Tuesday. Sam opens the door for the fitters.'),
    ('Re: Export', 'Thanks, I got your message and will get back to you soon with the file.'),
    ('Re: Export', 'I received your message. Please look into it and answer as soon as possible.'),
    ('Re: Export', "I don't work on Fridays. Please call Sam about the export."),
    ('Re: Export', 'Ik ben vrij tevreden, maar de export stopt.'),
    ('Re: Export', 'Nem vagyok elégedett. Kérem, hívja vissza a kollégámat.'),
    ('Заказ', 'Мы получили лампу, заказ № 4711, но она разбита. Ответьте как можно скорее.'),
    ('Re: Export', 'Sam has retired. Send the bills to office@customer.example from now on.'),
    ('Re: Export', 'My colleague Sam is covering for me now, so put her on the account.'),
]  # fmt: skip


@pytest.mark.parametrize(("subject", "body"), NOTES)
def test_a_note_of_absence_by_its_words_alone(subject, body):
    got = screened(subject, body)
    assert (got.kind, got.opens_ticket, got.may_answer) == (Kind.AUTO_REPLY, False, False)


@pytest.mark.parametrize(("subject", "body"), MACHINES)
def test_other_machines_by_their_words_alone(subject, body):
    assert not screened(subject, body).may_answer


@pytest.mark.parametrize(("subject", "body"), PEOPLE)
def test_people_who_write_much_alike(subject, body):
    got = screened(subject, body)
    assert (got.kind, got.may_answer) == (Kind.PERSON, True), got.reason


@pytest.mark.parametrize("prefix", PREFIXES)
def test_an_automatic_answer_by_its_subject_in_the_language_of_a_client(prefix):
    assert automatic_subject(f"{prefix}: Export")
    assert automatic_subject(f"{prefix} : Re: Export")
    assert screened(f"{prefix}: Export", "Text.").kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "header",
    ["X-ZZ-AutoReply: 1", "X-Some-Auto-Reply: yes", "X-MailAutoResponder: 2.1", "X-Vacation-Message: on", "X-Foo-OutOfOffice: true",
     "X-Notes-Item: OutOfOffice; name=Form"],
)  # fmt: skip
def test_a_header_of_an_answering_machine_that_no_table_names(header):
    assert screened("Re: Export", "Text.", header).kind is Kind.AUTO_REPLY


@pytest.mark.parametrize(
    "header",
    [
        "X-ZZ-AutoReply: no",
        "X-No-Auto-Reply: yes",
        "X-Auto-Response-Suppress: DR",
        "X-Vacation: 0",
        "X-Suppress-AutoResponder: 1",
        "X-Loop: no",
        "List-Help:",
    ],
)
def test_headers_that_ask_for_quiet_or_say_no(header):
    assert screened("Re: Export", "The export fails.", header).may_answer


def test_a_filters_digest_by_who_sends_it():
    for sender in (
        "quarantine@filter.example",
        "Filter <spam-digest@filter.example>",
        "spamdigest@filter.example",
        "quarantaene@filter.example",
    ):
        got = screened("You have 4 messages in quarantine", "From: x. Subject: Win. Release", sender=sender)
        assert (got.kind, got.opens_ticket, got.may_answer) == (Kind.LIST, True, False)


def test_whoever_answers_an_invitation_with_words_is_heard():
    part = "--b\nContent-Type: {}; charset=utf-8\n\n{}\n"

    def answer(words):
        body = part.format("text/plain", words) + part.format(
            "text/calendar; method=REPLY", "BEGIN:VCALENDAR\nMETHOD:REPLY\nEND:VCALENDAR"
        )
        raw = f"From: r@c.example\nTo: help@desk.example\nSubject: Accepted: Call\nDate: Mon, 02 Mar 2026 09:00:00 +0000\nMessage-ID: <2@c.example>\nMIME-Version: 1.0\nContent-Type: multipart/alternative; boundary=b\n\n{body}--b--\n".encode()
        mail = read(raw)
        return screen(mail, new_text(mail), own=OWN, now=NOW).kind

    assert answer("I accept. But can I bring a colleague?") is Kind.PERSON
    assert answer("") is Kind.REPORT
