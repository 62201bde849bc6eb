"""The second process of a daemon: the same desk, which decides mail and does nothing else."""

from __future__ import annotations

import os
import signal
import sys
import threading

from mailbot.adapters.logs import set_up_logs
from mailbot.app import Desk
from mailbot.config import Config
from mailbot.loops.attendance import TTL
from mailbot.loops.workforce import Hand


def run_worker(config: Config) -> int:
    """`mailbot work`: until standard input ends or no mail is left; 0. Says on standard output what it does."""
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, signal.SIG_IGN)  # meant for the first process, which dismisses this one
    set_up_logs(config.log.level, config.log.format)
    desk = Desk(config)
    desk.warm_up()
    hand = Hand(decider=desk.decider, attendance=desk.attendance(TTL), say=_say)
    threading.Thread(target=_listen, args=(hand,), name="orders", daemon=True).start()
    try:
        hand.run()
    finally:
        desk.close()
    return 0


def _say(word: bytes) -> None:
    os.write(sys.stdout.fileno(), word)


def _listen(hand: Hand) -> None:
    """Each line is a mail that may be there; the end of it all is the end of the first process, or of its need."""
    while os.read(sys.stdin.fileno(), 4096):
        hand.wake()
    hand.dismiss()
