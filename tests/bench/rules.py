"""How fast rules are: `python -m tests.bench.rules`. Prints one figure a line; nothing is asserted.

All times are CPU times of this process, so that other work on the machine does not count.
"""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from datetime import timedelta
from pathlib import Path

from mailbot.adapters.rulefiles.load import load_rules
from mailbot.adapters.site import data_dir
from mailbot.adapters.store.sql_store import open_store
from mailbot.app.rules import backtest
from mailbot.core.model.facts import Facts, Weighed
from mailbot.core.rules.triage import triage
from tests.bench.words import FIRST, LAST
from tests.contract.made import NOW, decision, message, ticket

TEXTS = (
    "Hello, how do I change the delivery address of order {n}? Thank you, {who}",
    "I was charged twice for order {n}, please refund the second payment. {who}",
    "Guten Tag, der Drucker {n} druckt seit dem Update nicht mehr. {who}",
    "Bonjour, votre service est en panne depuis ce matin, commande {n}. {who}",
    (
        "The export of report {n} stops at half of it, and nothing happens then. I have tried it in two browsers, with "
        "and without the extension, and asked a colleague to do the same. It used to work in March. {who}"
    ),
)
STORED = 5_000
CONFIG = """
[desk]
name = "Bench"
timezone = "Europe/Berlin"
[store]
url = "sqlite:///{database}"
[smtp]
host = "smtp.bench.example"
[[inbox]]
name = "support"
address = "support@bench.example"
host = "imap.bench.example"
password_env = "BENCH_PASSWORD"
[[agent]]
id = "mara"
name = "Mara"
addresses = ["mara@bench.example"]
"""


def said(number: int) -> str:
    """An invented mail."""
    who = f"{FIRST[number % len(FIRST)]} {LAST[number // 7 % len(LAST)]}"
    return TEXTS[number % len(TEXTS)].format(n=number, who=who)


def many_rules(folder: Path, count: int) -> Path:
    """Rules that each have three words, a phrase with a gap and, every fifth, a pattern."""
    folder.mkdir()
    lines: list[str] = []
    for n in range(count):
        pattern = f", '(widget|gadget){n}[a-z]+'" if n % 5 == 0 else ""
        words = f'"thing{n}", "part{n}*", "order * number{n}"{pattern}'
        lines.append(
            f'[[rule]]\nid = "r{n}"\n[rule.when]\ntext = [{words}]\n[rule.then]\nscore = {{ p{n % 5 + 1} = 6 }}\n'
        )
    (folder / "10-many.toml").write_text("".join(lines), "utf-8")
    return folder


def milliseconds(folder: Path) -> tuple[float, float, float]:
    """Seconds to load the rules, and the median and worst milliseconds to decide one mail."""
    start = time.process_time()
    rules, problems = load_rules(folder)
    loaded = time.process_time() - start
    assert rules is not None, problems[:3]
    took = []
    for number in range(1_000):
        text = said(number)
        facts = Facts(text=f"Order\n{text}", subject="Order", body=text, language="en")
        start = time.process_time()
        triage(facts, rules)
        took.append((time.process_time() - start) * 1000)
    return loaded, statistics.median(took), max(took)


def a_site(folder: Path) -> Path:
    """A desk with that many tickets in its database."""
    folder.mkdir()
    (folder / "config.toml").write_text(CONFIG.format(database=folder / "desk.db"), "utf-8")
    store = open_store(f"sqlite:///{folder}/desk.db")
    for start in range(1, STORED + 1, 500):
        numbers = range(start, min(start + 500, STORED + 1))
        tickets = tuple(ticket(n, priority=3) for n in numbers)
        messages = tuple(
            message(
                f"m{n:05}",
                ticket=n,
                new_text=said(n),
                received_at=NOW + n * timedelta(minutes=1),
                weighed=Weighed(language="en", priority=3),
            )
            for n in numbers
        )
        store.commit(decision(tickets=tickets, messages=messages), NOW)
    store.close()
    return folder


def main() -> None:
    """Measure and print."""
    with tempfile.TemporaryDirectory() as made:
        for name, folder in (
            ("shipped", data_dir("rules")),
            ("1,000", many_rules(Path(made) / "1000", 1_000)),
            ("10,000", many_rules(Path(made) / "10000", 10_000)),
        ):
            loaded, median, worst = milliseconds(folder)
            sys.stdout.write(
                f"{name} rules: loaded in {loaded:.2f} s, a mail {median:.2f} ms, at worst {worst:.2f} ms\n"
            )
        site = a_site(Path(made) / "site")
        for draft, against in ((data_dir("rules"), "beside the desk's own"), (None, "beside what was decided")):
            start = time.process_time()
            count = sum(1 for _ in backtest(site, draft, since=None, against=[]).verdicts)
            rate = count / (time.process_time() - start)
            sys.stdout.write(f"backtest of {count} stored mails {against}: {rate:.0f} a second\n")


if __name__ == "__main__":
    main()
