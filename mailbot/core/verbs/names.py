"""The verbs, and what they are called elsewhere and in other languages: those names are suggested, never obeyed."""

from __future__ import annotations

import unicodedata
from difflib import get_close_matches
from functools import lru_cache
from typing import Final

NAMES: Final = (
    *(
        "note",
        "take",
        "release",
        "assign",
        "p",
        "promise",
        "plan",
        "workaround",
        "eta",
        "resolve",
        "reopen",
        "wait",
        "nonews",
    ),
    *("thanks", "spam", "ignore", "status", "why", "help", "send", "confirm", "goodwill", "approve", "reply", "do"),
    *("customer", "files", "original", "history", "timeline", "signature", "ham", "zone", "away", "back"),
    *("find", "mine", "open", "show"),
)
"""The verbs, as they are written."""

ALSO: Final = {"prio": "p", "priority": "p"}
"""Other words that are obeyed."""

_WORDS: Final = {
    "note": (
        "internal private comment notes memo notiz notizen vermerk intern interne-notiz anmerkung kommentar remarque interne "
        "aantekening promemoria observação anotação commentaire nota notas interno interna comentario comentário commento notitie opmerking notatka uwaga komentarz komentář "
        "poznámka poznámky interní anteckning notering notat huomautus muistiinpano megjegyzés jegyzet notă not "
        "заметка примечание нотатка примітка σημείωση メモ ノート 社内 备注 備註 笔记 내부 메모 노트 ملاحظة הערה"
    ),
    "resolve": (
        "close closed done fixed solve solved resolved erledigt gelöst geloest lösen behoben fertig schließen geschlossen "
        "abgeschlossen résoudre résolu résolue fermer terminé resolver resuelto solucionado cerrar cerrado risolvere "
        "risolto risolvi chiudi resolvido fechar opgelost oplossen afgerond rozwiązane rozwiązać zamknij załatwione "
        "vyřešeno vyřešit vyřízeno uzavřít zavřít hotovo lukk sluiten chiudere löst lös klart løst ratkaistu megoldva решено решить вирішено çözüldü 解決 解决 完了 해결"
    ),
    "take": (
        "own claim übernehmen übernehme nehmen prendre tomar prendi prendere assumir nemen overnemen weź biorę przejmij vzít vezmi "
        "беру взять 担当"
    ),
    "release": "unassign untake freigeben abgeben libérer liberar rilasciare vrijgeven zwolnij uvolnit släpp",
    "assign": (
        "zuweisen zuteilen assigner attribuer asignar assegna assegnare atribuir toewijzen przydziel przypisz přiřadit "
        "tilldela назначить"
    ),
    "p": "priorität prioritaet priorité prioridad priorità prioridade prioriteit priorytet priorita prioritet приоритет",
    "promise": (
        "due deadline versprechen versprochen zusage frist promettre promesse promesa promessa belofte obietnica slib löfte"
    ),
    "wait": (
        "hold snooze pending waiting warten attendre attente esperar attendere attesa aguardar wachten czekaj čekat vänta ждать"
    ),
    "thanks": (
        "thank thankyou thank-you thx danke merci gracias grazie obrigado obrigada bedankt dziękuję díky děkuji tack спасибо"
    ),
    "reopen": "re-open wiedereröffnen öffnen rouvrir reabrir riaprire heropenen",
    "workaround": "work-around umgehung",
    "goodwill": "kulanz",
    "ham": "notspam not-spam nospam no-spam unspam keinspam kein-spam",
    "ignore": "ignorieren ignorer ignorar ignora negeren ignoruj ignorovat ignorera",
    "status": "stand état estado stato stav",
    "why": "warum wieso pourquoi perché waarom dlaczego proč varför почему",
    "help": "hilfe aide ayuda aiuto ajuda hulp pomoc hjälp помощь ヘルプ 帮助",
    "send": "senden envoyer enviar invia verzenden wyślij",
    "confirm": "bestätigen confirmer confirmar conferma bevestigen potwierdź",
    "reply": "antworten",
    "history": "log verlauf historie historique historial histórico geschiedenis",
    "timeline": "chronology account zeitleiste chronik chronologie cronología cronologia tijdlijn tidslinje kronologia oś-czasu",
    "away": (
        "ooo out-of-office absent vacation holiday leave abwesend abwesenheit urlaub weg absence congé vacances ausente "
        "vacaciones assente ferie ausência férias afwezig vakantie nieobecny urlop frånvarande semester"
    ),
    "back": "returned zurück wieder-da retour vuelta rientro terug powrót tillbaka",
    "find": "search suche suchen finden chercher rechercher trouver buscar cerca cercare trova zoeken zoek szukaj znajdź procurar sök hitta 検索 بحث",
    "show": "zeigen zeige anzeigen montrer afficher mostrar mostra toon tonen pokaż visa 表示 عرض",
    "zone": "timezone time-zone tz zeitzone fuseau huso-horario fuso-orario",
}
_CLOSE_ENOUGH: Final = 0.7
_LONGEST: Final = 20  # letters of a word that may be meant as a verb
_ALL: Final = (*NAMES, *ALSO)


def _bare(word: str) -> str:
    """Without accents, as it is typed on a keyboard that has none."""
    letters = unicodedata.normalize("NFKD", word.casefold())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


_MEANT: Final = {_bare(word): name for name, words in _WORDS.items() for word in words.split()}


def meant_for_certain(word: str, *, exactly: bool = False) -> str:
    """The verb that a word names elsewhere or in another language, or that is nearly `note`; "" for any other word.

    `exactly`: without near misses.
    """
    bare = _bare(word)
    if exactly or bare in _MEANT:
        return _MEANT.get(bare, "")
    return "note" if 3 <= len(bare) <= 6 and _nearest(bare, ("note",)) else ""


def meant(word: str) -> str:
    """The verb that was probably meant by a word that is none; "" if nothing is near."""
    if found := meant_for_certain(word):
        return found
    close = _nearest(_bare(word), _ALL) if len(word) <= _LONGEST else ""
    return ALSO.get(close, close)


@lru_cache(maxsize=16_384)  # one mail is read again for each correction, and may hold thousands of such words
def _nearest(bare: str, names: tuple[str, ...]) -> str:
    return next(iter(get_close_matches(bare, names, n=1, cutoff=_CLOSE_ENOUGH)), "")
