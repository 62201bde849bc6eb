"""A road in bad weather: a TCP proxy that randomly cuts, stalls, splits and garbles, until it is told to be fair."""

from __future__ import annotations

import random
import socket
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress

EVERY = 25_000  # bytes between two misfortunes, on average, in either direction; a TLS handshake alone is some 5,000
STALL = 3.0  # seconds at most


class Weather:
    """Forwards a free port of loopback to `target`. `struck` counts the misfortunes by kind.

    `kinds` are some of cut, stall, split, garble. Garble only roads under TLS: elsewhere nobody could notice.
    """

    def __init__(self, target: tuple[str, int], kinds: tuple[str, ...], seed: int, every: int = EVERY) -> None:
        self.struck: Counter[str] = Counter()
        self._target, self._kinds, self._seed, self._every = target, kinds, seed, every
        self._fair = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        self._sockets: list[socket.socket] = []
        self._roads = 0
        threading.Thread(target=self._accept, daemon=True).start()

    def clear_up(self) -> None:
        """No more misfortune."""
        self._fair.set()

    def close(self) -> None:
        """Cut all that is open, and listen no more."""
        self._fair.set()
        for sock in (self._listener, *self._sockets):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            try:
                far = socket.create_connection(self._target, 10)
                far.settimeout(None)
            except OSError:
                near.close()
                continue
            self._sockets += [near, far]
            for source, target in ((near, far), (far, near)):
                target.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._roads += 1
                dice = random.Random(self._seed * 100_003 + self._roads)
                threading.Thread(target=self._carry, args=(source, target, dice), daemon=True).start()

    def _carry(self, source: socket.socket, target: socket.socket, dice: random.Random) -> None:
        until = dice.expovariate(1 / self._every)
        with suppress(OSError):
            while data := source.recv(65536):
                until -= len(data)
                if until < 0 and not self._fair.is_set():
                    until = dice.expovariate(1 / self._every)
                    if not self._strike(data, target, dice):
                        break
                else:
                    target.sendall(data)
        for sock in (source, target):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _strike(self, data: bytes, target: socket.socket, dice: random.Random) -> bool:
        """One misfortune; whether the road goes on after it."""
        kind = dice.choice(self._kinds)
        self.struck[kind] += 1
        at = dice.randrange(len(data))
        if kind == "cut":
            target.sendall(data[:at])
            return False
        if kind == "stall":
            target.sendall(data[:at])
            self._fair.wait(dice.uniform(0, STALL))
            target.sendall(data[at:])
        elif kind == "split":
            for place in range(0, len(data), 7):
                target.sendall(data[place : place + 7])
        else:
            target.sendall(data[:at] + bytes([data[at] ^ (1 << dice.randrange(8))]) + data[at + 1 :])
        return True


@contextmanager
def weather(target: tuple[str, int], kinds: tuple[str, ...], seed: int, every: int = EVERY) -> Iterator[Weather]:
    """A road that ends with the block."""
    road = Weather(target, kinds, seed, every)
    try:
        yield road
    finally:
        road.close()
