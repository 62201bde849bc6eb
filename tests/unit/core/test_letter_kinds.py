"""The catalogue of letters: it has every kind that is named anywhere, and no other module has a list of them."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.adapters.letters.samples import SAMPLES
from mailbot.core.model.desk import Outgoing, OutgoingKind
from mailbot.core.model.letter_kinds import KINDS, Audience, AutoSubmitted, Gathered, Limited, kind_of, rank_of
from mailbot.core.model.mail import Address

ROOT = Path(__file__).parents[3]
CATALOGUE = ROOT / "mailbot" / "core" / "model" / "letter_kinds.py"
INVENTED = {ROOT / "mailbot" / "adapters" / "letters" / name for name in ("samples.py", "notice_samples.py")}
INVENTED |= {ROOT / "mailbot" / "adapters" / "letters" / name for name in ("samples_answered.py", "digest_samples.py")}
READERS = ROOT / "mailbot" / "core" / "intake"  # its words are those of other people's mails
CODE = sorted(path for path in (ROOT / "mailbot").rglob("*.py") if path != CATALOGUE)
# Verbs, states and keys of rules bear these names as well.
ELSEWHERE = {"resolved", "answer", "new", "ask", "late", "confirm", "refused", "covered", "kept", "closed", "signature"}
ELSEWHERE |= {"ack", "goodwill"}


def outgoing(name, kind=OutgoingKind.NOTICE, **fields):
    to = Address(address="kim@desk.example")
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return Outgoing(key="x", kind=kind, name=name, ticket=1, inbox="support", to=to, not_before=at, fields=fields)


def test_every_template_has_its_kind_and_every_kind_its_template():
    for language in ("en", "de"):
        files = {path.name.partition(".")[0] for path in (ROOT / "templates" / language).glob("[!_]*.txt.j2")}
        assert files == set(KINDS)


def test_every_kind_is_tried_with_invented_facts():
    assert set(SAMPLES) == set(KINDS)


def names_in(node):
    """The literal texts of a collection, nested no deeper."""
    of = node.keys if isinstance(node, ast.Dict) else node.elts
    return {each.value for each in of if isinstance(each, ast.Constant) and isinstance(each.value, str)}


@pytest.mark.parametrize(
    "path", [p for p in CODE if p not in INVENTED and READERS not in p.parents], ids=lambda p: p.stem
)
def test_no_module_but_the_catalogue_lists_letters(path):
    collections = (ast.Set, ast.Tuple, ast.List, ast.Dict)
    nodes = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, collections)]
    lists = [(node.lineno, names_in(node) & (set(KINDS) - ELSEWHERE)) for node in nodes]
    found = [(line, names) for line, names in lists if len(names) > 1]
    assert not found


def test_a_letter_is_called_by_a_name_that_the_catalogue_has():
    said = {}
    for path in CODE:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
                called = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
                at = {"letter": 0, "to_admins": 0, "notice": 1}.get(called)
                if called in ("to_customer", "to_agent", "to_admins", "at_large", "Outgoing"):
                    given = [k.value for k in node.keywords if k.arg == "name"]
                else:
                    given = node.args[at : at + 1] if at is not None else []
                said |= {one.value: f"{path.name}:{node.lineno}" for one in given if isinstance(one, ast.Constant)}
    assert said
    assert not {name: where for name, where in said.items() if name not in KINDS}


def test_the_manual_names_every_letter_and_no_other():
    part = (ROOT / "docs" / "admin.md").read_text("utf-8").split("## Letters")[1].split("is a button")[0]
    rows = "".join(line.split(" | ")[0] for line in part.splitlines(keepends=True) if line.startswith("| `"))
    notices = part.split("Notices to agents and admins:")[1].split("{{")[0]
    assert set(re.findall(r"`([a-z-]+)`", rows + notices)) == set(KINDS)


def test_what_holds_for_a_kind_holds_together():
    for kind in KINDS.values():
        outside = kind.audience is Audience.CUSTOMER
        assert outside == (kind.kind is not OutgoingKind.NOTICE)
        assert (kind.auto_submitted is None) == (kind.kind is OutgoingKind.RELAY)
        assert (kind.limited is not Limited.NOT) == (kind.kind is OutgoingKind.LETTER)
        assert (kind.limited is Limited.STOPPED) == (kind.auto_submitted is AutoSubmitted.REPLIED)
        assert kind.gathered is None or kind.audience is Audience.AGENT
        assert kind.rank == 0 or not outside
        assert not kind.first_word or kind.limited is Limited.STOPPED
    assert [k.name for k in KINDS.values() if k.first_word] == ["ack", "thanks-feedback"]
    assert [k.name for k in KINDS.values() if k.gathered is Gathered.DIGEST] == ["digest"]


def test_what_another_version_left_in_the_outbox_is_the_plainest_of_its_sort():
    notice, letter = outgoing("gone"), outgoing("gone", OutgoingKind.LETTER)
    assert kind_of(notice).audience is Audience.AGENT
    assert kind_of(notice).gathered is None
    assert kind_of(letter).limited is Limited.COUNTED
    assert kind_of(outgoing("gone", OutgoingKind.RELAY)).auto_submitted is None


def test_what_comes_too_late_when_it_waits_leaves_first():
    assert [rank_of(outgoing(name)) for name in ("reminder", "trouble", "new", "kept")] == [0, 0, 1, 1]
    assert rank_of(outgoing("new", priority=1)) == 0
    assert rank_of(outgoing("cover", OutgoingKind.LETTER)) == 0
