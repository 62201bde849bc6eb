"""Tables, by language, of the words by which mail clients mark what is not new."""

from __future__ import annotations

from typing import Final

#: Header words of a quoted or forwarded mail, folded, with their roles.
HEADER_ROLES: Final[dict[str, str]] = {
    **dict.fromkeys(
        (
            "from", "von", "de", "da", "van", "fra", "från", "frå", "od", "lähettäjä", "kimden", "gönderen", "差出人",
            "送信者", "发件人", "寄件人", "寄件者", "發件人", "보낸 사람", "보낸사람", "발신", "من", "מאת", "feladó", "от",
            "від", "отправитель", "відправник", "avsender", "afsender", "absender", "expéditeur", "remetente",
            "remitente", "afzender", "nadawca", "šalje", "pošiljatelj", "từ", "จาก", "dari", "saatja", "nuo", "no", "odesílatel", "message de", "de la", "από", "mail from", "expeditorul", "від кого", "от кого", "mittent", "remitent", "пошиљалац", "şuradan", "viestin lähettäjä", "写信人", "寄件者名稱",
            "mittente", "送信元",
        ),
        "from",
    ),
    **dict.fromkeys(
        (
            "date", "sent", "sent at", "gesendet", "gesendet am", "datum", "date d'envoi", "envoyé", "envoyé le",
            "message du", "fecha", "enviado", "enviado el", "enviado em", "enviada em", "enviada", "data", "data d'invio",
            "inviato", "inviato il", "data/ora", "verzonden", "verstuurd", "wysłano", "data wysłania", "skickat", "sendt",
            "sendt den", "dato", "lähetetty", "päivämäärä", "pvm", "odesláno", "datum odeslání", "отправлено", "дата",
            "дата отправки", "надіслано", "відправлено", "gönderilme tarihi", "gönderme tarihi", "gönderildi", "tarih",
            "送信日時", "送信日", "日付", "日時", "发送时间", "发送日期", "日期", "時間", "寄件日期", "傳送日期", "보낸 날짜",
            "보낸날짜", "날짜", "일시", "발송일", "تاريخ", "التاريخ", "تم الإرسال", "أرسلت", "تاريخ الإرسال", "נשלח",
            "תאריך", "elküldve", "dátum", "trimis", "ημερομηνία", "στάλθηκε", "изпратено", "poslano", "odoslané", "đã gửi", "ngày", "ส่ง", "วันที่", "enviat el",
            "enviat", "dikirim", "tanggal", "saadetud", "išsiųsta", "nosūtīts", "päiväys", "dată", "gönderilen",
        ),
        "date",
    ),
    **dict.fromkeys(
        (
            "to", "an", "à", "a", "para", "per", "aan", "naar", "do", "till", "til", "vastaanottaja", "komu", "кому",
            "kime", "alıcı", "宛先", "收件人", "收件者", "받는 사람", "받는사람", "수신", "إلى", "الى", "אל", "címzett",
            "către", "προς", "destinataire", "destinatario", "destinatário", "empfänger", "до", "prima", "primatelj", "đến", "tới", "ถึง", "per a", "kepada", "saaja", "kam", "pour", "adresat", "destinatarul",
            "pre", "送信先",
        ),
        "to",
    ),
    **dict.fromkeys(
        (
            "cc", "kopie", "copie", "copie à", "con copia", "cópia", "copia", "kopia", "kopi", "kopio", "копия", "копія",
            "bilgi", "抄送", "副本", "참조", "نسخة", "نسخة إلى", "עותק", "bcc", "cci", "másolatot kap", "másolat", "dw", "udw",
            "kópia", "kopie (cc)",
        ),
        "cc",
    ),
    **dict.fromkeys(
        (
            "subject", "betreff", "objet", "sujet", "asunto", "oggetto", "assunto", "onderwerp", "temat", "ämne", "emne",
            "aihe", "předmět", "тема", "konu", "件名", "主题", "主旨", "主題", "제목", "الموضوع", "موضوع", "נושא", "tárgy",
            "subiect", "θέμα", "относно", "predmet", "chủ đề", "tiêu đề", "เรื่อง", "subjek", "perihal", "tema", "teema", "主 题", "主 題", "subiectul", "naslov", "rubrik",
        ),
        "subject",
    ),
    **dict.fromkeys(
        (
            "reply-to", "reply to", "antwort an", "répondre à", "responder a", "rispondi a", "importance", "wichtigkeit",
            "priority", "priorität", "attachments", "anlagen", "pièces jointes", "sender", "organization", "resent-from",
            "in reply to", "message-id", "envelope-to", "return-path", "list-id", "ответить",
        ),
        "other",
    ),
}  # fmt: skip

#: Those of the words for a date that mean only the sending of a mail: a journey has a date as well.
SENT_LABELS: Final = frozenset(
    label for label, role in HEADER_ROLES.items() if role == "date"
) - {
    "date", "datum", "fecha", "data", "dato", "päivämäärä", "pvm", "päiväys", "дата", "tarih", "日付", "日時", "日期", "時間", "날짜",
    "일시", "تاريخ", "التاريخ", "תאריך", "dátum", "dată", "ημερομηνία", "ngày", "วันที่", "tanggal", "data/ora",
}  # fmt: skip

#: Words of a divider between an answer and the mail it answers, folded, without the dashes.
REPLY_DIVIDERS: Final = frozenset(
    (
        "original message", "original email", "original mail", "original e-mail", "reply message", "reply above",
        "ursprüngliche nachricht", "originalnachricht", "ursprüngliche mail", "ursprüngliche e-mail", "original-nachricht", "message d'origine", "message original", "message initial", "message d’origine",
        "courriel original", "mail original", "e-mail d'origine", "mensaje original", "mensaje de origen",
        "messaggio originale", "messaggio d'origine", "mensagem original", "oorspronkelijk bericht",
        "origineel bericht", "oorspronkelijke bericht", "wiadomość oryginalna", "oryginalna wiadomość",
        "wiadomość pierwotna", "ursprungligt meddelande", "originalmeddelande", "oprindelig meddelelse",
        "oprindelig besked", "oprindelig mail", "opprinnelig melding", "original melding", "alkuperäinen viesti",
        "původní zpráva", "původní e-mail", "исходное сообщение", "оригинальное сообщение", "первоначальное сообщение",
        "оригінальне повідомлення", "вихідне повідомлення", "початкове повідомлення", "orijinal mesaj", "özgün ileti",
        "orijinal ileti", "元のメッセージ", "元のメール", "オリジナルメッセージ", "原始邮件", "原始消息", "原始郵件", "原始信件",
        "原邮件", "邮件原件", "원본 메시지", "원본 메일", "원본메일", "원문 메시지", "الرسالة الأصلية", "رسالة أصلية",
        "הודעה מקורית", "ההודעה המקורית", "eredeti üzenet", "mesaj original", "αρχικό μήνυμα", "reply message",
        "quoted message", "previous message", "vorherige nachricht", "message précédent", "antwort nachricht", "antwort-nachricht",
    )
)  # fmt: skip

#: Words of a divider above a forwarded mail, folded, without the dashes.
FORWARD_DIVIDERS: Final = frozenset(
    (
        "forwarded message", "begin forwarded message", "forwarded mail", "forwarded email", "forwarded by",
        "start of forwarded message", "weitergeleitete nachricht", "anfang der weitergeleiteten nachricht",
        "weitergeleitete mail", "message transféré", "début du message transféré", "début du message réexpédié",
        "message réexpédié", "mensaje reenviado", "inicio del mensaje reenviado", "comienzo del mensaje reenviado",
        "messaggio inoltrato", "inizio messaggio inoltrato", "messaggio inoltrato inizio", "mensagem encaminhada",
        "mensagem reencaminhada", "início da mensagem encaminhada", "início da mensagem reencaminhada",
        "doorgestuurd bericht", "begin doorgestuurd bericht", "doorgestuurde bericht", "wiadomość przekazana dalej",
        "przekazana wiadomość", "wiadomość przekazana", "początek przekazywanej wiadomości",
        "początek przekazanej wiadomości", "vidarebefordrat meddelande", "vidarebefordrat brev",
        "vidarebefordrat mejl", "börja vidarebefordrat meddelande", "videresendt meddelelse", "videresendt besked",
        "start på videresendt besked", "videresendt melding", "start på videresendt melding",
        "videresendt melding", "videresendt e-post", "välitetty viesti", "edelleenlähetetty viesti",
        "välitetty viesti alkaa", "přeposlaná zpráva", "začátek přeposlané zprávy", "předaná zpráva",
        "пересылаемое сообщение", "пересланное сообщение", "начало пересылаемого сообщения",
        "начало переадресованного сообщения", "переслане повідомлення", "початок листа, що пересилається",
        "переадресоване повідомлення", "пересланный", "yönlendirilmiş ileti", "iletilen mesaj", "iletilmiş ileti",
        "yönlendirilen mesaj", "iletilen ileti başlangıcı", "転送されたメッセージ", "転送メッセージ", "転送メール",
        "転送されたメッセージの開始", "forwarded message (転送)", "转发邮件", "转发的邮件", "转发的邮件信息", "下面是被转发的邮件",
        "转发邮件信息", "轉寄郵件", "轉寄的郵件", "轉寄信件", "以下為轉寄的郵件", "開始轉寄郵件", "전달된 메시지", "전달된 메일",
        "전달된 메시지의 시작", "전달 메시지", "رسالة معاد توجيهها", "الرسالة المعاد توجيهها", "بدء الرسالة المعاد توجيهها",
        "رسالة مُعاد توجيهها", "הודעה שהועברה", "תחילת ההודעה שהועברה", "továbbított üzenet", "mesaj redirecționat",
        "προωθημένο μήνυμα",
        "začátek přeposílané zprávy", "započni proslijeđenu poruku", "proslijeđena poruka", "továbbított levél kezdete",
        "începe mesajul redirecționat", "začiatok preposlanej správy", "preposlaná správa",
        "preposlaná správa --- forwarded message", "ileti başlangıcı", "iletilen ileti", "iletilmiş mesaj",
        "message transmis", "välitetty viesti / fwd.msg", "treść przekazanej wiadomości", "wiadomość przesłana dalej",
        "перенаправлене повідомлення", "перенаправленное сообщение", "переслане повідомлення", "メッセージを転送",
        "开始转发的邮件", "转发的消息", "轉寄的訊息", "轉寄訊息", "препратено съобщение",
    )
)  # fmt: skip

#: "wrote", folded, after or before the name; matched as whole words, or anywhere in ja zh ko.
WROTE_WORDS: Final = frozenset(
    (
        "wrote", "writes", "schrieb", "geschrieben", "a écrit", "à écrit", "écrit", "a ecrit", "escribió", "escribio",
        "ha escrito", "ha scritto", "scrisse", "escreveu", "schreef", "geschreven", "napisał", "napisała",
        "napisał(a)", "napisała(ł)", "pisze", "skrev", "skreiv", "kirjoitti", "napsal", "napsal(a)", "napsala", "píše",
        "написал", "написала", "написал(а)", "пишет", "писал", "писал(а)", "написав", "написала", "написав(ла)", "пише",
        "yazdı", "yazmış", "írta", "a scris", "έγραψε", "napisala", "napisao je", "napisao/la", "je napisao/la", "napísal", "napísal(a)", "написа", "va escriure",
        "rašė", "rakstīja", "kirjutas", "menulis", "đã viết", "نوشت", "ने लिखा", "כתב", "כתבה", "כתב/ה", "כתב(ה)", "كتب", "كتبت", "كتب/كتبت",
        "كتب/ت", "تمت كتابة ما يلي بواسطة",
    )
)  # fmt: skip

#: The same in scripts without spaces between words.
WROTE_PARTS: Final = (
    "写道", "寫道", "のメール", "のメッセージ", "さんは書きました", "は書きました", "작성", "쓴 글", "님이 씀",
)  # fmt: skip

#: How such a line begins in its language, folded.
STARTERS: Final = frozenset(
    (
        "on", "at", "am", "le", "el", "il", "em", "op", "den", "dnia", "w", "dne", "in", "на", "в", "в/на", "і", "在",
        "في", "בתאריך", "ב-", "tarihinde", "pe", "la", "az", "în", "στις", "от", "sur", "vào", "pada", "a", "*", "date", "v", "dana", "dia",
    )
)  # fmt: skip

#: How a line begins that a device or an app adds to a mail, folded. What follows is the name of the device.
SENT_FROM_STARTS: Final = (
    "sent from", "from my", "sent via", "sent with", "sent using", "get outlook for", "download outlook for", "download outlook voor", "sent by",
    "gesendet von", "gesendet mit", "gesendet aus", "holen sie sich outlook", "envoyé de", "envoyé depuis",
    "envoyé à partir de", "envoyé à l'aide de", "envoyé d'", "envoyé avec", "envoyé via", "obtenir outlook pour",
    "obtenez outlook pour", "télécharger outlook pour", "enviado desde", "enviado do", "enviado da", "enviado de",
    "enviado a partir do", "enviado con", "enviado com", "obtener outlook para", "obtén outlook para",
    "obter o outlook para", "obtenha o outlook para", "inviato da", "inviato dal", "inviato con", "scarica outlook per",
    "ottieni outlook per", "verzonden vanaf", "verzonden met", "verstuurd vanaf", "verstuurd met", "verzonden via",
    "verzonden vanuit", "wysłane z", "wysłano z", "wysłane za pomocą", "pobierz outlooka dla", "uzyskaj outlooka dla",
    "pobierz program outlook", "pobierz aplikację outlook", "uzyskaj aplikację outlook", "obtenga outlook para",
    "obter outlook para", "baixar o outlook para", "baixe o outlook para", "skickat från", "skickat med", "skaffa outlook för", "hämta outlook för", "sendt fra",
    "sendt med", "sendt via", "hent outlook til", "få outlook for", "skaff deg outlook for", "lähetetty", "hanki outlook",
    "odesláno z", "odesláno ze", "odesláno pomocí", "získat outlook pro", "отправлено с", "отправлено из",
    "отправлено от", "послано с", "скачать outlook для", "получить outlook для", "надіслано з", "надіслано із",
    "відправлено з", "отримати outlook для", "发自", "來自我的", "发送自", "從我的", "传自", "获取 outlook", "取得 outlook",
    "trimis de pe", "στάλθηκε από", "đã gửi từ", "ส่งจาก", "dikirim dari", "az iphone", "enviat des de", "get bluemail for",
    "diese nachricht wurde von mein", "diese e-mail wurde von mein", "diese mail wurde von mein", "von meinem/meiner",
    "أرسلت من", "أُرسلت من", "تم الإرسال من", "مرسل من", "احصل على outlook", "الحصول على outlook", "נשלח מ", "קבל את outlook", "elküldve",
)  # fmt: skip

#: The same with a word for "my", after which the name may be any device's.
SENT_FROM_MINE: Final = (
    "sent from my", "sent via my", "sent by my", "gesendet von meinem", "gesendet von meiner", "envoyé de mon",
    "envoyé depuis mon", "enviado desde mi", "enviado do meu", "enviado de mi", "inviato dal mio", "verzonden vanaf mijn",
    "verstuurd vanaf mijn", "wysłane z mojego", "skickat från min", "sendt fra min", "отправлено с моего",
    "надіслано з мого", "odesláno z mého", "发自我的", "從我的",
    "von meinem", "von meiner",
)  # fmt: skip

#: The same for words that follow the device.
SENT_FROM_ENDS: Final = (
    "gesendet", "gönderildi", "küldve", "から送信", "より送信", "傳送", "发送", "에서 보냄", "에서 보냈습니다", "에서 전송됨", "에서 발송됨",
    "を入手", "を入手する", "edinin", "beziehen", "downloaden",
)  # fmt: skip

#: Small words in such lines, folded.
SENT_FROM_GLUE: Final = frozenset(
    (
        "my", "a", "an", "the", "for", "on", "using", "via", "from", "with", "secure", "email", "mail", "app", "free",
        "mobile", "device", "new", "all", "von", "vom", "meinem", "meiner", "mit", "für", "der", "dem", "mobil", "mon",
        "ma", "mes", "pour", "un", "une", "appareil", "de", "du", "l'application", "mi", "mio", "mia", "meu", "minha",
        "per", "para", "el", "il", "lo", "o", "dispositivo", "móvil", "mijn", "voor", "een", "mojego", "dla", "min",
        "mitt", "mit", "till", "til", "på", "för", "pro", "mého", "моего", "мого", "для", "устройства", "из", "мобильной",
        "почты", "我的", "나의", "내", "שלי", "الـ", "جهاز", "الخاص", "بي", "mobiltelefon", "mobilní", "herunter", "beziehen", "auf", "gesendet", "em", "er", "w", "z", "aplikacji", "mobilnej",
        "aplikace", "meu", "iphone-ul", "από", "το", "μου", "của", "tôi", "ของฉัน", "saya", "meinem/meiner", "la", "poste", "e-mail",
        "gerät", "phone", "cell", "cellphone", "systemu", "版", "傳送", "发送", "寄出", "no", "na", "su", "sur", "op", "i", "en", "à", "l'aide", "des", "mes", "앱에서", "앱", "메일", "küldve",
    )
)  # fmt: skip

#: Lines that others append to a mail on its way, folded: how they begin.
FOOTER_STARTS: Final = (
    "virus-free.", "sent with tuta", "sent with tutanota", "securely sent with", "virenfrei.", "sans virus.", "libre de virus.", "privo di virus", "livre de vírus.", "virusvrij.",
    "wolny od wirusów.", "без вирусов.", "this email has been checked for viruses", "this e-mail has been checked for",
    "diese e-mail wurde von avast", "yahoo mail: search, organize, conquer", "garanti sans virus",
    "you received this message because you are subscribed to", "to unsubscribe from this group",
    "cet e-mail a été vérifié par", "este correo electrónico ha sido comprobado", "l'absence de virus dans ce courrier",
    "questa e-mail è stata controllata", "deze e-mail is gecontroleerd op virussen",
)  # fmt: skip

#: Device and app names that make a short "sent from" line sure.
DEVICES: Final = (
    "iphone", "iphon", "ipad", "ipod", "apple watch", "mac", "android", "galaxy", "samsung", "huawei", "xiaomi", "redmi", "pixel",
    "oneplus", "nokia", "blackberry", "windows", "outlook", "yahoo", "aol", "gmail", "proton", "mail for", "mobile",
    "handy", "mobilgerät", "smartphone", "telefon", "phone", "téléphone", "teléfono", "telefono", "telemóvel", "celular", "tablet",
    "spark", "thunderbird", "k-9", "fairemail", "bluemail", "typeapp", "web.de", "gmx", "t-online", "orange", "mail.ru",
    "яндекс", "почта", "почты", "телефон", "手机", "手機", "携帯", "ios", "айфон", "airmail", "zoho", "fastmail", "tutanota",
    "tuta", "nine", "libero", "hey", "front", "superhuman", "mailspring", "mailbox", "newton", "nylas", "polymail", "edison", "boxer", "mailbird", "canary", "shortwave", "aqua mail", "bluemail", "la poste mail", "wp poczta", "seznam", "네이버",
    "naver", "missive", "em client", "interia", "onet", "o2", "freenet", "posteo", "mailo", "bouygues", "sfr", "mutt", "roundcube",
)  # fmt: skip

#: How webmailers name the person they quote ("Quoting Ana <…>:"), folded.
QUOTING_STARTS: Final = (
    "quoting ", "zitat von ", "citando a ", "citando ", "citation de ", "citat från ", "citat af ", "citerar ",
    "citeren ", "cytowanie ", "cytat ", "citace ", "цитирую ", "scrive ", "quote from ",
)  # fmt: skip

#: Words in a sentence about what somebody wrote, but never in a mail client's line: lower case, or "I".
#: Words that are also a weekday's short name somewhere ("su", "ma", "ons") are not among them.
SENTENCE_WORDS: Final = frozenset(
    (
        "I", "we", "you", "he", "she", "they", "your", "our", "my", "me", "us", "who", "that", "ich", "wir", "mir", "uns",
        "ihr", "ihre", "ihren", "sie", "mein", "meine", "unser", "dass", "je", "nous", "vous", "votre", "notre", "mon",
        "que", "yo", "nosotros", "mi", "mis", "nuestro", "io", "noi", "mio", "mia", "vostro", "vostra",
        "che", "eu", "meu", "minha", "seu", "sua", "ik", "mijn", "uw", "jouw", "wij", "jag", "vi", "min", "er",
        "jeg", "minun", "mój", "moja", "wasz", "państwa", "já", "můj", "váš", "vaše", "я", "мы", "мой", "моя", "ваш",
        "ваша", "мне", "нам", "ви", "мій", "benim", "ben", "bana",
    )
)  # fmt: skip

#: Prefixes of the subject of a forwarded mail, folded, without the colon.
FORWARD_SUBJECTS: Final = frozenset(
    (
        "fwd", "fw", "wg", "tr", "rv", "i", "enc", "doorst", "pd", "vb", "vl", "vs", "přep", "пересл", "ilt", "iltl", "転送",
        "转发", "轉寄", "전달", "fv", "továbbítva", "inoltro", "reenv", "إعادة توجيه", "העברה", "redir", "redir.", "videresend", "eteenpäin",
    )
)  # fmt: skip

#: Prefixes of the subject of an answer, folded, without the colon ("vs" is one in Finnish, and a forward in Danish).
REPLY_SUBJECTS: Final = frozenset(
    (
        "re", "aw", "antw", "antwort", "sv", "odp", "ynt", "ref", "res", "resp", "rif", "r", "bls", "回复", "回覆", "答复", "答覆", "返信",
        "답장", "회신", "vá", "válasz", "отв", "ответ", "відп", "atb", "σχετ", "απ", "رد", "השב", "תשובה", "înapoi", "odpověď",
    )
)  # fmt: skip
