"""The pages for people: what they name exists, every link leads somewhere, and the glossary is in order."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGES = sorted(
    [*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")],
    key=lambda path: path.name,
)
IDS = [str(page.relative_to(ROOT)) for page in PAGES]

CODE = re.compile(r"`((?:mailbot/)?(?:core|loops|adapters|app|cli|config|demo|actions|letters)/[\w/]+?)(?:\.(\w+))?/?`")
NAME = re.compile(r"`(?:[\w/]*/)?(\w+)\.(\w+)`")
LINK = re.compile(r"\]\((?!https?:)([^)#\s]*)(?:#([\w-]+))?\)")
CONTRIBUTE = ROOT / "CONTRIBUTING.md"


def text(page):
    return page.read_text(encoding="utf-8")


def anchors(page):
    """The anchors that a forge makes of a page's headings."""
    heads = re.findall(r"^#+ (.*)$", text(page), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", head.lower()).replace(" ", "-") for head in heads}


def exists(name, last):
    """Whether a module, package or file of that name is there; `last` is its ending or something within it."""
    base = ROOT / (name if name.startswith("mailbot/") else f"mailbot/{name}")
    short = ROOT / "mailbot/core" / name
    return any(
        path.is_dir() or path.with_suffix(".py").is_file() or (last and path.with_suffix(f".{last}").is_file())
        for path in (base, short)
    )


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_module_that_a_page_names_is_there(page):
    if page.name == "CHANGELOG.md":
        return  # it tells of what was
    assert not [hit[0] for hit in CODE.finditer(text(page)) if not exists(hit[1], hit[2])]


def test_every_function_that_the_map_names_is_in_its_module():
    """`module.name` of flow.md, where a module has that name and no section of the config or class of a library has."""
    modules = {}
    for path in (ROOT / "mailbot").rglob("*.py"):
        modules.setdefault(path.stem, []).append(text(path))
    named = [
        (module, name)
        for module, name in NAME.findall(text(ROOT / "docs/flow.md"))
        if name not in {"py", "png"} and module not in {"desk", "policy"}
    ]
    assert not [
        f"{module}.{name}"
        for module, name in named
        if module in modules and not any(re.search(rf"\b{name}\b", source) for source in modules[module])
    ]


@pytest.mark.parametrize("page", PAGES, ids=IDS)
def test_every_link_leads_somewhere(page):
    for path, anchor in LINK.findall(text(page)):
        target = (page.parent / path).resolve() if path else page
        assert target.exists(), path
        assert not anchor or anchor in anchors(target), f"{path}#{anchor}"


def test_the_table_of_contents_has_every_page():
    named = set(re.findall(r"\]\(([\w-]+\.md)\)", text(ROOT / "docs" / "README.md")))
    assert named == {page.name for page in (ROOT / "docs").glob("*.md")} - {"README.md"}


def test_the_glossary_is_in_order_and_says_each_word_once():
    words = re.findall(r"^\| (.+?) \| .+\.(?:\)?) \|$", text(ROOT / "docs" / "glossary.md"), re.MULTILINE)
    assert words == sorted(set(words), key=str.lower)
    lines = [line for line in text(ROOT / "docs" / "glossary.md").splitlines() if line.startswith("| ")]
    assert len(words) == len(lines) - 1, "each line is one plain sentence"


def test_what_contributors_are_told_to_run_is_in_the_makefile():
    targets = set(re.findall(r"^([\w-]+):", text(ROOT / "Makefile"), re.MULTILINE))
    assert set(re.findall(r"`make (\w+)", text(CONTRIBUTE))) <= targets


def test_the_forge_tries_every_python_that_the_package_names():
    workflow, project = text(ROOT / ".github/workflows/ci.yml"), text(ROOT / "pyproject.toml")
    tried = re.search(r"python: \[(.*)\]", workflow)
    assert re.findall(r"3\.\d+", tried[1]) == re.findall(r'Python :: (3\.\d+)"', project)
    assert ".ci/run" in workflow


def test_prose_quotes_as_english_does():
    assert not [str(page) for page in PAGES if re.search("[«»]", text(page))]
