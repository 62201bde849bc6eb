"""What happened, as a code with arguments, where a word and a sentence stood.

Every sentence that a version wrote is read. What none of them explains becomes `event.said`, and keeps its words.
"""

from __future__ import annotations

import re
import runpy
from pathlib import Path

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

BIG_ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = sa.DateTime(timezone=True).with_variant(sa.BigInteger(), "sqlite")
IS_SIGNATURE = sa.text("code = 'event.signature.asked'")
AT_ONCE = 2_000  # rows that are held in memory

# A mute that a version wrote as a sentence, or a reason of a screening.
SILENCE = runpy.run_path(str(Path(__file__).with_name("0017_silence.py")))

_WHOM = r"(?P<letter>\S+) to (?P<address>\S+)"
_MOMENT = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?[+-]\d\d:\d\d"
_DUE = rf"the word due (?P<due>{_MOMENT})"
_BECAUSE = r"(?P<because>.+)"
_SUM = r"(?P<amount>[^:]+): (?P<reason>.*)"
_OUTBOX = rf"{_WHOM}, mail (?P<number>\d+) of the outbox"
_SAID = r"(?P<words>.*)"
SENTENCES: dict[str, tuple[tuple[str, str], ...]] = {
    "again": (
        (r"the same mail came in to (?P<inbox>.+)", "again.elsewhere"),
        (r"serious trouble (?P<count>\d+) times within 30 days", "again.trouble"),
    ),
    "assigned": ((r"(?P<name>.+)", "assigned.to"),),
    "breaker": ((r"(?P<count>\d+) letters within the hour, usual (?P<usual>\S+)", "breaker.paused"),),
    "checked in": ((r"whether it still holds", "checked-in.holds"),),
    "claim": ((r"the subject names #(?P<number>\d+), to which the sender does not belong", "claim.not-theirs"),),
    "closed": ((r"the customer did not answer", "closed.no-answer"),),
    "confirmed": ((r"(?P<name>.+) wrote to them", "confirmed.by-agent"), (r"(?P<address>\S+)", "confirmed.by-mail")),
    "covered": ((_DUE, "covered.due"),),
    "customer": ((r"(?P<address>.+)", "customer.named"),),
    "dropped": ((_OUTBOX, "dropped.by-hand"), (rf"{_WHOM}: {_BECAUSE}", "dropped.because")),
    "eta": ((_SAID, "eta.said"),),
    "forged": ((r"a mail in the name of (?P<address>.+)", "forged.named"),),
    "goodwill approved": (
        (r"(?P<amount>[^:]+): (?P<reason>.*), asked for by (?P<name>.+)", "goodwill-approved.asked-by"),
        (_SUM, "goodwill-approved.own"),
    ),
    "goodwill asked": ((_SUM, "goodwill-asked.sum"),),
    "goodwill given": ((_SUM, "goodwill-given.sum"),),
    "heard again": ((r"(?:no longer )?(?P<mute>.+)", "heard-again.before"),),
    "held": (
        (r"(?P<name>.+) wrote before seeing the last answer", "held.crossed"),
        (r"(?P<question>\{\"args\": .+)", "held.asked"),
        (rf"(?P<address>\S+): {_BECAUSE}", "held.unproven"),
    ),
    "ignored": ((rf"(?P<address>\S+): {_BECAUSE}", "ignored.by-rule"),),
    "kept": ((_DUE, "kept.due"),),
    "kept in": ((rf"{_WHOM}: {_BECAUSE}", "kept-in.because"),),
    "late": ((_DUE, "late.due"),),
    "linked": (
        (r"a mail of (?P<address>.+) refers to #(?P<number>\d+) as well", "linked.to"),
        (r"a mail in #(?P<number>\d+) refers to this one as well", "linked.from"),
    ),
    "marked as spam": ((_BECAUSE, "marked-as-spam.by-server"),),
    "merged": ((r"#(?P<number>\d+) is the same matter", "merged.same"),),
    "named a time": ((rf"(?P<phrase>.+): (?P<moment>{_MOMENT})", "named-a-time.said"),),
    "no spam": ((r"", "no-spam"),),
    "not reloaded": ((r"(?P<files>.+): (?P<mistakes>\d+) mistakes?", "not-reloaded.because"),),
    "note": ((_SAID, "note.said"),),
    "nudged": ((rf"no answer so far; closed after (?P<closes>{_MOMENT})", "nudged.closes"),),
    "opened": (
        (rf"priority (?P<priority>\d+): {_BECAUSE}", "opened.weighed"),
        (r"(?P<name>.+) wrote to (?P<address>\S+)", "opened.by-agent"),
    ),
    "passed on": (
        (r"(?P<name>.+?) forwarded a mail of (?P<address>\S+): (?P<words>.+)", "passed-on.with-words"),
        (r"(?P<name>.+?) forwarded a mail of (?P<address>\S+)", "passed-on.alone"),
    ),
    "plan": ((_SAID, "plan.said"),),
    "priority": ((r"(?P<old>\d+) → (?P<new>\d+)", "priority.set"),),
    "promised": ((rf"a word by (?P<due>{_MOMENT})", "promised.by"),),
    "quarantined": ((rf"(?P<inbox>.+?) (?P<number>\d+|None): {_BECAUSE}", "quarantined.because"),),
    "raised": ((rf"to priority (?P<priority>\d+): {_BECAUSE}", "raised.to"),),
    "refused": (
        (r"(?P<letter>\S+): (?P<address>\S+) is one of our own addresses", "refused.ours"),
        (_BECAUSE, "refused.because"),
    ),
    "released": ((r"", "released"),),
    "reminded": (
        (_DUE, "reminded.due"),
        (r"nobody has written, and the desk may not: (?P<mute>.+)", "reminded.silent"),
    ),
    "reopened": ((r"", "reopened"), (r"the customer wrote again", "reopened.by-mail")),
    "replaced": ((_DUE, "replaced.due"),),
    "report": ((r"names none of our letters: (?P<address>.*)", "report.unmatched"),),
    "resolved": ((r"", "resolved"),),
    "retried": ((_OUTBOX, "retried.letter"), (r"(?P<mailbox>.+) (?P<number>\d+)", "retried.mail")),
    "signature": ((r"(?P<asked>keep|drop) (?P<mark>.+)", "signature.asked"),),
    "silent": ((r"(?P<mute>.+)", "silent.because"),),
    "spared": ((rf"after their thanks nobody wrote by (?P<due>{_MOMENT})", "spared.thanked"),),
    "split": (
        (r"it was split from #(?P<number>\d+)", "split.from"),
        (r"the mail of (?P<address>.+) is #(?P<number>\d+) now", "split.off"),
    ),
    "submission": ((r"(?P<server>[a-z.-]+), (?P<where>.+)", "submission.server"),),
    "taken": ((r"", "taken"),),
    "taken over": ((rf"{_DUE}, promised for #(?P<number>\d+)", "taken-over.due"),),
    "thanked": ((r"", "thanked"), (r"(?P<address>\S+)", "thanked.elsewhere")),
    "thanked by customer": ((r"(?P<address>\S+)", "thanked.by-customer"),),
    "told": ((rf"with #(?P<number>\d+): the word due (?P<due>{_MOMENT}) did not come", "told.with"),),
    "undelivered": (
        (r"(?P<notice>the notice \S+ to \S+ (?:was refused|is delayed): .*)", "undelivered.notice"),
        (rf"{_WHOM} was refused: (?P<reply>.*)", "undelivered.refused"),
        (rf"{_WHOM} is delayed: (?P<reply>.*)", "undelivered.delayed"),
        (r"(?P<letter>\S+) of #(?P<number>\d+) to (?P<address>\S+): (?P<reply>.*)", "undelivered.of-another"),
        (rf"(?P<address>\S+): {_BECAUSE}", "undelivered.report"),
    ),
    "waiting": ((r"customer", "waiting.for-customer"), (r"(?P<name>.+)", "waiting.for-other")),
    "without files": (
        (rf"{_WHOM} goes again without its files, (?P<size>.+? MB): (?P<reply>.*)", "without-files.again"),
    ),
    "workaround": ((_SAID, "workaround.said"),),
    "wrote": (
        (r"to (?P<address>\S+@\S+): (?P<words>.*)", "wrote.to-them"),
        (r"(?P<address>\S+): (?P<words>.*)", "wrote.to-us"),
    ),
}
SENTENCES["reaction by customer"] = ((r"(?P<address>\S+): (?P<shows>.*)", "reaction.shown"),)
AUTOMATIC = ("auto_reply", "bounce", "challenge", "list", "own", "person", "reaction", "recall", "report", "unreadable")


def upgrade() -> None:
    """Make the table anew, row by row: the old columns have no value of their own any more."""
    bind = op.get_bind()
    op.drop_index("ix_event_signature", "event")
    op.drop_index("ix_event_ticket_id", "event")
    op.rename_table("event", "event_before")
    if bind.dialect.name == "postgresql":
        op.execute("ALTER TABLE event_before RENAME CONSTRAINT pk_event TO pk_event_before")
        op.execute("ALTER TABLE event_before RENAME CONSTRAINT fk_event_ticket TO fk_event_before_ticket")
        op.execute("ALTER SEQUENCE IF EXISTS event_id_seq RENAME TO event_before_id_seq")
    made = op.create_table(
        "event",
        sa.Column("id", BIG_ID, nullable=False),
        sa.Column("ticket", sa.BigInteger(), nullable=True),
        sa.Column("at", MOMENT, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("args", sa.JSON(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["ticket"], ["ticket.number"], name=op.f("fk_event_ticket")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event")),
    )
    _copy(bind, made)
    if bind.dialect.name == "postgresql":
        op.execute(
            "SELECT setval(pg_get_serial_sequence('event', 'id'), (SELECT coalesce(max(id), 0) + 1 FROM event), false)"
        )
    op.drop_table("event_before")
    op.create_index("ix_event_ticket_id", "event", ["ticket", "id"])
    op.create_index(
        "ix_event_signature", "event", ["by", "id"], sqlite_where=IS_SIGNATURE, postgresql_where=IS_SIGNATURE
    )


def _copy(bind: sa.Connection, made: sa.Table) -> None:
    columns = (sa.column("id"), sa.column("ticket"), sa.column("at", MOMENT), sa.column("what"), sa.column("detail"))
    before = sa.table("event_before", *columns, sa.column("by"))
    last = -1
    while rows := bind.execute(sa.select(before).where(before.c.id > last).order_by(before.c.id).limit(AT_ONCE)).all():
        new = []
        for row in rows:
            code, args = read(row.what, row.detail, row.by)
            new.append({"id": row.id, "ticket": row.ticket, "at": row.at, "code": code, "args": args, "by": row.by})
        bind.execute(made.insert(), new)
        last = rows[-1].id


def read(what: str, detail: str, by: str) -> tuple[str, dict[str, object]]:
    """The code of an event and its arguments, of what stood in its columns."""
    for pattern, code in (*SENTENCES.get(f"{what} by {by}", ()), *SENTENCES.get(what, ())):
        if found := re.fullmatch(pattern, detail, re.DOTALL):
            return f"event.{code}", dict(_argument(*given) for given in found.groupdict().items())
    if what in AUTOMATIC and detail:
        return "event.automatic.because", {"because": reason(detail), "kind": what}
    if detail:
        return "event.said.words", {"what": what, "words": reason(detail)}
    return "event.said", {"what": what}


def _argument(name: str, said: str) -> tuple[str, object]:
    match name:
        case "mute":
            return "because", silence(said)
        case "notice":
            return "because", _of_notice(said)
        case "mistakes":
            several: dict[str, object] = {"args": {"count": said}, "code": "trouble.mistakes"}
            return "because", {"args": {}, "code": "trouble.one-mistake"} if said == "1" else several
        case "server":
            return "because", {"args": {}, "code": said}
        case "because" | "question":
            return name, reason(said)
        case _:
            return name, said


def _of_notice(said: str) -> dict[str, object]:
    _, _, name, _, address, _, word, reply = said.split(" ", 7)
    code = "trouble.notice-refused" if word == "refused:" else "trouble.notice-delayed"
    return {"args": {"name": name, "address": address, "reply": reply}, "code": code}


def reason(said: str) -> object:
    """The reason that a line holds, alone or behind the word that told its kind (`list: …`); else the sentence."""
    return _stored(said) or _stored(said.partition(": ")[2]) or said


def silence(said: str) -> object:
    """The reason of a silence, also one that stood there as a sentence; else the sentence."""
    found = reason(said)
    if found is not said:
        return found
    told = (SILENCE["read"](said)[1], SILENCE["sentence"](said))
    return next((one for one in told if one["code"] != "mute.said"), said)


def _stored(text: str) -> dict[str, object] | None:
    """A reason as it is now, of its line of JSON: one within it, too, where a line stood."""
    found = SILENCE["stored"](text)
    if found is None or not isinstance(found.get("args"), dict):
        return None
    args = {
        name: (_stored(value) if isinstance(value, str) else None) or value for name, value in found["args"].items()
    }
    return {"args": args, "code": found["code"]}
