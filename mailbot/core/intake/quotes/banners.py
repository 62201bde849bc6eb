"""Removes what a mail system put on top of an agent's mail: "EXTERNAL", "CAUTION: …", a classification.

Only at the very top, and only what opens as such a banner does; the rest of the same paragraph goes too, as long as it
warns of links, attachments and senders. Customers' mail keeps everything. The wordings are those of the large gateways
and of Microsoft 365 ("You don't often get email from …"), in English, German, French, Spanish, Italian, Portuguese,
Dutch, Polish, Swedish, Danish, Czech, Japanese and Chinese.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

_MOST_LINES: Final = 16  # of one banner
_MOST_CHARS: Final = 2_000
_MOST_BANNERS: Final = 6
_SENTENCE: Final = 500
_SHORT: Final = 55  # characters: a shorter line was not wrapped, so it ends where it ends

_EXTERNAL = (
    r"external|ext|extern(?:e[rsn]?|t|í)?|externo|externa|esterno|esterna|zewnętrzn[yae]|ekstern|外部|社外|"
    r"outside sender|unverified sender|untrusted sender"
)
_MAIL = (
    r"e-?mail|mail|message|sender|source|correspondence|nachricht|absender|courriel|expéditeur|correo(?: electrónico)?|mensaje|"
    r"remitente|messaggio|mittente|mensagem|remetente|bericht|afzender|wiadomość|nadawca|mejl|avsändare|e-?post|besked|"
    r"afsender|zpráva|odesílatel|メール|送信者|邮件|郵件"
)
_LABEL = (
    r"caution|warning|attention|notice|alert|important|be careful|security (?:notice|warning|alert)|stop|external|"
    r"achtung|vorsicht|warnung|hinweis|wichtig|sicherheitshinweis|avertissement|prudence|mise en garde|important|"
    r"precaución|atención|advertencia|aviso|cuidado|importante|attenzione|avviso|avvertenza|atenção|let op|opgelet|"
    r"waarschuwing|uwaga|ostrzeżenie|varning|obs|viktigt|advarsel|forsigtig|upozornění|pozor|varování|注意|警告|ご注意"
)
# A line that is nothing but a tag, and a tag in brackets before words.
_TAG_WORDS = rf"(?:(?:{_EXTERNAL})(?:[ -](?:{_MAIL}))?|(?:{_MAIL}|e-?mail) (?:{_EXTERNAL})|(?:{_EXTERNAL})(?:{_MAIL}))"
_TAG_LINE = re.compile(rf"(?:[^\w/#!]|!)*(?:(?:{_LABEL})\W+)?{_TAG_WORDS}\W*", re.IGNORECASE)
_TAG = re.compile(rf"[^\w\[(【/#!]*[\[(【] ?(?:(?:{_LABEL})\W+)?{_TAG_WORDS} ?[\])】][ :.!–—-]*", re.IGNORECASE)

_LEVEL = r"[\w&/()+-]{2,20}(?: [\w&/()+-]{1,20}){0,3}"
_CLASSIFIED = re.compile(
    r"[^\w/#!]*(?:"
    r"(?:(?:data|document|information|email|e-mail|message|security|company|daten|informations?)[ -]?)?"
    r"(?:classification|classified|sensitivity(?: label)?|confidentiality(?: level)?|klassifizierung|klassifikation|einstufung|"
    r"vertraulichkeit(?:sstufe)?|sensibilité|confidentialité|clasificación|sensibilidad|confidencialidad|classificazione|"
    r"riservatezza|sensibilità|classificação|sensibilidade|confidencialidade|classificatie|gevoeligheid|vertrouwelijkheid|"
    r"klasyfikacja|poufność|czułość|klassificering|känslighet|klassifikation|følsomhed|klasifikace|citlivost|分類|機密区分|"
    r"機密度|秘密度|密级|敏感度)(?: de l['’]information| der information| della informazione)?"
    rf" ?[:：=–—-] ?{_LEVEL}"
    rf"|(?:this (?:e-?mail|message) (?:is|has been) )?classified as:? {_LEVEL}"
    rf"|(?:klassifiziert|eingestuft) als:? {_LEVEL}|classifié(?: comme)?:? {_LEVEL}"
    r"|/*(?-i:UNCLASSIFIED|OFFICIAL(?:[ :-]+SENSITIVE)?|RESTRICTED|CONFIDENTIAL|PUBLIC|PROTECTED|GENERAL)/*"
    r"|TLP ?: ?(?:red|amber(?:\+strict)?|green|clear|white)"
    r"|(?-i:COMPANY CONFIDENTIAL|Company Confidential|STRICTLY CONFIDENTIAL|Strictly Confidential)"
    r"|(?:社外秘|社内限|公開|機密)"
    r")[^\w]*",
    re.IGNORECASE,
)

_ORIGINS = (
    (
        rf"(?:this|the) (?:{_MAIL})\b.{{0,60}}\b(?:outside (?:of )?(?:the|your|our|this|[A-Z])|"
        rf"external (?:source|sender|address|e-?mail|organi[sz]ation|domain|party|to ))"
    ),
    rf"(?:external|outside) (?:{_MAIL})\b[^\w]",
    (
        rf"\b(?:this is an|dies ist eine?|ceci est une?|c['’]est une?|este es un|esto es un|este é um|questa è un[a']?|dit is een|"
        rf"to jest|det här är ett|detta är ett|dette er en|toto je) ?"
        rf"(?:(?:{_EXTERNAL}) (?:{_MAIL})\b|(?:{_MAIL}) (?:{_EXTERNAL})\b)"
    ),
    rf"this (?:{_MAIL})\b (?:was|has been) (?:scanned|virus[- ]?(?:checked|scanned)|checked for (?:viruses|spam|malware))\b",
    rf"(?:the |this )?sender(?: of this (?:{_MAIL}))? (?:could not be|cannot be|has not been|was not) (?:verified|validated|authenticated)",
    r"this sender is (?:unverified|not verified)",
    rf"diese (?:{_MAIL})\b (?:wurde|ist) .{{0,40}}\b(?:auf (?:viren|schadsoftware|spam) (?:geprüft|überprüft)|gescannt)",
    rf"der absender(?: dieser (?:{_MAIL}))? konnte nicht (?:überprüft|verifiziert|bestätigt)",
    (
        rf"\b(?:diese[rs]?|die|der) (?:{_MAIL})\b.{{0,60}}(?:außerhalb|ausserhalb|von extern|von außen|"
        rf"extern\w* (?:absender|quelle|adresse|domain|e-?mail))"
    ),
    rf"\bexterne[rs]? (?:{_MAIL})\b[^\w]",
    rf"\b(?:ce(?:t|tte)?|le|l['’]) ?(?:{_MAIL})\b.{{0,60}}(?:l['’]extérieur|hors de|externe à|(?:source|expéditeur|adresse) externe)",
    (
        rf"\b(?:este|esta|el|o|a) (?:{_MAIL})\b.{{0,60}}(?:fuera de|fora d|exterior|extern[oa] (?:a|à)\b|"
        rf"(?:remitente|origen|fuente|dirección|remetente|origem|fonte|endereço) extern)"
    ),
    rf"\b(?:questa|questo|il|la) (?:{_MAIL})\b.{{0,60}}(?:all['’]esterno|fuori d|esterno a|(?:mittente|fonte|origine|indirizzo) estern)",
    rf"\b(?:deze|dit|de) (?:{_MAIL})\b.{{0,60}}(?:buiten|externe (?:afzender|bron|adres))",
    r"\b(?:ta|ten|niniejsza) (?:wiadomość|e-?mail|mail|nadawca)\b.{0,60}(?:spoza|zewnątrz|zewnętrzn\w+ (?:nadawc|źródł|adres))",
    r"\b(?:wiadomość|e-?mail) (?:pochodzi|został[ao]? wysłan[ay]) .{0,40}(?:spoza|zewnątrz|zewnętrz)",
    (
        r"\b(?:detta|denna|det här|den här|denne|dette) (?:e-?post|mejl|mail|meddelande|besked|melding|e-?mail)\w*.{0,60}"
        r"(?:utanför|utifrån|extern avsändare|udefra|uden for|utenfor|ekstern afsender)"
    ),
    r"\b(?:tento|tato) (?:e-?mail|zpráva)\b.{0,60}(?:mimo|zvenčí|vně|externí)",
    r"(?:この|本)(?:メール|メッセージ|電子メール).{0,60}(?:外部|社外|組織外)",
    r"(?:此|本)(?:电子)?(?:邮件|郵件|消息).{0,40}(?:外部|组织外|組織外)",
)
_OFTEN = (
    r"you (?:don['’]?t|do not) (?:often|usually|frequently) (?:get|receive) (?:e-?mails?|messages?)",
    r"people who received this message (?:don['’]?t|do not) often get",
    r"sie (?:erhalten|bekommen) nicht (?:oft|häufig) (?:e-?mails?|nachrichten)",
    r"vous (?:n['’]obtenez|ne recevez) pas souvent",
    r"no (?:suele|sueles|recibe|recibes) (?:recibir|con frecuencia|a menudo)? ?(?:correos?|mensajes)",
    r"non (?:si ricevono|ricevi|riceve) spesso",
    r"não (?:costuma receber|recebe (?:com frequência|frequentemente))",
    r"(?:u ontvangt|je ontvangt|u krijgt|je krijgt) niet vaak",
    r"nie otrzymujesz często|rzadko otrzymujesz|nieczęsto otrzymujesz",
    r"du får inte ofta|du får ikke (?:ofte|tit)|du modtager ikke ofte",
    r"(?:často nedostáváte|nedostáváte často|nedostáváte příliš často)",
    r"から(?:の)?(?:電子)?メール(?:を受け取ることは|が届くことは|を).{0,12}(?:あまり|ほとんど|めったに|頻繁)",
    r"(?:您|你)(?:通常)?不(?:经常|常|經常)收到",
)
_MORE = (
    r"(?:learn|find out|see) (?:why|more)\b|(?:report|forward) (?:it|this|suspicious|phishing)|contact (?:the )?(?:it|help ?desk|security)",
    r"erfahren sie,? (?:mehr|warum)|weitere informationen|melden sie|verdächtig",
    r"découvrez (?:pourquoi|plus)|pourquoi (?:c['’]est|ceci est) important|en savoir plus|signale[zr]",
    r"(?:descubra|obtenga|más) (?:por qué|información)|por qué (?:esto )?es importante|informe de",
    r"(?:scopri|informazioni|ulteriori) .{0,20}(?:perché|importante)|segnala",
    r"saiba (?:por ?que|mais)|por que (?:isso|isto) é importante|denunci",
    r"(?:meer informatie|ontdek|lees) .{0,20}waarom|meld (?:dit|verdachte)",
    r"dowiedz się|zgłoś",
    r"(?:läs|lär dig|ta reda på) .{0,20}varför|læs .{0,20}hvorfor|få mere at vide",
    r"(?:přečtěte si|zjistěte|další informace).{0,20}(?:proč|důležité)?",
    r"(?:詳細|理由)(?:は|を)|これが重要|了解.{0,8}(?:原因|重要)",
)
_ACT = (
    r"click|links?\b|urls?\b|attachments?|open(?:ing)?\b|klick|anh[aä]ng|anlage|öffne|clique|cliquez|liens?\b|pièces? jointes?|ouvr|"
    r"haga clic|clic\b|enlaces?|adjuntos?|abr[ai]|collegament|allegat|aprire|anexos?|ligações|klik|koppelingen|bijlage|open\b|"
    r"link[iów]*|łącz|załącznik|otwiera|klicka|länk|bilag|öppna|vedhæft|åbn|odkaz|příloh|klikejte|otevírejte|リンク|添付|クリック|开|点击|附件|链接"
)
_CARE = (
    r"unless|with care|trust|recogni[sz]e|know the|caution|careful|unknown|suspicious|unexpected|sender|content is safe|"
    r"es sei denn|bekannt|vertrau|kennen|erwarte|vorsicht|absender|sauf|confiance|connaiss|expéditeur|pruden|vigilan|"
    r"a menos que|salvo|reconozca|confí|conoc|remitente|precaución|a meno|riconosc|attendibil|mittente|cautela|"
    r"reconhe[cç]|conhe[cç]|confi[ae]|remetente|tenzij|herken|vertrouw|afzender|voorzichtig|chyba że|znasz|nadawc|ostrożn|"
    r"zaufan|om du inte|känner|litar|avsändar|försiktig|medmindre|kender|stoler|afsender|forsigtig|forsiktig|pokud|neznáte|odesílatel|"
    r"důvěřu|信頼|送信者|差出人|不明|安全|注意|発信元|除非|信任|发件人"
)
_NOT = (
    r"\b(?:do not|don['’]t|never|avoid|nicht|keine[nr]?|ne|pas|no|non|não|niet|geen|nie|inte|inga|ikke|neklik\w*|neotev\w*)\b|"
    r"\bn['’]|ない|せず|ください|不要|请勿|勿"
)
_TEMPTING = re.compile(
    r"click|\blinks?\b|attachment|klick|anhäng|clique|\bliens?\b|pièces? jointe|\bclic|enlaces?|adjunto|allegat|anexo|klik|bijlage|"
    r"\blink(?:i|ów|ach)\b|załącznik|länk|\bbilag|odkaz|příloh|リンク|添付|クリック|点击|链接|附件",
    re.IGNORECASE,
)
_TAG_HEAD = re.compile(rf"[^\w/#!]*{_TAG_WORDS} ?(?:[:–—-]+ |：)", re.IGNORECASE)
_LABELLED = re.compile(rf"[^\w/#!]*(?:(?:{_LABEL})(?: (?:{_MAIL}))?\W+)+", re.IGNORECASE)
_OPENS = re.compile("|".join((*_ORIGINS, *_OFTEN)), re.IGNORECASE)
_GOES_ON = re.compile("|".join(_MORE), re.IGNORECASE)
_ACTS = re.compile(_ACT, re.IGNORECASE)
_CARES = re.compile(_CARE, re.IGNORECASE)
_NEGATES = re.compile(_NOT, re.IGNORECASE)
_END = re.compile(r"[.!?](?=\s|$)|[。！？]")
#: One gateway marks the beginning and the end of its banner in the plain part.
_FRAMED = re.compile(
    r"[\s\-_=*]{0,80}(?P<mark>\w{2,30})BannerStart\b(?:(?!BannerEnd).){0,2000}?(?P=mark)BannerEnd\s*", re.DOTALL
)
_RULE = re.compile(r"[\s\-_=*~#|+─━═—–.·]*")
_LINK_ONLY = re.compile(r"\W*(?:https?://\S+|<[^<>\s]+>)\W*")


def without_banner(text: str) -> str:
    """The words of an agent (LF line ends, no quotes) without the banners on top. Pure, linear, never raises."""
    for _ in range(_MOST_BANNERS):
        shorter = _without_one(text)
        if shorter is None:
            break
        text = shorter
    return text


def _without_one(text: str) -> str | None:
    if framed := _FRAMED.match(text):
        return _below_rules(text[framed.end() :])
    lines = text[: _MOST_CHARS * 2].split("\n")
    first = next((at for at, line in enumerate(lines) if line.strip() and not _is_rule(line)), None)
    if first is None or first > _MOST_LINES:
        return None
    block: list[str] = []
    for line in lines[first : first + _MOST_LINES]:
        if not line.strip() or _is_rule(line):
            break
        block.append(line)
    length = _banner_length(block)
    if not length:
        return None
    start = sum(len(line) + 1 for line in lines[:first])
    rest = text[start + length :]
    return _below_rules(rest)


def _below_rules(rest: str) -> str:
    """What is below the rules that end a banner."""
    below = rest.lstrip(" \t\u00a0\n")
    while below and _is_rule(rule := below.partition("\n")[0]) and rule.strip():
        below = below.partition("\n")[2].lstrip(" \t\u00a0\n")
    return below


def _banner_length(block: Sequence[str]) -> int:
    """How many characters at the start of a paragraph are a banner; 0 if it opens like none."""
    whole = "\n".join(block)[:_MOST_CHARS]
    flat = whole.replace("\n", " ")
    at = done = 0
    called = False  # "CAUTION!" was alone: a warning after it is the banner's
    warned = False  # a warning was read: after it more may belong to the banner than after a mere tag
    if tag := _TAG.match(flat):
        at = done = tag.end()
    elif len(block[0]) <= _SHORT * 2 and (_TAG_LINE.fullmatch(block[0]) or _CLASSIFIED.fullmatch(block[0])):
        at = done = len(block[0])
    while at < len(flat):
        end = _piece(whole, at)
        piece = flat[at:end]
        if not piece.strip():
            at = end + 1 if end == at else end
            continue
        opens = _opens(piece)
        more = warned and (_goes_on(piece) or (_forbids(piece) and "\n" not in whole[done : max(done, end - 1)]))
        if not (opens or more or ((done or called) and _warns(piece))):
            label = _LABELLED.fullmatch(piece)
            if done or not label or end >= len(flat):
                break
            at, called = end, True  # what follows tells whether it is a banner's
            continue
        at = done = end
        warned = warned or opens or _warns(piece)
    return min(done, len(whole))


def _piece(whole: str, at: int) -> int:
    """Where the sentence or line that begins at `at` ends; the line, if it is too short to have been wrapped."""
    line_end = whole.find("\n", at)
    line_start = whole.rfind("\n", 0, at) + 1
    end = _END.search(whole, at, at + _SENTENCE)
    stop = end.end() if end else min(len(whole), at + _SENTENCE)
    if 0 <= line_end < stop:
        line = whole[at:line_end]
        begins = whole[line_end + 1 : line_end + 2]
        ends = not end or begins.isupper() or begins in "/#!"  # otherwise it was wrapped
        if line_end - line_start < _SHORT or _GOES_ON.search(line) or (ends and _opens(line)):
            return line_end + 1
    return stop


def _opens(piece: str) -> bool:
    bare = piece.strip()
    head = _TAG_HEAD.match(bare)
    if head and _TEMPTING.search(bare, head.end()) and _CARES.search(bare, head.end()):
        return True
    labelled = _LABELLED.match(bare)
    rest = bare[labelled.end() :] if labelled else bare
    if _OPENS.match(rest) or (_OPENS.search(rest[: _SHORT * 4]) and (labelled or _starts_as_warning(rest))):
        return True
    return bool(labelled and rest and (_TAG_LINE.fullmatch(rest) or _warns(rest)))


def _starts_as_warning(rest: str) -> bool:
    """Whether a sentence is about the mail that it is in, or is Microsoft's about a sender."""
    found = _OPENS.search(rest)
    return found is not None and found.start() <= 24


def _goes_on(piece: str) -> bool:
    if _GOES_ON.search(piece) or _LINK_ONLY.fullmatch(piece):
        return True
    return bool(_ACTS.search(piece) and _CARES.search(piece))


def _forbids(piece: str) -> bool:
    """Whether a sentence forbids following links or opening attachments, without a word about whom to trust."""
    return bool(_NEGATES.search(piece) and _TEMPTING.search(piece))


def _warns(piece: str) -> bool:
    return bool(_NEGATES.search(piece) and _ACTS.search(piece) and _CARES.search(piece))


def _is_rule(line: str) -> bool:
    return bool(line.strip()) and _RULE.fullmatch(line) is not None
