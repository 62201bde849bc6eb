"""Many promises due at once, as after a weekend of downtime: one look at all of them, and what else gets done meanwhile."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any

import psutil

from mailbot.adapters.ids import StoreIds
from mailbot.loops.receive import Decider
from mailbot.ports import RawMail
from tests.bench.crowd import MAIL, make_due
from tests.bench.figures import spread

if TYPE_CHECKING:
    from tests.bench.promises import Crowd

EVERY = 0.1


def measure(crowd: Crowd, count: int) -> dict[str, Any]:
    """All of them missed their time two days ago; the looks go on until none is due. Seconds, milliseconds, MB."""
    make_due(crowd.store, crowd.take(count), crowd.clock.at, kind="late")
    process, ended = psutil.Process(), threading.Event()
    before = peak = process.memory_info().rss
    looks: list[float] = []

    def look() -> None:
        try:
            while crowd.store.due(crowd.clock.now(), 1):
                began = time.perf_counter()
                crowd.reminder.tick()
                looks.append(time.perf_counter() - began)
        finally:
            ended.set()

    began, cpu = time.perf_counter(), time.process_time() + crowd.server()
    thread = threading.Thread(target=look)
    thread.start()
    mails, late, number = [], [], 0
    while not ended.is_set():
        number += 1
        mails.append(_another_mail(crowd, number))
        asleep = time.perf_counter()
        time.sleep(EVERY)
        late.append(time.perf_counter() - asleep - EVERY)
        peak = max(peak, process.memory_info().rss)
    thread.join()
    seconds = time.perf_counter() - began
    return {
        "due": count,
        "seconds": seconds,
        "ms_each": seconds / count * 1000,
        "cpu_ms_each": (time.process_time() + crowd.server() - cpu) / count * 1000,  # with that of the mails
        "looks": len(looks),
        "longest_look_s": max(looks),
        "memory_mb": before / 1e6,
        "more_memory_mb": (peak - before) / 1e6,
        "mail_meanwhile": {"mails": number, **spread(mails)},
        "thread_woken_late": spread(late),
    }


def _another_mail(crowd: Crowd, number: int) -> float:
    """Seconds to store a mail and decide it while the others are looked at."""
    store = crowd.store
    decider = Decider(
        inbound=store,
        desk=store,
        clock=crowd.clock,
        fresh=StoreIds(store.numbers),
        setting=lambda: crowd.setting,
        holder="bench",
    )
    raw = MAIL.replace(b"<first@", b"<further%d@" % number)
    began = time.perf_counter()
    store.put([RawMail(mailbox="support", uidvalidity=2, uid=number, raw=raw, size=len(raw))], crowd.clock.now())
    decider.decide_some()
    return time.perf_counter() - began


def line(found: dict[str, Any]) -> str:
    """The figures in words."""
    mail, woken = found["mail_meanwhile"], found["thread_woken_late"]
    return (
        f"{found['due']:,} due at once: {found['seconds']:.0f} s, {found['ms_each']:.1f} ms each"
        f" ({found['cpu_ms_each']:.1f} of CPU), in {found['looks']} looks of"
        f" at most {found['longest_look_s']:.1f} s; {found['more_memory_mb']:.0f} MB more than {found['memory_mb']:.0f};"
        f" a mail meanwhile: p50 {mail['p50_ms']:.0f} ms, p99 {mail['p99_ms']:.0f} ms, at most {mail['max_ms']:.0f} ms;"
        f" another thread is woken {woken['p50_ms']:.0f} ms late, at most {woken['max_ms']:.0f} ms"
    )
