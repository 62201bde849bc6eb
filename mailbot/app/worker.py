"""Puts together a process that decides mail, and says whether a desk has any."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path

import structlog

from mailbot.adapters.clock import WallClock
from mailbot.adapters.ids import StoreIds
from mailbot.adapters.process import forkserver
from mailbot.adapters.process.apart import apart
from mailbot.adapters.process.process_lock import FileProcessLock
from mailbot.adapters.process.resource_limits import Wall, memory_kb
from mailbot.adapters.process.worker_process import WorkerProcesses
from mailbot.adapters.store.sql_store import open_store
from mailbot.config import Config
from mailbot.core.rules.setting import Setting
from mailbot.loops.liveness import Liveness
from mailbot.loops.receive import Decider
from mailbot.loops.worker_processes import SecondProcess
from mailbot.workers import STORE_DOWN

log = structlog.get_logger("mailbot")

ROOM_TO_GROW = 64 * 1024  # KB that a worker may keep after its mails; then it ends, and a fresh one goes on


def workers_of(
    config: Config, setting: Setting, *, on_word: Callable[[bytes], None], on_end: Callable[[], None]
) -> WorkerProcesses | None:
    """The parent of the desk's workers, forked now: from a process of one thread, that has all loaded and nothing open.

    None if there are none: the config or the system does not have it, and then mail is decided in the daemon itself.
    """
    if not config.desk.second_process or not forkserver.can_fork():
        log.warning("no wall", reason="one process decides it all", config=not config.desk.second_process)
        return None
    _bring_up_to_date(config)
    open_store(config.database_url, migrate=False).close()  # opens nothing yet, but loads the driver for all of them
    anew = [sys.executable, "-m", "mailbot", "work", "--site", str(config.site), "--orders"]
    workers = WorkerProcesses(partial(decide_for, config), anew=anew, on_word=on_word, on_end=on_end)
    workers.found(setting)
    return workers


def decide_for(config: Config, channel: socket.socket, board: int, holder: str, setting: Setting) -> int:
    """The life of one worker: until its channel ends or no mail is left; its exit code."""
    store = open_store(config.database_url, migrate=False)
    process_lock = FileProcessLock(running_dir(config), holder)
    clock = WallClock()
    decider = Decider(
        inbound=store,
        desk=store,
        clock=clock,
        fresh=StoreIds(store.numbers),
        setting=lambda: setting,
        holder=holder,
        wall=Wall(board, seconds=config.desk.mail_time.total_seconds(), memory=config.desk.mail_memory),
    )
    enough = memory_kb("VmRSS") + ROOM_TO_GROW
    process = SecondProcess(
        decider=decider,
        liveness=Liveness(leases=store, process_lock=process_lock, clock=clock, holder=holder),
        say=channel.sendall,
        outgrown=lambda: memory_kb("VmRSS") > enough,
    )
    threading.Thread(target=_listen, args=(channel, process), name="orders", daemon=True).start()
    try:
        down = process.run()
        if down is not None:
            # The kind first, with a dash before it: there may be none.
            channel.sendall(b"!" + f"-{down.kind} {' '.join(str(down).split())}".encode()[:2000])
            return STORE_DOWN
    finally:
        store.close()
        process_lock.close()
    return 0


def _bring_up_to_date(config: Config) -> None:
    """Migrate the database in a process of its own: Alembic is large, and needed once. What fails is said by the next."""
    with suppress(Exception):
        apart(lambda: open_store(config.database_url).close())


def running_dir(config: Config) -> Path:
    """Where the processes of a site show each other that they live."""
    return config.desk.secret_file.parent / "running"


def _listen(channel: socket.socket, process: SecondProcess) -> None:
    """Each byte is a mail that may be there; the end of it all is the end of the daemon, or of its need."""
    while True:
        try:
            if not channel.recv(4096):
                break
        except OSError:
            break
        process.wake()
    process.dismiss()
