"""Replies, and mails that a link opens, as Gmail, Outlook and Apple's Mail write them, in each language: text and HTML."""

from __future__ import annotations

import re
from functools import partial
from html import escape

from mailbot.core.intake.mime.plaintext import from_html
from tests.simulation.simulated_desk import Sent
from tests.unit.core.thunderbird_samsung import PEOPLE, Client, Reply, body_of, name_of

_N = "\u00a0"
#: Gmail's line above a quote, by language: {n} the name in From, {a} its address.
GMAIL = {
    "en": "On Mon, Mar 2, 2026 at 9:01\u202fAM {n} <{a}> wrote:",
    "en-GB": "On Mon, 2 Mar 2026 at 09:01, {n} <{a}> wrote:",
    "de": "Am Mo., 2. März 2026 um 09:01 Uhr schrieb {n} <{a}>:",
    "fr": f"Le lun. 2 mars 2026 à 09:01, {{n}} <{{a}}> a écrit{_N}:",
    "es": "El lun, 2 mar 2026 a las 9:01, {n} (<{a}>) escribió:",
    "it": "Il giorno lun 2 mar 2026 alle ore 09:01 {n} <{a}> ha scritto:",
    "nl": "Op ma 2 mrt 2026 om 09:01 schreef {n} <{a}>:",
    "pl": "pon., 2 mar 2026 o 09:01 {n} <{a}> napisał(a):",
    "pt-BR": "Em seg., 2 de mar. de 2026 às 09:01, {n} <{a}> escreveu:",
    "sv": "Den mån 2 mars 2026 kl 09:01 skrev {n} <{a}>:",
    "ja": "2026年3月2日(月) 9:01 {n} <{a}>:",
    "ar": "في الاثنين، 2 مارس 2026 في 9:01 ص تمت كتابة ما يلي بواسطة {n} <\u202a{a}\u202c\u200f>:",
}
#: Outlook's words before sender, date, recipient and subject; its phones' line.
OUTLOOK = {
    "en": ("From:|Sent:|To:|Subject:", "Get Outlook for iOS", "Get Outlook for Android"),
    "de": ("Von:|Gesendet:|An:|Betreff:", "Outlook für iOS beziehen", "Holen Sie sich Outlook für Android"),
    "fr": (f"De{_N}:|Envoyé{_N}:|À{_N}:|Objet{_N}:", "Télécharger Outlook pour iOS", "Obtenir Outlook pour Android"),
    "es": ("De:|Enviado:|Para:|Asunto:", "Obtener Outlook para iOS", "Obtener Outlook para Android"),
    "it": ("Da:|Inviato:|A:|Oggetto:", "Scarica Outlook per iOS", "Ottieni Outlook per Android"),
    "nl": ("Van:|Verzonden:|Aan:|Onderwerp:", "Outlook voor iOS downloaden", "Outlook voor Android downloaden"),
    "pl": (
        "Od:|Wysłane:|Do:|Temat:",
        "Pobierz program Outlook dla systemu iOS",
        "Pobierz aplikację Outlook dla systemu Android",
    ),
    "pt-BR": ("De:|Enviado:|Para:|Assunto:", "Obter o Outlook para iOS", "Baixar o Outlook para Android"),
    "sv": ("Från:|Skickat:|Till:|Ämne:", "Hämta Outlook för iOS", "Skaffa Outlook för Android"),
    "ja": ("差出人:|送信日時:|宛先:|件名:", "iOS 版 Outlook を入手", "Android 版 Outlook を入手"),
    "ar": ("من:|تاريخ الإرسال:|إلى:|الموضوع:", "الحصول على Outlook for iOS", "الحصول على Outlook for Android"),
}
#: Apple's line above a quote, and that of the phone.
APPLE = {
    "en": ("On Mar 2, 2026, at 9:01\u202fAM, {n} <{a}> wrote:", "Sent from my iPhone"),
    "en-GB": ("On 2 Mar 2026, at 09:01, {n} <{a}> wrote:", "Sent from my iPad"),
    "de": ("Am 02.03.2026 um 09:01 schrieb {n} <{a}>:", "Von meinem iPhone gesendet"),
    "fr": (f"Le 2 mars 2026 à 09:01, {{n}} <{{a}}> a écrit{_N}:", "Envoyé de mon iPhone"),
    "es": ("El 2 mar 2026, a las 9:01, {n} <{a}> escribió:", "Enviado desde mi iPhone"),
    "it": ("Il giorno 2 mar 2026, alle ore 09:01, {n} <{a}> ha scritto:", "Inviato da iPhone"),
    "nl": ("Op 2 mrt 2026 om 09:01 heeft {n} <{a}> het volgende geschreven:", "Verstuurd vanaf mijn iPhone"),
    "pl": ("Wiadomość napisana przez {n} <{a}> w dniu 2 mar 2026, o godz. 09:01:", "Wysłane z iPhone’a"),
    "pt-BR": ("Em 2 de mar. de 2026, à(s) 09:01, {n} <{a}> escreveu:", "Enviado do meu iPhone"),
    "sv": ("2 mars 2026 kl. 09:01 skrev {n} <{a}>:", "Skickat från min iPhone"),
    "ja": ("2026/03/02 9:01、{n} <{a}>のメール:", "iPhoneから送信"),
    "ar": ("في 2 مارس 2026، الساعة 9:01 ص، كتب {n} <{a}>:", "أُرسلت من الـ iPhone"),
}


def _who(of: Sent) -> dict[str, str]:
    return {"n": name_of(of), "a": of.header("From").rpartition("<")[2].rstrip(">")}


def _linked(line: str, of: Sent) -> str:
    """The line as HTML, the address in it a link."""
    address = _who(of)["a"]
    return escape(line, quote=False).replace(address, f'<a href="mailto:{address}">{address}</a>')


def _marked(text: str) -> str:
    return "\n".join(f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in text.strip().split("\n"))


def gmail(
    words: str, of: Sent | None, *, language: str = "en", card: str = "prefix", app: bool = False, dark: bool = False
) -> Reply:
    """Gmail in a browser, or the `app`. `card`: the signature with its `prefix` of dashes above the quote, or `none`.

    `dark`: the words were pasted from a dark window, in spans of their own.
    """
    inside = "<br>".join(PEOPLE)
    lines = [escape(line, quote=False) for line in words.split("\n")]
    if dark:
        style = "color:rgb(232,234,237);background-color:rgb(32,33,36);display:inline"
        lines = [f'<span style="{style};float:none">{line}</span>' if line else line for line in lines]
    auto = ' dir="auto"' if app else ""
    own = "".join(f"<div{auto}>{line or '<br>'}</div>" for line in lines)
    signed = card == "prefix"
    signature = (
        f'<div><br clear="all"></div><div><br></div><span class="gmail_signature_prefix">-- </span><br><div dir="ltr" '
        f'class="gmail_signature" data-smartmail="gmail_signature"><div dir="ltr">{inside}</div></div>'
        if signed
        else ""
    )
    own = f"<div dir={'auto' if app else 'ltr'!r}>{own}{signature}</div>"
    text = words + (f"\n\n-- \n{chr(10).join(PEOPLE)}" if signed else "")
    if of is None:
        return Reply(text=f"{text}\n", html=own)
    wrote = GMAIL[language].format(**_who(of))
    wraps = re.sub(r"^(.{40,76}) ", r"\1\n", wrote, count=1)
    quote = (
        f'<br><div class="gmail_quote gmail_quote_container"><div dir="ltr" class="gmail_attr">{_linked(wrote, of)}<br></div>'
        '<blockquote class="gmail_quote" style="margin:0px 0px 0px 0.8ex;border-left:1px solid rgb(204,204,204);padding-left:1ex">'
        f"{_renamed(body_of(of), 'm_-12345')}</blockquote></div>"
    )
    shown = from_html(re.sub(r"<!--.*?-->", "", body_of(of), flags=re.DOTALL))
    return Reply(text=f"{text}\n\n{wraps}\n\n{_marked(shown)}\n", html=f"{own}{quote}")


def _renamed(html: str, prefix: str) -> str:
    """Gmail and Outlook put something in front of the classes of what they quote."""
    return re.sub(r'class="(?!tap\b)', f'class="{prefix}', html)


def _header(of: Sent, language: str) -> list[str]:
    labels = OUTLOOK[language][0].split("|")
    values = [of.header("From"), "Monday, March 2, 2026 9:01 AM", of.header("To"), of.header("Subject")]
    return [f"{label} {value}" for label, value in zip(labels, values, strict=True)]


def _bold(line: str) -> str:
    label = line[: line.index(":") + 1]
    return f"<b>{escape(label)}</b> {escape(line[len(label) :].strip(), quote=False)}"


def outlook_desktop(words: str, of: Sent | None, *, language: str = "en", text: bool = True) -> Reply:
    """Outlook for Windows: what Word writes, without a mark for the quote; its text part has none either."""
    lines = [*words.split("\n"), "", *PEOPLE]
    own = "".join(f'<p class="MsoNormal">{escape(line, quote=False) or "&nbsp;"}<o:p></o:p></p>' for line in lines)
    plain = "\n".join(lines)
    quote = ""
    if of is not None:
        head = _header(of, language)
        quote = (
            '<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0in 0in 0in"><p class="MsoNormal">'
            f'{"<br>".join(map(_bold, head))}<o:p></o:p></p></div></div><p class="MsoNormal"><o:p>&nbsp;</o:p></p>{body_of(of)}'
        )
        plain += "\n\n" + "\n".join(head) + f"\n\n{of.text}"
    html = (
        '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta name="Generator" content="Microsoft Word 15"></head>'
        f'<body lang="EN-US" style="word-wrap:break-word"><div class="WordSection1">{own}{quote}</div></body></html>'
    )
    return Reply(text=f"{plain}\n" if text else None, html=html)


def outlook_web(
    words: str, of: Sent | None, *, language: str = "en", phone: str = "", text: bool = True, again: bool = False
) -> Reply:
    """Outlook in a browser, the new one for Windows, and on a `phone`. `again`: the ids begin with "x_", as what they quote has them."""
    x = "x_" if again else ""
    own = "".join(
        f'<div class="{x}elementToProof" style="font-family: Aptos, Calibri, sans-serif; font-size: 12pt; color: rgb(0, 0, 0);">'
        f"{escape(line, quote=False) or '<br>'}</div>"
        for line in words.split("\n")
    )
    line = {"ios": OUTLOOK[language][1], "android": OUTLOOK[language][2]}.get(phone, "")
    signature = (
        f'<div id="ms-outlook-mobile-body-separator-line" dir="auto"><br></div><div id="ms-outlook-mobile-signature" dir="auto">'
        f'<a href="https://aka.ms/o0ukef">{escape(line)}</a></div>'
        if phone
        else f'<div id="{x}Signature" class="{x}elementToProof"><p>{"<br>".join(PEOPLE)}</p></div>'
    )
    plain = f"{words}\n\n" + (f"{line}<https://aka.ms/o0ukef>" if phone else "\n".join(PEOPLE))
    quote = ""
    if of is not None:
        head = _header(of, language)
        quote = (
            f'<div id="{x}appendonsend"></div><hr style="display:inline-block;width:98%" tabindex="-1"><div id="{x}divRplyFwdMsg" '
            f'dir="ltr"><font face="Calibri, sans-serif" style="font-size:11pt" color="#000000">{"<br>".join(map(_bold, head))}'
            f"</font><div>&nbsp;</div></div><div>{_renamed(body_of(of), 'x_')}</div>"
        )
        plain += f"\n{'_' * 32}\n" + "\n".join(head) + f"\n\n{of.text}"
    html = f'<html><head><style type="text/css">P {{margin-top:0;margin-bottom:0;}}</style></head><body dir="ltr">{own}{signature}{quote}</body></html>'
    return Reply(text=f"{plain}\n" if text else None, html=html)


def outlook_2003(words: str, of: Sent | None, *, language: str = "en") -> Reply:
    """An old Outlook, and what still writes like it."""
    own = "".join(
        f"<div><font face=Arial size=2>{escape(line, quote=False) or '&nbsp;'}</font></div>"
        for line in words.split("\n")
    )
    quote = ""
    if of is not None:
        quote = (
            '<br><div class="OutlookMessageHeader" lang="en-us" dir="ltr" align="left"><hr tabindex="-1"><font face="Tahoma" '
            f'size="2">{"<br>".join(map(_bold, _header(of, language)))}</font><br></div><div></div>{body_of(of)}'
        )
    return Reply(html=f"<html><body>{own}{quote}</body></html>")


def apple_mac(words: str, of: Sent | None, *, language: str = "en", text: bool = True, below: bool = False) -> Reply:
    """Mail on a Mac. `below`: the words stand under the quote."""
    lines = [escape(line, quote=False) for line in words.split("\n")]
    own = lines[0] + "".join(f"<div>{line or '<br>'}</div>" for line in lines[1:])
    quote = plain = ""
    if of is not None:
        wrote = APPLE[language][0].format(**_who(of))
        quote = (
            f'<div><br><blockquote type="cite"><div>{_linked(wrote, of)}</div><br class="Apple-interchange-newline"><div>{body_of(of)}'
            "</div></blockquote></div>"
        )
        plain = f"{wrote}\n\n{_marked(of.text)}"
    style = "overflow-wrap: break-word; -webkit-nbsp-mode: space; line-break: after-white-space;"
    inner = f"{quote}<br><div>{own}</div>" if below else f"{own}{quote}<br>"
    both = (plain, words) if below else (words, plain)
    html = f'<html><head><meta http-equiv="content-type" content="text/html; charset=utf-8"></head><body style="{style}">{inner}</body></html>'
    return Reply(text="\n\n".join(piece for piece in both if piece) + "\n" if text else None, html=html)


def iphone(words: str, of: Sent | None, *, language: str = "en", html: bool = False, flow: bool = False) -> Reply:
    """Mail on an iPhone or iPad: the line above the quote stands within it."""
    phone = APPLE[language][1]
    text = f"{words}\n\n{phone}\n"
    lines = "".join(f"<div>{escape(line, quote=False) or '<br>'}</div>" for line in words.split("\n"))
    page = f'<div dir="ltr"><div>{lines}</div><br id="lineBreakAtBeginningOfSignature"><div dir="ltr">{escape(phone)}</div></div>'
    if of is not None:
        wrote = APPLE[language][0].format(**_who(of))
        quoted = _marked("\ufeff" + of.text)
        text += f"\n> {wrote}\n> \n{quoted}\n"
        page += (
            f'<div dir="ltr"><br><blockquote type="cite">{_linked(wrote, of)}<br><br></blockquote></div><blockquote type="cite">'
            f'<div dir="ltr">\ufeff{body_of(of)}</div></blockquote>'
        )
    if not html:
        return Reply(text=text, flowed=flow)
    return Reply(html=f'<html><head></head><body dir="auto">{page}</body></html>')


#: By the way of the client. The first words of each key say which client it is.
CLIENTS: dict[str, Client] = {
    "gmail, no signature": partial(gmail, card="none"),
    "gmail, out of a dark window": partial(gmail, dark=True),
    "gmail's app": partial(gmail, app=True, card="none"),
    "outlook for Windows, HTML alone": partial(outlook_desktop, text=False),
    "outlook of 2003": outlook_2003,
    "outlook on the web, HTML alone": partial(outlook_web, text=False),
    "outlook on the web, once more": partial(outlook_web, again=True, text=False),
    "apple on a Mac, HTML alone": partial(apple_mac, text=False),
    "apple on a Mac, below": partial(apple_mac, below=True),
    "iphone, flowed": partial(iphone, flow=True),
    **{f"gmail, {language}": partial(gmail, language=language) for language in GMAIL},
    **{f"outlook for Windows, {language}": partial(outlook_desktop, language=language) for language in OUTLOOK},
    **{f"outlook on the web, {language}": partial(outlook_web, language=language) for language in OUTLOOK},
    **{
        f"outlook on a phone ({phone}), {language}": partial(outlook_web, language=language, phone=phone)
        for language in OUTLOOK
        for phone in ("ios", "android")
    },
    **{f"apple on a Mac, {language}": partial(apple_mac, language=language) for language in APPLE},
    **{f"iphone, {language}": partial(iphone, language=language) for language in APPLE},
    **{f"iphone, {language}, HTML": partial(iphone, language=language, html=True) for language in APPLE},
}
PHONES = sorted({phone for _, phone in APPLE.values()} | {line for _, *lines in OUTLOOK.values() for line in lines})
