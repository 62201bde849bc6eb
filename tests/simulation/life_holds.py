"""What holds after every step of a desk's life, each as one sentence with the check that would find it broken.

The checks query the database, past the code under test. What has been checked and cannot change (a decided mail)
is checked once; everything else after each step.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime, timedelta

from mailbot.core.language.told_time import zone_of
from mailbot.core.letters.build import iso
from mailbot.core.model.silence import TABLE, Reminded
from mailbot.core.sending.crowds import LOOKS
from tests.simulation import life_letters, life_pages, life_reminders  # noqa: F401 - what holds of these counts as well
from tests.simulation.life_looks import ALWAYS, INSIDE, Holds, always, micros, moment, told, words
from tests.simulation.simulated_desk import BERLIN

__all__ = ["ALWAYS", "INSIDE", "Holds", "micros", "moment"]

_MOST_EARLY = timedelta(minutes=2)
_REMINDED = ", ".join(f"'{kind}'" for kind, row in TABLE.items() if row.reminded is not Reminded.NEVER)
TOGETHER = ("gathering", "told")
_FURTHEST = timedelta(hours=2)
_FURTHEST_UNKNOWN = timedelta(hours=4)  # eight times the pace of an outage, to whom nothing confirms


# --- a time that was told is a promise, and every promise ends well ----------------------------------------------------


@always("who is unresolved, at a pace, and may be written to has exactly one open promise, also while something waits")
def _(desk: Holds) -> Iterator[object]:
    yield from desk.sees(
        "SELECT '#' || number, n || ' promises' FROM (SELECT number, "
        " state != 'resolved' AND mute IS NULL AND (priority <= 3 OR (priority = 4 AND answers = 0)) AS paced, "
        " (SELECT count(*) FROM promise WHERE ticket = number AND promise.state = 'open') AS n "
        " FROM ticket WHERE merged_into IS NULL) WHERE n > 1 OR (paced AND n = 0)"
    )


@always("who waits for a word that only a person may write is not forgotten: the agents will hear of them")
def _(desk: Holds) -> Iterator[object]:
    yield from desk.sees(
        "SELECT '#' || number, mute FROM ticket WHERE state != 'resolved' AND merged_into IS NULL AND priority <= 4 "
        f"AND mute IN ({_REMINDED}) AND look_for IS NOT 'remind-agents' "
        "AND NOT EXISTS (SELECT 1 FROM promise WHERE promise.ticket = number AND promise.state = 'open')"
    )


@always("a ticket is looked at for a reason that fits where it stands")
def _(desk: Holds) -> Iterator[object]:
    yield from desk.sees(
        "SELECT '#' || number, look_for, state FROM ticket WHERE (look_at IS NULL) != (look_for IS NULL) OR NOT "
        "CASE look_for WHEN 'check-in' THEN state = 'resolved' WHEN 'tell-heap' THEN state = 'spam' "
        "WHEN 'remind-agents' THEN state IN ('open', 'waiting') AND mute IS NOT NULL ELSE look_for IS NULL END"
    )


@always("who wrote again, and may be written to, knows when they hear from us")
def _(desk: Holds) -> Iterator[object]:
    if desk.died:
        return  # what a process decided last, before it was killed, nobody has seen: it may be an answer to this
    for decision in desk.decided:
        if decision.outcome not in ("joined", "reopened") or not any(e.by == "customer" for e in decision.events):
            continue
        one = decision.tickets[0]
        asked = (
            any(e.what.code == "event.wrote.to-us" for e in decision.events)
            and decision.messages[0].author == "customer"
        )
        last = [d for d in desk.decided if d.tickets and d.tickets[0].number == one.number][-1] is decision
        paced = (
            "SELECT 1 FROM ticket WHERE number = :n AND mute IS NULL AND priority <= 4 "
            "AND state != 'resolved' AND merged_into IS NULL"
        )
        promised = "SELECT 1 FROM promise WHERE ticket = :n AND state = 'open'"
        if asked and last and desk.sees(paced, n=one.number) and not desk.sees(promised, n=one.number):
            yield f"#{one.number}"


@always("what is over, or became part of another matter, promises nothing")
def _(desk: Holds) -> Iterator[object]:
    yield from desk.sees(
        "SELECT '#' || number, promise.id FROM promise JOIN ticket ON number = promise.ticket "
        "WHERE promise.state = 'open' AND (merged_into IS NOT NULL "
        # What was told before somebody resolved it quietly still comes, at its time.
        # By the diary's order, as the clock may have been set back in between.
        "OR (ticket.state = 'resolved' AND (resolved_at IS NULL OR (promise.made_at > resolved_at AND "
        " (SELECT max(id) FROM event WHERE ticket = number AND code IN ('event.promised.by', 'event.taken-over.due')) > "
        " (SELECT coalesce(max(id), 0) FROM event WHERE ticket = number AND code = 'event.resolved')))))"
    )


@always("who may not be written to is promised nothing by the desk, only by a person")
def _(desk: Holds) -> Iterator[object]:
    yield from desk.sees(
        "SELECT '#' || number, made_by, mute FROM promise JOIN ticket ON number = promise.ticket "
        "WHERE promise.state = 'open' AND mute IS NOT NULL AND promise.agent IS NULL"
    )


@always("a difficulty or less that a person has answered is told no further time, unless they state one")
def _(desk: Holds) -> Iterator[object]:
    for decision in desk.decided:
        if decision.outcome not in ("relayed", "told") or not decision.tickets or decision.release:
            continue
        one = decision.tickets[0]
        told = any(p.state == "open" and p.agent is None for p in decision.promises)
        if told and one.priority >= 4 and not one.their_turn:
            yield f"#{one.number}"


@always("every time that a mail states is a promise")
def _(desk: Holds) -> Iterator[object]:
    for one in desk.fresh:
        if one.kind != "notice" and one.fields.get("due"):
            due = desk.sees("SELECT due FROM promise WHERE stated_by = :key", key=one.key)
            if not due or any(iso(moment(at)) != one.fields["due"] for (at,) in due):
                yield one.key


@always("every promise was told, and while it is open its mail is out or on its way")
def _(desk: Holds) -> Iterator[object]:
    found = desk.sees(
        "SELECT promise.id, stated_by, outbox.state FROM promise LEFT JOIN outbox ON outbox.key = stated_by "
        "WHERE outbox.id IS NULL OR kind = 'notice' OR (promise.state = 'open' AND outbox.state IN ('failed', 'dropped'))"
    )
    yield from found
    told = (
        "SELECT promise.id, due, fields FROM promise JOIN outbox ON outbox.key = stated_by WHERE promise.state = 'open'"
    )
    for id_, due, fields in desk.sees(told):
        if json.loads(fields)["due"] != iso(moment(due)):
            yield f"{id_}: another time than promised"


@always("every promise ends once, as kept, covered, late or replaced")
def _(desk: Holds) -> Iterator[object]:
    found = desk.sees("SELECT id, state, ended_at FROM promise WHERE state != 'open'")
    ended = {id_: (state, at) for id_, state, at in found}
    for id_, end in desk.ended.items():
        if ended.get(id_) != end:
            yield f"{id_}: {end}, then {ended.get(id_)}"
    for id_, (state, at) in ended.items():
        if at is None or state not in ("kept", "covered", "late", "replaced"):
            yield f"{id_}: {state} at {at}"
    desk.ended = ended


@always("no promise is forgotten: whoever is awake has looked at what is due, and will look in time")
def _(desk: Holds) -> Iterator[object]:
    if desk.desk.store_is_down:
        return
    yield from desk.sees(
        "SELECT id, due, wake_at FROM promise WHERE state = 'open' "
        "AND (wake_at IS NULL OR wake_at > due + 1000000 OR wake_at <= :now OR due < :now)",
        now=micros(desk.now),
    )


@always("kept means: by a word of one of our people, in time")
def _(desk: Holds) -> Iterator[object]:
    yield from desk.sees(
        "SELECT promise.id, message.author FROM promise LEFT JOIN message ON message.id = kept_by "
        "WHERE promise.state = 'kept' AND (message.agent IS NULL OR author NOT IN ('agent', 'stranger') OR ended_at > due)"
    )


@always("a ticket counts its promises as they ended, and as kept only what was kept")
def _(desk: Holds) -> Iterator[object]:
    yield from desk.sees(
        "SELECT '#' || number, promised, ended, kept, good FROM (SELECT number, promised, kept, "
        " count(promise.id) AS ended, coalesce(sum(promise.state = 'kept'), 0) AS good FROM ticket LEFT JOIN promise "
        " ON promise.state IN ('kept', 'covered', 'late') AND promise.ticket IN "
        " (SELECT t.number FROM ticket t WHERE t.number = ticket.number OR t.merged_into = ticket.number) "
        " WHERE merged_into IS NULL GROUP BY number) WHERE promised != ended OR kept != good"
    )


# --- letters ------------------------------------------------------------------------------------------------------------


@always("while the desk runs it is never late: somebody writes, or it covers in time")
def _(desk: Holds) -> Iterator[object]:
    for one in desk.fresh:
        if one.name == "late" and not desk.stopped:
            yield one.key


@always("a cover comes two minutes before the time, or less where the time was short")
def _(desk: Holds) -> Iterator[object]:
    for one in desk.fresh:
        if (
            one.name == "cover"
            and not timedelta() <= datetime.fromisoformat(one.fields["promised"]) - one.at <= _MOST_EARLY
        ):
            yield one.key


@always(
    "covers of an outage come no closer together, and never more than two hours apart where the address is confirmed"
)
def _(desk: Holds) -> Iterator[object]:
    for one in desk.fresh:
        if one.name != "cover" or one.fields["priority"] != 1 or one.ticket is None or one.fields["last"]:
            continue
        if one.fields["waiting_for"]:  # the time that somebody was given for an answer, which no cover skips
            continue
        apart = datetime.fromisoformat(one.fields["due"]) - datetime.fromisoformat(one.fields["promised"])
        nth, before = desk.apart.get(one.ticket, (0, timedelta()))
        ahead = one.fields["eta"]  # their estimate, which no cover skips
        known = desk.sees(
            "SELECT 1 FROM confirmed WHERE address = lower(:to) AND at <= :at", to=one.to, at=micros(one.at)
        )
        if apart > (_FURTHEST if known else _FURTHEST_UNKNOWN) or (
            nth + 1 == one.fields["nth"] and apart < before and not ahead
        ):
            yield f"{one.key}: {apart} after {before}"
        desk.apart[one.ticket] = (one.fields["nth"], apart)


@always("after a stop of any length each customer gets one letter about all that was missed")
def _(desk: Holds) -> Iterator[object]:
    owned_up = [(one.to, one.inbox, one.at) for one in desk.fresh if one.name == "late"]
    yield from {who for who in owned_up if owned_up.count(who) > 1}


@always("nobody hears the same empty words twice in a row")
def _(desk: Holds) -> Iterator[object]:
    for one in desk.fresh:
        if one.kind == "notice" or one.ticket is None:
            continue
        told = desk.sees("SELECT DISTINCT ticket FROM promise WHERE stated_by = :key", key=one.key)
        for number in {one.ticket, *(n for (n,) in told)}:
            body = words(one) if number == one.ticket and one.name in ("cover", "late") else ""
            if body and desk.bodies.get(number) == body:
                yield one.key
            desk.bodies[number] = body


@always("no letter is sent twice, unless nobody knows whether it arrived, and then byte for byte")
def _(desk: Holds) -> Iterator[object]:
    for decision in desk.decided:
        for outgoing in decision.outgoing:
            # An agent is told once of somebody who tries their link, however often they try, and a day's tickets of
            # somebody whose mailbox says that they are away are offered once, however often it says so.
            if outgoing.key in desk.keys and not outgoing.key.startswith(("tapped:", "offered:mailbox:")):
                yield f"{outgoing.key}: decided twice, so that the second never leaves"
            desk.keys.add(outgoing.key)
    for id_, copies in desk.desk.handed.items():
        if len(set(copies)) > 1 or len(copies) > 1 + desk.desk.in_doubt.get(id_, 0):
            yield f"{id_}: {len(copies)} copies"


@always("an acknowledgment, a look back and an apology are written once, a nudge once for each question")
def _(desk: Holds) -> Iterator[object]:
    for one in desk.fresh:
        name = "apology" if one.fields.get("sorry") else one.name
        if name in ("ack", "check-in", "apology"):
            if (one.ticket, name) in desk.once:
                yield one.key
            desk.once.add((one.ticket, name))
    if desk.set_back:
        return  # it is the customer's time once more
    yield from desk.sees(
        "SELECT '#' || ticket, count(*) || ' nudges' FROM event AS e WHERE code = 'event.nudged.closes' AND id > (SELECT "
        " coalesce(max(id), 0) FROM event WHERE ticket = e.ticket AND code IN "
        "('event.waiting.for-customer', 'event.waiting.for-other', 'event.merged.same')) "
        "GROUP BY ticket HAVING count(*) > 1"
    )


@always("a letter goes to the customer alone, without a note, and not by itself where none may go")
def _(desk: Holds) -> Iterator[object]:
    for decision in desk.decided:
        for outgoing in decision.outgoing:
            if outgoing.kind == "notice":
                continue
            one = decision.tickets[0]
            if outgoing.to.key != one.requester.key or INSIDE in str(outgoing.fields):
                yield outgoing.key
            if outgoing.kind == "letter" and one.mute is not None and not outgoing.fields.get("last"):
                yield f"{outgoing.key}: {one.mute}"


@always("a time is told as the customer's clock shows it")
def _(desk: Holds) -> Iterator[object]:
    for decision in desk.decided:
        clocks = {one.number: one.utc_offset for one in decision.tickets}  # a later mail may tell another
        for one in decision.outgoing:
            if one.kind == "notice" or one.ticket not in clocks or not one.fields.get("due"):
                continue
            due, theirs = datetime.fromisoformat(one.fields["due"]), clocks[one.ticket]
            clock = due.astimezone(BERLIN).utcoffset() if theirs is None else timedelta(minutes=theirs)
            if due.astimezone(zone_of(one.zone)).utcoffset() != clock:
                yield f"{one.key}: {one.zone}, not {clock}"


# --- the people behind the desk ------------------------------------------------------------------------------------------


@always("what a customer writes reaches somebody of ours, unless it is mere thanks")
def _(desk: Holds) -> Iterator[object]:
    new = (
        "SELECT id, ticket FROM message WHERE rowid > :last AND ticket IS NOT NULL AND NOT internal "
        "AND author IN ('customer', 'stranger')"
    )
    thanked = "SELECT 1 FROM event WHERE code = 'event.thanked.by-customer' AND id > :last"
    for id_, number in desk.sees(new, last=desk.messages):
        if not told(desk, f"notice:{id_}:") and not desk.sees(thanked, last=desk.events):
            yield f"#{number}: {id_}"


@always("what one of us writes goes out, is done, or comes back with the reason")
def _(desk: Holds) -> Iterator[object]:
    new = "SELECT id, ticket, held FROM message WHERE rowid > :last AND author = 'agent' AND NOT internal"
    for id_, number, _ in desk.sees(new, last=desk.messages):
        if f"relay:{id_}" not in desk.by_key and not told(desk, f"answer:{id_}:"):
            yield f"#{number}: {id_}"
    held = "SELECT id, ticket, held FROM message WHERE rowid > :last AND held IS NOT NULL"
    for id_, number, why in desk.sees(held, last=desk.messages):
        if not any(told(desk, f"{key}:{id_}:") for key in (why, "ask", "answer", "confirm", "inside")):
            yield f"#{number}: {id_} is held ({why}), and nobody is told"


@always("whoever leads hears of a second cover in a row, and of an outage without a word")
def _(desk: Holds) -> Iterator[object]:
    for one in desk.fresh:
        if one.name not in ("cover", "late") or desk.died or desk.desk.store_is_down:
            continue
        number, old = one.ticket, one.key.split(":")[1]
        unheard = "SELECT 1 FROM ticket WHERE number = :n AND first_word_at IS NULL"
        outage = one.fields["priority"] == 1 and desk.sees(unheard, n=number)
        grave = one.fields["nth"] >= 2 or outage
        if grave and f"covered:{old}:mara" not in desk.by_key:
            yield one.key


@always("no storm of notices: a few of one look, the rest in one mail")
def _(desk: Holds) -> Iterator[object]:
    told = [(o.agent, o.at) for o in desk.fresh if o.name in ("reminder", "covered") and o.state not in TOGETHER]
    yield from {who for who in told if told.count(who) > 2 * LOOKS}  # outages are counted separately


@always("what waits to be told together is told within minutes")
def _(desk: Holds) -> Iterator[object]:
    if desk.desk.store_is_down or desk.stopped:
        return
    yield from desk.sees(
        "SELECT id, \"key\" FROM outbox WHERE state = 'gathering' AND created_at < :long_ago",
        long_ago=micros(desk.now - timedelta(hours=1)),
    )


# --- nothing is lost -----------------------------------------------------------------------------------------------------


@always("every mail that came in lies in the desk once, or is a line of the diary")
def _(desk: Holds) -> Iterator[object]:
    yield from desk.sees(
        "SELECT id, outcome, n FROM (SELECT inbound.id, outcome, count(message.id) AS n FROM inbound "
        " LEFT JOIN message ON message.inbound = inbound.id WHERE inbound.state = 'done' GROUP BY inbound.id) "
        "WHERE n != 1 AND NOT (n = 0 AND outcome = 'logged')"
    )
    if not desk.desk.store_is_down:
        yield from desk.sees("SELECT id, state FROM inbound WHERE open_at <= :now", now=micros(desk.now))


@always("nothing fails on the way: no mail, no promise, no letter")
def _(desk: Holds) -> Iterator[object]:
    yield from desk.sees(
        "SELECT id, reason FROM inbound WHERE state IN ('stored', 'quarantined') AND reason IS NOT NULL"
    )
    yield from desk.desk.reminder._failed
    yield from desk.sees("SELECT \"key\", last_reply FROM outbox WHERE last_reply LIKE '%rror%'")
