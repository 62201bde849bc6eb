"""Judges the shipped rules by labelled mails: `python -m tests.corpora.judge FILE… [--rules DIR] [--json] [--misses]`.

Each line of a file is one mail that somebody wrote who had not read the rules, with what a person says it is:
id, lang, trade, subject, text, priority (1 to 5), danger, outage, thanks (true or false), urgency (0 to 3), and office (the
kind of an office matter, or null). Each becomes a real mail and goes the desk's own way: it is read, its language detected,
and triaged. An office matter is right where its category is, whatever level it has. `shipped` counts priority 3 where no rule
carried it, `judged` counts that as wrong whatever was right.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path
from typing import Any

from mailbot.app.rules import Workshop
from mailbot.core.actions.gratitude import mere_thanks
from mailbot.core.decide import take_in
from mailbot.core.model.known import Known
from mailbot.core.model.mail import Unreadable
from mailbot.core.rules.setting import Setting
from mailbot.core.rules.triage import Triage, triage
from mailbot.core.rules.weighing import facts_of

NOW = datetime(2026, 11, 3, 9, 0, tzinfo=UTC)
# What the labels call an office matter, where the category is called otherwise.
CALLED = {
    "data": "personal_data",
    "address": "address_change",
    "invoice": "invoice_received",
    "spam": "pitch",
    "wrong-recipient": "wrong_recipient",
}
UNSURE = 0  # as a level: no rule carried it
Row = Mapping[str, Any]


@dataclass(frozen=True, kw_only=True, slots=True)
class Judged:
    """One labelled mail, what the rules made of it, and whether it was taken for mere thanks."""

    row: Row
    got: Triage
    thanks: bool
    language: str | None

    @property
    def right(self) -> bool:
        """Whether the priority is the one that the label names; of an office matter, whether it is known as that."""
        return self.level == self.row["priority"]

    @property
    def level(self) -> int:
        """The priority; of an office matter that is known as what it is, the label's: its letter names no level."""
        office = self.row["office"]
        known = office is not None and self.got.category == CALLED.get(office, office)
        return int(self.row["priority"]) if known else self.got.priority


def as_mail(row: Row) -> bytes:
    """The plainest mail that says so."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"] = "Robin Case <robin@customer.example>", "help@desk.example"
    mail["Subject"] = " ".join(row["subject"].split()) or "(no subject)"
    mail["Date"], mail["Message-ID"] = "Tue, 03 Nov 2026 09:00:00 +0000", f"<{row['id']}@customer.example>"
    mail.set_content(row["text"], charset="utf-8")
    return bytes(mail)


def judge(rows: Iterable[Row], setting: Setting) -> list[Judged]:
    """Send every mail through the desk's own way of reading and weighing."""
    out: list[Judged] = []
    for row in rows:
        incoming = take_in(as_mail(row), setting, inbox=next(iter(setting.policy.inboxes)), received_at=NOW)
        assert not isinstance(incoming, Unreadable)
        facts = facts_of(incoming, Known(), setting, NOW)
        got = triage(facts, setting.rules)
        out.append(Judged(row=row, got=got, thanks=mere_thanks(incoming, setting), language=facts.language))
    return out


def macro_f1(pairs: Iterable[tuple[int, int]]) -> float:
    """Of (wanted, got) levels: the mean F1 of the levels that are wanted at all."""
    listed = list(pairs)
    scores: list[float] = []
    for level in sorted({wanted for wanted, _ in listed}):
        right = sum(wanted == got == level for wanted, got in listed)
        wrong = sum((wanted == level) != (got == level) for wanted, got in listed)
        scores.append(2 * right / (2 * right + wrong))
    return sum(scores) / len(scores) if scores else 0.0


def figures(judged: list[Judged]) -> dict[str, float]:
    """What is counted, as shares of 1 but `false_1` (per 100 other mails) and `matters_taken_for_thanks` (a number)."""
    outages = [j for j in judged if j.row["outage"]]
    dangers = [j for j in judged if j.row["danger"]]
    others = [j for j in judged if j.row["priority"] != 1]
    office = [j for j in judged if j.row["office"]]
    return {
        "mails": len(judged),
        "shipped": macro_f1((j.row["priority"], j.level) for j in judged),
        "judged": macro_f1((j.row["priority"], j.level if j.got.matched else UNSURE) for j in judged),
        "carried": _share(judged, lambda j: j.got.matched),
        "outage_recall": _share(outages, lambda j: j.got.priority == 1),
        "danger_recall": _share(dangers, lambda j: j.got.priority == 1),
        "danger_told": _share(dangers, lambda j: "danger" in j.got.tags),
        "false_1": 100 * _share(others, lambda j: j.got.priority == 1),
        "wrong_kind": _share(judged, lambda j: j.got.matched and not j.right),
        "thanks_right": _share(judged, lambda j: j.thanks == j.row["thanks"]),
        "thanks_found": _share([j for j in judged if j.row["thanks"]], lambda j: j.thanks),
        "matters_taken_for_thanks": sum(j.thanks and not j.row["thanks"] for j in judged),
        "urgency": _share(judged, lambda j: abs(j.got.urgency - j.row["urgency"]) <= 1),
        "office": _share(office, lambda j: j.got.category == CALLED.get(j.row["office"], j.row["office"])),
    }


def _share(judged: list[Judged], holds: Callable[[Judged], bool]) -> float:
    return sum(map(holds, judged)) / len(judged) if judged else 1.0


def miss(one: Judged) -> str:
    """What differs, in one line: the label, what came, by which words, and the beginning of the mail."""
    row, got = one.row, one.got
    said = [f"{row['priority']}→{got.priority}{'' if got.matched else '?'}", f"u{row['urgency']}→{got.urgency}"]
    said += [f"thanks {row['thanks']}→{one.thanks}"] if row["thanks"] != one.thanks else []
    said += [k for k in ("outage", "danger") if row[k]] + (
        [f"office {row['office']}→{got.category}"] if row["office"] else []
    )
    hits = "; ".join(f"{h.rule} {dict(h.score)} {'|'.join(map(str, h.words))[:60]}" for h in got.hits)
    text = " / ".join(row["text"].split("\n"))
    return f"{row['id']} [{row['trade']}] {' '.join(said)}\n    {row['subject']} :: {text}\n    {hits}\n"


def missed(one: Judged) -> bool:
    """Whether anything that is counted differs."""
    row = one.row
    sure = one.right and one.got.matched
    return not sure or row["thanks"] != one.thanks or abs(one.got.urgency - row["urgency"]) > 1


def setting_of(rules: Path | None) -> Setting:
    """A desk with the rules of that folder, or with those that ship."""
    workshop = Workshop.open(None, rules)
    return workshop.setting(workshop.rules())


def main(arguments: list[str] | None = None) -> None:
    """Judge and print: the whole set, then each language and each trade."""
    asked = argparse.ArgumentParser(description=__doc__.split("\n")[0] if __doc__ else None)
    asked.add_argument("file", type=Path, nargs="+")
    asked.add_argument("--rules", type=Path)
    asked.add_argument("--json", action="store_true")
    asked.add_argument("--misses", action="store_true")
    given = asked.parse_args(arguments)
    rows = [json.loads(line) for file in given.file for line in file.read_text("utf-8").splitlines()]
    judged = judge(rows, setting_of(given.rules))
    groups = {"all": figures(judged)}
    for key in ("lang", "trade"):
        for name in dict.fromkeys(j.row[key] for j in judged):
            groups[name] = figures([j for j in judged if j.row[key] == name])
    if given.json:
        sys.stdout.write(json.dumps(groups) + "\n")
    else:
        names = list(groups["all"])
        sys.stdout.write("| | " + " | ".join(names) + " |\n|" + "---|" * (len(names) + 1) + "\n")
        for name, group in groups.items():
            shown = (f"{v:.0f}" if k in ("mails", "matters_taken_for_thanks") else f"{v:.2f}" for k, v in group.items())
            sys.stdout.write(f"| {name} | " + " | ".join(shown) + " |\n")
    if given.misses:
        sys.stdout.writelines(miss(j) for j in judged if missed(j))


if __name__ == "__main__":
    main()
