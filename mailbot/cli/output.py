"""Shows what the commands found: one JSON object a line for programs, quiet aligned text for people."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime, timedelta, tzinfo
from enum import Enum
from typing import TYPE_CHECKING, Any

from mailbot.adapters.letters.reason_words import shown_event, shown_reason
from mailbot.adapters.terminal import clean
from mailbot.core.intake.tokens import masked
from mailbot.core.model.event import Event
from mailbot.core.model.letter_kinds import KINDS
from mailbot.core.model.reason import Reason, stored_reason
from mailbot.core.model.sender_proof import SenderProof

if TYPE_CHECKING:
    from rich.console import Console, JustifyMethod

    from mailbot.adapters.store.views.lists import TicketPage
    from mailbot.core.model.promise import Promise
    from mailbot.core.model.ticket import Ticket
    from mailbot.ports import OutboxRow

# bytes are no JSON, and whoever has a reply token can act on a ticket
_KEPT_BACK = frozenset({"raw", "reply_token", "message_token"})
# C0 and C1 controls, and marks that turn the direction of what follows: mail must not write on the terminal
_LONG = frozenset(
    {"text", "html", "headers", "references", "in_reply_to", "message_id", "reply_to", "new_text", "file"}
)
_NEW_TEXT_LINES = 6
_RIGHT = frozenset(
    {"ticket", "tries", "#", "size", "kept", "covered", "late", "kept of all", "median", "95 of 100"}
    | {"mails", "of all", "unsure", "helped", "set", "otherwise"}
)
#: Columns that give way first
_CUT = frozenset({"customer", "subject", "found", "to", "said", "the server said", "by the word of", "why", "file", ""})


def console() -> Console:
    """Where data goes: stdout, without markup or guessing; colour only on a terminal and without NO_COLOR."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else 160
    return Console(file=sys.stdout, markup=False, highlight=False, emoji=False, soft_wrap=True, width=width)


def say(text: str) -> None:
    """One line for a person, on stderr."""
    sys.stderr.write(f"mailbot: {clean(text)}\n")


def put(text: str) -> None:
    """One line of data, on stdout."""
    sys.stdout.write(f"{clean(text)}\n")


def put_text(text: str) -> None:
    """Words of a mail on stdout, line by line."""
    sys.stdout.write("".join(f"{clean(line)}\n" for line in text.splitlines()))


def put_json(thing: object) -> None:
    """One object on one line of stdout, in ASCII so that no terminal or locale can stumble over it."""
    sys.stdout.write(json.dumps(plain(thing)) + "\n")
    sys.stdout.flush()


def plain(thing: object) -> object:
    """Dataclasses, enums, moments and the like as JSON types; what must not be shown is left out."""
    if isinstance(thing, Enum):
        return thing.value
    if isinstance(thing, Reason):
        return {"code": thing.code, "args": plain(dict(thing.args)), "words": masked(shown_reason(str(thing)))}
    if isinstance(thing, Event):
        said = masked(": ".join(filter(None, shown_event(thing))))
        what = {"code": thing.what.code, "args": plain(dict(thing.what.args)), "words": said}
        return {"ticket": thing.ticket, "at": plain(thing.at), "what": what, "by": thing.by}
    if is_dataclass(thing) and not isinstance(thing, type):
        return {f.name: plain(getattr(thing, f.name)) for f in fields(thing) if f.name not in _KEPT_BACK}
    if isinstance(thing, Mapping):
        return {str(plain(key)): plain(value) for key, value in thing.items() if key not in _KEPT_BACK}
    if isinstance(thing, (set, frozenset)):
        return sorted(map(str, thing))
    if isinstance(thing, Iterable) and not isinstance(thing, (str, bytes)):
        return [plain(item) for item in thing]
    if isinstance(thing, datetime):
        return thing.isoformat()
    if isinstance(thing, timedelta):
        return thing.total_seconds()
    if isinstance(thing, (int, float, bool)) or thing is None:
        return thing
    reason = stored_reason(str(thing))
    return masked(str(thing)) if reason is None else plain(reason)


def moment(when: datetime | None, zone: tzinfo) -> str:
    """`2026-03-06 14:00 CET`, or a dash."""
    return when.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z") if when is not None else "–"


def said(reason: Reason, zone: tzinfo) -> str:
    """A reason in words, its moments in the reader's zone."""
    return shown_reason(reason, _by_clock(zone))


def _by_clock(zone: tzinfo) -> Callable[[str], str]:
    def said_here(found: str) -> str:
        try:
            return moment(datetime.fromisoformat(found), zone)
        except ValueError:  # a line of a version before that named no moment
            return found

    return said_here


def size(count: int) -> str:
    """`812 bytes`, `14 kB`, `2.3 MB`."""
    if count < 1000:
        return f"{count} bytes"
    return f"{count / 1000:.0f} kB" if count < 1_000_000 else f"{count / 1_000_000:.1f} MB"


def table(headings: Sequence[str], rows: Iterable[Sequence[object]], empty: str) -> None:
    """Columns as wide as they need to be, without rules; `empty` goes to stderr where there are no rows.

    Where a terminal is too narrow, names and subjects are cut; a time or a number is never, and takes two lines at worst.
    """
    listed = list(rows)
    if not listed:
        say(empty)
        return
    from rich.table import Table
    from rich.text import Text

    shown = Table(box=None, pad_edge=False, header_style="dim")
    for heading in headings:
        justify: JustifyMethod = "right" if heading in _RIGHT else "left"
        shown.add_column(heading, justify=justify, no_wrap=heading not in _CUT)
    for row in listed:
        cells = zip(headings, row, strict=True)
        shown.add_row(*(Text(one_line(cell), no_wrap=heading in _CUT, overflow="ellipsis") for heading, cell in cells))
    console().print(shown)


def one_line(cell: object, most: int = 70) -> str:
    """A cell's text on one line and no longer than `most` characters."""
    text = " ".join(clean("–" if cell is None or cell == "" else cell).split())
    return text if len(text) <= most else text[: most - 1] + "…"


def pairs(rows: Iterable[tuple[str, object]], indent: str = "  ") -> None:
    """`  name   value`, the names in one column; rows without a value are left out."""
    from rich.text import Text

    given = [(name, value) for name, value in rows if value not in (None, "", (), [], {})]
    width = max((len(name) for name, _ in given), default=0)
    out = console()
    for name, value in given:
        first, *more = clean(value).split("\n")
        out.print(Text(f"{indent}{name:<{width}}  ", style="dim").append(first, style="not dim"))
        for line in more:
            out.print(Text(f"{indent}{'':<{width}}  {line}"))


def tickets(found: Sequence[Ticket], zone: tzinfo) -> None:
    """The list of tickets."""
    rows = [
        (
            f"#{t.number}",
            f"{t.priority}{'' if t.sure else '?'}",
            t.state.value,
            t.assignee,
            moment(t.last_word_at, zone),
            t.requester.address,
            t.subject,
        )
        for t in found
    ]
    table(("ticket", "prio", "state", "agent", "last word", "customer", "subject"), rows, "no tickets")


def heap(count: int) -> None:
    """How many tickets are in the spam heap, if any."""
    if count:
        lie = "ticket is" if count == 1 else "tickets are"
        say(f"{count} {lie} in the spam heap: mailbot ticket list --spam, mailbot ticket ham N")


def ticket(page: TicketPage, zone: tzinfo) -> None:
    """One ticket with its whole story, oldest first."""
    from rich.text import Text

    it, out = page.ticket, console()
    out.print(Text(f"#{it.number}  {one_line(it.subject, 120)}", style="bold"))
    waiting = f" for {it.waiting_for}" if it.waiting_for else ""
    pairs(
        [
            ("customer", f"{it.requester.name or ''} <{it.requester.address}>".strip()),
            ("state", f"{it.state.value}{waiting}"),
            (
                "priority",
                f"{it.priority}{'' if it.sure else ', not sure'}, urgency {it.urgency}{f': {said(it.why, zone)}' if it.why else ''}",
            ),
            ("agent", it.assignee),
            ("opened", moment(it.opened_at, zone)),
            ("plan", it.plan),
            ("workaround", it.workaround),
            ("estimate", it.eta if it.eta_at is None else moment(it.eta_at, zone)),
            ("silent", it.mute.reason if it.mute is not None else None),
        ]
    )
    story: list[tuple[datetime, str, str]] = []
    for m in page.messages:
        who = m.agent or m.from_.address
        held = f" (held: {m.held})" if m.waits else ""
        id_ = f"mail {m.id}: " if m.agent is None else ""  # what `ticket split` asks for
        words = f"{id_}{one_line(m.new_text or m.subject, 90)}"
        forged = "forged, " if m.standing is SenderProof.FORGED else ""
        story.append((m.received_at, f"{forged}{m.author.value} {who}{held}", words))
    story += [(o.created_at, f"{o.outgoing.kind.value} {o.state.value}", _letter(o)) for o in page.outgoing]
    for e in page.events:
        heading, detail = shown_event(e, _by_clock(zone))
        story.append((e.at, f"{heading} ({e.by})", one_line(detail, 90)))
    out.print()
    table(
        ("when", "what", ""),
        [(moment(at, zone), what, words) for at, what, words in sorted(story, key=_at)],
        "nothing happened yet",
    )
    out.print()
    promises(page.promises, zone, {m.id: m.agent or m.from_.address for m in page.messages})


def _at(line: tuple[datetime, str, str]) -> datetime:
    return line[0]


def _letter(row: OutboxRow) -> str:
    return f"{row.outgoing.name} to {row.outgoing.to.address}"


def promises(found: Sequence[Promise], zone: tzinfo, authors: Mapping[str, str] | None = None) -> None:
    """The list of promises; `authors` by message, to say whose word ended one."""
    known = authors or {}
    rows = [
        (
            f"#{p.ticket}",
            p.state.value,
            moment(p.due, zone),
            p.to,
            ", ".join(filter(None, (p.made_by, p.agent))),
            _mail_of(p.stated_by),
            moment(p.ended_at, zone),
            known.get(p.kept_by or "", "a person" if p.kept_by else None),
        )
        for p in found
    ]
    table(("ticket", "promise", "due", "to", "made by", "told in", "ended", "by the word of"), rows, "no promises")


def _mail_of(key: str) -> str:
    """The kind of mail that an outbox key stands for: `ack:7` is an ack, `promise:ID:cover` a cover."""
    first, *rest = key.split(":")
    name = rest[-1] if first == "promise" and rest else first
    return name if name in KINDS and KINDS[name].makes_promise else "update"


def outbox(found: Sequence[OutboxRow], zone: tzinfo) -> None:
    """The list of outgoing mails."""
    rows = []
    for r in found:
        number = f"#{r.outgoing.ticket}" if r.outgoing.ticket else ""
        rows.append((r.id, number, r.state.value, _letter(r), r.attempts, moment(r.created_at, zone), r.last_reply))
    table(("#", "ticket", "state", "mail", "tries", "decided", "the server said"), rows, "nothing in the outbox")


def explanation(found: Mapping[str, Any]) -> None:
    """What `explain` says of one mail: what it is, what comes of it, whatever else is known, its new words last."""
    from rich.text import Text

    console().print(Text(clean(found.get("file", "")), style="bold"))
    may, why = found.get("may_answer"), (found.get("priority") or {}).get("why")
    answer = None if may is None else "may be answered automatically" if may else "never answered automatically"
    first = [
        ("subject", words(found.get("subject"))),
        ("from", words(found.get("from"))),
        ("what", _with(found.get("kind"), found.get("reason"))),
        ("answer", answer),
        ("outcome", _with(found.get("outcome"), found.get("why") if found.get("why") != why else None)),
        ("priority", _level(found.get("priority"))),
    ]
    told = {"subject", "from", "kind", "reason", "may_answer", "outcome", "why", "priority"}
    others = [(key.replace("_", " "), words(value)) for key, value in found.items() if key not in told | _LONG]
    lines = clean(found.get("new_text") or "").strip().split("\n")
    more = [f"… {len(lines) - _NEW_TEXT_LINES} more lines"] if len(lines) > _NEW_TEXT_LINES else []
    pairs([*first, *others, ("new text", "\n".join([*lines[:_NEW_TEXT_LINES], *more]))])
    console().print()


def _with(what: object, why: object) -> str:
    return f"{words(what)}: {words(why)}" if what and why else words(what or why)


def _level(priority: object) -> str:
    """`2, urgency 1: set by Kim`; an account that names the level itself says it alone."""
    if not isinstance(priority, Mapping):
        return words(priority)
    account = priority.get("why")
    sure = "" if priority.get("sure", True) else ", not sure"
    felt = f" ({words(priority['felt'])})" if priority.get("felt") else ""
    urgency = f", urgency {priority['urgency']}{felt}" if priority.get("urgency") else ""
    if isinstance(account, Reason) and "priority" in dict(account.args):
        return words(account) + sure + urgency
    return _with(f"{priority.get('level')}{sure}{urgency}", account)


def words(value: object) -> str:
    """Any value of a report in few words: `Kim <kim@shop.example>`, `level 2 · why …`; lists one item a line."""
    if isinstance(value, Mapping):
        if set(value) == {"name", "address"}:
            return f"{value['name']} <{value['address']}>" if value["name"] else str(value["address"])
        if set(value) == {"code", "args", "words"}:
            return str(value["words"])
        given = [(key, item) for key, item in value.items() if item not in (None, "", [], {}) and key != "sha256"]
        return " · ".join(f"{key.replace('_', ' ')} {words(item)}" for key, item in given)
    if isinstance(value, (list, tuple)):
        return ("\n" if any(isinstance(i, Mapping) for i in value) else ", ").join(map(words, value))
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%d %H:%M %Z")
    if isinstance(value, Reason):
        return shown_reason(value)
    return "" if value is None else str(value)


def joined(found: Mapping[str, Any]) -> None:
    """What `replay` says of one mail, on one line: its ticket, what became of it, its file."""
    number = found.get("ticket")
    what = found.get("outcome") or found.get("kind") or ""
    name = " · ".join(one_line(part, 100) for part in (found.get("file"), found.get("why")) if part)
    put(f"{f'#{number}' if number is not None else '–':>7}  {one_line(what, 14):<14}  {name}")
