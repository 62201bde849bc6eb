"""A TCP proxy that can cut a connection after so many bytes, or fall silent: the network on a bad day."""

import socket
import threading
from contextlib import contextmanager, suppress


class Proxy:
    """Forwards `bind`:`port` (`listen`, or a free one) to the target.

    `cut_after` counts bytes from the server, for the next connections.
    """

    def __init__(self, host, port, bind="127.0.0.1", listen=0):
        self.cut_after = None
        self.sent = 0
        self._frozen = threading.Event()
        self._target = (host, port)
        self._listener = socket.create_server((bind, listen))
        self.port = self._listener.getsockname()[1]
        self._sockets = [self._listener]
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def freeze(self):
        """Say nothing more in either direction, and keep the connections open."""
        self._frozen.set()

    def thaw(self):
        """Forward again what comes from now on."""
        self._frozen.clear()

    def _accept(self):
        while True:
            try:
                client, _ = self._listener.accept()
            except OSError:
                return
            server = socket.create_connection(self._target)
            self._sockets += [client, server]
            for sock in (client, server):
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for source, target, counted in ((client, server, False), (server, client, True)):
                thread = threading.Thread(target=self._pump, args=(source, target, counted), daemon=True)
                self._threads.append(thread)
                thread.start()

    def _pump(self, source, target, counted):
        left = self.cut_after if counted else None
        with suppress(OSError):
            while data := source.recv(65536):
                if self._frozen.is_set():
                    continue
                if counted:
                    self.sent += len(data)
                if left is not None and len(data) >= left:
                    target.sendall(data[:left])
                    break
                target.sendall(data)
                left = None if left is None else left - len(data)
        for sock in (source, target):
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def close(self):
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        for sock in self._sockets:
            with suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)
            sock.close()
        for thread in self._threads:
            thread.join(5)


@contextmanager
def proxy(host, port, **options):
    one = Proxy(host, port, **options)
    try:
        yield one
    finally:
        one.close()
