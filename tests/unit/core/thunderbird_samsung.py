"""Replies, and mails that a link opens, as Thunderbird and Samsung's mail app write them: text, flowed text and HTML."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import format_datetime
from functools import partial
from html import escape

from mailbot.core.intake.mime.plaintext import from_html
from tests.simulation.simulated_desk import MONDAY, Sent

COMPANY = "Tel. +49 30 5550 17"
PEOPLE = ["Mara Lind", "Lumen GmbH", COMPANY]

#: Thunderbird's line above a quote, by language.
WROTE = {
    "en": "On 3/2/26 9:01 AM, {} wrote:",
    "en-GB": "On 02/03/2026 09:01, {} wrote:",
    "de": "Am 02.03.26 um 09:01 schrieb {}:",
    "fr": "Le 02/03/2026 à 09:01, {} a écrit\u00a0:",
    "es": "El 2/3/26 a las 9:01, {} escribió:",
    "it": "Il 02/03/26 09:01, {} ha scritto:",
    "nl": "Op 02-03-2026 om 09:01 schreef {}:",
    "pl": "W dniu 2.03.2026 o\u00a009:01, {} pisze:",
    "sv": "Den 2026-03-02 kl. 09:01, skrev {}:",
    "pt-BR": "Em 02/03/2026 09:01, {} escreveu:",
}
#: Samsung's divider, the words before sender, date, recipient and subject, and the line of the phone.
SAMSUNG = {
    "en": ("Original message", "From: Date: To: Subject:", "Sent from my Galaxy"),
    "de": ("Ursprüngliche Nachricht", "Von: Datum: An: Betreff:", "Von meinem/meiner Galaxy gesendet"),
    "fr": ("Message d'origine", "De\u00a0: Date\u00a0: À\u00a0: Objet\u00a0:", "Envoyé de mon Galaxy"),
    "es": ("Mensaje original", "De: Fecha: Para: Asunto:", "Enviado desde mi Galaxy"),
    "it": ("Messaggio originale", "Da: Data: A: Oggetto:", "Inviato dal mio Galaxy"),
    "nl": ("Oorspronkelijk bericht", "Van: Datum: Aan: Onderwerp:", "Verzonden vanaf mijn Galaxy"),
    "pl": ("Oryginalna wiadomość", "Od: Data: Do: Temat:", "Wysłane z mojego Galaxy"),
    "sv": ("Originalmeddelande", "Från: Datum: Till: Rubrik:", "Skickat från min Galaxy"),
    "pt-BR": ("Mensagem original", "De: Data: Para: Assunto:", "Enviado do meu Galaxy"),
}


@dataclass(frozen=True, kw_only=True)
class Reply:
    """The bodies of a mail: `text` and `html`, either may be missing; `flowed` as RFC 3676 has it."""

    text: str | None = None
    html: str | None = None
    flowed: bool = False


Client = Callable[[str, Sent | None], Reply]
"""From what somebody types, and the mail that they answer (None: they answer none), to what their client sends."""


def mail(reply: Reply, *, sender: str, to: str, subject: str, of: Sent | None = None, key: str = "1") -> bytes:
    """The whole mail."""
    one = EmailMessage()
    one["Message-ID"] = f"<{key}-{sender.rpartition('<')[2].rstrip('>')}>"
    one["Date"] = format_datetime(MONDAY)
    one["From"], one["To"], one["Subject"] = sender, to, subject
    if of is not None:
        one["In-Reply-To"] = one["References"] = f"<{of.message_id}>"
    if reply.text is not None:
        more = {"format": "flowed"} if reply.flowed else {}
        one.set_content(reply.text, cte="8bit", params=more)
    if reply.html is not None and reply.text is not None:
        one.add_alternative(reply.html, subtype="html", cte="quoted-printable")
    elif reply.html is not None:
        one.set_content(reply.html, subtype="html", cte="base64")
    return one.as_bytes()


def page_of(letter: Sent) -> str:
    """The HTML of a mail, whole."""
    part = letter.parsed.get_body(preferencelist=("html",))
    assert part is not None
    return str(part.get_content())


def body_of(letter: Sent) -> str:
    """What stands in its body, as clients take it over into theirs."""
    found = re.search(r"<body[^>]*>(.*)</body>", page_of(letter), re.DOTALL)
    assert found is not None
    return found[1]


def name_of(letter: Sent) -> str:
    return letter.header("From").rpartition(" <")[0].strip('"')


def flowed(text: str) -> str:
    """Format=flowed (RFC 3676) as Thunderbird writes it: quoted lines as well, at most 72 characters."""
    out = []
    for line in text.split("\n"):
        bare = line.lstrip(">")
        mark = ">" * (len(line) - len(bare))
        stuffed = f"{mark} {bare.strip()}" if mark else line
        if not mark and line.startswith((" ", "From ")):
            stuffed = f" {line}"
        rows = textwrap.wrap(stuffed.removeprefix(mark), 72, break_long_words=False, break_on_hyphens=False)
        if line == "-- " or not rows:
            out.append(line if line == "-- " else mark)
            continue
        lead = f"{mark} " if mark else ""
        out += [f"{lead}{row.strip() if mark else row} " for row in rows[:-1]] + [f"{lead}{rows[-1].strip()}"]
    return "\n".join(out)


def thunderbird_text(
    words: str,
    of: Sent | None,
    *,
    language: str = "en",
    below: bool = False,
    sign: str = "end",
    flow: bool = True,
    shown: bool = False,
) -> Reply:
    """Composed as text. `below`: the words stand under the quote. `sign`: the signature at the `end`, `above` the quote
    (then without the two dashes), or `none`. `shown`: the quote is what the window showed of HTML, not the text part."""
    card = "\n".join(PEOPLE)
    if of is None:
        text = f"{words}\n\n-- \n{card}\n" if sign != "none" else f"{words}\n"
        return Reply(text=flowed(text) if flow else text, flowed=flow)
    said = from_html(re.sub(r"<!--.*?-->", "", body_of(of), flags=re.DOTALL)) if shown else of.text
    marked = "\n".join(
        f">{line}" if line.startswith(">") else f"> {line}".rstrip() for line in said.strip().split("\n")
    )
    quote = f"{WROTE[language].format(name_of(of))}\n{marked}"
    match below, sign:
        case True, _:
            text = f"{quote}\n> \n\n{words}\n" + (f"\n-- \n{card}\n" if sign == "end" else "")
        case False, "above":
            text = f"{words}\n\n{card}\n\n{quote}\n"
        case _:
            text = f"{words}\n\n{quote}\n" + (f"\n-- \n{card}\n" if sign == "end" else "")
    return Reply(text=flowed(text) if flow else text, flowed=flow)


def thunderbird_html(
    words: str,
    of: Sent | None,
    *,
    language: str = "en",
    below: bool = False,
    sign: str = "end",
    alone: bool = False,
    paragraphs: bool = True,
) -> Reply:
    """Composed as HTML, beside a flowed text (or `alone`); a tap and lines typed with Shift+Enter have no paragraphs."""
    card = "<br>\n      ".join(PEOPLE)
    if paragraphs:
        own = "\n".join(
            f"    <p>{escape(piece, quote=False).replace(chr(10), '<br>')}</p>" for piece in words.split("\n\n")
        )
    else:
        own = f"    {escape(words, quote=False).replace(chr(10), '<br>' + chr(10))}<br>"
    signature = f'    <div class="moz-signature">-- <br>\n      {card}</div>' if sign == "end" else ""
    above = f'    <div class="moz-signature">{card}</div>\n    <p></p>' if sign == "above" else ""
    quote = ""
    if of is not None:
        quote = (
            f'    <div class="moz-cite-prefix">{escape(WROTE[language].format(name_of(of)))}<br>\n    </div>\n'
            f'    <blockquote type="cite" cite="mid:{of.message_id}">\n      <meta http-equiv="content-type" '
            f'content="text/html; charset=UTF-8">\n      {body_of(of)}\n    </blockquote>'
        )
    pieces = [quote, own, signature] if below else [own, above, quote, signature]
    inner = "\n".join(piece for piece in pieces if piece)
    html = (
        '<!DOCTYPE html>\n<html>\n  <head>\n    <meta http-equiv="Content-Type" content="text/html; charset=UTF-8">\n'
        f"  </head>\n  <body>\n{inner}\n  </body>\n</html>\n"
    )
    if alone:
        return Reply(html=html)
    text = thunderbird_text(words, of, language=language, below=below, sign=sign, shown=True)
    return Reply(text=text.text, flowed=True, html=html)


def samsung(
    words: str,
    of: Sent | None,
    *,
    language: str = "en",
    sign: str = "phone",
    text: str = "lines",
    own: str = "divs",
    styled: bool = True,
) -> Reply:
    """Samsung's app: HTML with the header of what is answered in a box, the old mail below it without a quote's element.

    `text`: the plain part in `lines`, with the header run together (`glued`), or `none`. `own`: the first line bare in
    the body, the others in `divs`, or in `p` as older versions do. `sign`: the line of the `phone`, a `card`, or `none`.
    """
    divider, labels, phone = SAMSUNG[language]
    mine = {"phone": phone, "card": "\n".join(PEOPLE), "none": ""}[sign]
    lines = [escape(line, quote=False) for line in words.split("\n")]
    if own == "divs":
        rest = "".join(f'<div dir="auto">{line or "<br>"}</div>' for line in lines[1:])
        said = f"{lines[0]}{rest}"
    else:
        said = "".join(f'<p dir="ltr">{line or "<br>"}</p>' for line in lines)
    inside = "<br>".join(escape(line) for line in mine.split("\n"))
    signature = (
        f'<div dir="auto"><br></div><div dir="auto"><br></div><div id="composer_signature" dir="auto"><div style="font-size:'
        f'12px;color:#575757" dir="auto">{inside}</div></div>'
        if mine
        else ""
    )
    plain_own = f"{words}\n\n{mine}".rstrip()
    quote = plain = ""
    if of is not None:
        head = _header(of, labels)
        rows = "".join(f"<div>{escape(line, quote=False)} </div>" for line in head)
        quote = (
            '<div dir="auto"><br></div><div><br></div><div align="left" dir="auto" style="font-size:100%;color:#000000"><div>'
            f"-------- {divider} --------</div>{rows}<div><br></div></div>{body_of(of) if styled else _bare(body_of(of))}"
        )
        bar = f"-------- {divider} --------"
        plain = (
            f"\n{bar}{''.join(line + ' ' for line in head)}{' '.join(of.text.split())}"
            if text == "glued"
            else f"\n\n{bar}\n" + "\n".join(head) + f"\n\n{of.text}"
        )
    html = (
        '<html><head><meta http-equiv="Content-Type" content="text/html; charset=UTF-8"></head><body dir="auto">'
        f"{said}{signature}{quote}</body></html>"
    )
    return Reply(text=None if text == "none" else f"{plain_own}{plain}\n", html=html)


def samsung_text(words: str, of: Sent | None, *, language: str = "en", sign: str = "phone") -> Reply:
    """The plain part alone, as the app sends it by accounts that take no HTML."""
    return Reply(text=samsung(words, of, language=language, sign=sign).text)


def _header(of: Sent, labels: str) -> list[str]:
    names = labels.split(" ")
    values = [of.header("From"), "02/03/2026  09:01  (GMT+01:00)", of.header("To"), of.header("Subject")]
    return [f"{name} {value}" for name, value in zip(names, values, strict=True)]


def _bare(html: str) -> str:
    """Without styles and classes: what was hidden is shown."""
    return re.sub(r' (?:style|class|aria-hidden)="[^"]*"', "", html)


#: By the way of the client. The first words of each key say which client it is.
CLIENTS: dict[str, Client] = {
    "thunderbird, text above": partial(thunderbird_text, sign="end"),
    "thunderbird, text above, hard lines": partial(thunderbird_text, flow=False),
    "thunderbird, text below": partial(thunderbird_text, below=True),
    "thunderbird, text below, signature none": partial(thunderbird_text, below=True, sign="none"),
    "thunderbird, text, signature above the quote": partial(thunderbird_text, sign="above"),
    "thunderbird, text, quote of what was shown": partial(thunderbird_text, shown=True),
    "thunderbird, both, above": partial(thunderbird_html),
    "thunderbird, both, below": partial(thunderbird_html, below=True),
    "thunderbird, both, signature above the quote": partial(thunderbird_html, sign="above"),
    "thunderbird, both, no paragraphs": partial(thunderbird_html, paragraphs=False),
    "thunderbird, HTML above": partial(thunderbird_html, alone=True),
    "thunderbird, HTML below": partial(thunderbird_html, alone=True, below=True),
    "thunderbird, HTML, signature above the quote": partial(thunderbird_html, alone=True, sign="above"),
    "samsung": samsung,
    "samsung, HTML alone": partial(samsung, text="none"),
    "samsung, header run together": partial(samsung, text="glued"),
    "samsung, HTML without styles": partial(samsung, text="none", styled=False),
    "samsung, older": partial(samsung, own="p"),
    "samsung, card": partial(samsung, sign="card"),
    "samsung, card, HTML alone": partial(samsung, sign="card", text="none"),
    "samsung, no signature": partial(samsung, sign="none"),
    "samsung, text alone": samsung_text,
    **{f"thunderbird, {language}": partial(thunderbird_text, language=language) for language in WROTE},
    **{
        f"thunderbird, {language}, HTML": partial(thunderbird_html, language=language, alone=True) for language in WROTE
    },
    **{f"samsung, {language}": partial(samsung, language=language, text="none") for language in SAMSUNG},
    **{f"samsung, {language}, text": partial(samsung_text, language=language) for language in SAMSUNG},
    **{f"samsung, {language}, glued": partial(samsung, language=language, text="glued") for language in SAMSUNG},
}
