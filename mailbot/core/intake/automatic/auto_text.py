"""Tells from words alone that a machine wrote: a note of absence, an acknowledgment, a program's notice."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Final

from mailbot.core.intake.automatic import absence_words
from mailbot.core.intake.automatic import auto_words as machine_words
from mailbot.core.intake.quotes.lines import clean, header_line
from mailbot.core.language.folding import fold, unspaced, words
from mailbot.core.language.terms import TermIndex, term
from mailbot.core.model.mail import Kind
from mailbot.core.model.reason import Reason, why

_HEAD: Final = 2_000  # characters of the text that are looked at
_ASKED_EARLY: Final = 500  # a question or a complaint within this many characters makes it a person's mail
_SHORT: Final = 900  # characters: a note of absence whose subject does not announce it is not longer
_QUESTION: Final = ("?", "\uff1f", "\u061f", "\u037e")
_NUMBERED = re.compile(
    r"#\s?\w{0,6}-?\d|\[\D{0,30}\d{3,}|\(\d{2,}\)|\b(?:id|number|\w{0,12}nummer|n[uú]mero|nr|no|č|n[°º])\W{0,4}(?:is |de caso\W{0,3})?\w{0,6}\d{3,}|№|番号|编号|번호"
    r"|\b(?:ticket|case|incident|vorgang|caso|dossier|chamado|protocolo|melding|zgłoszeni[ea]|ärende|sag|sak|požadavek|заявка|обращение|звернення|talep)"
    r"\W{1,4}(?:\w{1,6}-)?\d{3,}",
    re.IGNORECASE,
)
_ALONE = re.compile(  # "Vacation", "Urlaub 2.-9.3.", "Away: Re: Export", "Holiday until Monday"; not "Holiday booking"
    r"^\W*[^\W\d_]+\s*(?:$|[^\w\s]|\d|re\b|(?:until|till|from|bis|vom|ab|jusqu|du|hasta|desde|fino|fin|dal|até|de \d|tot|vanaf|do|od|till|från|til|fra|asti|saakka|до|с|від|kadar)\b)",
    re.IGNORECASE,
)
_GROUPS: Final = {
    "away": machine_words.AWAY,
    "back": machine_words.BACK,
    "instead": machine_words.INSTEAD,
    "gone": absence_words.AWAY,
    "again": absence_words.BACK,
    "others": absence_words.INSTEAD,
    "closed": absence_words.CLOSED,
    "left": absence_words.LEFT,
    "personal": absence_words.PERSONAL,
    "greeted": absence_words.GREETED,
    "automatic": machine_words.AUTOMATIC,
    "no answer": machine_words.NO_ANSWER,
    "received": machine_words.RECEIVED,
    "thanked": machine_words.THANKED,
    "will answer": machine_words.WILL_ANSWER,
    "trouble": machine_words.TROUBLE,
    "wanted": machine_words.WANTED,
    "challenge": machine_words.CHALLENGE,
    "challenged": machine_words.CHALLENGED,
}
_CAME_IN: Final = frozenset({"received", "thanked"})
# That they cannot read and answer is no complaint.
_UNREAD = re.compile(
    r"\b(?:cannot|can['’]t|can not|could not|not able to|unable to)(?: be able to)? (?:read|answer|reply|respond|access|check|receive|take|wait|be reached)\b"
    r"|\bkann (?:ich )?(?:\w{1,12} ){0,3}(?:nicht|keine\w?) (?:\w{1,12} ){0,2}(?:lesen|beantworten|antworten|abrufen)|\bne (?:peux|pourrai) (?:pas )?(?:lire|répondre|consulter|vous répondre)|\bno (?:puedo|podré) (?:leer|responder|contestar|atender|acceder)"
    r"|\bnon (?:posso|potrò) (?:leggere|rispondere|accedere)|\bnão (?:posso|poderei|consigo) (?:ler|responder|aceder|acessar)|\bkan (?:ik )?(?:\w{1,12} ){0,2}(?:niet|geen) (?:\w{1,12} ){0,2}(?:lezen|beantwoorden|reageren)|\bnie mogę (?:odpisać|odpisywać|odpowiedzieć|odpowiadać|czytać|odbierać)"
    r"|\bнемогу|\bне могу (?:ответить|отвечать|читать)|\bне можу (?:відповісти|відповідати|читати)|\bnemohu (?:odpovědět|odpovídat|číst)|(?:无法|無法|不能)(?:及时|及時)?(?:回复|回覆|答复|查看|查閱|阅读|处理|處理|收发)",
    re.IGNORECASE,
)
_LABELLED = re.compile(
    r"\s{0,20}[^\W\d_]{1,20}(?: [^\W\d_]{1,20}){0,2}\s{0,3}[:\uff1a]\s{1,5}\S"
)  # "To: the desk", in any language
_ABOVE: Final = re.compile(  # the line that help desks put above their mails
    r"\s{0,20}(?:#{2,3}|-{2,10}|\*{2,10}|={2,10})?[-\s*=]{0,10}(?:please )?(?:type|write|reply|enter)(?: your (?:reply|response|answer))? above this line"
    r"|\s{0,20}#{2,3}-.{1,80}-#{2,3}",
    re.IGNORECASE,
)
_FIRST_WORDS: Final = 200
_MOZILLA = re.compile(  # of the receipt that Mozilla's mail programs write
    r"\s{0,9}(?:this is a return receipt for the (?:mail|message) that you sent|dies ist eine empfangsbestätigung für|ceci est un (?:accusé|avis) de réception (?:pour|du)|questa è una ricevuta di ritorno|éste es un acuse de recibo|dit is een ontvangstbevestiging)",
    re.IGNORECASE,
)
_NOTE: Final = 700  # characters of a text that is nothing but such a note
_NAME: Final = 2  # words of a clause without content
_DATE: Final = 5
_THANKS: Final = 9  # words of a clause that gives thanks for a mail and says nothing else
_CLAUSE = re.compile(
    r"[,;:\u2013\u2014]|\s-\s|\s(?:but|and|aber|und|mais|et|pero|y|ed?|mas|maar|ale|men|og|och|ja|mutta|но|и|але|та|ve|ama|és|și|dar|pa|ali|aga|bet|però|και|αλλά)\s",
    re.IGNORECASE,
)
_FAREWELL = re.compile(
    r"\s*(?:(?:with )?(?:kind|best|warm|many)\b|regards|thanks|sincerely|yours|mit (?:freundlich|best|lieb|viel)|freundliche|viele grüße|beste grüße|liebe grüße|cordialement|bien (?:à|cord)|salutations|saludos|un (?:cordial )?saludo|atentamente|cordiali|distinti|saluti|atenciosamente|(?:com os )?melhores cumprimentos"
    r"|met vriendelijke|groet|pozdrawiam|z poważaniem|s pozdravem|med vänlig|med venlig|venlig|vennlig|mvh|hälsningar|hilsen|terveisin|ystävällisin|с уважением|з повагою|с поздрав|saygılarımla|üdvözlettel|cu stimă|lep pozdrav|lijep pozdrav|s poštovanjem|με εκτίμηση|lugupidamisega|ar cieņu|pagarbiai|salutacions)",
    re.IGNORECASE,
)
_WELCOME: Final = 14  # characters of a greeting in scripts without spaces
_GREETING: Final = 4  # words of a line that greets or signs off
# A full stop ends a sentence unless it follows a number, as in dates, or comes before a lower-case letter.
_SENTENCE = re.compile(r"(?<!\d)[.!]+(?=\s+[^\sa-zà-öø-ÿα-ωа-я])|[!。！．]\s*|\n(?:[^\S\n]*+\n)+")
_NO_WORDS = re.compile(r"\S{1,100}@\S{1,100}|https?://\S{1,200}|[+\d][\d ()/.-]{5,30}")
# "until the 7th", "from the 24th to the 2nd": when somebody is back.
_DATED = re.compile(
    r"\b(?:until|till|til|bis|jusqu\w{0,3}|hasta|fino|at[ée]|tot|do|до|kuni|l[īi]dz|iki|fins|ata|p[âa]n[ăa]|έως|μέχρι|deri|hingga|sampai|đến|asti|saakka|through|to|au|al|till och med|til og med|t/m)\b\W{0,3}(?:\w{1,12}\W{1,3}){0,3}\d{1,2}"
    r"|\d{1,2}\W{0,3}\w{0,15}\W{0,2}(?:kadar|まで|까지|asti|saakka|-ig\b|-éig\b)|\d{1,2}[日号號]",
    re.IGNORECASE,
)
_ABSENT: Final = frozenset({"away", "gone", "closed", "left"})
_AGAIN: Final = frozenset({"back", "again"})
_INSTEAD: Final = frozenset({"instead", "others"})
_OF_NOTES: Final = frozenset(
    {*_ABSENT, *_AGAIN, *_INSTEAD, "automatic", "no answer", "will answer", "thanked", "greeted", "received"}
)
_MACHINES: Final = frozenset({*_ABSENT, "automatic", "no answer", "received", "will answer"})
_UNSPACED: Final = f"{machine_words.AUTO_SUBJECT_UNSPACED}|{absence_words.AUTO_SUBJECT_UNSPACED}"
_SUBJECTS: Final = {
    "is away": absence_words.IS_AWAY_SUBJECT,
    "away": f"{machine_words.AWAY_SUBJECT}|{machine_words.AWAY_SUBJECT_UNSPACED}",
    "maybe away": machine_words.MAYBE_AWAY_SUBJECT,
    "automatic": f"{machine_words.AUTO_SUBJECT}|{absence_words.AUTO_SUBJECT}|{_UNSPACED}",
    "received": machine_words.RECEIVED,
}


@dataclass(frozen=True, slots=True)
class Said:
    """What kind of machine a text shows, and why."""

    kind: Kind
    why: Reason


@dataclass(frozen=True, slots=True)
class _Phrases:
    index: TermIndex
    groups: tuple[str, ...]

    @classmethod
    def of(cls, tables: dict[str, str]) -> _Phrases:
        listed = [(phrase, group) for group, table in tables.items() for phrase in table.split("|")]
        return cls(TermIndex.of(term(phrase) for phrase, _ in listed), tuple(group for _, group in listed))

    def found(self, text: str) -> Counter[str]:
        """The groups whose phrases occur, and how many different ones of each."""
        return Counter(self.groups[number] for number in self.index.find(text))

    def begun(self, text: str) -> frozenset[str]:
        """The groups with a phrase at the beginning."""
        first, bare = words(text)[1], fold(text)
        found = set()
        for number, hit in self.index.find(text).items():
            wanted = words(hit)[1]
            if first[: len(wanted)] == wanted or bare.lstrip(" [【(").startswith(fold(hit)):
                found.add(self.groups[number])
        return frozenset(found)


@lru_cache(maxsize=8)
def said(subject: str, new_text: str) -> Said | None:
    """What machine the subject and the new text show, or None for anything that a person may have written.

    For an answering machine (`AUTO_REPLY`) two things must be said that fit each other; a program that only says that
    it is one (`LIST`) may be sending somebody's order form, so its mail opens a ticket all the same.
    """
    head = new_text[:_HEAD]
    begun, told = _subject_phrases().begun(subject[:200]), _told(head)
    wants = asks(subject, head)
    if away := _away(begun, told, subject, head, asks=wants and asks(subject, _UNREAD.sub(" ", head))):
        return Said(Kind.AUTO_REPLY, away)
    named = _phrases().found(subject)
    received = "received" in told or "received" in named
    thanked = received or "thanked" in told or "thanked" in named
    machine = "automatic" in told or "no answer" in told
    if thanked and machine and (not wants or ("automatic" in told and not told.keys().isdisjoint(_CAME_IN))):
        return Said(Kind.AUTO_REPLY, why("screen.other_desk"))
    # People give thanks for a mail as well, and quote a number with it.
    numbered = received and told["will answer"] and _NUMBERED.search(f"{subject}\n{head}")
    if thanked and (told["will answer"] > 1 or numbered) and not wants:
        return Said(Kind.AUTO_REPLY, why("screen.other_desk"))
    if _ABOVE.match(head) and not wants and not told.keys().isdisjoint(("received", "thanked", "will answer")):
        return Said(Kind.AUTO_REPLY, why("screen.other_desk"))
    absent = not told.keys().isdisjoint(_ABSENT | _INSTEAD)
    if "automatic" in begun and not wants and (absent or ("automatic" in told and (thanked or told["no answer"]))):
        return Said(Kind.AUTO_REPLY, why("screen.answer_words"))
    if not told.keys().isdisjoint(_ABSENT) and not wants and _named_automatic(subject):
        return Said(Kind.AUTO_REPLY, why("screen.answer_words"))
    if "automatic" in told and "no answer" in told and not wants:
        return Said(Kind.LIST, why("screen.says_program"))
    return None


def asks(subject: str, new_text: str) -> bool:
    """Whether somebody asks for something, complains or wants something early on: no machine does."""
    early = f"{subject}\n{new_text[:_ASKED_EARLY]}"
    return any(mark in early for mark in _QUESTION) or "trouble" in _phrases().found(early)


def machine_speaks(subject: str, new_text: str) -> bool:
    """Whether there are words that machines use, and none that people do: enough if a header also says machine."""
    told = _told(new_text[:_HEAD])
    return not asks(subject, new_text) and not told.keys().isdisjoint(_MACHINES) and "wanted" not in told


def says_absent(subject: str, new_text: str) -> bool:
    """Whether an automatic answer says that its writer is not there, and not only that a mail has come in."""
    told, begun = _told(new_text[:_HEAD]), _subject_phrases().begun(subject[:200])
    if not told.keys().isdisjoint(_ABSENT - {"closed"}) or not begun.isdisjoint(("away", "is away")):
        return True
    return ("closed" in told and "received" not in told) or (
        "maybe away" in begun and _ALONE.search(subject) is not None
    )


def acknowledges(new_text: str) -> bool:
    """Whether the words say that a mail has come in."""
    return "received" in _told(new_text[:_HEAD])


def asks_for_proof(new_text: str) -> bool:
    """Whether the words are those of a filter that holds a mail back until its sender proves who they are."""
    told = _told(new_text[:_HEAD])
    return told["challenge"] > 1 and "challenged" in told and "trouble" not in told


def read_receipt(subject: str, text: str) -> bool:
    """Whether the words make it a read receipt: "Read: …", and little more than the head of the mail that was read."""
    if _MOZILLA.match(text[:_FIRST_WORDS]):
        return True
    head, mark, _ = subject.replace("\uff1a", ":").partition(":")
    if not mark or len(head) > 40 or fold(head.strip()) not in _read_subjects():
        return False
    lines = [line for line in text[:_HEAD].split("\n") if line.strip()]
    heads = sum(header_line(clean(line)) is not None or _LABELLED.match(line) is not None for line in lines)
    return heads >= 2 and len(lines) - heads <= 3 and len(lines) <= 12


def automatic_subject(subject: str) -> bool:
    """Whether a subject is "Automatic reply", in one of the rarer languages, and then a colon or nothing."""
    head, mark, _ = subject.replace("\uff1a", ":").partition(":")
    if len(head) > 60 or not (mark or len(head) == len(subject)):
        return False
    bare = head.strip(" []()【】*-–|")
    return any(words(bare)[1] == words(hit)[1] for hit in _automatic_phrases().index.find(bare).values()) or (
        bool(bare) and fold(bare) in map(fold, _UNSPACED.split("|"))
    )


def _named_automatic(subject: str) -> bool:
    """Whether the subject says "automatic answer" anywhere before the subject that it answers."""
    head, mark, _ = subject[:200].replace("\uff1a", ":").partition(":")
    return bool(mark) and bool(_automatic_phrases().index.find(head))


def _away(begun: frozenset[str], told: Counter[str], subject: str, head: str, *, asks: bool) -> Reason | None:
    if asks or told.keys().isdisjoint(_ABSENT):
        return None
    short = len(head) <= _SHORT
    # A mail that answers nothing may be anybody's, and whoever has more to say than that is a person.
    announced = ":" in subject or len(head) > _NOTE or _nothing_but_absence(head) is not None
    if not begun.isdisjoint(("away", "is away")) and (":" in subject or ("wanted" not in told and announced)):
        return why("screen.absence")
    if "wanted" in told:
        return None
    more = not told.keys().isdisjoint(_AGAIN | _INSTEAD)
    said_alone = more or (short and len(words(subject)[1]) == 1)
    if "maybe away" in begun and _ALONE.search(subject) and said_alone and announced:
        return why("screen.absence")
    if "away" in told and "back" in told and "instead" in told and short:
        return why("screen.absence_words")
    if _only_absence(head) or (more and "is away" in _subject_phrases().found(subject[:200])):
        return why("screen.absence_words")
    return None


def _only_absence(head: str) -> bool:
    """Whether a short text is a note of absence and nothing else.

    A single sentence must say both when they are back and what to do; otherwise there must be more than one.
    """
    parts = _nothing_but_absence(head) if len(head) <= _NOTE else None
    if parts is None:
        return False
    told, sentences = parts
    if told.isdisjoint(_ABSENT):
        return False
    again, instead = not told.isdisjoint(_AGAIN), not told.isdisjoint(_INSTEAD | {"no answer", "will answer"})
    if sentences == 1:  # "… and are here for you again from the 7th on"
        return (again and instead) or ("closed" in told and sum(_told(head)[group] for group in _AGAIN) > 1)
    return sentences > 1 and (again or instead)


def _nothing_but_absence(head: str) -> tuple[set[str], int] | None:
    """What the clauses of a text say, and in how many sentences, if each is one that notes of absence consist of.

    Whoever says anything else is a person: "I am away until Monday, and the shop is down". A greeting, a name, an
    address or a number does not count.
    """
    told: set[str] = set()
    sentences = 0
    for written in _SENTENCE.split(head):
        if sentences and _FAREWELL.match(written):
            break
        sentence = _NO_WORDS.sub(" ", written)
        brief = len(sentence.strip()) <= _WELCOME if unspaced(sentence) else len(words(sentence)[1]) <= _GREETING
        if brief and _phrases().found(sentence).keys().isdisjoint(_OF_NOTES):
            continue
        told |= {"back"} if _DATED.search(written) else set()
        for clause in [sentence] if unspaced(sentence) else _CLAUSE.split(sentence):
            found = set(_phrases().found(clause)) | ({"instead"} if _UNREAD.search(clause) else set())
            if "personal" in found or (found.isdisjoint(_OF_NOTES) and _says_something(clause)):
                return None
            if found == {"greeted"} and len(words(clause)[1]) > _THANKS:
                return None
            told |= found
        sentences += 1
    return told, sentences


def _says_something(clause: str) -> bool:
    """Whether a clause is more than a name, a date or a conjunction."""
    count = len(words(clause)[1])
    return count > (_DATE if any(char.isdigit() for char in clause) else _NAME) or unspaced(clause)


@lru_cache(maxsize=2)
def _told(head: str) -> Counter[str]:
    return _phrases().found(head)


@cache
def _phrases() -> _Phrases:
    return _Phrases.of(_GROUPS)


@cache
def _subject_phrases() -> _Phrases:
    return _Phrases.of(_SUBJECTS)


@cache
def _read_subjects() -> frozenset[str]:
    return frozenset(map(fold, f"{machine_words.READ_SUBJECT}|{absence_words.READ_SUBJECT}".split("|")))


@cache
def _automatic_phrases() -> _Phrases:
    return _Phrases.of({"automatic": f"{machine_words.AUTO_SUBJECT}|{absence_words.AUTO_SUBJECT}"})
