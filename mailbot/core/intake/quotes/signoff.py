"""Finds the name under which somebody closes a mail ("Thanks, Ana")."""

from __future__ import annotations

import re
from typing import Final

from mailbot.core.intake.quotes.lines import clean, is_quoted, is_rule, is_sent_from

_CLOSINGS: Final = (
    "thanks", "thank you", "thanks a lot", "many thanks", "thanks so much", "thank you very much", "thank you so much",
    "thanks in advance", "thanks again", "thank you in advance", "regards", "best regards", "kind regards",
    "warm regards", "best", "all the best", "best wishes", "kindest regards", "warmest regards", "with kind regards",
    "with best regards", "cheers", "sincerely", "yours sincerely", "sincerely yours", "yours truly",
    "yours faithfully", "respectfully", "take care", "warmly", "rgds", "br", "kr", "thx", "yours", "love",
    "have a nice day", "have a great day", "ta",
    "danke", "vielen dank", "besten dank", "herzlichen dank", "danke im voraus", "vielen dank im voraus",
    "vielen dank und viele grüße", "danke und gruß", "gruß", "gruss", "grüße", "grüsse", "viele grüße",
    "viele grüsse", "viele gruesse", "liebe grüße", "liebe grüsse", "liebe gruesse", "beste grüße", "beste grüsse",
    "herzliche grüße", "schöne grüße", "freundliche grüße", "freundliche grüsse", "mit freundlichen grüßen",
    "mit freundlichem gruß", "mit freundlichen grüssen", "mit freundlichen gruessen", "mit besten grüßen",
    "mit lieben grüßen", "mit herzlichen grüßen", "mfg", "lg", "vg", "hochachtungsvoll", "bis dann",
    "merci", "merci beaucoup", "merci d'avance", "cordialement", "bien cordialement", "très cordialement",
    "bien à vous", "salutations", "sincères salutations", "meilleures salutations", "amicalement", "cdt", "cdlt",
    "bonne journée", "bonne soirée", "bien à toi", "respectueusement", "avec mes remerciements",
    "gracias", "muchas gracias", "mil gracias", "gracias de antemano", "un saludo", "saludos", "saludos cordiales",
    "un cordial saludo", "atentamente", "cordialmente", "un abrazo", "abrazos",
    "grazie", "grazie mille", "molte grazie", "grazie in anticipo", "cordiali saluti", "distinti saluti", "saluti",
    "un saluto", "un cordiale saluto", "a presto", "buona giornata",
    "obrigado", "obrigada", "muito obrigado", "muito obrigada", "atenciosamente", "cumprimentos",
    "com os melhores cumprimentos", "melhores cumprimentos", "abraço", "um abraço", "abraços", "att", "cordialmente",
    "bedankt", "dank je", "dank u", "dank u wel", "dankjewel", "alvast bedankt", "hartelijk dank",
    "met vriendelijke groet", "met vriendelijke groeten", "vriendelijke groet", "vriendelijke groeten", "groet",
    "groeten", "groetjes", "mvg", "met hartelijke groet", "hartelijke groet",
    "dziękuję", "dzięki", "z góry dziękuję", "pozdrawiam", "pozdrowienia", "z poważaniem", "z wyrazami szacunku",
    "serdecznie pozdrawiam", "pozdrawiam serdecznie",
    "tack", "tack på förhand", "tack så mycket", "hälsningar", "med vänliga hälsningar", "vänliga hälsningar",
    "med vänlig hälsning", "vänligen", "mvh", "hälsar", "bästa hälsningar", "hej då", "vh",
    "tak", "mange tak", "på forhånd tak", "venlig hilsen", "med venlig hilsen", "med venlige hilsner", "venlige hilsner",
    "hilsen", "kh", "bedste hilsner", "takk", "tusen takk", "på forhånd takk", "vennlig hilsen", "med vennlig hilsen",
    "mange takk", "beste hilsen", "hilsener",
    "kiitos", "kiitos etukäteen", "kiitokset", "terveisin", "ystävällisin terveisin", "terveiset", "parhain terveisin",
    "t", "yt", "kiittäen",
    "děkuji", "díky", "děkuji předem", "předem děkuji", "s pozdravem", "pozdrav", "hezký den", "s přátelským pozdravem",
    "спасибо", "большое спасибо", "заранее спасибо", "с уважением", "с наилучшими пожеланиями", "всего доброго",
    "всего хорошего", "благодарю", "с приветом",
    "дякую", "щиро дякую", "наперед дякую", "з повагою", "з найкращими побажаннями", "заздалегідь дякую",
    "teşekkürler", "teşekkür ederim", "çok teşekkürler", "şimdiden teşekkürler", "saygılarımla", "saygılar",
    "iyi çalışmalar", "selamlar", "iyi günler", "sevgiler",
    "よろしくお願いします", "よろしくお願いいたします", "よろしくお願い致します", "宜しくお願いします", "宜しくお願いいたします",
    "ありがとうございます", "敬具", "以上", "谢谢", "謝謝", "多谢", "此致", "祝好", "此致敬礼", "敬礼", "顺颂商祺",
    "감사합니다", "고맙습니다", "감사드립니다", "수고하세요", "شكرا", "شكراً", "مع الشكر", "تحياتي", "مع تحياتي",
    "مع أطيب التحيات", "تحية طيبة", "وشكرا", "תודה", "תודה רבה", "בברכה", "תודה מראש", "בתודה", "בכבוד רב",
)  # fmt: skip

CLOSINGS: Final = frozenset(_CLOSINGS)
_NO_NAMES: Final = frozenset(
    (
        "team", "support", "all", "everyone", "guys", "folks", "you", "so", "very", "much", "again", "advance", "help",
        "for", "and", "the", "now", "yes", "no", "ok", "okay", "hello", "hi", "dear", "sir", "madam", "bye", "mehr",
        "alle", "tutti", "todos", "tous", "cancel", "refund", "stop", "broken", "urgent", "unsubscribe", "still", "not",
        "problem", "error", "failed", "nothing", "waiting", "soon", "never", "please", "question", "invoice", "order",
        "leider", "nicht", "noch", "fehler", "kaputt", "dringend", "storno", "kündigung", "bitte", "rechnung", "frage",
        "toujours", "encore", "annuler", "annulez", "urgente", "cancelar", "todavía", "ancora", "ainda", "nog", "nie",
        "inte", "ikke", "ei", "не", "нет", "değil", "hayır",
    )
)  # fmt: skip
_PUNCTUATION: Final = " \t\u00a0,.!;:。、！，،~*_-–—"
_NO_NAME_SIGNS: Final = frozenset("不没沒是了的还還吗嗎呢吧我你您请請问問题題のはがをにでますせん안못다요")
_NAME_WORD = re.compile(r"[^\W\d_][^\W\d_]*\.?(?:['’\-‑][^\W\d_]+)*\.?")
_SYMBOLS = re.compile("[\U0001f000-\U0001faff\u2600-\u27bf\ufe0f\u200d]")
_TAIL_LINES: Final = 14
_CONTACT = re.compile(r"@|https?://|www\.|\+?\d[\d ()/.-]{6,}")


def sign_off(text: str) -> str | None:
    """The name that a customer signs with ("Thanks," and below it "Ana"), or None if it is not sure.

    `text` is new text with LF line ends. Only the last lines are searched, for a closing phrase and a name on the next
    line or after the phrase; only a signature may follow.
    """
    lines = [clean(line) for line in text.split("\n")[-60:] if line.strip() and not is_quoted(line)]
    lines = [line for line in lines if line and not is_rule(line)]  # empty: nothing but invisible characters
    while lines and is_sent_from(lines[-1], after_blank=True):
        lines.pop()
    tail = lines[-_TAIL_LINES:]
    for index in range(len(tail) - 1, -1, -1):
        if len(tail[index]) > 90:
            return None
        found = _closing(tail, index)
        if found is not None:
            return found
    return _dashed(text, tail)


def is_closing(text: str) -> bool:
    """Whether a cleaned line is a closing phrase, alone or followed by a name."""
    if len(text) > 90:
        return False
    return _fold(text) in CLOSINGS or _behind_phrase(text) is not None


def _closing(tail: list[str], index: int) -> str | None:
    """The name that belongs to the closing phrase in line `index`, if what follows can be a signature."""
    line = tail[index]
    rest = tail[index + 1 :]
    if _fold(line) in CLOSINGS:
        if line[-1] in "?？" or not rest:
            return None
        name = as_name(rest[0])
        return name if name is not None and _signature(rest[1:]) else None
    name = _behind_phrase(line)
    return name if name is not None and _signature(rest) else None


def _behind_phrase(line: str) -> str | None:
    """The name in "Thanks, Ana" or "LG Ana"."""
    for mark in (",", "!", "，", ".", ";", " -", "—", "–", "、"):
        phrase, found, rest = line.rpartition(mark)
        if found and _fold(phrase) in CLOSINGS:
            return _cased_name(rest)
    words = line.split()
    for count in (len(words) - 1, len(words) - 2):
        if count >= 1 and _fold(" ".join(words[:count])) in CLOSINGS:
            name = _cased_name(" ".join(words[count:]))
            if name is not None:
                return name
    return None


def _signature(rest: list[str]) -> bool:
    """Whether lines below a name can be the rest of a signature: short, and no sentence among them."""
    return len(rest) <= 10 and all(
        len(line) <= 80 and (line[-1] not in ".?!" or _CONTACT.search(line)) and not is_question(line) for line in rest
    )


def is_question(line: str) -> bool:
    """Whether the line has a question mark of any script."""
    return any(mark in line for mark in "?？؟;") and not line.endswith("&amp;")


def as_name(text: str) -> str | None:
    """The text as a name: one to four capitalised words, or a short one in a script without capitals; else None."""
    bare = _SYMBOLS.sub("", text).strip(_PUNCTUATION + "/|()")
    words = bare.split()
    if not 1 <= len(words) <= 4 or len(bare) > 40 or "?" in text or "？" in text:
        return None
    if _fold(bare) in CLOSINGS or any(word.casefold().strip(".,") in _NO_NAMES for word in words):
        return None
    if not all(_NAME_WORD.fullmatch(word) for word in words):
        return None
    if _cased(bare):
        return bare if bare[0].isupper() and words[-1][0].isupper() else None
    # Without capitals only the length and the lack of a verb tell a name from a sentence.
    return bare if len(words) <= 2 and len(bare) <= 10 and not _NO_NAME_SIGNS & set(bare) else None


def _cased_name(text: str) -> str | None:
    """The text as a name, only in scripts with capitals: among other words on a line nothing else marks a name."""
    name = as_name(text)
    return name if name is not None and _cased(name) else None


def _cased(text: str) -> bool:
    return text[:1].lower() != text[:1].upper()


def _dashed(text: str, tail: list[str]) -> str | None:
    """The name in a separate last line "-Ana" or "— Ana"."""
    if len(tail) < 2 or tail[-1][0] not in "-–—" or "\n\n" not in text:
        return None
    return as_name(tail[-1].lstrip("-–— "))


def _fold(text: str) -> str:
    """A phrase as it is compared: no symbols, outer marks or double space, case folded."""
    return " ".join(_SYMBOLS.sub("", text).strip(_PUNCTUATION).casefold().replace("’", "'").split())
