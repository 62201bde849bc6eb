"""Random days of two desks with the same mail: one tells all at once, the other as its agents want it.

Whatever comes, nothing is lost, nothing that is urgent is later, and nobody gets more mail than before.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime, time, timedelta

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from mailbot.core.model.outgoing import OutboxState
from mailbot.core.model.policy import DigestTimes, Hours
from tests.simulation.simulated_desk import BERLIN, JOOST, MARA, SimulatedDesk, mail
from tests.thorough import examples

MORNING = datetime(2026, 3, 2, 8, 0, tzinfo=BERLIN)
WORDS = {
    "outage": ("Down", "Our whole shop is down, nobody can order, error 503 everywhere!"),
    "money": ("Invoice", "You charged me twice for invoice 88, please refund one of the two."),
    "problem": ("Export", "The export fails with an error since this morning."),
    "question": ("Address", "How can I add a second delivery address to my account?"),
}
HALF = Hours(zone=BERLIN, spans={day: ((time(9), time(13)),) for day in range(5)})
WISHES = st.sampled_from(
    [
        {"digest": DigestTimes(every=timedelta(hours=2))},
        {"digest": DigestTimes(at=(time(10), time(15)))},
        {"hours": HALF},
        {"hours": HALF, "digest": DigestTimes(every=timedelta(hours=1))},
    ]
)
EVENTS = st.lists(
    st.tuples(st.integers(0, 300), st.sampled_from([*WORDS, "again", "take", "answer", "resolve"]), st.integers(0, 3)),
    min_size=2,
    max_size=10,
)


def desk_with(wishes):
    def change(policy):
        return replace(policy, agents={"mara": MARA, "joost": replace(JOOST, **wishes)})

    return SimulatedDesk(vouches=True, change_policy=change, start=MORNING)


def play(desk, events):
    """The same mails at the same times; what an agent answers is Mara's, who has no wishes."""
    opened = []
    for wait, what, who in events:
        desk.pass_time(desk.clock.at + timedelta(minutes=wait))
        sender = f"Guest {who} <guest{who}@pine{who}.example>"
        if what in WORDS:
            subject, text = WORDS[what]
            decision = desk.receive(mail(sender, text, at=desk.clock.now(), subject=f"{subject} {len(opened)}"))[-1]
            opened += [one.number for one in decision.tickets if one.number not in opened]
        elif opened:
            number = opened[who % len(opened)]
            told = [s for s in desk.sent if s.outgoing.ticket == number]
            if what == "again":
                ack = next((s for s in told if s.outgoing.name == "ack"), None)
                if ack is not None:
                    to = f"{ack.outgoing.to.name} <{ack.outgoing.to.address}>"
                    desk.receive(mail(to, "And now?", at=desk.clock.now(), to=ack.reply_to, subject="Re: it"))
                continue
            new = next(s for s in told if s.outgoing.name == "new" and s.outgoing.agent == "mara")
            text = {
                "take": "/take",
                "answer": f"We look at it. {len(desk.sent)}",
                "resolve": "/resolve\n\nIt is mended.",
            }[what]
            sender = f"{MARA.name} <{MARA.addresses[0]}>"
            desk.receive(mail(sender, text, at=desk.clock.now(), to=new.reply_to, subject="Re: it"))
    desk.pass_time(desk.clock.at + timedelta(days=2))


def of_joost(desk):
    return [s for s in desk.sent if s.outgoing.to.address == JOOST.addresses[0]]


def urgent(desk):
    return Counter(
        (s.outgoing.name, s.outgoing.ticket, s.at)
        for s in of_joost(desk)
        if s.outgoing.ticket is not None and s.outgoing.fields["priority"] <= 2
    )


# Without shrinking: each history is two desks, and a small one would take minutes to find.
@pytest.mark.slow
@settings(max_examples=examples(6), deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
@given(WISHES, EVENTS)
def test_nothing_is_lost_nothing_urgent_is_later_and_there_is_no_more_of_it(wishes, events):
    plain, quiet = desk_with({}), desk_with(wishes)
    try:
        play(plain, events)
        play(quiet, events)
        assert urgent(quiet) == urgent(plain)
        assert len(of_joost(quiet)) <= len(of_joost(plain))
        rows = quiet.store.lists.outbox(limit=2000)
        held = {row.outgoing.key for row in rows if row.due_at is not None and row.due_at > quiet.clock.now()}
        assert {row.outgoing.key for row in rows if row.state in (OutboxState.GATHERING, OutboxState.READY)} == held
        heard = held | {row.outgoing.key for row in rows if row.state in (OutboxState.SENT, OutboxState.TOLD)}
        for sent in of_joost(plain):
            if sent.outgoing.name in ("new", "followup", "thanked", "note", "covered"):
                key = sent.outgoing.key
                assert key in heard or f"digest:{key}" in heard, key
        at_work = wishes.get("hours")
        for sent in of_joost(quiet):
            if at_work is not None and sent.outgoing.ticket and sent.outgoing.fields["priority"] > 2:
                local = sent.at.astimezone(BERLIN)
                assert local.weekday() < 5
                assert 9 <= local.hour < 13, (sent.outgoing.name, local)
    finally:
        plain.close()
        quiet.close()
