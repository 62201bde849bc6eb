"""Invented words for invented mails."""

from __future__ import annotations

FIRST = (
    "Ada",
    "Bela",
    "Cora",
    "Dario",
    "Elin",
    "Faro",
    "Gwen",
    "Hugo",
    "Ines",
    "Jona",
    "Kaya",
    "Linus",
    "Mara",
    "Nils",
)
LAST = (
    "Arden",
    "Brook",
    "Castel",
    "Dahl",
    "Ebner",
    "Fisk",
    "Garnet",
    "Holm",
    "Ivers",
    "Juhl",
    "Kestrel",
    "Lund",
    "Moor",
)
OPENINGS = ("Hello,", "Hi there,", "Dear support,", "Good morning,", "Dear all,")
CLOSINGS = ("Best regards", "Thanks", "Kind regards", "Many thanks", "Cheers")
MATTERS = (
    ("Cannot log in since this morning", "The whole team cannot log in. Every page says error 503 and nothing works."),
    ("Charged twice", "We were charged twice for invoice 4711 this month. Please refund one of the two payments."),
    ("Export is broken", "The CSV export stops after the first hundred rows. It worked last week, now it is broken."),
    (
        "How do I add a colleague?",
        "How do I add a second person to our account? I looked at the settings and saw no button.",
    ),
    ("Where is the setting for the time zone", "All reports are two hours off. Where can I change the time zone?"),
    (
        "Wrong VAT on the invoice",
        "The invoice of October has the wrong VAT number on it. Can you issue a corrected one?",
    ),
    ("Upload fails", "Uploading a file of 20 MB ends with a blank page. Smaller files are fine."),
    ("Password mail does not come", "I asked for a new password three times, and no mail arrives. What can I do?"),
    ("Printing", "When I print the weekly list, the last column is cut off. Is there a way to print it in landscape?"),
    ("HOW DO I TURN THIS OFF", "EVERY MORNING I GET FOUR MAILS FROM THE TOOL. HOW DO I TURN THEM OFF?"),
)
SENTENCES = (
    "We have used the tool for two years and never saw this before.",
    "It happens in every browser that we have here.",
    "Our accountant needs the papers before the end of the week.",
    "I restarted the computer and cleared the cache, without success.",
    "A colleague in another office sees the same thing.",
    "The message on the screen has the number 10-4432.",
    "If you need anything else from me, I am here until five.",
    "On Monday it still worked, so something must have changed since.",
    "We work around it by hand at the moment, which takes an hour a day.",
    "I attached nothing, because there is nothing to see but an empty page.",
    "The list had forty entries yesterday, and today there are only three.",
    "My own account is fine, it is only the shared one.",
)
SUBJECTS_DE = (
    "Rechnung doppelt abgebucht",
    "Anmeldung geht nicht mehr",
    "Wie ändere ich das Passwort?",
    "Fehler beim Export",
)
GERMAN = (
    "Guten Tag, seit heute Morgen können wir uns nicht mehr anmelden, es erscheint immer dieselbe Fehlermeldung.",
    "Die Rechnung vom Oktober wurde zweimal von unserem Konto abgebucht. Bitte erstatten Sie uns einen der Beträge.",
    "Ich habe in den Einstellungen nachgesehen, aber keinen passenden Knopf gefunden. Wie geht das?",
    "Der Export bricht nach der Hälfte ab, obwohl er letzte Woche noch ohne Schwierigkeiten lief.",
    "Unsere Buchhaltung braucht die Unterlagen bis zum Ende der Woche, deshalb wäre eine schnelle Antwort schön.",
)
