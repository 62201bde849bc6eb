"""Many forged senders, two desks that face each other, one sender who does not stop, and strangers at the agents' door."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable
from contextlib import ExitStack

from mailbot.core.model.outgoing import OutgoingKind
from mailbot.core.model.ticket import TicketState
from mailbot.demo.servers import EmbeddedServers
from tests.servers import postgres
from tests.torture.arena import Arena, arena, workplace
from tests.torture.ledger import Result, Tally
from tests.torture.mails import SERVER, bearing, customer, first_mail, proven
from tests.wire.daemon import BEN, DESK, MIA, PASSWORD, letter, new_site, parsed, reply, wait_until

Say = Callable[[str], None]
NOTICES = 20  # to each agent, however many mails one sender writes in an hour (hazard 36)
REJECT = "Authentication-Results: {server}; spf=fail; dkim=none; dmarc=fail (p=reject) header.from={domain}\n"
NOTHING = "Authentication-Results: {server}; spf=none; dkim=none; dmarc=none header.from={domain}\n"


def forged(store: str, *, seed: int, quick: bool, say: Say) -> Result:
    """10,000 mails in the names of victims, and honest customers among them (hazard 17)."""
    forgeries, honest = (500, 10) if quick else (10_000, 100)
    dice = random.Random(seed)
    victims = [("Erin Vale", f"victim{n}@bank{n % 97}.example") for n in range(forgeries)]
    order = [None] * forgeries + list(range(honest))
    dice.shuffle(order)
    waiting = iter(victims)
    with arena(store) as desk:
        daemon = desk.site.start()
        for done, number in enumerate(order, start=1):
            if number is not None:
                desk.deliver(first_mail(number), number)
                continue
            who = next(waiting)
            domain = who[1].partition("@")[2]
            raw = letter(who, DESK, "Your parcel is held", "Hello,\n\nwhere is my parcel? It is late.\n\nErin\n")
            desk.servers.deliver_now(DESK, bearing(raw, REJECT.format(server=SERVER, domain=domain)))
            if done % 200 == 0:
                say(f"{done:,} of {len(order):,} fed")
        wait_until(lambda: decided(desk) >= len(order) and desk.site.quiet(), "not all is done", seconds=1200)
        daemon.terminate()
        tally = desk.count()
        reached = {one.to for one in desk.left()} & {address for _, address in victims}
        tally.let_in += tally.say("letters to those in whose name was written", reached)
        tickets = Counter(ticket.requester.key for ticket in desk.site.tickets())
        tally.lost += tally.say("forged mails that nobody sees", {address for _, address in victims} - set(tickets))
    return Result.of("10,000 forged senders", store, len(order), "mails", tally)


def decided(desk: Arena) -> int:
    """How many mails the desk has decided."""
    with desk.site.store() as store:
        done = store.lists.totals().inbound
    return done.get("done", 0) + done.get("quarantined", 0)


def one_sender(store: str, *, seed: int, quick: bool, say: Say) -> Result:
    """700 mails by one person, one after the other; an outage of somebody else in between (hazards 35, 36)."""
    mails = 100 if quick else 700
    who = ("Max Frey", "max@frey.example")
    with arena(store) as desk:
        daemon = desk.site.start()
        ids = []
        for n in range(mails):
            ids.append(f"<flood.{n}@frey.example>")
            words = f"Hello,\n\nhere is thing number {n} that I want to say: it is slow.\n\nMax\n"
            raw = letter(who, DESK, f"Thing {n} is slow", words, message_id=ids[-1], **proven(who[1]))
            desk.servers.deliver_now(DESK, raw)
            if n == mails // 2:
                desk.deliver(first_mail(1), 1)
            say(f"{n + 1} of {mails} fed")
        wait_until(lambda: decided(desk) >= mails + 1, "not all is decided", seconds=600)
        wait_until(lambda: any(one.to == customer(1)[1] for one in desk.left()), "the other is answered", seconds=60)
        with desk.site.store() as opened:
            pages = [opened.lists.ticket(ticket.number) for ticket in desk.site.tickets()]
        notices = Counter(one.to for one in desk.left() if one.to in (BEN[1], MIA[1]))
        daemon.terminate()
        stored = Counter(m.message_id for page in pages for m in page.messages)
        tally = desk.count(at_rest=False)
        tally.lost += tally.say("mails in no ticket", [i for i in ids if not stored[i.strip("<>")]])
        tally.doubled += tally.say("mails stored twice", [i for i in ids if stored[i.strip("<>")] > 1])
        tally.let_in += tally.say("notices beyond twenty", range(max([0, *(n - NOTICES for n in notices.values())])))
    return Result.of("700 mails of one sender", store, mails, "mails", tally)


def facing(store: str, *, seed: int, quick: bool, say: Say) -> Result:
    """Two desks that write to each other: two mails in all, at most, for each time that one of them begins (hazard 16)."""
    begun = 2 if quick else 10
    tally = Tally()
    with ExitStack() as held:
        folder = held.enter_context(workplace())
        ours, theirs = DESK, "support@other.example"
        users = dict.fromkeys((ours, theirs, BEN[1], MIA[1]), PASSWORD)
        servers = held.enter_context(EmbeddedServers(users, authserv_id=SERVER).run_in_thread())
        database = held.enter_context(postgres.running()) if store == "postgresql" else None
        sites = []
        for name, address in (("ours", ours), ("theirs", theirs)):
            url = database.database() if database is not None else ""
            site = held.enter_context(new_site(folder / name, url))
            site.configure(smtp=servers.smtp_port, imap=servers.imap_port, desk=f'authserv_id = "{SERVER}"')
            config = site.folder / "config.toml"
            config.write_text(config.read_text().replace(DESK, address))
            sites.append(site)
        daemons = [site.start() for site in sites]
        for n in range(begun):
            say(f"{n + 1} of {begun}")
            raw = letter(
                ("Other Support", theirs), ours, f"Export {n} broken", "Hello,\n\nit is broken.\n", **proven(theirs)
            )
            before = crossing(servers, ours, theirs)
            servers.deliver_now(ours, raw)
            wait_until(lambda at=n: len(sites[0].tickets()) > at, "the mail is taken in", seconds=60)
            wait_until(lambda: all(site.quiet() for site in sites), "both are quiet", seconds=60)
            crossed = crossing(servers, ours, theirs) - before
            tally.let_in += tally.say("mails beyond two", range(max(0, crossed - 2)))
        codes = [daemon.terminate()[0] for daemon in daemons]
        tally.lost += tally.say("no clean end", [code for code in codes if code])
    return Result.of("two desks facing each other", store, begun, "mails", tally)


def crossing(servers: EmbeddedServers, *addresses: str) -> int:
    """How many mails went from one of these desks to the other."""
    return sum(1 for t in servers.transactions if set(t.recipients) & set(addresses))


def at_the_door(store: str, *, seed: int, quick: bool, say: Say) -> Result:
    """Every way to speak as an agent without being one: a verb and words that must reach nobody (hazards 21, 22)."""
    mallory = ("Ben Ortiz", "mallory@evil.example")
    with arena(store) as desk:
        daemon = desk.site.start()
        desk.deliver(first_mail(1), 1)
        wait_until(lambda: any(one.to == BEN[1] for one in desk.left()) and desk.site.quiet(), "a notice", seconds=60)
        notice = next(one.data for one in desk.left() if one.to == BEN[1])
        signed = parsed(notice)["Reply-To"].addresses[0].addr_spec
        local, _, domain = signed.partition("@")
        tokens = {
            "good token": signed,
            "no token": DESK,
            "changed token": f"{local[:-1]}{'a' if local[-1] != 'a' else 'b'}@{domain}",
            "token of another": f"{local.partition('+')[0]}+{'x' * 40}@{domain}",
        }
        senders = {
            "the agent": BEN,
            "the agent's name": mallory,
            "the agent's address as name": ("ben@desk.example", "mallory@evil.example"),
            "a customer": customer(1),
        }
        results = {
            "proven": lambda d: f"Authentication-Results: {SERVER}; dmarc=pass header.from={d}\n",
            "failed": lambda d: REJECT.format(server=SERVER, domain=d),
            "nothing": lambda d: NOTHING.format(server=SERVER, domain=d),
            "no header": lambda _: "",
            "another server's": lambda d: f"Authentication-Results: mx.evil.example; dmarc=pass header.from={d}\n",
            "ours below a failure": lambda d: (
                REJECT.format(server=SERVER, domain=d)
                + f"Authentication-Results: {SERVER}; dmarc=pass header.from={d}\n"
            ),
            "quoted": lambda d: (
                f'Authentication-Results: {SERVER}; spf=pass smtp.mailfrom="x@desk.example"@evil.example; '
                f"dmarc=fail header.from={d}\n"
            ),
        }
        wrote: list[str] = []
        for token_name, to in tokens.items():
            for who_name, who in senders.items():
                for result_name, header in results.items():
                    if (token_name, who_name, result_name) == ("good token", "the agent", "proven"):
                        continue
                    say(f"{token_name}, {who_name}, {result_name}")
                    _, answer = reply(who, notice, f"/resolve\nCANARY {len(wrote)}. goes to nobody.")
                    wrote.append(who[1])
                    raw = bearing(answer, header(who[1].partition("@")[2])).replace(signed.encode(), to.encode())
                    if to != signed:  # the Message-ID of the notice is signed as well
                        raw = re.sub(rb"(?im)^(?:In-Reply-To|References):[^\n]*\n(?:[ \t][^\n]*\n)*", b"", raw)
                    desk.servers.deliver_now(DESK, raw)
        wait_until(lambda: decided(desk) >= len(wrote) + 1 and desk.site.quiet(), "not all is done", seconds=300)
        daemon.terminate()
        tally = Tally()  # a mail without its thread is a ticket of its own, and so nothing is counted twice here
        rows = desk.site.outbox()
        tally.let_in += tally.say("obeyed", [r.outgoing.name for r in rows if r.outgoing.kind is OutgoingKind.RELAY])
        first = desk.site.tickets()[0]
        tally.let_in += tally.say("resolved", [first.number] if first.state is TicketState.RESOLVED else [])
        outside = [
            f"{wrote[int(found)]} to {one.to}"
            for one in desk.left()
            if one.to not in (BEN[1], MIA[1])
            for found in re.findall(rb"CANARY (\d+)\.", one.data)
            if wrote[int(found)] != one.to
        ]
        tally.let_in += tally.say("their words to somebody else", outside)
    return Result.of("strangers at the agents' door", store, len(wrote), "tries", tally)
