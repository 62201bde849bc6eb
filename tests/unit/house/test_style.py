"""The house rules that no linter knows: short files, one job stated first, nothing left lying about."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[3]
CODE = sorted((ROOT / "mailbot").rglob("*.py"))
TESTS = sorted(path for path in (ROOT / "tests").rglob("*.py") if path != Path(__file__))
SHIPPED = [ROOT / "Makefile", ROOT / "config.example.toml", *sorted((ROOT / "rules").rglob("*.toml"))]

LONGEST, LONGEST_TEST, MEDIAN = 400, 600, 150


def name(path):
    return str(path.relative_to(ROOT))


def text(path):
    return path.read_text(encoding="utf-8")


def lines(path):
    return text(path).count("\n")


def found(pattern, paths):
    """Every line that holds the pattern, as `file:line: what`."""
    return [
        f"{name(path)}:{number}: {hit[0]}"
        for path in paths
        for number, line in enumerate(text(path).splitlines(), 1)
        if (hit := re.search(pattern, line))
    ]


def test_there_is_code_to_look_at():
    assert len(CODE) > 20
    assert len(TESTS) > 5


def test_modules_are_short():
    assert not [(name(path), lines(path)) for path in CODE if lines(path) > LONGEST]
    assert not [(name(path), lines(path)) for path in TESTS if lines(path) > LONGEST_TEST]
    assert sorted(map(lines, CODE))[len(CODE) // 2] < MEDIAN


def test_the_first_line_of_a_module_says_its_one_job():
    first = {path: (ast.get_docstring(ast.parse(text(path))) or "").split("\n")[0] for path in CODE}
    assert not [(name(path), line) for path, line in first.items() if len(line.split()) < 4]


def test_no_module_is_named_for_nothing():
    vague = {"util", "utils", "helper", "helpers", "manager", "common", "misc", "tools"}
    assert not [name(path) for path in CODE if vague & set(path.stem.split("_"))]


def test_nothing_is_left_undone():
    assert not found(r"\b(TODO|FIXME|XXX|HACK)\b", [*CODE, *TESTS, *SHIPPED])
    assert not found(r"^\s*raise NotImplementedError\b", CODE)


def test_nothing_is_silenced_without_a_reason():
    silenced = r"# (?:type: ignore|noqa)(?:\[[\w, -]+\]|: ?[A-Z0-9, ]+)?[\s#-]*$"
    assert not found(silenced, [*CODE, *TESTS])
    assert not found(r"# (?:type: ignore|noqa)(?![\[:])", [*CODE, *TESTS])


def test_no_file_knows_the_machine_it_was_written_on():
    assert not found(r"(?<![\w./])/(?:root|work|home/\w+|Users/\w+)/", [*CODE, *TESTS, *SHIPPED])


def test_mails_in_tests_go_to_nobody():
    """Domains in tests and in what ships are reserved ones (RFC 2606, RFC 6761)."""
    reserved = re.compile(
        r"@(?:(?:[\w-]+\.)*(?:example|test|invalid|localhost)|(?:[\w-]+\.)*example\.(?:com|org|net))$"
    )
    address = re.compile(r"(?<![\w/.@-])[\w+][\w.+-]*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
    hits = {(name(path), hit) for path in [*CODE, *TESTS, *SHIPPED] for hit in address.findall(text(path))}
    assert not sorted((path, hit) for path, hit in hits if not reserved.search(hit))
