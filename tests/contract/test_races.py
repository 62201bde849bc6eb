"""Many workers at once, in threads and in processes that are killed: everything happens once."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from mailbot.adapters.store.sql_store import open_store
from mailbot.core.model.known import Keys
from mailbot.core.model.outgoing import OutboxState
from mailbot.core.model.promise import PromiseState
from mailbot.errors import ClaimLost, Conflict, Duplicate
from mailbot.ports import Settled
from tests.contract.made import HOUR, MINUTE, NOW, decision, message, outgoing, promise, raw_mail, ticket

ROOT = Path(__file__).parents[2]

WORKER = """
import sys
from datetime import UTC, datetime, timedelta
from mailbot.adapters.store.sql_store import open_store
from mailbot.errors import ClaimLost
from tests.contract.made import decision, message, raw_mail

store = open_store(sys.argv[1], migrate=False)
print("ready", flush=True)
while store.lists.inbound("stored", 1) or store.lists.inbound("claimed", 1):
    for claim in store.claim(sys.argv[2], datetime.now(UTC), timedelta(seconds=0.4), 4):
        one = message(f"m{claim.inbound}-{claim.attempts}", content_key=claim.raw.decode())
        try:
            store.commit(decision(outcome="logged", messages=(one,)), datetime.now(UTC), claim)
        except ClaimLost:
            continue
        print("done", flush=True)
"""


def at_once(many, work):
    """Run `work(n)` in that many threads that start together; what each returned or raised."""
    gate = threading.Barrier(many)

    def run(n):
        gate.wait()
        try:
            return work(n)
        except (Conflict, Duplicate, ClaimLost) as error:
            return type(error)

    with ThreadPoolExecutor(many) as pool:
        return list(pool.map(run, range(many)))


def test_two_claimers_never_get_the_same_mail(store):
    store.put([raw_mail(uid) for uid in range(1, 121)], NOW)

    def work(n):
        got = []
        while claims := store.claim(f"w{n}", NOW, HOUR, 3):
            got += [claim.inbound for claim in claims]
        return got

    taken = [inbound for got in at_once(4, work) for inbound in got]
    assert len(taken) == len(set(taken)) == 120


def test_workers_with_stores_of_their_own_wait_for_each_other(store, url):
    store.put([raw_mail(uid) for uid in range(1, 81)], NOW)

    def work(n):
        mine, got = open_store(url, migrate=False), []
        while claims := mine.claim(f"w{n}", NOW, HOUR, 2):
            for claim in claims:
                mine.commit(decision(outcome="logged", messages=(message(f"m{claim.inbound}"),)), NOW, claim)
                got.append(claim.inbound)
        mine.close()
        return got

    taken = [inbound for got in at_once(3, work) for inbound in got]
    assert len(taken) == len(set(taken)) == 80


def test_killed_workers_lose_and_double_nothing(store, url):
    store.put([raw_mail(uid, raw=b"mail %d" % uid) for uid in range(1, 61)], NOW)
    workers, processes = 0, []

    def start():
        nonlocal workers
        workers += 1
        command = [sys.executable, "-c", WORKER, url, f"w{workers}"]
        environment = os.environ | {"PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=ROOT, env=environment, text=True)
        processes.append(process)
        return process

    try:
        pair = [start(), start()]
        for kill in range(4):
            victim = pair[kill % 2]
            for _ in range(4):
                victim.stdout.readline()
            victim.kill()
            victim.wait()
            pair[kill % 2] = start()
        for process in pair:
            process.communicate(timeout=300)
            assert process.returncode == 0
    finally:
        for process in processes:
            process.kill()
            process.communicate()
    assert Counter(row.state for row in store.lists.inbound()) == {"done": 60}
    assert all(store.lookup(Keys(content_key=f"mail {n}", sender=None), NOW).seen for n in range(1, 61))
    with store._database.read() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM message").scalar() == 60


def test_one_of_two_changes_to_a_ticket_wins(store):
    store.commit(decision(tickets=(ticket(),)), NOW)
    read = store.lookup(Keys(content_key="", sender=None, numbers=(1,)), NOW).tickets[1]
    results = at_once(4, lambda n: store.commit(decision(tickets=(replace(read, plan=f"plan {n}"),)), NOW))
    assert Counter(results) == {None: 1, Conflict: 3}


def test_the_same_mail_in_two_inboxes_is_stored_once(store):
    results = at_once(4, lambda n: store.commit(decision(messages=(message(f"m{n}", content_key="same"),)), NOW))
    assert Counter(results) == {None: 1, Duplicate: 3}


def test_only_one_of_many_promises_is_made(store):
    store.commit(decision(tickets=(ticket(),)), NOW)
    results = at_once(4, lambda n: store.commit(decision(promises=(promise(f"p{n}"),)), NOW))
    assert Counter(results) == {None: 1, Conflict: 3}


def test_a_promise_is_kept_or_late_but_not_both(store):
    store.commit(decision(tickets=(ticket(),), promises=(promise(),)), NOW)
    ends = [PromiseState.KEPT, PromiseState.LATE]

    def work(n):
        return store.commit(decision(promises=(promise(state=ends[n], ended_at=NOW, wake_at=None),)), NOW)

    assert sorted(map(str, at_once(2, work))) == sorted(map(str, [None, Conflict]))


def test_crossed_changes_of_two_tickets_do_not_hang(store):
    store.commit(decision(tickets=(ticket(1), ticket(2))), NOW)

    def work(n):
        done = 0
        while done < 10:
            read = store.lookup(Keys(content_key="", sender=None, numbers=(1, 2)), NOW).tickets
            pair = (read[1], read[2]) if n else (read[2], read[1])
            try:
                store.commit(decision(tickets=pair), NOW)
            except Conflict:
                continue
            done += 1
        return done

    assert at_once(2, work) == [10, 10]
    assert store.lookup(Keys(content_key="", sender=None, numbers=(1,)), NOW).tickets[1].version == 21


def test_a_letter_is_taken_by_one_worker(store):
    store.commit(decision(outgoing=tuple(outgoing(f"l{n}") for n in range(30))), NOW)
    rows = store.ready(NOW, 100)

    def work(n):
        mine = [row.id for row in rows if store.take([(row, b"%d" % n, "id")], f"w{n}", NOW, MINUTE) != [None]]
        for row in rows:
            if row.id in mine:
                store.settle(row, Settled(state=OutboxState.SENT, reply="250"), NOW)
        return mine

    taken = [row for mine in at_once(4, work) for row in mine]
    assert sorted(taken) == sorted(row.id for row in rows)
    assert {row.state for row in store.lists.outbox()} == {OutboxState.SENT}


def test_one_lease_for_many_who_want_it(store):
    fences = at_once(6, lambda n: store.hold("x", f"w{n}", NOW, MINUTE))
    assert Counter(fences) == {1: 1, None: 5}


def test_numbers_and_baselines_under_a_rush(store):
    ranges = at_once(6, lambda _: store.numbers(5))
    assert sorted(number for one in ranges for number in one) == list(range(1, 31))
    stored = at_once(6, lambda n: store.baseline("support", 7, 100 + n, NOW))
    assert len(set(stored)) == 1
    assert sum(at_once(4, lambda _: store.put([raw_mail(uid) for uid in range(200, 220)], NOW))) == 20
