"""Why the desk writes nothing to somebody: a kind and a reason with a code, where a sentence stood.

Every sentence that a version wrote is read. What none of them explains becomes the kind `other`, which nothing ends and
nobody is reminded of, as nothing did of such a sentence; its words are kept.
"""

from __future__ import annotations

import json
import re

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

KINDS = {"ignore": "ignored"}  # else the word before the colon is the kind
KNOWN = ("limit", "person", "form", "hold", "robot", "undeliverable", "list", "spam", "ignore")
CODES = {
    "mute.marked": "marked",
    "mute.nowhere": "nowhere",
    "mute.thanked": "thanked",
    "mute.unconfirmed": "unconfirmed",
    "mute.until_reply": "until-reply",
    "mute.whose": "whose",
    "mute.written_to": "written-to",
}
DOUBTFUL = ("screen.dmarc_failed", "screen.several_from", "screen.malformed_from")
SENTENCES = (
    (r"null return path", "screen.null_return_path"),
    (r"older than (?P<hours>\S+) hours", "screen.too_old"),
    (r"DMARC failed", "screen.dmarc_failed"),
    (r"more than one From", "screen.several_from"),
    (r"malformed From", "screen.malformed_from"),
    (r"it comes from one of our own addresses", "screen.own_address"),
    (r"none of our addresses in To or Cc", "screen.not_addressed"),
    (r"header (?P<header>\S+)", "screen.list_header"),
    (r"Precedence: (?P<word>\S+)", "screen.precedence"),
    (r"X-Auto-Response-Suppress", "screen.suppress"),
    (r"a header against mail loops", "screen.loop_guard"),
    (r"a report about our domain", "screen.domain_report"),
    (r"a filter tells of mail that it holds back", "screen.filter_digest"),
    (r"a sender who reads no answers: (?P<name>.+)", "screen.no_reply"),
    (r"a program wrote it, and says so", "screen.says_program"),
    (r"(?P<count>\d+) automatic mails to this address within the hour", "limit.address_hour"),
    (r"(?P<count>\d+) automatic mails to this address within the day", "limit.address_day"),
    (r"(?P<count>\d+) automatic mails to this domain within the hour", "limit.domain_hour"),
    (r"a later word has taken its place", "send.overtaken"),
    (r"a rule wants a person to answer first", "mute.hold"),
    (r"the same words answer each of our letters at once", "mute.robot"),
)


def upgrade() -> None:
    """Add the column of the reasons; the old one holds the kind from now on."""
    op.add_column("ticket", sa.Column("mute_reason", sa.Text(), nullable=True))
    bind = op.get_bind()
    for (old,) in list(bind.execute(sa.text("SELECT DISTINCT mute FROM ticket WHERE mute IS NOT NULL"))):
        kind, reason = read(old)
        said = sa.text(
            "UPDATE ticket SET mute = :kind, mute_reason = :reason WHERE mute = :old AND mute_reason IS NULL"
        )
        bind.execute(said, {"kind": kind, "reason": as_stored(reason), "old": old})
    # A notice that has not been written yet says it too.
    waiting = sa.text("SELECT id, fields FROM outbox WHERE state IN ('ready', 'gathering') AND kind = 'notice'")
    for id_, fields in list(bind.execute(waiting)):
        told = json.loads(fields) if isinstance(fields, str) else fields
        if isinstance(told.get("mute"), str):
            told["mute"] = read(told["mute"])[1]
            new = sa.text("UPDATE outbox SET fields = :fields WHERE id = :id").bindparams(
                sa.bindparam("fields", type_=sa.JSON)
            )
            bind.execute(new, {"fields": told, "id": id_})


def read(old: str) -> tuple[str, dict[str, object]]:
    """The kind of silence and its reason, of what stood in the column."""
    if (reason := stored(old)) is not None:
        return CODES.get(str(reason["code"]), "other"), reason
    word, mark, said = old.partition(": ")
    kind = KINDS.get(word, word)
    if not mark or word not in KNOWN:
        return "other", reason_of("mute.said", words=old)
    if word == "undeliverable":
        return kind, reason_of("mute.undeliverable", reply=said)
    if (found := re.fullmatch(r"set by (.*)", said, re.DOTALL)) and word in ("spam", "ignore"):
        return kind, reason_of(f"mute.{kind}", name=found[1])
    reason = stored(said) or sentence(said)
    return "doubtful" if word == "person" and reason["code"] in DOUBTFUL else kind, reason


def sentence(said: str) -> dict[str, object]:
    """The reason that a sentence tells; itself, where no version wrote it."""
    for pattern, code in SENTENCES:
        if found := re.fullmatch(pattern, said, re.DOTALL):
            return reason_of(code, **found.groupdict())
    return reason_of("mute.said", words=said)


def reason_of(code: str, **args: str) -> dict[str, object]:
    """A reason as it is stored."""
    return {"args": args, "code": code}


def stored(text: str) -> dict[str, object] | None:
    """The reason that a line holds; None where it is a sentence."""
    try:
        found = json.loads(text) if text.startswith('{"args": ') else None
    except ValueError:
        return None
    return found if isinstance(found, dict) and "code" in found else None


def as_stored(reason: dict[str, object]) -> str:
    """One line of JSON, as the program writes it."""
    return json.dumps(reason, ensure_ascii=False, sort_keys=True)
