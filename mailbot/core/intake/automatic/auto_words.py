"""Tables of the words in which machines say that they are machines, and absent people that they are away.

A phrase matches whole words, folded; a star after a word is any ending, a lone star up to three words.
"""

from __future__ import annotations

from typing import Final

#: "I am not here now."
AWAY: Final = (
    # en
    "am out of office|am out of the office|am currently out of * office|be out of the office|be out of office|out of the office until|out of office until|out of the office from"
    "|out of the office with|currently out of the office|am on leave|am on annual leave|am on maternity leave|am on parental leave|am on paternity leave|am on sick leave"
    "|on annual leave|on maternity leave|on parental leave|am on vacation|am on holiday|am on holidays|am currently on * leave|am currently on vacation|am currently on holiday|am away"
    "|am currently away|be away until|am travelling|am traveling|away from my desk|away from the office|away from my email|will be on vacation|will be on leave|no longer with|no longer works|have left the company"
    "|am not in the office|not in the office|am currently unavailable|am not reading"
    # de
    "|bin * nicht im büro|bin * nicht im haus|bin * im urlaub|bin * abwesend|bin * ausser haus|bin * in elternzeit|bin * in mutterschutz|befinde mich * urlaub|befinde mich * elternzeit|bin * nicht erreichbar"
    "|bin * verreist|bin * auf dienstreise|bin bis * nicht im|bin bis * im urlaub|bin bis einschliesslich * nicht|im urlaub|nicht im büro|nicht am arbeitsplatz|ausser haus|nicht mehr für * tätig|habe urlaub"
    # fr
    "|suis absent*|suis actuellement absent*|suis en congé*|suis en vacances|suis en déplacement|suis actuellement en|suis en arrêt|absent du bureau|absente du bureau|suis hors du bureau"
    # es
    "|estoy fuera de|estaré fuera de|estoy de vacaciones|me encuentro fuera|me encuentro de vacaciones|me encuentro ausente|estoy ausente|estaré ausente|estoy de baja|estoy de permiso"
    # it
    "|sono fuori ufficio|sono fuori sede|sono assente|sarò assente|sono in ferie|sarò in ferie|sono in vacanza|sono in congedo|sono in maternità|assente dall'ufficio|in ferie fino"
    # pt
    "|estou ausente|estarei ausente|estou fora do|estarei fora do|estou de férias|estou em férias|estarei de férias|encontro me ausente|encontro me de férias|estou de licença"
    # nl
    "|ben * afwezig|ben * op vakantie|ben * niet op kantoor|ben * met vakantie|ben * met verlof|ben * niet aanwezig|ben op vakantie|wegens vakantie|niet op kantoor"
    # pl
    "|jestem na urlopie|jestem nieobecn*|przebywam na urlopie|będę nieobecn*|jestem poza biurem|poza biurem|przebywam poza|na urlopie"
    # sv
    "|är på semester|är ledig|är inte på kontoret|är på semester|har semester|är frånvarande|är tjänstledig|är föräldraledig|är på resande|är bortrest|på semester"
    # da no
    "|er på ferie|er ikke på kontoret|holder ferie|har ferie|er fraværende|er ikke til stede|er på barsel|er på kursus|er ute av kontoret|har permisjon|er i permisjon|er bortreist|er på reise|er ute på ferie|avholder ferie"
    # fi
    "|olen lomalla|olen vuosilomalla|olen poissa|olen matkoilla|en ole tavoitettavissa|en ole toimistolla|olen vanhempainvapaalla|jään lomalle|vuosilomalla"
    # cs sk
    "|jsem na dovolené|jsem mimo kancelář|mimo kancelář|čerpám dovolenou|nejsem v kanceláři|jsem nepřítom*|jsem na služební cestě|som na dovolenke|som mimo kancelárie"
    # ru uk bg
    "|в отпуске|нахожусь в отпуске|отсутствую|я отсутствую|меня нет на|нет в офисе|не в офисе|вне офиса|в командировке|на больничном|в декрет*|у відпустці|відсутн*|не в офісі|поза офісом|у відрядженні|в отпуск съм"
    # tr
    "|izindeyim|izinde olacağım|ofis dışındayım|ofiste değilim|ofiste olmayacağım|tatildeyim|yıllık izindeyim|seyahatteyim|doğum iznindeyim"
    # ja zh ko
    "|不在にして|不在です|不在とな|不在いたし|休暇をいただ|休暇を取|休暇中|休暇のため|出張中|出張のため|お休みをいただ|休みをいただ|夏季休業|冬季休業|年末年始休業|産休|育休|休業いたし|外出して"
    "|正在休假|我在休假|休假中|在休假|休年假|年假中|正在出差|出差中|不在办公室|不在辦公室|外出办公|目前休假|放假|在外出差|부재중|휴가중|휴가 중|휴가로|출장중|출장 중|출장으로|자리를 비|육아휴직|연차"
    # ar he
    "|في إجازة|في اجازة|خارج المكتب|غير متواجد|لست في المكتب|في رحلة عمل|בחופשה|מחוץ למשרד|איני במשרד|לא במשרד|בחופשת לידה|נעדר|נעדרת|לא נמצא במשרד|לא נמצאת במשרד"
    # hu ro el
    "|szabadságon vagyok|házon kívül|nem vagyok az irodában|în concediu|sunt plecat*|λείπω|εκτός γραφείου"
)  # fmt: skip

#: "Until then" and "when I am back".
BACK: Final = (
    "until|back on|be back|am back|return on|returning|returning on|return to|upon my return|on my return|when i return|when i am back"
    "|bis zum|bis einschliesslich|ab dem|wieder erreichbar|wieder im|wieder da|wieder zurück|zurück|nach meiner rückkehr"
    "|jusqu'au|jusqu'à|de retour|mon retour|inclus|hasta el|hasta|regreso|vuelta|reincorpor*|fino al|fino a|rientro|rientrerò|di ritorno|compreso|até|regresso|retorno|retornarei|volto"
    "|tot en met|weer aanwezig|terug|vanaf|do dnia|powrot*|powroc*|wrócę|wracam|till och med|åter|tillbaka|til og med|tilbage|tilbake|palaan|saakka|asti|töihin"
    "|návratu|vrátím|zpět|zpátky|до|вернусь|возвращ*|после возвращения|по возвращении|повернусь|повернуся|повернення|kadar|döneceğim|döndüğümde|dönüşümde|dönüş"
    "|まで|以降|戻り|復帰|出社|返回|回来|回到|回来上班|까지|복귀|돌아|حتى|العودة|عودتي|أعود|עד|אחזור|שובי|בחזרה|meg nem|până|έως|μέχρι"
)  # fmt: skip

#: "Somebody else can help, and I shall not read this soon."
INSTEAD: Final = (
    "no access to|limited access to|not have access to|intermittent access|will respond|will reply|will answer|get back to you|reply to your|as soon as i|for urgent|in urgent cases|if urgent|if it is urgent|urgent matters"
    "|in case of emergency|in an emergency|in my absence|please contact|please reach out to|be forwarded|not be forwarded|not monitored"
    "|nicht weitergeleitet|dringenden fällen|dringenden angelegenheiten|wenden sie sich|melde mich|vertretung|vertritt mich|in dringenden|keinen zugriff"
    "|en cas d'urgence|cas d'urgence|prendrai connaissance|répondrai|veuillez contacter|merci de contacter|pouvez contacter|en mon absence"
    "|si es urgente|casos urgentes|asuntos urgentes|en caso de urgencia|responderé|contacte con|póngase en contacto|en mi ausencia|risponderò|per urgenze|in caso di urgenza|contattare|in mia assenza"
    "|assuntos urgentes|em caso de urgência|casos urgentes|responderei|contacte|entre em contato|entrar em contato|na minha ausência|dringende zaken|dringende gevallen|kunt u contact|contact opnemen|tijdens mijn afwezigheid|zal * beantwoorden"
    "|pilnych sprawach|w sprawach pilnych|proszę o kontakt|proszę kontaktować|odpowiem|zastępuje mnie|brådskande|akuta ärenden|kontakta|haster|kontakt venligst|hasteveende|henvend dig|ta kontakt|kontakt"
    "|kiireellis*|kiireisissä|ota yhteyttä|yhteyttä|vastaan|sijaiseni|sijaisenani|naléhav*|kontaktujte|odpovím|obraťte se|по срочным|срочным вопросам|обращайтесь|отвечу|замещает|термінових|звертайтеся|відповім"
    "|acil|yanıtlayacağım|cevaplayacağım|ulaşabilirsiniz|yazabilirsiniz|お急ぎ|ご連絡|連絡ください|返信いたし|返信させ|急事|紧急|緊急|请联系|請聯絡|请联络|代为|급한|긴급|연락|회신|للأمور العاجلة|للحالات العاجلة|يرجى التواصل|سأرد|الاتصال ب"
    "|דחופים|דחוף|לפנות אל|ניתן לפנות|אשיב|sürgős|urgențe|επείγον"
)  # fmt: skip

#: How the subject of an absence note begins, and no other subject.
AWAY_SUBJECT: Final = (
    "out of office|out of the office|ooo|away from|on annual leave|on leave|on vacation|on holiday|maternity leave|parental leave|annual leave|vacation notice|vacation reply|vacation message|vacation notification|absence notice"
    "|away notice|away message|holiday notice|i am out|i'm out|i am away|i'm away|away until|is out of|is away|is on leave|is on vacation|is on holiday"
    "|abwesenheitsnotiz|abwesenheitsbenachrichtigung|abwesenheitsnachricht|abwesenheitsmeldung|abwesenheitsmitteilung|abwesenheitsassistent|abwesenheitshinweis|abwesenheitsagent|abwesenheit bis|abwesend|nicht im büro|nicht im haus|ausser haus"
    "|urlaubsbenachrichtigung|urlaubsnotiz|urlaubsmeldung|ich bin in elternzeit|ich bin im urlaub|bin im urlaub|ich bin nicht|ich bin bis"
    "|message d'absence|notification d'absence|avis d'absence|absence du bureau|absence jusqu'au|absent du bureau|absente du bureau|absent jusqu'au|absente jusqu'au|en congé|en congés|en vacances"
    "|fuera de la oficina|fuera de oficina|ausente de la oficina|ausente hasta|aviso de ausencia|mensaje de ausencia|de vacaciones|fuori ufficio|fuori sede|assente dall'ufficio|assente fino|assenza dall'ufficio|avviso di assenza|in ferie"
    "|fora do escritório|ausente do escritório|ausente até|aviso de ausência|ausência do escritório|ausência temporária|de férias|afwezig|afwezigheidsbericht|afwezigheidsmelding|afwezigheidsassistent|niet op kantoor|niet aanwezig|op vakantie"
    "|poza biurem|informacja o nieobecności|nieobecność do|nieobecność w biurze|jestem na urlopie|na urlopie|frånvaromeddelande|frånvaro|frånvarande|ej på kontoret|inte på kontoret|semestermeddelande|på semester|fraværsbesked|fraværsmeddelelse"
    "|fraværsmelding|fraværsbeskjed|fraværsassistent|fraværende|fravær|ikke til stede|ikke på kontoret|feriebesked|feriesvar|på ferie|ute av kontoret|poissaoloilmoitus|poissaoloviesti|poissa toimistosta|poissa|lomavastaus|lomalla|vuosilomalla"
    "|mimo kancelář|nepřítomnost|nejsem v kanceláři|odpověď v nepřítomnosti|jsem na dovolené|na dovolené|вне офиса|нет на рабочем месте|нет на месте|в отпуске|отсутствую|отсутствие на рабочем месте|я в отпуске|поза офісом|відсутн*|у відпустці"
    "|ofis dışında|ofis dışındayım|işyeri dışında|yıllık izindeyim|izindeyim|yıllık izin|خارج المكتب|أنا في إجازة|في إجازة|מחוץ למשרד|בחופשה|היעדרות מהמשרד|היעדרות"
)  # fmt: skip
AWAY_SUBJECT_UNSPACED: Final = (
    "不在通知|不在連絡|不在のお知らせ|不在のご連絡|不在メール|不在|休暇中|休暇のお知らせ|外出中|休假中|休假通知|休假|出差中|不在办公室|不在辦公室|年假|부재중|부재 중|부재 알림|부재 통지|휴가중|휴가 중|휴가 안내|출장중|출장 중"
)  # fmt: skip

#: How it may begin as well; but so do the subjects of people who ask about an absence.
MAYBE_AWAY_SUBJECT: Final = (
    "vacation|holiday|holidays|absence|away|absent|leave|urlaub|elternzeit|abwesenheit|dienstreise|absence|congé|congés|vacances|ausencia|ausente|vacaciones|ferie|assenza|assente|férias|ausência|vakantie|verlof|afwezigheid|urlop"
    "|nieobecność|semester|ledig|ferie|fravær|permisjon|loma|poissaolo|dovolená|отпуск|отсутствие|командировка|відпустка|izin|tatil|إجازة|اجازة|חופשה"
)  # fmt: skip

#: "A machine wrote this."
AUTOMATIC: Final = (
    "this is an automated|this is an automatic|this is an auto|is an automated message|is an automatic reply|is an automatic message|automatically generated|auto generated|generated automatically|sent automatically|automated response|automated reply"
    "|automatic response|automatic confirmation|automatic acknowledgement|automatic acknowledgment|system generated|auto reply|autoreply|auto response|automatic reply|automatic notification|automated notification|automated email"
    "|automatisch generierte*|automatisch erzeugte*|automatisch erstellt*|automatisch versandt*|automatisch verschickt*|automatisch generiert|eine automatische|automatische antwort|automatische nachricht|automatische eingangsbestätigung|automatisierte antwort"
    "|automatisierte nachricht|message automatique|réponse automatique|e mail automatique|mail automatique|courriel automatique|généré automatiquement|envoyé automatiquement|mensaje automático|correo automático|respuesta automática"
    "|generado automáticamente|enviado automáticamente|mensaje generado|messaggio automatico|risposta automatica|e mail automatica|email automatica|generato automaticamente|generata automaticamente|inviato automaticamente|inviata automaticamente"
    "|mensagem automática|resposta automática|e mail automático|email automático|gerada automaticamente|gerado automaticamente|enviada automaticamente|automatisch gegenereerd*|automatisch bericht|automatisch antwoord|automatische e mail|automatisch verzonden"
    "|automatische bevestiging|wygenerowana automatycznie|wygenerowany automatycznie|automatycznie wygenerowan*|wiadomość automatyczna|automatyczna odpowiedź|automatyczna wiadomość|wysłana automatycznie|automatiskt svar|automatiskt meddelande"
    "|automatiskt genererat|automatgenererat|automatiskt utskick|automatisk besked|automatisk svar|automatisk melding|automatisk genereret|automatisk generert|automatisk bekræftelse|automatisk bekreftelse|automatisk meddelelse|automaattinen vastaus"
    "|automaattinen viesti|automaattinen ilmoitus|automaattisesti|automaattivastaus|automaattinen kuittaus|automaattinen vahvistus|automaticky generovan*|automaticky vygenerovan*|automatická odpověď|automatická zpráva|automaticky odeslan*"
    "|автоматическое сообщение|автоматическое уведомление|автоматический ответ|автоматически|сгенерировано автоматически|сформировано автоматически|автоматичне повідомлення|автоматична відповідь|автоматично|otomatik olarak|otomatik mesaj|otomatik yanıt"
    "|otomatik cevap|otomatik bir mesaj|رسالة آلية|رسالة تلقائية|رد تلقائي|رد آلي|بشكل آلي|بشكل تلقائي|הודעה אוטומטית|הודעת מערכת|באופן אוטומטי|מענה אוטומטי"
    "|自動送信|自動返信|自動配信|自動応答|自動的に送信|自動で送信|自动发送|自动回复|自動回覆|自動發送|自动生成|自动答复|系统邮件|系統郵件|系统自动|系統自動|자동발송|자동 발송|자동으로 발송|자동응답|자동 응답|자동회신|자동 회신|발신전용|발신 전용|자동메일"
)  # fmt: skip

#: "Do not answer this."
NO_ANSWER: Final = (
    "do not reply|don't reply|not reply to this|do not respond|not respond to this|no need to reply|cannot receive replies|not monitored|nicht auf diese|antworten sie nicht|antworten sie bitte nicht|nicht zu antworten|ne pas répondre|ne pas y répondre"
    "|ne répondez pas|pas répondre à|no responda|no respondas|no conteste|no responder|non rispondere|non risponda|di non rispondere|não responda|não responder|favor não responder|niet beantwoorden|niet op dit bericht|niet op deze|nie odpowiadać"
    "|nie odpowiadaj|nie odpowiadać|svara inte|inte svara|svara ej|ikke svare|ikke svar|svar ikke|ei tarvitse vastata|älä vastaa|ei voi vastata|neodpovídejte|neodpovídej|не отвечайте|не нужно отвечать|не відповідайте|yanıtlamayınız|cevaplamayınız"
    "|yanıtlamayın|cevap vermeyiniz|عدم الرد|لا ترد|נא לא להשיב|אין להשיב|אין צורך להשיב|返信できません|返信はできません|返信しないで|返信いただいても|ご返信いただけません|请勿回复|请勿直接回复|請勿回覆|請勿直接回覆|회신되지|회신하지|회신이 불가|회신할 수 없"
)  # fmt: skip

#: "We have received what you wrote."
RECEIVED: Final = (
    "request has been received|request was received|request * has been received|received your request|received your message|received your email|received your e mail|received your mail|received your enquiry|received your inquiry|received your ticket|receive your message"
    "|got your request|got your message|got your email|ticket has been created|ticket was created|ticket has been opened|ticket has been received|ticket has been assigned|has been created and assigned|case has been created|case has been opened|been assigned an id"
    "|been assigned * number|been assigned ticket|ticket received|request received|support ticket opened|receipt of your|confirming the receipt|creation of a|been opened on your behalf|has been logged|been registered|email has been received|message has been received"
    "|enquiry has been received|incident * has been created|case * has been created|ticket * has been created|received your service request|received your support request|tracking your request|anfrage erhalten|anfrage eingegangen|anfrage * eingegangen|anfrage wurde|nachricht erhalten"
    "|nachricht * eingegangen|e mail * eingegangen|e mail erhalten|e mail wurde|eingangsbestätigung|empfangsbestätigung|ticket wurde angelegt|ticket mit der nummer * wurde angelegt|anfrage * registriert|anliegen * aufgenommen|enregistré votre demande|enregistré votre message"
    "|demande * enregistrée|registrado su solicitud|registrado tu solicitud|solicitud * registrada|ticket creado|richiesta è stata registrata|richiesta * registrata|ticket aperto|pedido * registrado|chamado * aberto|melding is geregistreerd|melding * geregistreerd"
    "|aanvraag * geregistreerd|zgłoszenie otrzymało|ärende * registrerat|sag er oprettet|saken * registrert|požadavek * zaregistrován*|demande reçue|demande a été|demande a bien été|demande * a bien été|bien reçu votre|avons reçu votre|accusé de réception|message a bien été"
    "|solicitud recibida|solicitud ha sido|solicitud * ha sido|recibido su|recibido tu|hemos recibido|acuse de recibo|ricevuto la tua|ricevuto la sua|ricevuto il tuo|ricevuto il suo|abbiamo ricevuto|conferma di ricezione|richiesta ricevuta|recebemos sua|recebemos a sua|recebemos o seu"
    "|recebemos seu|solicitação recebida|uw bericht ontvangen|uw e mail ontvangen|uw aanvraag ontvangen|uw vraag ontvangen|hebben * ontvangen|ontvangstbevestiging|otrzymania zgłoszenia|otrzymaliśmy|zgłoszenie zostało|zgłoszenie * zostało|potwierdzenie otrzymania"
    "|potwierdzamy otrzymanie|mottagit ditt|mottagit din|tagit emot|modtaget din|modtaget dit|mottatt din|mottatt ditt|vastaanottaneet|olemme saaneet|yhteydenottosi on|potvrzení přijetí|přijali jsme|obdrželi jsme|обращение * зарегистрирован*|обращение получено|получили ваше"
    "|получили ваш|ваше письмо получено|заявка * принята|заявка * зарегистрирована|заявка принята|запрос * зарегистрирован|запрос получен|звернення * зареєстрован*|отримали ваш*|ваш запит * отримано|talebiniz alındı|talebiniz tarafımıza|talebiniz * alınmıştır|mesajınız alınmıştır"
    "|mesajınız alındı|تم استلام|استلمنا|התקבלה|התקבל|קיבלנו את|受け付けました|受付けました|受付いたし|受付完了|受信いたし|已收到|已经收到|收到您的|收到你的|您的来信|접수되|접수하|접수완료|접수 완료|잘 받았"
    "|a bien été prise|bien été pris|megkaptuk üzenetét|megkaptuk levelét|megkaptuk megkeresését|λάβαμε το μήνυμα|λάβαμε το μήνυμά|λάβαμε το αίτημα|λάβαμε το αίτημά|prijali sme vaš*|primili smo vaš*|примили смо ваш*|ticket * has been opened|ticket * was opened|ticket * was created|ticket * created|case * has been opened|case * was opened|we've got your|we have got your|your request is in|your enquiry is in|is now in our queue|eingang ihrer anfrage|eingang ihrer nachricht|eingang ihrer e mail|eingang ihres|eingang deiner anfrage|eingang deiner nachricht|anliegen ist bei uns|anfrage ist bei uns|preso in carico|presa in carico|ricevuta richiesta|registramos su|registramos tu|recebemos a tua|recebemos o teu|in goede orde ontvangen|przyjęliśmy|din sag er|ditt ärende har|ditt ärende är|saken din er|henvendelse er mottatt|henvendelsen er mottatt|henvendelse er modtaget|modtaget din henvendelse|olemme vastaanottaneet|tukipyyntösi|jsme přijali|požadavek * jsme|požiadavku * sme|vašu požiadavku|dostali sme vašu|обращение зарегистрировано|обращение принято|запрос зарегистрирован|запит зареєстровано|получихме ваш*|запитването ви|заявката ви|zaprimili smo|vaš upit je|vaš zahtjev je|vaš zahtev je|prejeli smo|vaše sporočilo smo|megérkezett hozzánk|rögzítettük|bejelentését|am primit mesajul|am primit solicitarea|am primit cererea|solicitarea dumneavoastră|solicitarea dvs|αίτημά σας|καταχωρήθηκε|oleme teie * kätte|teie pöördumine|teie kiri on|esam saņēmuši|jūsu pieteikums|gavome jūsų|jūsų užklausa|talebiniz oluşturul*|talebiniz * oluşturul*|kaydınız|đã nhận được|telah kami terima|telah diterima|kami telah menerima|ได้รับข้อความ|ได้รับเรื่อง|承りました|已受理"
    "|accusons réception|accuse réception|ticket * eröffnet|ticket * erstellt|vorgang * eröffnet|ticket * angelegt"
)  # fmt: skip

#: "Thank you for writing", and under which number: people say so as well.
THANKED: Final = (
    "case number is|ticket number is|reference number is|ticket id is|ticket reference is|thank you for contacting|thanks for contacting|thank you for reaching|thanks for reaching|thank you for your email|thank you for your e mail|thank you for your message|thank you for your inquiry"
    "|thank you for your enquiry|thank you for getting|thanks for your inquiry|thanks for your message|vielen dank für ihre|danke für ihre|vorgangsnummer|ticketnummer|merci de nous avoir contacté|merci d'avoir contacté|gracias por contactar*|gracias por ponerse|número de ticket"
    "|grazie per averci|obrigado por entrar|obrigado pelo contato|obrigado pelo seu contacto|bedankt voor uw bericht|bedankt voor je bericht|bedankt voor uw e mail|dziękujemy za kontakt|dziękujemy za wiadomość|tack för att du kontakta*|tack för ditt|tack för din|tak for din"
    "|tak for dit|takk for din|takk for at du|takk for henvendelsen|kiitos yhteydenotostasi|kiitos viestistä*|kiitos palautteesta*|děkujeme za vaši|děkujeme za váš|спасибо за обращение|дякуємо за звернення|bize ulaştığınız için|bizimle iletişime|شكرا لتواصلك|شكراً لتواصلك|תודה שפנית"
    "|תודה על פנייתך|תודה על פנייתכם|受付番号|お問い合わせありがとう|お問合せありがとう|感谢您的来信|感谢您联系|문의해 주셔서"
)  # fmt: skip

#: "Somebody will look at it." It counts only together with "we have received it".
WILL_ANSWER: Final = (
    "will answer you|people will answer|follow the ticket|follow your ticket|follow this ticket|responderemos|responderá|te responderemos|répondrons|vi risponderemo|le risponderemo|responderemos em breve|beantworten wir|antworten ihnen|antworten wir|wird bearbeitet|rückmeldung|beantwoorden|reageren wij|odpowiedź|svarar dig|svarer dig|svarer deg|vastaamme|odpovíme|ответим|свяжемся|відповімо|yanıt vereceğiz|will be reviewing|one business day|1 business day|next business day|one working day|as soon as we can|reply shortly|respond shortly|agent will|engineer will|operator will|follow its progress|follow the progress|track your replies|there is an update|being reviewed|be reviewed by|will review your|support representative|a representative will|one of our agents|our team will|our staff will|member of our team|get back to you|will be in touch|will respond|will contact you|will follow up"
    "|business days|working days|within 24 hours|within 48 hours|as soon as possible|we're on it|add additional comments|add comments|status of the ticket|status of your ticket|view request|view the ticket|schnellstmöglich|so bald wie möglich|sobald wie möglich|so schnell wie möglich"
    "|werktagen|melden uns|von unserem support|bearbeitet|bei ihnen melden|in kürze|kümmern uns|vous répondra|vous répondrons|vous recontactera|se pondrá en contacto|nos pondremos en contacto|la contatterà|la contatteremo|risponderemo|entraremos em contato|entraremos em contacto|in behandeling|nemen contact|odpowiemy|skontaktuje się|återkommer|vender tilbage|kommer tilbake|ozveme se|meilleurs délais|plus brefs délais|notre équipe|lo antes posible|la brevedad|siendo revisada|nuestro personal|nuestro equipo|prima possibile|il più presto|mais breve possível|nossa equipe|em breve|zo spoedig mogelijk"
    "|zo snel mogelijk|werkdagen|najszybciej|wkrótce|så snart som|så snart vi|inom kort|hurtigst muligt|snarest|så raskt som|mahdollisimman pian|palaamme|co nejdříve|v nejbližší|ближайшее время|как можно скорее|найближчим часом|en kısa sürede|أقرب وقت|בהקדם|尽快|盡快|儘快|担当者より|折り返し"
    "|順次|빠른 시일|빠른 시간|최대한 빨리"
    "|uns zeitnah|zeitnah bei ihnen|zeitnah antworten|sẽ phản hồi|จะติดต่อกลับ|someone from our|somebody from our|someone on our|a colleague will|a specialist will|we aim to|we will reply|we'll reply|we will answer|we'll answer|we will get back|we'll get back|within * business|within * working|baldmöglichst|melden uns * bei|réponse sous|sous 48|sous 24|un conseiller|traitée dans|en un plazo|un agente|nel più breve|entro 24|entro 48|un operatore|no prazo de|um agente|retornaremos|streven ernaar|zajmiemy się|niezwłocznie|w ciągu * godzin|så fort som|vastaamme sinulle|budeme se|ozveme sa|čo najskôr|odpovieme|v čo najkratšom|специалист ответит|ответим вам|фахівець|незабаром|ще се свържем|възможно най|ще ви отговорим|u najkraćem|javit ćemo|javićemo|odgovorit ćemo|odgovorićemo|što prije|у најкраћем|јавићемо|v najkrajšem|odgovorili vam|odgovorili bomo|hamarosan|munkatársunk|leghamarabb|válaszolunk|felvesszük|cel mai scurt|vă vom răspunde|vă vom contacta|σύντομα|θα επικοινωνήσουμε|θα σας απαντήσουμε|συντομότερο|esimesel võimalusel|võtame teiega|vastame|tuvākajā laikā|sazināsimies|atbildēsim|artimiausiu metu|susisieksime|atsakysime|dönüş yapacağız|ekibimiz|sớm nhất|liên hệ lại|sesegera mungkin|segera menghubungi|akan segera|โดยเร็ว|追って|改めてご連絡|与您联系|與您聯絡|为您处理|곧 연락|담당자가"
)  # fmt: skip

#: What a person complains of, asks for or wants. A note of absence has none of it.
TROUBLE: Final = (
    "my request|my ticket|my case|my enquiry|my booking request|my product|i was told|you said|meine anfrage|mein ticket|mein anliegen|mijn melding|mijn aanvraag|ma demande|mon ticket|mi solicitud|la mia richiesta|meu pedido|moje zgłoszenie|mitt ärende|min sag|min sak|моя заявка|моё обращение"
    "|error|fehler|erreur|errore|erro|cannot|can't|could not|couldn't|does not work|doesn't work|is not working|broken|how do i|how can i|how to|could you|can you|would you|i want|i need|i would like|i'd like|refund|cancel|invoice|my order|my booking|my account|since this morning"
    "|kann ich|kann * nicht|kann keine*|kann im|geht nicht|funktioniert nicht|wie stelle|wie richte|brauche|möchte|rechnung|comment|ne fonctionne|ne peux|je voudrais|je veux|facture|remboursement|j'ai besoin|cómo|no funciona|no puedo|necesito|quiero|factura|reembolso|come posso|non funziona"
    "|non riesco|vorrei|fattura|rimborso|como faço|não funciona|não consigo|preciso|quero|fatura|reembolso|hoe kan|werkt niet|kan niet|kan geen|wil graag|factuur|jak mogę|nie działa|nie mogę|chciał*|faktur*|hur kan|hur gör|fungerar inte|kan inte|kan jag|vill pausa|vill byta|vill ändra|skulle vilja|behöver|virker ikke|kan ikke|hvordan|fungerer ikke|vil gerne|vil gjerne|har brug for|ønsker at|ønsker å"
    "|miten|kuinka|ei toimi|en voi|haluaisin|haluaisimme|tarvitsen|lasku|jak mohu|nefunguje|nemohu|nejde|chtěl*|potřebuji|potřebujeme|potrzebuję|potrzebujemy|proszę o fakturę|мне нужно|нам нужно|мені потрібно|как мне|как я|не работает|не могу|ошибка|хочу|счёт|як мені|не працює|не можу|помилка|рахунок|nasıl|çalışmıyor|yapamıyorum|hata|istiyorum|fatura|كيف|لا يعمل|لا أستطيع|خطأ|فاتورة|איך|לא עובד|לא מצליח|שגיאה|חשבונית"
    "|できません|できない|エラー|どうすれば|請求|返金|错误|無法|无法|怎么|怎麼|退款|发票|안 돼|안돼|안 되|오류|어떻게|환불"
)  # fmt: skip

#: What somebody who will be away soon wants done first. A note that no subject announces has none of it.
WANTED: Final = (
    "before that|before then|before i leave|before i go|until i leave|please send|please answer|please reply|please let me|please confirm|please give|please move|please change|please stop|please pause|so please|we need|we want|send me|let me know"
    "|vorher|bevor ich|bitte schicken|bitte senden|bitte antworten|bitte bestätigen|bitte geben|avant cela|avant mon départ|merci de m'envoyer|envoyez|antes de eso|por favor envíe*|por favor responda|prima di|per favore inviate|mandatemi"
    "|antes disso|por favor envie*|daarvoor|stuur|gelieve te sturen|graag ontvang*|wcześniej|proszę o fakturę|proszę wysłać|proszę o przesłanie|innan dess|skicka|inden da|send venligst|før det|sitä ennen|lähettäkää|předtím|pošlete|prosím pošlete"
    "|delivery|appointment|lieferung|termin|liefertermin|livraison|rendez vous|entrega|cita|reunião|consegna|appuntamento|levering|afspraak|dostaw*|wizyt*|leverans*|leveringen|besøket|toimitus|toimituk*|dodávk*|schůzk*|доставк*|поставк*|встреч*|teslimat*|randevu*"
    "|納品|配送|変更してください|送货|改到|배송|미뤄|التسليم|تأجيل|המשלוח|דחו"
    "|до этого|пришлите|до того|надішліть|ondan önce|gönderin|それまでに|その前に|送ってください|在此之前|请在|请发|그 전에|보내 주세요|قبل ذلك|أرسلوا|לפני כן|שלחו"
)  # fmt: skip

#: What follows the words of the subject of an automatic answer, in languages beyond those of `machine`.
AUTO_SUBJECT: Final = (
    "automatikus válasz|răspuns automat|αυτόματη απάντηση|trả lời tự động|balasan otomatis|resposta automàtica|автоматичен отговор|automatski odgovor|automatická odpoveď|samodejni odgovor|automaatvastus|automatinis atsakymas|automātiskā atbilde"
    "|automatikoa erantzuna|sjálfvirkt svar|automatyczna odpowiedź|auto response|auto reply|autoreply|yahoo auto response|automatische antwort auf|automatische antwort|réponse automatique|respuesta automática|risposta automatica|resposta automática"
    "|autosvar|automatiskt svar|automaattinen vastaus|automatická odpověď|автоматический ответ|автоматична відповідь|otomatik yanıt|otomatik cevap|رد تلقائي|תשובה אוטומטית|jawapan automatik|awtomatikong tugon"
)  # fmt: skip
AUTO_SUBJECT_UNSPACED: Final = "การตอบกลับอัตโนมัติ|ตอบกลับอัตโนมัติ"

#: "Prove who you are": the words of filters that hold a mail back until its sender does something.
CHALLENGE: Final = (
    "guest list|approved senders|senders i have approved|approved beforehand|anti spam|antispam|tira teima|verification process|complete the verification|junk mail|control spam|reduce spam|stop spam|unknown sender|unknown senders|not recognized|white list|whitelist|allow list"
    "|waitlisted|is being held|was held|has been held|held until|not yet been delivered|verify that you|verify you are|confirm that you|you are human|you are a human|are a human|a real person|not a spammer|not a robot|prove you|prove that you|one time confirmation|one time verification"
    "|kein spammer|kein roboter|ein mensch|zurückgehalten|bestätigen sie|freigeben|vous authentifier|pas un robot|bien un humain|être humain|pas encore été remis|vérifier que vous|no es un robot|una persona real|no eres un robot|confirme que|retenido|non sei un robot|persona reale|mensagem seja encaminhada"
    "|não é um robô|geen robot|echt persoon|nie jest robotem|inte en robot|ikke en robot|не робот|не спамер|подтвердите, что"
    "|you are a person|that you are a person|are a real|first time sender|first time senders|waits until|message waits|is waiting|until you confirm|until you verify|to be delivered|before it is delivered|deliver your message|release your message|confirm your address|verify your address|confirm your email address|verify your email address|trusted senders|authorized senders|authorised senders|allowed senders|captcha|prove you are|only once|one time only|spam protection|spam filter"
    "|eine person sind|ein echter mensch|wartet auf|zugestellt wird|erst zugestellt|einmalig|spamschutz|spam schutz|adresse bestätigen|êtes une personne|êtes humain|une seule fois|sera remis|en attente|eres una persona|es una persona|eres humano|es humano|una sola vez|será entregado|sei una persona|sei umano|una sola volta|verrà consegnato|é uma pessoa|é humano|uma única vez|será entregue|een mens bent|eenmalig|wordt bezorgd"
    "|jesteś człowiekiem|jednorazowo|zostanie dostarczona|är en människa|er et menneske|olet ihminen|jste člověk|вы человек|что вы человек|ви людина|insan olduğunuzu|robot olmadığınızı|ロボットではない|人間であること|不是机器人|不是機器人|로봇이 아님|لست روبوت|אינך רובוט"
    "|message was put on hold|mail was put on hold|message is on hold|unwanted mail|unwanted email|unwanted messages|to release it|not written before|never written|protected against spam|one time request|without changing the subject|solve the captcha|solve this|mise en attente|été mis en attente|cliquant ici|mail shield"
)  # fmt: skip

#: What such a filter calls the mail that it holds back.
CHALLENGED: Final = (
    "your message|your email|your e mail|your mail|message you sent|email you sent|your messages|incoming messages|ihre e mail|ihre nachricht|ihre mail|votre e mail|votre message|votre mail|su mensaje|tu mensaje|su correo|il tuo messaggio|la tua e mail|sua mensagem|uma mensagem|uw bericht|uw e mail"
    "|twoja wiadomość|ditt meddelande|din mail|din e mail|ваше письмо|ваше сообщение"
    "|deine nachricht|deine e mail|ton message|votre courriel|tu correo|tu email|la sua e mail|il suo messaggio|sua mensagem|seu e mail|o seu email|je bericht|je e mail|wiadomość|viestisi|vaši zprávu|vaše zpráva|вашего письма|вашего сообщения|ваше повідомлення|вашого листа|mesajınız|e postanız|あなたのメール|メッセージ|您的邮件|您的郵件|메일|رسالتك|הודעתך|ההודעה שלך"
)  # fmt: skip

#: How the subject of a read receipt begins, before its colon.
READ_SUBJECT: Final = (
    "read|not read|read receipt|return receipt|return receipt displayed|displayed|opened|gelesen|ungelesen gelöscht|nicht gelesen|lesebestätigung|lu|non lu|accusé de lecture|confirmation de lecture|leído|no leído|confirmación de lectura|letto|non letto|conferma di lettura|lida|lido|não lida|não lido|recibo de leitura"
    "|gelezen|niet gelezen|leesbevestiging|przeczytano|przeczytane|potwierdzenie przeczytania|läst|oläst|läskvitto|læst|kvittering for læsning|lest|ulest|lesebekreftelse|luettu|lukukuittaus|přečteno|potvrzení o přečtení|прочитано|прочтено|уведомление о прочтении|підтвердження прочитання|okundu|okundu bilgisi"
    "|開封済み|開封確認|已读|已讀|읽음|تمت القراءة|مقروءة|נקרא|נקראה"
)  # fmt: skip
