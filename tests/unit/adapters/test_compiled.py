"""A file is read once for what it asks and for its code: both are what Jinja itself finds."""

from __future__ import annotations

from pathlib import Path

import jinja2
import pytest
from jinja2 import meta

from mailbot.adapters.letters.compiled import Compiled, compiled
from mailbot.adapters.letters.templates import Templates
from tests.unit.adapters.golden_letters import ROOT

SHIPPED = sorted((ROOT / "templates").glob("en/*.j2")) + sorted((ROOT / "templates").glob("*.j2"))


@pytest.fixture(scope="module")
def environment():
    return Templates([ROOT / "templates"])._set._voice("", "en")._environment


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_names_and_the_code_of_each_file(environment, path):
    source = path.read_text("utf-8")
    _, asked = compiled(environment, path.name, str(path), source)
    assert asked == meta.find_undeclared_variables(environment.parse(source))
    bucket = Compiled().get_bucket(environment, path.name, str(path), source)
    assert bucket.code == environment.compile(source, path.name, str(path))


@pytest.mark.parametrize("source", ["{% if %}", "{{ a | nothing_such }}", "{% for x in %}"])
def test_what_cannot_be_read_is_said_with_its_line(environment, source):
    with pytest.raises(jinja2.TemplateSyntaxError) as caught:
        compiled(environment, "ack.txt.j2", "/site/ack.txt.j2", f"Hello\n{source}\n")
    assert caught.value.lineno == 2
    assert Path(caught.value.filename or "/site/ack.txt.j2").name == "ack.txt.j2"
