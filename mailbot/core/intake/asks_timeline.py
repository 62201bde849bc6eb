"""Tells whether a customer asks for the account of what was promised to them: agents are then offered to send it."""

from __future__ import annotations

from functools import cache
from typing import Final

from mailbot.core.language.terms import TermIndex, term

_READ: Final = 4000  # characters of a mail: what is asked for stands before that
_ASKED: Final = (
    # en
    "timeline|time line|what you promised|what was promised|what we were promised|what i was promised|post mortem|postmortem"
    "|incident report|chronology|log of * promises|account of what happened|sequence of events"
    # de
    "|zeitleiste|zeitachse|zeitlicher ablauf|zeitlichen ablauf|zeitlichen verlauf|zeitlicher verlauf|chronologie|chronologischer ablauf|was wurde * zugesagt|was * zugesagt war"
    "|was * zugesagt wurde|was * versprochen wurde|störungsbericht|vorfallbericht|übersicht * zusagen"
    # fr, es, it, pt
    "|chronologie|récapitulatif des promesses|ce qui * était promis|ce qui * été promis|compte rendu de l incident|déroulé des faits|rapport d incident"
    "|cronología de los hechos|cronología de lo ocurrido|línea de tiempo|línea del tiempo|lo que * prometieron|informe de la incidencia|informe del incidente|resumen de lo ocurrido"
    "|cronologia dei fatti|cronologia degli eventi|cronologia dell accaduto|cosa * avevate promesso|resoconto dell accaduto|relazione sull incidente"
    "|linha do tempo|o que * prometeram|relatório do incidente|relatório de incidente"
    # nl, pl, sv
    "|tijdlijn|chronologisch overzicht|wat * beloofd is|wat * is beloofd|wat * beloofd was|incidentrapport"
    "|oś czasu|osi czasu|chronologia|chronologię|przebieg zdarzeń|przebieg zdarzenia|raport z incydentu|co * obiecano"
    "|tidslinje|händelseförlopp|händelserapport|incidentrapport|vad * lovat|vad * lovades"
    # ja, ar
    "|時系列|タイムライン|経緯報告|経緯の報告|障害報告書|経過報告|التسلسل الزمني|الجدول الزمني|تسلسل الأحداث|تقرير الحادث|ما وعدتمونا به"
)  # fmt: skip


def asks_timeline(new_text: str) -> bool:
    """Whether the words may ask for it; nothing follows but one more button in the agents' notices."""
    return bool(_asked().find(new_text[:_READ]))


@cache
def _asked() -> TermIndex:
    return TermIndex.of(term(phrase) for phrase in _ASKED.split("|"))
