"""Why a ticket has its priority, what is noted of a mail, and why a mail was decided as it was: codes, where sentences stood.

Every sentence that a version wrote is read. What none of them explains keeps its words: as `account.told` of a priority,
as `note.told` of a mail.
"""

from __future__ import annotations

import json
import re
import runpy
from collections.abc import Callable, Iterator
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None

AT_ONCE = 2_000  # rows that are held in memory
LEVELS = {
    "the whole thing fails": "level.1",
    "money": "level.2",
    "a real problem": "level.3",
    "a difficulty in using it": "level.4",
    "feedback": "level.5",
}
# What stood in a table before this version, a screening's reason among it.
SILENCE = runpy.run_path(str(Path(__file__).with_name("0017_silence.py")))

_LEVEL = rf"(?P<priority>[1-5]), (?P<level>{'|'.join(LEVELS)})"
_WORDS = r" \((?P<words>[“«].*[”»])\)"
POINTS = re.compile(
    rf"{_LEVEL}: (?P<points>-?\d+) points from (?P<grounds>.+?)(?:; next was (?P<next>\d) with (?P<behind>\d+))?",
    re.DOTALL,
)
GROUND = re.compile(
    r"(?P<rule>[^\s(]+)(?: \((?P<words>[“«].*?[”»])\))? (?P<points>[+-]\d+)(?:, (?=[^\s(]+ )|$)", re.DOTALL
)
QUOTED = re.compile(r"[“«](.*?)[”»](?:, |$)", re.DOTALL)
ACCOUNTS = (
    (rf"{_LEVEL}: rule (?P<rule>[^\s(]+){_WORDS}", "account.rule-by-words"),
    (rf"{_LEVEL}: rule (?P<rule>[^\s(]+)", "account.rule"),
    (r"(?P<priority>\d): no rule fitted", "account.none"),
    (
        r"(?P<priority>\d): no rule fitted; nearest was (?P<near>\d) with (?P<points>-?\d+) of (?P<threshold>\d+) points",
        "account.nearest",
    ),
    (r"set by (?P<name>.+)", "account.set-by"),
)
NOTES = (
    (r"nothing it refers to is known", "place.nothing"),
    (r"it was sent to the ticket's signed address", "place.signed"),
    (r"it answers a mail of the ticket", "place.answers"),
    (r"it answers a mail of a colleague", "place.answers-colleague"),
    (r"its subject names the ticket, and its sender belongs to it", "place.subject"),
    (r"an earlier mail of theirs refers to the same thread", "place.thread"),
    (r"its Message-ID came in before, with other words", "place.same-id"),
    (r"it was split from #(?P<number>\d+)", "place.split"),
    (r"it answers a letter of the ticket at once, in the words it used before", "note.again"),
    (r"not confirmed", "note.not-confirmed"),
    (r"to (?P<address>\S+@\S+)", "note.to"),
    (r"refused: (?P<because>.+)", "note.refused"),
    (r"it lay in the mailbox before the desk came", "outcome.before-desk"),
    (r"this mail is known already", "outcome.known"),
    (r"split from #(?P<number>\d+)", "outcome.split"),
    (r"(?P<name>.+) wrote to (?P<address>\S+@\S+)", "outcome.wrote"),
    (r"it is no spam", "outcome.ham"),
    (r"they say thanks, and that needs no answer", "outcome.thanks"),
    (r"its ticket is gone", "outcome.ticket-gone"),
    (r"somebody else had answered meanwhile", "outcome.crossed"),
    (r"to the customer", "outcome.to-customer"),
    (r"(?P<verbs>/[a-z-]+(?:, /[a-z-]+)*)", "outcome.verbs"),
    (r"it failed (?P<count>\d+) times", "quarantine.failed"),
    (r"it is empty", "unreadable.empty"),
    (r"more than (?P<most>\d+) parts", "unreadable.parts"),
    (r"parts nested more than (?P<most>\d+) deep", "unreadable.depth"),
    (r"(?P<size>[\d,]+) bytes, more than (?P<most>[\d,]+)", "unreadable.size"),
    (r"a header of more than (?P<most>[\d,]+) bytes", "unreadable.header"),
    (r"parts nested too deep", "unreadable.too-deep"),
    (r"the parser failed: (?P<error>\w+)", "unreadable.parser"),
)
OF_ACCOUNTS = ("event.opened.weighed", "event.raised.to", "event.ignored.by-rule")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)")


def upgrade() -> None:
    """Read what stands in each of the columns. None is added: where a sentence stood, its line of JSON stands now."""
    bind = op.get_bind()
    ticket = sa.table("ticket", sa.column("number"), sa.column("why"))
    _each(bind, ticket.c.number, ticket.c.why, ticket.c.why != "", lambda said: as_stored(account(said)))
    message = sa.table("message", sa.column("id"), sa.column("note"), sa.column("weighed", sa.JSON(none_as_null=True)))
    _each(bind, message.c.id, message.c.note, message.c.note != "", lambda said: as_stored(note(said)))
    _each(bind, message.c.id, message.c.weighed, message.c.weighed.is_not(sa.null()), _weighed)
    inbound = sa.table("inbound", sa.column("id"), sa.column("state"), sa.column("reason"))
    decided = inbound.c.state.in_(("done", "quarantined")) & inbound.c.reason.is_not(None)
    _each(bind, inbound.c.id, inbound.c.reason, decided, lambda said: as_stored(note(said)) if said else None)
    event = sa.table("event", sa.column("id"), sa.column("code"), sa.column("args", sa.JSON))
    _each(bind, event.c.id, event.c.args, event.c.code.in_(OF_ACCOUNTS), _because)
    # What has not been written yet says it too.
    outbox = sa.table("outbox", sa.column("id"), sa.column("state"), sa.column("fields", sa.JSON))
    _each(bind, outbox.c.id, outbox.c.fields, outbox.c.state.in_(("ready", "gathering")), _fields)


def _each(
    bind: sa.Connection,
    key: sa.ColumnClause[object],
    column: sa.ColumnClause[object],
    where: sa.ColumnElement[bool],
    read: Callable[[object], object],
) -> None:
    table = column.table
    change = (
        sa.update(table).where(key == sa.bindparam("of")).values({column.name: sa.bindparam("new", type_=column.type)})
    )
    for rows in _chunks(bind, key, column, where):
        new = [{"of": row[0], "new": found} for row in rows if (found := read(row[1])) != row[1]]
        if new:
            bind.execute(change, new)


def _chunks(
    bind: sa.Connection, key: sa.ColumnClause[object], column: sa.ColumnClause[object], where: sa.ColumnElement[bool]
) -> Iterator[list[sa.Row[tuple[object, object]]]]:
    query = sa.select(key, column).where(where).order_by(key).limit(AT_ONCE)
    rows = list(bind.execute(query))
    while rows:
        yield rows
        rows = list(bind.execute(query.where(key > rows[-1][0])))


def _weighed(kept: object) -> object:
    if not isinstance(kept, dict) or not isinstance(kept.get("why"), str) or not kept["why"]:
        return kept
    return {**kept, "why": account(kept["why"])}


def _because(args: object) -> object:
    if not isinstance(args, dict) or not isinstance(args.get("because"), str):
        return args
    return {**args, "because": account(args["because"])}


def _fields(told: object) -> object:
    if not isinstance(told, dict):
        return told
    new = dict(told)
    if isinstance(told.get("why"), str) and told["why"]:
        new["why"] = _grounds(account(told["why"]))
    if isinstance(told.get("eta"), str) and MOMENT.fullmatch(told["eta"]):
        new["eta_at"] = told["eta"]
    return new


def _grounds(found: dict[str, object]) -> dict[str, object]:
    """The words that decided, as a notice tells them."""
    args = found["args"]
    grounds = args.get("grounds", ()) if isinstance(args, dict) else ()
    words = [word for ground in grounds for word in ground["args"].get("words", ())]
    return reason_of("account.words", words=list(dict.fromkeys(words))) if words else found


def account(said: object) -> dict[str, object]:
    """The reason that the account of a priority tells."""
    text = str(said)
    if (found := SILENCE["stored"](text)) is not None:
        return dict(found)
    if match := POINTS.fullmatch(text):
        args = _args(match.groupdict())
        grounds = _each_ground(match["grounds"])
        if grounds:
            code = "account.points" if match["next"] is None else "account.points-next"
            return {"args": {**args, "grounds": grounds}, "code": code}
    for pattern, code in ACCOUNTS:
        if match := re.fullmatch(pattern, text, re.DOTALL):
            return {"args": _args(match.groupdict()), "code": code}
    return reason_of("account.told", words=text)


def note(said: object) -> dict[str, object]:
    """The reason that is noted of a mail, or of its decision."""
    text = str(said)
    if (found := SILENCE["stored"](text)) is not None:
        return dict(found)
    for pattern, code in NOTES:
        if match := re.fullmatch(pattern, text, re.DOTALL):
            args = _args(match.groupdict())
            if "because" in args:
                args["because"] = SILENCE["stored"](match["because"]) or match["because"]
            return {"args": args, "code": code}
    for read, none in ((account, "account.told"), (SILENCE["sentence"], "mute.said")):
        if (other := read(text))["code"] != none:
            return dict(other)
    return reason_of("note.told", words=text)


def _each_ground(text: str) -> list[dict[str, object]]:
    """The rules that decided; none where the text does not read like them to its end."""
    grounds, at = list[dict[str, object]](), 0
    while at < len(text):
        match = GROUND.match(text, at)
        if match is None:
            return []
        code = "account.ground" if match["words"] is None else "account.ground-by-words"
        grounds.append({"args": _args(match.groupdict()), "code": code})
        at = match.end()
    return grounds


def _args(found: dict[str, str | None]) -> dict[str, object]:
    args: dict[str, object] = {name: value for name, value in found.items() if value is not None and name != "grounds"}
    if "level" in args:
        args["level"] = reason_of(LEVELS[str(args["level"])])
    if "words" in args:
        args["words"] = QUOTED.findall(str(args["words"]))
    if "verbs" in args:
        args["verbs"] = str(args["verbs"]).split(", ")
    return args


def reason_of(code: str, **args: object) -> dict[str, object]:
    """A reason as it is stored."""
    return {"args": args, "code": code}


def as_stored(reason: dict[str, object]) -> str:
    """One line of JSON, as the program writes it."""
    return json.dumps(reason, ensure_ascii=False, sort_keys=True)
