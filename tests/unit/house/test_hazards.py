"""Every hazard has a test with its number in its name, and docs/security.md says which, and what the desk does."""

from __future__ import annotations

import re

from tests.unit.house.test_style import ROOT

HAZARDS = range(1, 49)
_TEST = re.compile(r"^\s*(?:async )?def (test_hazard_(\d\d)_\w+)\(", re.MULTILINE)
_ROW = re.compile(r"^\| (\d+) \| ([^|]+) \| ([^|]+) \| `(test_hazard_(\d\d)_\w+)` \|$", re.MULTILINE)


def names():
    sources = (path.read_text("utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    return {name: int(number) for source in sources for name, number in _TEST.findall(source)}


def test_every_hazard_has_a_test_that_bears_its_number():
    assert sorted(set(HAZARDS) - set(names().values())) == []


def test_the_page_on_security_tells_of_each_and_names_a_test_that_is_there():
    rows = _ROW.findall((ROOT / "docs" / "security.md").read_text("utf-8"))
    assert [int(number) for number, *_ in rows] == list(HAZARDS)
    known = names()
    assert [(int(number), known.get(name)) for number, _, _, name, _ in rows] == [(one, one) for one in HAZARDS]


def test_the_security_file_at_the_root_leads_to_the_page():
    said = (ROOT / "SECURITY.md").read_text("utf-8")
    page = (ROOT / "docs" / "security.md").read_text("utf-8")
    assert "docs/security.md#found-a-hole" in said
    assert "## Found a hole?" in page
    assert "RFC 9989, which replaces RFC 7489" in page
