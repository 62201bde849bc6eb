"""The story of the demo: what happens on a Monday and a Tuesday at a small shop's desk, person by person."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from mailbot.demo.people import Hands, Person, about

ZONE = ZoneInfo("Europe/Berlin")
START = datetime(2026, 3, 2, 8, 58, tzinfo=ZONE).astimezone(UTC)  # a Monday
DESK = "help@shop.example"
BEN = Person(name="Ben Ortiz", address="ben@shop.example")
MIA = Person(name="Mia Sand", address="mia@shop.example")
NORA = Person(name="Nora Feld", address="nora@lake.example")
OMAR = Person(name="Omar Haddad", address="omar@hill.example", zone="Europe/London")
JONAS = Person(name="Jonas Lindner", address="jonas@wald.example")
PILAR = Person(name="Pilar Prado", address="pilar@river.example", zone="America/New_York")
TED = Person(name="Ted Marsh", address="ted@field.example")
AIKO = Person(name="Aiko Mori", address="aiko@bay.example", zone="Asia/Tokyo")
RUTH = Person(name="Ruth Olsen", address="ruth@fjord.example", zone="Europe/Oslo")
INES = Person(name="Ines Marlow", address="ines@marlow.example", zone="Europe/London")
GHOST = Person(name="Lou Perrin", address="lou@typo.example")
CAST = (BEN, MIA, NORA, OMAR, JONAS, PILAR, TED, AIKO, RUTH, INES, GHOST)
PASSWORD = "secret"


def at(day: int, clock: str) -> datetime:
    """A moment of the story: day 0 is the Monday."""
    hour, minute = map(int, clock.split(":"))
    local = START.astimezone(ZONE).replace(hour=hour, minute=minute, second=0) + timedelta(days=day)
    return local.astimezone(UTC)


async def play(hands: Mapping[str, Hands]) -> None:
    """Everybody at once; returns when the last of them has nothing left to do."""
    people = {person.address: hands[person.address] for person in CAST}
    async with asyncio.TaskGroup() as group:
        for part in (
            _outage,
            _second_outage,
            _charge,
            _defect,
            _how_to,
            _praise,
            _nobody_knows,
            _bereavement,
            _nobody_there,
        ):
            group.create_task(part(people))


async def _outage(people: Mapping[str, Hands]) -> None:
    """Nora's shop is down. Ben answers at once; Mia's answer to the same mail comes too late, and is held."""
    nora, ben, mia = people[NORA.address], people[BEN.address], people[MIA.address]
    await nora.until(at(0, "09:00"))
    await nora.write(
        DESK,
        "Our shop is down for everybody",
        "Hello,\n\nsince ten to nine our whole shop is down. Every page shows error 503, and nobody can order.\n\n"
        "Please hurry!\n\nNora Feld\nLake Shop\n",
    )
    seen_by_ben = await ben.receive(about("Our shop is down"))
    seen_by_mia = await mia.receive(about("Our shop is down"))
    await ben.answer(
        seen_by_ben,
        "/plan moving your shop to a healthy server\n\n"
        "Hello Nora,\n\nI see it too: the server your shop runs on has failed. I'm moving your shop to another one now. "
        "Nothing is lost, and last night's orders are safe.\n\nBen\n",
    )
    await nora.receive(about("Our shop is down", saying="healthy server"))
    await mia.answer(seen_by_mia, "Hello Nora,\n\ncould you try it in another browser?\n\nMia\n")
    await mia.receive(about("Our shop is down", saying="in the meantime"))
    await ben.until(at(0, "09:27"))
    await ben.answer(
        seen_by_ben,
        "/resolve\n\nHello Nora,\n\nyour shop has been back up since twenty past nine. The old server's disk is being replaced, "
        "and your shop stays on the new one. I'm sorry about the morning this has cost you.\n\nBen\n",
    )
    solved = await nora.receive(about("Our shop is down", saying="back up since"))
    await nora.until(at(0, "10:05"))
    await nora.answer(solved, "Thank you so much, it works again!\n\nNora\n")


async def _second_outage(people: Mapping[str, Hands]) -> None:
    """Omar's checkout fails. Mia is in a meeting: she is reminded, the desk covers, and then she writes."""
    omar, mia = people[OMAR.address], people[MIA.address]
    await omar.until(at(0, "09:06"))
    await omar.write(
        DESK,
        "checkout down, all orders fail",
        "Hi,\n\nour checkout is down completely: nobody can pay, all our customers get error 500. We are losing every order.\n\n"
        "Omar\n",
    )
    await mia.receive(about("checkout down"))
    await mia.receive(about("checkout down", saying="has been promised an answer"))
    covered = await mia.receive(about("checkout down", saying="count as kept"))
    # On a machine that is busy with something else, the desk may be late: then it says so, and the story goes on.
    await omar.receive(about("checkout down", saying="no news yet", or_else="keep our word"))
    await mia.answer(
        covered,
        "/take\n/workaround your customers can pay by invoice\n\n"
        "Hi Omar,\n\nsorry you had to wait: a certificate at the payment service expired at nine. We've asked for a new one, "
        "and it will be in place before ten.\n\nMia\n",
    )
    told = await omar.receive(about("checkout down", saying="pay by invoice"))
    await omar.answer(told, "Thanks, paying by invoice works. When will cards work again?\n\nOmar\n")
    again = await mia.receive(about("checkout down", saying="cards work again"))
    await mia.until(at(0, "09:44"))
    await mia.answer(again, "/resolve\n\nCards work again: I've just paid with one myself.\n\nMia\n")
    await omar.receive(about("checkout down", saying="paid with one myself"))


async def _charge(people: Mapping[str, Hands]) -> None:
    """Jonas was charged twice, and writes in German; the desk answers in German, and so does Ben."""
    jonas, ben = people[JONAS.address], people[BEN.address]
    await jonas.until(at(0, "09:20"))
    await jonas.write(
        DESK,
        "Rechnung 2231 doppelt abgebucht",
        "Guten Tag,\n\nfür die Rechnung 2231 wurden heute zweimal 49 Euro von meinem Konto abgebucht.\n"
        "Bitte erstatten Sie mir den Betrag, der zu viel abgebucht wurde.\n\nMit freundlichen Grüßen\nJonas Lindner\n",
    )
    seen = await ben.receive(about("doppelt abgebucht"))
    await ben.until(at(0, "09:55"))
    await ben.answer(
        seen,
        "/promise tomorrow 11:00\n\nGuten Tag Herr Lindner,\n\nSie haben recht, der Betrag wurde doppelt eingezogen. "
        "Ich habe die Erstattung von 49 Euro eben angestoßen und sehe morgen nach, ob sie bei Ihrer Bank angekommen ist.\n\nBen Ortiz\n",
    )
    await jonas.receive(about("doppelt abgebucht", saying="Erstattung"))
    await ben.until(at(1, "10:20"))
    await ben.answer(
        seen,
        "/resolve\n\nGuten Tag Herr Lindner,\n\ndie 49 Euro sind heute früh zurückgebucht worden. Entschuldigen Sie bitte die Umstände.\n\nBen Ortiz\n",
    )
    await jonas.receive(about("doppelt abgebucht", saying="zurückgebucht"))


async def _defect(people: Mapping[str, Hands]) -> None:
    """Pilar's export is wrong. Her mailbox says that she is away, to which nobody replies."""
    pilar, mia = people[PILAR.address], people[MIA.address]
    await pilar.until(at(0, "10:00"))
    await pilar.write(
        DESK,
        "CSV export is broken",
        "Hello,\n\nthe CSV export of our orders is broken since the last update: the column with the tax is empty.\n"
        "It used to work.\n\nBest regards\nPilar Prado\n",
    )
    ack = await pilar.receive(about("CSV export"))
    await pilar.automatic(ack, "Out of office: Re: CSV export is broken", "I am away until Wednesday.\n\nPilar Prado\n")
    seen = await mia.receive(about("CSV export"))
    await mia.until(at(0, "12:30"))
    await mia.answer(
        seen,
        "/p 3\n/eta tomorrow 16:00\n\nHello Pilar,\n\nI can see the empty column as well. Our developers have found the change that caused it.\n\nMia\n",
    )
    await pilar.receive(about("CSV export", saying="empty column as well"))
    await mia.until(at(1, "15:10"))
    await mia.answer(
        seen,
        "/resolve\n\nHello Pilar,\n\nthe tax column is back in the export. There's nothing you need to do.\n\nMia\n",
    )
    await pilar.receive(about("CSV export", saying="tax column is back"))


async def _how_to(people: Mapping[str, Hands]) -> None:
    """Ted shouts a question. It stays a question, is answered sooner, and Ben needs one mail for it."""
    ted, ben = people[TED.address], people[BEN.address]
    await ted.until(at(0, "10:10"))
    await ted.write(
        DESK,
        "HOW DO I CHANGE MY PASSWORD???",
        "HOW DO I CHANGE MY PASSWORD??? I CANNOT FIND WHERE TO RESET IT!!!\n\nTED\n",
    )
    seen = await ben.receive(about("CHANGE MY PASSWORD"))
    await ben.until(at(0, "10:40"))
    await ben.answer(seen, "/note he phoned as well, no need to ask him again\n")
    await ben.until(at(0, "10:50"))
    await ben.answer(
        seen,
        "/resolve\n\nHi Ted,\n\nclick your name at the top right, then Security: the password is the first line there.\n\nBen\n",
    )
    await ted.receive(about("CHANGE MY PASSWORD", saying="Security"))


async def _praise(people: Mapping[str, Hands]) -> None:
    """Aiko likes what she got: she is thanked, promised nothing, and nobody has to answer."""
    aiko, mia = people[AIKO.address], people[MIA.address]
    await aiko.until(at(0, "10:20"))
    await aiko.write(
        DESK,
        "Thank you for the new editor",
        "Hello,\n\njust a word of praise: I love the new editor, it is a great improvement. Well done, and thank you!\n\nAiko\n",
    )
    await aiko.receive(about("new editor"))
    seen = await mia.receive(about("new editor"))
    await mia.until(at(0, "11:30"))
    await mia.answer(seen, "/resolve quietly\n")


async def _nobody_knows(people: Mapping[str, Hands]) -> None:
    """No rule knows what Ruth's mail is: no letter says so, and Mia tells the desk by one line before she answers."""
    ruth, mia = people[RUTH.address], people[MIA.address]
    await ruth.until(at(0, "10:25"))
    await ruth.write(
        DESK,
        "About Thursday",
        "Hello,\n\nit is about what Ben and I talked over on Thursday: the second half is still open.\n\nRuth Olsen\n",
    )
    await ruth.receive(about("About Thursday", saying="A person will read it"))
    seen = await mia.receive(about("About Thursday", saying="%2Fp%203"))
    await mia.until(at(0, "10:45"))
    await mia.answer(seen, "/p 3\n")
    await mia.until(at(0, "11:00"))
    await mia.answer(
        seen, "/resolve\n\nHello Ruth,\n\nthe second half of the labels goes out to you this afternoon.\n\nMia\n"
    )
    await ruth.receive(about("About Thursday", saying="this afternoon"))


async def _bereavement(people: Mapping[str, Hands]) -> None:
    """Ines's father has died. Her mail asks how something is done and speaks of an invoice, and is taken as what it is."""
    ines, ben = people[INES.address], people[BEN.address]
    await ines.until(at(0, "10:35"))
    await ines.write(
        DESK,
        "Account of Peter Marlow",
        "Dear all,\n\nmy father, Peter Marlow, died on 14 February. How do I close his account, and what happens with\n"
        "the invoice for March?\n\nInes Marlow\n",
    )
    await ines.receive(about("Peter Marlow", saying="condolences"))
    seen = await ben.receive(about("Peter Marlow"))
    await ben.until(at(0, "11:15"))
    await ben.answer(
        seen,
        "/resolve\n\nDear Ines,\n\nI am very sorry. I've closed your father's account and cancelled the invoice for March; "
        "there's nothing you have to do.\n\nBen\n",
    )
    await ines.receive(about("Peter Marlow", saying="very sorry"))


async def _nobody_there(people: Mapping[str, Hands]) -> None:
    """Lou's address does not exist: the ack bounces, automatic mail to it stops, and an agent is told."""
    lou, mia = people[GHOST.address], people[MIA.address]
    await lou.until(at(0, "10:30"))
    await lou.write(
        DESK,
        "my invoice is wrong",
        "Hi, the invoice for February shows the wrong address. Can you send a new one?\n\nLou\n",
    )
    await lou.bounce_first()
    undelivered = await mia.receive(about("my invoice is wrong", saying="t arrive"))
    await mia.until(at(0, "11:40"))
    await mia.answer(undelivered, "/ignore\n")
