"""The words in which people name days, months, lengths of time and zones: English, German, French, Spanish and Polish.

All in the form in which `mailbot.core.language.dates` compares them: case folded, without accents. Ambiguous words are
left out: `mar` is March and martes and mardi, `midnight` may be either end of a day.
"""

from __future__ import annotations

_WEEKDAYS = (
    "monday mon montag mo lundi lun lunes poniedzialek poniedzialku",
    "tuesday tue tues dienstag di mardi martes wtorek wtorku",
    "wednesday wed weds mittwoch mi mercredi mer miercoles mie sroda srode srody",
    "thursday thu thur thurs donnerstag do jeudi jeu jueves jue czwartek czwartku",
    "friday fri freitag fr vendredi ven viernes vie piatek piatku",
    "saturday sat samstag sonnabend sa samedi sam sabado sab sobota sobote soboty",
    "sunday sun sonntag so dimanche dim domingo dom niedziela niedziele niedzieli",
)
_MONTHS = (
    "january jan januar janner jaenner janvier janv enero ene stycznia",
    "february feb februar fevrier fevr fev febrero lutego",
    "march mar marz maerz mrz mars marzo marca",
    "april apr avril avr abril abr kwietnia",
    "may mai mayo maja",
    "june jun juni juin junio czerwca",
    "july jul juli juillet juil julio lipca",
    "august aug aout agosto ago sierpnia",
    "september sep sept septembre septiembre wrzesnia",
    "october oct oktober okt octobre octubre pazdziernika",
    "november nov novembre noviembre listopada",
    "december dec dezember dez decembre diciembre dic grudnia",
)

WEEKDAYS = {word: number for number, words in enumerate(_WEEKDAYS) for word in words.split()}
"""Name → weekday, 0 Monday."""

MONTHS = {word: number for number, words in enumerate(_MONTHS, 1) for word in words.split()}
"""Name → month, 1 January."""

NEAR_DAYS = {
    "today": 0,
    "heute": 0,
    "aujourd'hui": 0,
    "hoy": 0,
    "tomorrow": 1,
    "morgen": 1,
    "demain": 1,
    "manana": 1,
    "day after tomorrow": 2,
    "the day after tomorrow": 2,
    "ubermorgen": 2,
    "uebermorgen": 2,
    "apres-demain": 2,
    "apres demain": 2,
    "pasado manana": 2,
    "dzis": 0,
    "dzisiaj": 0,
    "jutro": 1,
    "jutra": 1,
    "pojutrze": 2,
}
"""Name → days from today."""

NEXT_BUSINESS_DAY = frozenset(
    {"next business day", "next working day", "nbd", "nachster arbeitstag", "nachsten arbeitstag"}
)
"""The next open day after today."""

END_OF_DAY = (
    "eod",
    "eob",
    "cob",
    "end of day",
    "end of business",
    "close of business",
    "ende des tages",
    "feierabend",
    "konca dnia",
)
"""The close of business of a day."""

UNITS = {
    word: unit
    for unit, words in {
        "minute": "m min mins minute minutes minuten minuto minutos minuta minuty minut",
        "hour": "h hr hrs hour hours std stunde stunden heure heures hora horas godzina godziny godzin godzine",
        "day": "d day days tag tage tagen jour jours dia dias dzien dni",
        "week": "w wk wks week weeks woche wochen semaine semaines semana semanas tydzien tygodnie tygodni",
        "business hour": "bh",
        "business day": "bd",
    }.items()
    for word in words.split()
} | {
    "business hour": "business hour",
    "business hours": "business hour",
    "working hour": "business hour",
    "working hours": "business hour",
    "business day": "business day",
    "business days": "business day",
    "working day": "business day",
    "working days": "business day",
    "arbeitstag": "business day",
    "arbeitstage": "business day",
    "arbeitstagen": "business day",
    "jour ouvre": "business day",
    "jours ouvres": "business day",
    "dia habil": "business day",
    "dias habiles": "business day",
    "dia laborable": "business day",
    "dias laborables": "business day",
}
"""Name → minute, hour, day, week, business hour or business day."""

ZONES = {
    "cet": "Europe/Berlin",
    "cest": "Europe/Berlin",
    "bst": "Europe/London",
    "est": "America/New_York",
    "edt": "America/New_York",
    "cst": "America/Chicago",
    "cdt": "America/Chicago",
    "mst": "America/Denver",
    "mdt": "America/Denver",
    "pst": "America/Los_Angeles",
    "pdt": "America/Los_Angeles",
}
"""Abbreviation → a place where it is in force for a part of the year."""

UNIVERSAL = frozenset({"utc", "gmt", "z"})
"""Names of offset zero, all year round."""

ZONE_ALIASES = {"mez": "cet", "mesz": "cest"}
"""Other names of zones."""
