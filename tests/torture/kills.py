"""Killed at every point of its way, and at random moments: hazards 1 to 3."""

from __future__ import annotations

import itertools
import random
import signal
import time
from collections.abc import Callable, Iterator

from tests.torture.arena import Arena, Feeder, arena, ended
from tests.torture.faulty import POINTS
from tests.torture.ledger import Result
from tests.torture.mails import first_mail, second_mail

TIMES = (1, 2, 5, 9)
ONCE = frozenset({"inbound.baseline"})  # points that a process reaches once
ALONE = ("desk.commit:", "inbound.claim:")  # points that are reached less often if many mails come at once
TOGETHER, MOST_GROUPS = 3, 40  # mails delivered at once, and how often, for each kill at a point
STRIKES_WITHIN = 40.0  # seconds within which a point has to be reached
FEED_RATE = 7.0  # mails a second, so that most kills strike at work
Say = Callable[[str], None]


def at_every_point(store: str, *, seed: int, quick: bool, say: Say) -> Result:
    """SIGKILL before and after each point, at its first, second, fifth and ninth call (hazard 1)."""
    times = TIMES[:1] if quick else TIMES
    kills, missed = 0, list[str]()
    with arena(store) as desk:
        desk.site.start().terminate()  # the baseline
        desk.answering(each=5)
        numbers = itertools.count()
        plan = [
            (point, place, nth)
            for point in POINTS
            for place in ("before", "after")
            for nth in (times[:1] if point in ONCE else times)
        ]
        for done, (point, place, nth) in enumerate(plan, start=1):
            say(f"{point} {place} {nth}: {done} of {len(plan)}")
            # If that very call failed by itself, it is tried once more.
            if any(strike(desk, f"{point}:{place}:{nth}", numbers) for _ in range(2)):
                kills += 1
            else:
                missed.append(f"{point} {place} {nth}")
        daemon = desk.site.start()
        desk.settle()
        daemon.terminate()
        tally = desk.count()
    tally.lost += tally.say("a point that was never reached", missed)
    return Result.of("killed at every point", store, kills, "kills", tally)


def strike(desk: Arena, fault: str, numbers: Iterator[int]) -> bool:
    """Run the daemon with that fault while mails come in, one by one or several at once; whether it died of it."""
    daemon = desk.site.start(watching=False, program="tests.torture.faulty", env={"TORTURE_KILL": fault})
    at_once = 1 if fault.startswith(ALONE) else TOGETHER
    until = time.monotonic() + STRIKES_WITHIN
    for _ in range(MOST_GROUPS):
        for number in itertools.islice(numbers, at_once):
            desk.deliver(first_mail(number), number)
        if ended(daemon, 0.15):
            break
    if not ended(daemon, max(1.0, until - time.monotonic())):
        daemon.terminate()
        return False
    return daemon.process.returncode == -signal.SIGKILL


def at_random(store: str, *, workers: int, seed: int, quick: bool, say: Say) -> Result:
    """200 SIGKILLs at random moments over 1,500 mails, of one process or of one among four (hazards 2 and 3)."""
    kills, mails = (10, 100) if quick else (200, 1500)
    dice = random.Random(seed)
    numbers = range(mails - mails // 8)
    fed = [(first_mail(n), n) for n in numbers] + [(second_mail(n), n) for n in dice.sample(numbers, mails // 8)]
    dice.shuffle(fed)
    with arena(store) as desk:
        daemons = [desk.site.start()] + [desk.site.start(watching=False) for _ in range(workers - 1)]
        desk.answering(each=5)
        feeder = Feeder(desk.deliver, fed, FEED_RATE, seed + 1)
        feeder.start()
        for kill in range(kills):
            say(f"kill {kill + 1} of {kills}")
            victim = dice.randrange(workers)
            early = kill % 4 == 3  # some die before they have started, the others at work
            if not early:
                daemons[victim].wait_for("inbox", seconds=120)
            ended(daemons[victim], dice.uniform(0, 2.0 if early else 0.7))
            daemons[victim].kill()
            daemons[victim] = desk.site.start(watching=False)
        feeder.finish()
        say("the rest")
        desk.settle()
        for daemon in daemons:
            daemon.wait_for("inbox", seconds=120)
        codes = [daemon.terminate()[0] for daemon in daemons]
        tally = desk.count()
        tally.lost += tally.say("no clean end", [code for code in codes if code])
        if (over := tally.copies - kills) > 0:  # at most one for a kill
            tally.doubled += tally.say("copies beyond one a kill", range(over))
    return Result.of(f"killed at random, {workers} process{'es' if workers > 1 else ''}", store, kills, "kills", tally)
