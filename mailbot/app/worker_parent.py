"""The parent of the workers of a running desk, begun anew where the first one is gone: it forks, and does nothing else."""

from __future__ import annotations

import socket
from functools import partial
from typing import NoReturn

from mailbot.adapters.logs import set_up_logs
from mailbot.adapters.process.forkserver import serve
from mailbot.app.worker import decide_for
from mailbot.config import Config


def run_parent(config: Config, orders: int) -> NoReturn:
    """`mailbot work`: until the daemon at the other end of this descriptor is gone. The setting comes from there."""
    set_up_logs(config.log.level, config.log.format)
    with socket.socket(fileno=orders) as opened:
        serve(opened, partial(decide_for, config))
