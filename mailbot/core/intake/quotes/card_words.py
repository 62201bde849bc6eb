"""Tables of the words on contact cards and in the small print that companies put below their mail."""

from __future__ import annotations

from typing import Final

#: Forms of companies, as whole words, folded.
COMPANY_FORMS: Final = (
    "gmbh", "mbh", "ag", "kg", "ohg", "ug", "e.k.", "e.v.", "eg", "ggmbh", "ltd", "ltd.", "limited", "llc", "llp", "inc", "inc.",
    "plc", "corp", "corp.", "co.", "pty", "s.a.", "sa", "sas", "sarl", "s.a.r.l.", "eurl", "s.l.", "s.l.u.", "sl", "s.p.a.",
    "spa", "s.r.l.", "srl", "lda", "lda.", "ltda", "ltda.", "b.v.", "bv", "n.v.", "nv", "vof", "bvba", "sp. z o.o.", "s.r.o.",
    "a.s.", "a/s", "aps", "as", "ab", "oy", "oyj", "kft", "kft.", "zrt.", "d.o.o.", "ooo", "ооо", "ао", "тов", "a.ş.",
    "株式会社", "有限会社", "有限公司", "주식회사",
)  # fmt: skip

#: Words of a person's role or department, folded, as they begin.
ROLES: Final = (
    "support", "customer", "service", "engineer", "manager", "head of", "director", "team", "lead", "specialist", "agent",
    "consultant", "developer", "assistant", "officer", "ceo", "cto", "coo", "founder", "owner", "president", "sales",
    "marketing", "account", "helpdesk", "help desk", "technical", "product", "success", "representative", "coordinator",
    "supervisor", "analyst", "administrator", "department", "leiter", "leitung", "kundendienst", "kundenservice", "kundenbetreuung",
    "geschäftsführ", "inhaber", "techniker", "entwickler", "abteilung", "vertrieb", "berater", "sachbearbeit", "ingenieur",
    "responsable", "directeur", "directrice", "ingénieur", "service client", "conseill", "chargé", "assistance", "gérant",
    "soporte", "atención", "ingenier", "gerente", "técnic", "supporto", "assistenza", "responsabile", "direttore", "ufficio",
    "suporte", "atendimento", "engenheir", "klantenservice", "medewerk", "afdeling", "wsparcie", "dział", "kierownik", "specjalist",
    "kundtjänst", "ansvarig", "kundeservice", "asiakaspalvelu", "podpora", "vedoucí", "поддержк", "менеджер", "инженер", "отдел",
    "サポート", "担当", "カスタマー", "客服", "经理", "工程师", "고객지원", "매니저",
)  # fmt: skip

#: What comes before a number or an address on a card, folded.
CONTACT_LABELS: Final = (
    "t", "m", "f", "e", "w", "p", "d", "o", "h", "tel", "telefon", "telephone", "phone", "mobile", "mobil", "cell", "fax", "direct",
    "direct line", "direct dial", "durchwahl", "office", "desk", "email", "e-mail", "mail", "web", "website", "www", "internet",
    "tél", "téléphone", "portable", "mob", "teléfono", "telf", "móvil", "cel", "telefono", "cellulare", "telefone", "telemóvel",
    "telefoon", "gsm", "mobiel", "komórka", "faks", "puhelin", "puh", "tlf", "mobiltelefon", "тел", "телефон", "моб", "skype", "teams",
    "whatsapp", "linkedin", "twitter", "x", "電話", "携帯", "电话", "手机", "전화", "휴대폰", "hotline", "servicezeiten", "hours", "address",
    "adresse", "anschrift", "zentrale", "switchboard", "reception",
)  # fmt: skip

#: Names that are links on a card, folded.
SOCIAL: Final = frozenset(
    (
        "linkedin", "twitter", "facebook", "instagram", "youtube", "xing", "github", "mastodon", "tiktok", "website", "web", "blog",
        "x", "pinterest", "threads", "bluesky", "whatsapp", "telegram", "vimeo", "medium", "kununu", "trustpilot", "follow", "us",
        "on", "folgen", "sie", "uns", "auf", "suivez-nous", "sur", "and", "und", "et", "&", "our",
    )
)  # fmt: skip

#: How a paragraph of small print refers to the mail, folded: one of these and one of `SECRETS` make it certain.
THIS_MAIL: Final = (
    "this e-mail", "this email", "this mail", "this message", "this communication", "this transmission", "this electronic",
    "the information in this", "the information contained", "the contents of this", "contents of this", "this correspondence",
    "message and any", "email and any", "e-mail and any", "mail and any",
    "diese e-mail", "diese email", "diese mail", "diese nachricht", "dieser e-mail", "dieser mail", "dieser nachricht",
    "der inhalt dieser", "ce message", "ce mail", "ce courriel", "cet e-mail", "cet email", "le présent message", "ce courrier",
    "este mensaje", "este correo", "este e-mail", "este email", "esta mensagem", "esta comunicación", "esta comunicação",
    "questo messaggio", "questa e-mail", "questa email", "questa mail", "il presente messaggio", "la presente e-mail",
    "le informazioni contenute", "deze e-mail", "deze email", "dit bericht", "dit e-mailbericht", "de informatie in dit",
    "ta wiadomość", "niniejsza wiadomość", "niniejszy e-mail", "treść tej wiadomości", "tato zpráva", "tento e-mail", "tento email",
    "detta e-postmeddelande", "detta meddelande", "detta mejl", "denna e-post", "denne e-post", "denne mail", "denne e-mail",
    "denne meddelelse", "denne meldingen", "denne eposten", "tämä viesti", "tämä sähköposti", "ez az e-mail", "ez az üzenet",
    "acest mesaj", "acest e-mail", "bu e-posta", "bu mesaj", "bu ileti", "это письмо", "это сообщение", "данное сообщение",
    "данное письмо", "настоящее сообщение", "цей лист", "це повідомлення", "本メール", "このメール", "この電子メール", "本電子メール",
    "本邮件", "此邮件", "本電子郵件", "本郵件", "本电子邮件", "이 메일", "본 메일", "이 이메일", "본 이메일",
)  # fmt: skip

#: What such a paragraph says of it, folded, as the words begin.
SECRETS: Final = (
    "confidential", "privileged", "intended only", "intended solely", "intended for the", "addressee", "intended recipient",
    "meant only for", "meant solely", "legally protected", "proprietary",
    "vertraulich", "nur für den", "ausschließlich für", "adressat", "rechtlich geschützt", "confidentiel", "destinataire",
    "à l'attention exclusive", "confidencial", "destinatari", "riservat", "confidenzial", "destinatár", "vertrouwelijk",
    "geadresseerde", "uitsluitend bestemd", "poufn", "adresat", "důvěrn", "určen", "konfidenti", "sekret", "avsedd", "fortrolig",
    "luottamuksel", "bizalmas", "címzett", "confidenţial", "confidențial", "gizli", "alıcı", "конфиденциальн", "адресат", "конфіденційн",
    "機密", "秘密", "宛先", "保密", "机密", "收件人", "機密", "收件者", "기밀", "수신인", "수신자",
)  # fmt: skip

#: Words that only small print has, folded: one is enough.
CERTAIN: Final = (
    "confidentiality notice", "confidentiality note", "confidentiality statement", "confidentiality:", "email disclaimer",
    "e-mail disclaimer", "disclaimer:", "legal disclaimer", "legal notice:", "if you are not the intended recipient", "if you're not the intended recipient", "if not the intended recipient",
    "is not the intended recipient", "are not the intended recipient,", "not the intended recipient of this", "nor the intended recipient",
    "received this in error", "received it in error", "received this email in error", "received this e-mail in error",
    "received this message in error", "received this communication in error", "received this mail in error", "received in error",
    "vertraulichkeitshinweis", "nicht der richtige adressat", "nicht der beabsichtigte empfänger", "nicht der vorgesehene empfänger",
    "irrtümlich erhalten haben", "unbefugte weitergabe", "unerlaubte kopieren", "avis de confidentialité", "message par erreur",
    "courriel par erreur", "mail par erreur", "aviso de confidencialidad", "aviso legal", "mensaje por error", "correo por error",
    "aviso de confidencialidade", "mensagem por engano", "mensagem por erro", "avvertenza legale", "messaggio per errore",
    "e-mail per errore", "ricevuto per errore", "ten onrechte ontvangen", "niet de geadresseerde", "klauzula poufności",
    "omyłkowo otrzym", "otrzymali państwo tę wiadomość przez pomyłkę", "inte är rätt mottagare", "inte är avsedd mottagare",
    "ikke er rette mottaker", "ikke er den rette modtager", "получили это письмо по ошибке", "получили данное сообщение по ошибке",
    "誤って受信", "誤送信", "误收", "誤收", "잘못 수신",
    "consider the environment", "think before you print", "before printing", "before you print", "save paper", "think green",
    "an die umwelt", "bevor sie diese e-mail", "bevor sie diese mail", "ausgedruckt werden muss", "denken sie an die umwelt",
    "pensez à l'environnement", "avant d'imprimer", "n'imprimez", "pensez environnement", "antes de imprimir", "medio ambiente antes",
    "prima di stampare", "denk aan het milieu", "denk aan ons milieu", "zanim wydrukujesz", "przed wydrukowaniem", "innan du skriver ut",
    "tänk på miljön", "tenk på miljøet", "tænk på miljøet", "ajattele ympäristöä", "перед тем как распечатать", "環境のため",
)  # fmt: skip

#: What the law of a country wants below a company's mail, folded: two of them are small print, below a card one is.
REGISTER: Final = (
    "amtsgericht", "handelsregister", "registergericht", "hrb ", "hra ", "ust-id", "ust.-id", "ust-idnr", "umsatzsteuer-id",
    "steuernummer", "geschäftsführer:", "geschäftsführerin:", "geschäftsführung:", "vorstand:", "aufsichtsrat", "vertreten durch",
    "sitz der gesellschaft", "sitz:", "firmenbuch", "registered office", "registered in", "company number", "company no", "company reg",
    "registration number", "registration no", "vat no", "vat number", "vat id", "vat reg", "siège social", "rcs ", "siret", "siren ",
    "capital de", "tva ", "registro mercantil", "cif ", "nif ", "cif:", "nif:", "capital social", "p.iva", "p. iva", "partita iva",
    "rea ", "capitale sociale", "kvk", "btw", "nip:", "nip ", "regon", "krs", "ičo", "dič", "orgnr", "org.nr", "org. nr", "organisasjonsnummer",
    "cvr", "y-tunnus", "cégjegyzék", "adószám", "огрн", "инн", "impressum", "imprint",
)  # fmt: skip

#: Words that address somebody, folded and whole: a company's legal details have none.
SPOKEN: Final = frozenset(
    (
        "our", "we", "you", "your", "us", "please", "unsere", "unser", "wir", "sie", "ihre", "ihnen", "uns", "bitte", "notre", "nous", "vous",
        "votre", "nuestro", "nuestra", "usted", "su", "nostro", "nostra", "noi", "nosso", "nossa", "onze", "wij", "u", "uw", "nasz", "vår",
    )
)  # fmt: skip

#: What may follow a card and says nothing by itself, folded.
BELOW_CARDS: Final = (
    "privacy policy", "privacy notice", "datenschutzerklärung", "datenschutzhinweis", "informationen zum datenschutz",
    "politique de confidentialité", "política de privacidad", "informativa sulla privacy", "privacybeleid", "polityka prywatności",
    "we are hiring", "we're hiring", "book a meeting", "book a demo", "rate my", "how did i do", "follow us", "folgen sie uns",
    "besuchen sie uns", "visit us", "suivez-nous", "opening hours", "office hours", "öffnungszeiten", "bürozeiten", "servicezeiten",
    "general terms", "terms and conditions", "es gelten unsere", "agb",
)  # fmt: skip

#: Small words between the capitals of a role or a company, folded.
SMALL: Final = frozenset(
    (
        "of", "for", "and", "the", "at", "in", "to", "by", "from", "für", "und", "der", "die", "das", "des", "im", "am", "bei", "von", "vom",
        "zu", "de", "du", "des", "la", "le", "les", "et", "à", "au", "y", "del", "el", "da", "do", "e", "di", "dei", "della", "per",
        "van", "het", "en", "w", "i", "z", "och", "på", "og", "ja", "&", "|", "-", "–", "—", "·", "•", "/", "+", "@",
    )
)  # fmt: skip
