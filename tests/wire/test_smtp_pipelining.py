"""SmtpSubmitter against a server that offers PIPELINING (RFC 2920) and answers as a test tells it to."""

import asyncio
from contextlib import asynccontextmanager

import pytest

from mailbot.adapters.smtp.submitter import SmtpSubmitter

DESK, ANA = "support@desk.example", "ana@customer.example"
RAW = b"Subject: Hello\r\n\r\nAll is well.\r\n"


class Script:
    """Answers by the verb of a line, with the first of `answers[verb]`, which the last of them stays.

    `came` is what came in, line by line; `together` says how many lines were there when MAIL was answered. An answer
    of None cuts the connection. `pause`: answers go out one byte at a time.
    """

    def __init__(self, *, offers=b"250-PIPELINING\r\n", dribble=False, **answers):
        defaults = {"MAIL": b"250 ok", "RCPT": b"250 ok", "DATA": b"354 go on", "DOT": b"250 taken", "RSET": b"250 ok"}
        self.answers = {verb: [answer] for verb, answer in defaults.items()} | answers
        self.offers = offers
        self.dribble = dribble
        self.came = []
        self.mails = []
        self.together = []
        self.connections = 0
        self.writer = None
        self.talks = set()

    async def serve(self, reader, writer):
        self.connections += 1
        self.writer = writer
        self.talks.add(talk := asyncio.current_task())
        try:
            await self.talk(reader)
        except ConnectionError:
            pass  # the client has left
        finally:
            writer.transport.abort()
            self.talks.discard(talk)

    async def talk(self, reader):
        await self.say(b"220 odd.example")
        in_data = False
        mail = []
        while line := await reader.readline():
            if in_data and line != b".\r\n":
                mail.append(line)
                continue
            self.came.append("DOT" if in_data else line.decode().strip())
            verb = self.came[-1][:4]
            if verb == "DOT":
                self.mails.append(b"".join(mail))
                in_data, mail = False, []
            if verb == "EHLO":
                await self.say(b"250-odd.example\r\n" + self.offers + b"250 HELP")
                continue
            if verb == "QUIT":
                await self.say(b"221 bye")
                return
            if verb == "MAIL":
                self.together.append(1 + bytes(reader._buffer).count(b"\n"))
            given = self.answers[verb]
            answer = given.pop(0) if len(given) > 1 else given[0]
            if answer is None:
                return
            in_data = verb == "DATA" and answer.startswith(b"354")
            await self.say(answer)

    async def say(self, answer):
        for piece in [answer[n : n + 1] for n in range(len(answer))] if self.dribble else [answer]:
            self.writer.write(piece)
            await asyncio.sleep(0)
        self.writer.write(b"\r\n")
        await self.writer.drain()

    def commands(self):
        return [line.partition(" ")[0] for line in self.came if not line.startswith(("EHLO", "QUIT"))]


@asynccontextmanager
async def talking(**script):
    said = Script(**script)
    server = await asyncio.start_server(said.serve, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    smtp = SmtpSubmitter(host="127.0.0.1", port=port, security="none", timeout=60.0, final_timeout=60.0)
    try:
        yield said, smtp
    finally:
        await smtp.close()
        server.close()
        await until(lambda: not said.talks)
        await server.wait_closed()


def outcome(result):
    return [name for name in ("accepted", "permanent", "ambiguous", "down") if getattr(result, name)]


async def until(there):
    async with asyncio.timeout(60):
        while not there():  # noqa: ASYNC110 - within a deadline
            await asyncio.sleep(0.005)


@pytest.mark.parametrize(("offers", "lines"), [(b"250-PIPELINING\r\n", 3), (b"", 1)])
async def test_the_envelope_goes_out_in_one_write_where_the_server_offers_it(offers, lines):
    async with talking(offers=offers) as (script, smtp):
        for _ in range(2):
            assert outcome(await smtp.submit(DESK, ANA, RAW)) == ["accepted"]
        assert script.together == [lines, lines]
        assert script.commands() == ["MAIL", "RCPT", "DATA", "DOT"] * 2
        assert script.mails == [RAW, RAW]
        assert script.connections == 1


async def test_replies_in_pieces():
    async with talking(dribble=True, RCPT=[b"250-first\r\n250 second"], DOT=[b"250-2.0.0 Ok:\r\n250 queued"]) as (
        _,
        smtp,
    ):
        result = await smtp.submit(DESK, ANA, RAW)
        assert outcome(result) == ["accepted"]
        assert result.reply == "2.0.0 Ok:\nqueued"


@pytest.mark.parametrize("dot", [b"554 no valid recipients", b"250 taken, for nobody"])
@pytest.mark.parametrize(("refusal", "expected"), [(b"550 5.1.1 who?", ["permanent"]), (b"450 4.2.0 later", [])])
async def test_a_mail_without_recipient_is_ended_by_a_lone_dot(refusal, expected, dot):
    async with talking(RCPT=[refusal, b"250 ok"], DOT=[dot, b"250 taken"]) as (script, smtp):
        result = await smtp.submit(DESK, ANA, RAW)
        assert outcome(result) == expected
        assert result.reply == refusal[4:].decode()
        assert script.commands() == ["MAIL", "RCPT", "DATA", "DOT", "RSET"]
        assert script.mails == [b""]
        assert outcome(await smtp.submit(DESK, ANA, RAW)) == ["accepted"]
        assert script.mails == [b"", RAW]
        assert script.connections == 1


async def test_all_three_refused():
    answers = {"MAIL": [b"451 4.3.0 later", b"250 ok"], "RCPT": [b"503 MAIL first", b"250 ok"]}
    async with talking(**answers, DATA=[b"503 RCPT first", b"354 go on"]) as (script, smtp):
        result = await smtp.submit(DESK, ANA, RAW)
        assert (outcome(result), result.code) == ([], 451)
        assert outcome(await smtp.submit(DESK, ANA, RAW)) == ["accepted"]
        assert script.connections == 1


async def test_no_empty_mail_goes_out_to_a_recipient_that_was_taken():
    async with talking(MAIL=[b"550 5.7.1 not you", b"250 ok"]) as (script, smtp):
        result = await smtp.submit(DESK, ANA, RAW)
        assert (outcome(result), result.code) == (["permanent"], 550)
        assert script.mails == []
        assert outcome(await smtp.submit(DESK, ANA, RAW)) == ["accepted"]
        assert script.mails == [RAW]
        assert script.connections == 2


async def test_a_refusal_counts_though_the_rest_never_comes():
    async with talking(RCPT=[b"550 5.1.1 who?"], DATA=[None]) as (script, smtp):
        result = await smtp.submit(DESK, ANA, RAW)
        assert (outcome(result), result.code) == (["permanent"], 550)
        assert script.mails == []


@pytest.mark.parametrize(
    ("answers", "code"),
    [
        ({"RCPT": [b"421 4.3.2 going down"]}, 421),
        ({"MAIL": [b"530 5.7.0 log in first"]}, 530),
        ({"MAIL": [b"354 what?"]}, 354),
        ({"MAIL": [None]}, 0),
        ({"RCPT": [b"hello"]}, -1),
        ({"RCPT": [b"250-" + b"x" * 50_000]}, -1),
        ({"DATA": [None]}, 0),
    ],
)
async def test_nothing_was_handed_over(answers, code):
    async with talking(**answers) as (script, smtp):
        result = await smtp.submit(DESK, ANA, RAW)
        assert (outcome(result), result.code) == (["down"], code)
        assert script.mails == []


@pytest.mark.parametrize("answer", [None, b"hello", b"354 and then?"])
async def test_nobody_knows_after_the_dot(answer):
    async with talking(DOT=[answer]) as (script, smtp):
        assert outcome(await smtp.submit(DESK, ANA, RAW)) == ["ambiguous"]
        assert script.mails == [RAW]


async def test_what_is_said_unasked_is_taken_for_no_reply():
    async with talking(DOT=[b"250 taken\r\n550 5.0.0 by the way", b"250 taken"]) as (script, smtp):
        assert outcome(await smtp.submit(DESK, ANA, RAW)) == ["accepted"]
        assert outcome(await smtp.submit(DESK, ANA, RAW)) == ["accepted"]
        assert script.connections == 2
        script.writer.write(b"421 4.4.2 idle for too long\r\n")
        await until(lambda: not smtp._wire.quiet)
        assert outcome(await smtp.submit(DESK, ANA, RAW)) == ["accepted"]
        assert script.connections == 3
