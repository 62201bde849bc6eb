"""Several connections, what a server says of itself, and hazard 42: a mail that hangs holds no other."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress

import pytest

from mailbot.adapters.smtp.pool import SmtpPool
from mailbot.adapters.smtp.submitter import SmtpSubmitter
from mailbot.core.model.outgoing import OutboxState
from mailbot.core.sending.refusals import About, Stage, about
from mailbot.demo.servers import EmbeddedServers
from mailbot.loops.flights import Flights
from tests.simulation.scripted_world import ScriptedDesk
from tests.simulation.simulated_desk import MONDAY, mail
from tests.wire.test_smtp import ANA, DESK, LONG, RAW, make, outcome

HANGS = "hangs@north.example"
PROBLEM = "The export is broken since today, the column with the tax is empty."


class Scripted:
    """An SMTP server that says what a test tells it: `says(command, line, connection)`, None for the usual word."""

    def __init__(self, says=lambda *_: None, size=None, most=None):
        self.says, self.size, self.most = says, size, most
        self.open = self.connections = self.peak = 0
        self.taken = []
        self.released = asyncio.Event()

    async def __aenter__(self):
        self._server = await asyncio.start_server(self._converse, "127.0.0.1", 0, limit=2**26)
        self.port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_):
        self.released.set()
        self._server.close()

    async def _converse(self, lines, out):
        self.connections += 1
        self.open += 1
        self.peak = max(self.peak, self.open)
        with suppress(ConnectionError, asyncio.IncompleteReadError):
            try:
                if self.most is not None and self.open > self.most:
                    out.write(b"421 4.7.0 too many connections\r\n")
                    return
                out.write(b"220 here\r\n")
                await self._commands(lines, out)
            finally:
                self.open -= 1
                out.close()

    async def _commands(self, lines, out):
        to = ""
        while line := (await lines.readline()).decode():
            command = line[:4].upper().strip()
            if command == "RCPT":
                to = line.partition("<")[2].partition(">")[0]
            word = self.says(command, line)
            if command == "EHLO":
                word = f"250-here\r\n250 SIZE {self.size}" if self.size is not None else "250 here"
            elif command == "DATA" and word is None:
                out.write(b"354 go on\r\n")
                data = await lines.readuntil(b"\r\n.\r\n")
                if to == HANGS:
                    await self.released.wait()
                word = self.says("DOT", line)
                if word is None:
                    self.taken.append((to, data[:-3]))
            out.write(f"{word or '250 ok'}\r\n".encode())
            if command == "QUIT":
                return


def pool(server, most=3, **changes):
    options = {"host": "127.0.0.1", "port": server.port, "security": "none", "timeout": 5.0, **changes}
    return SmtpPool(lambda: SmtpSubmitter(**options), most)


@pytest.mark.parametrize(
    ("command", "at"),
    [("MAIL", Stage.MAIL), ("RCPT", Stage.RCPT), ("DATA", Stage.DATA), ("DOT", Stage.DOT)],
)
async def test_a_result_says_at_which_command_it_was_refused(command, at):
    async with Scripted(lambda said, _: "550 no" if said == command else None) as server:
        one = pool(server)
        assert (await one.submit(DESK, ANA, RAW)).at is at
        await one.close()


async def test_a_login_that_is_refused_says_so():
    async with EmbeddedServers({DESK: "secret"}, require_login=True) as servers:
        one = make(servers, password=lambda: "hunter-two")
        sent = await one.submit(DESK, ANA, RAW)
        assert (sent.at, sent.code, sent.down) == (Stage.LOGIN, 535, True)
        assert about(sent.code, sent.reply, sent.at) is About.SERVER
        await one.close()


async def test_what_the_server_does_not_take_is_known_before_it_is_sent():
    async with Scripted(size=20_000) as server:
        one = pool(server)
        sent = await one.submit(DESK, ANA, LONG[:50_000])
        assert (sent.code, sent.permanent, about(sent.code, sent.reply, sent.at)) == (552, True, About.SIZE)
        assert (await one.submit(DESK, ANA, RAW)).accepted
        assert [to for to, _ in server.taken] == [ANA]
        assert server.connections == 1
        await one.close()
    async with Scripted(size=0) as server:  # RFC 1870 section 4: it does not say
        one = pool(server)
        assert (await one.submit(DESK, ANA, LONG[:50_000])).accepted
        await one.close()


async def test_a_connection_more_is_opened_only_where_all_are_in_use():
    async with Scripted() as server:
        one = pool(server)
        for _ in range(5):
            assert (await one.submit(DESK, ANA, RAW)).accepted
        assert server.connections == 1
        await asyncio.gather(*(one.submit(DESK, ANA, RAW) for _ in range(20)))
        assert server.peak == 3
        assert len(server.taken) == 25
        await one.close()


async def test_a_server_that_wants_fewer_connections_gets_every_mail_once_on_those():
    async with Scripted(most=1) as server:
        one = pool(server)
        results = await asyncio.gather(*(one.submit(DESK, ANA, RAW + b"%d\r\n" % n) for n in range(10)))
        assert all(result.accepted for result in results), results
        assert len(set(server.taken)) == len(server.taken) == 10
        asked = server.connections
        await asyncio.gather(*(one.submit(DESK, ANA, RAW) for _ in range(10)))
        assert server.connections == asked, "it is not asked again so soon"
        await one.close()


async def test_a_server_that_is_away_is_said_to_be_down():
    async with Scripted() as server:
        one = pool(server)
    assert outcome(await one.submit(DESK, ANA, RAW)) == ["down"]
    await one.close()


async def test_hazard_42_a_mail_that_hangs_holds_no_other():
    desk = ScriptedDesk()
    desk.sender._flights = Flights(3)
    people = [f"c{n}@shop{n}.example" for n in range(8)]
    async with Scripted() as server:
        desk.sender._submitter = pool(server, final_timeout=30.0)
        for who in (HANGS, *people):
            desk.box.deliver(mail(who, PROBLEM, at=MONDAY, subject=who))
        await asyncio.to_thread(desk.poller().poll_once)
        while desk.decider.decide_some():
            pass
        began = time.monotonic()
        while {*people} - {to for to, _ in server.taken}:
            assert await desk.sender.send_some() > 0
            assert time.monotonic() - began < 25
        assert HANGS not in {to for to, _ in server.taken}
        server.released.set()
        while await desk.sender.send_some() > 0:
            pass
        assert HANGS in {to for to, _ in server.taken}
        assert {row.state for row in desk.store.lists.outbox(limit=100)} == {OutboxState.SENT}
        assert len({data for _, data in server.taken}) == len(server.taken), "nothing doubled"
        await desk.sender.close()
    desk.close()


async def test_whoever_stops_waits_for_what_is_on_its_way():
    desk = ScriptedDesk()
    desk.sender._flights = Flights(3)
    async with Scripted() as server:
        desk.sender._submitter = pool(server)
        desk.box.deliver(mail(HANGS, PROBLEM, at=MONDAY, subject="hangs"))
        desk.poller().poll_once()
        while desk.decider.decide_some():
            pass
        await desk.sender.send_some()
        desk.sender.stopping = True
        stopping = asyncio.ensure_future(desk.sender.send_some())
        done, _ = await asyncio.wait([stopping], timeout=0.2)
        assert not done
        server.released.set()
        await stopping
        assert HANGS in {to for to, _ in server.taken}
        [row] = [row for row in desk.store.lists.outbox(limit=100) if row.outgoing.to.address == HANGS]
        assert row.state is OutboxState.SENT
        await desk.sender.close()
    desk.close()
