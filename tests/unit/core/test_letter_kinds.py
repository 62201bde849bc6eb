"""The catalogue of letters: it has every kind that is named anywhere, and no other module has a list of them."""

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

from mailbot.adapters.letters.samples import SAMPLES
from mailbot.core.model.letter_fields import CustomerLetter, FirstWord
from mailbot.core.model.letter_kinds import KINDS, Audience, AutoSubmitted, Gathered, Limited, kind_of, rank_of
from mailbot.core.model.mail import Address
from mailbot.core.model.notice_fields import Notice
from mailbot.core.model.outgoing import Outgoing, OutgoingKind
from tests.unit.adapters.golden_letters import LANGUAGES, NOTICED

ROOT = Path(__file__).parents[3]
CATALOGUE = ROOT / "mailbot" / "core" / "model" / "letter_kinds.py"
INVENTED = {ROOT / "mailbot" / "adapters" / "letters" / name for name in ("samples.py", "notice_samples.py")}
INVENTED |= {
    ROOT / "mailbot" / "adapters" / "letters" / name
    for name in ("samples_answered.py", "digest_samples.py", "page_samples.py")
}
FIELDS = {CATALOGUE.with_name("letter_fields.py"), CATALOGUE.with_name("notice_fields.py")}
READERS = ROOT / "mailbot" / "core" / "intake"  # its words are those of other people's mails
CODE = sorted(path for path in (ROOT / "mailbot").rglob("*.py") if path != CATALOGUE)
# Verbs, states and keys of rules have these names as well.
ELSEWHERE = {"resolved", "answer", "new", "ask", "late", "confirm", "refused", "covered", "kept", "closed", "signature"}
ELSEWHERE |= {"ack", "goodwill"}


def outgoing(name, kind=OutgoingKind.NOTICE, **fields):
    to = Address(address="kim@desk.example")
    at = datetime(2026, 3, 2, tzinfo=UTC)
    return Outgoing(key="x", kind=kind, name=name, ticket=1, inbox="support", to=to, not_before=at, fields=fields)


def test_every_template_has_its_kind_and_every_kind_its_template():
    for language in (*LANGUAGES, *NOTICED):
        files = {path.name.partition(".")[0] for path in (ROOT / "templates" / language).glob("[!_]*.txt.j2")}
        assert files == set(KINDS)


def test_every_kind_is_tried_with_invented_facts():
    assert set(SAMPLES) == set(KINDS)


def names_in(node):
    """The literal texts of a collection, nested no deeper."""
    of = node.keys if isinstance(node, ast.Dict) else node.elts
    return {each.value for each in of if isinstance(each, ast.Constant) and isinstance(each.value, str)}


@pytest.mark.slow
@pytest.mark.parametrize(
    "path", [p for p in CODE if p not in INVENTED | FIELDS and READERS not in p.parents], ids=lambda p: p.stem
)
def test_no_module_but_the_catalogue_lists_letters(path):
    collections = (ast.Set, ast.Tuple, ast.List, ast.Dict)
    nodes = [node for node in ast.walk(ast.parse(path.read_text("utf-8"))) if isinstance(node, collections)]
    lists = [(node.lineno, names_in(node) & (set(KINDS) - ELSEWHERE)) for node in nodes]
    found = [(line, names) for line, names in lists if len(names) > 1]
    assert not found


def kinds_of_facts(base):
    """Every class of facts that names a letter, however deep."""
    for one in base.__subclasses__():
        yield from kinds_of_facts(one)
        if "letter" in vars(one):
            yield one


def test_facts_of_a_letter_that_the_catalogue_does_not_have_are_a_mistake():
    named = [*kinds_of_facts(CustomerLetter), *kinds_of_facts(Notice)]
    assert {one.letter: one for one in named} == {name: kind.fields for name, kind in KINDS.items()}
    assert {kind.name for kind in KINDS.values() if issubclass(kind.fields, CustomerLetter)} == {
        kind.name for kind in KINDS.values() if kind.audience is Audience.CUSTOMER
    }


def calls(path):
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            yield node, node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id


@pytest.mark.slow
def test_a_mail_is_made_of_typed_facts_and_nowhere_else():
    makers = {path.name for path in CODE for _, called in calls(path) if called == "Outgoing"}
    assert makers == {"build.py", "rows.py"}
    loose = {
        f"{path.name}: {called}"
        for path in CODE
        if "actions" in path.parts
        for node, called in calls(path)
        if any(keyword.arg == "fields" for keyword in node.keywords)
    }
    # Of a mail that was made: it is for somebody else, has lost its files, or stands for many.
    assert loose == {f"{name}: replace" for name in ("gratitude.py", "undelivered.py", "notice_digest.py")}


@pytest.mark.slow
def test_a_promise_is_made_by_a_letter_that_the_catalogue_has():
    makers = {
        keyword.value.value
        for path in CODE
        for node, _ in calls(path)
        for keyword in node.keywords
        if keyword.arg == "made_by" and isinstance(keyword.value, ast.Constant)
    }
    assert makers
    assert all(KINDS[name].makes_promise for name in makers)


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
        assert kind.first_word == issubclass(kind.fields, FirstWord)
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
