"""Lays out every letter in each language and branch as one page to look at: narrow and wide, light and dark."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

from mailbot.adapters.letters.samples import SAMPLES
from mailbot.adapters.letters.templates import NAMES, Templates
from mailbot.core.model.letter_kinds import KINDS, Audience
from mailbot.errors import ConfigError, TemplateError

NAME = "index.html"
_DIFFERENCES = 6
_LONGEST = 30  # characters of a fact beside a branch


@dataclass(frozen=True, kw_only=True, slots=True)
class Branch:
    """One letter as one set of invented facts makes it. `facts`: in what these differ from the usual ones."""

    letter: str
    language: str
    nth: int
    facts: str
    subject: str
    html: str

    @property
    def id(self) -> str:
        """Its name within the page."""
        return f"{self.letter}-{self.language}-{self.nth}"


def branches(
    templates: Templates, languages: frozenset[str], inbox: str, look: Mapping[str, Any] | None
) -> Iterator[Branch]:
    """Every letter in each language, and in each branch that its samples take; `look`: the brand. Raises ConfigError."""
    for name in NAMES:
        for language in sorted(languages):
            if not templates.speaks(name, language):
                continue
            for nth, fields in enumerate(SAMPLES[name]):
                told = {**fields, "look": look}
                try:
                    made = templates.render(name, language=language, inbox=inbox, zone="UTC", fields=told)
                except TemplateError as error:
                    raise ConfigError([str(error)]) from None
                yield Branch(
                    letter=name,
                    language=language,
                    nth=nth,
                    facts=_differing(fields, SAMPLES[name][0]) if nth else "the usual case",
                    subject=made.subject or "",
                    html=made.html or f"<pre>{escape(made.text)}</pre>",
                )


def write_gallery(
    templates: Templates, languages: frozenset[str], inbox: str, folder: Path, look: Mapping[str, Any] | None = None
) -> tuple[Path, int]:
    """The page in that folder, which is made if need be, and how many letters it shows. Raises ConfigError."""
    found = list(branches(templates, languages, inbox, look))
    page = folder / NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        page.write_text(_page(found), "utf-8")
    except OSError as error:
        raise ConfigError([f"{page}: cannot be written: {error.strerror}"]) from None
    return page, len(found)


def _differing(fields: Mapping[str, Any], usual: Mapping[str, Any]) -> str:
    said = [
        f"{key.replace('_', ' ')} {_short(value)}"
        for key, value in fields.items()
        if value != usual.get(key) and isinstance(value, str | int | None)
    ]
    return ", ".join(said[:_DIFFERENCES]) or "other facts"


def _short(value: object) -> str:
    if value is None or value == "":
        return "–"
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = str(value)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…"


def _page(found: list[Branch]) -> str:
    for_customers = [name for name in NAMES if KINDS[name].audience is Audience.CUSTOMER]
    languages = sorted({each.language for each in found})
    names = list(dict.fromkeys(each.letter for each in found))
    # No tag of a letter may end the script that holds it.
    pages = json.dumps({each.id: each.html for each in found}).replace("<", "\\u003c")
    chosen = "".join(f"<option{' selected' if each == 'en' else ''}>{escape(each)}</option>" for each in languages)
    return _FRAME.format(
        style=_STYLE,
        languages=chosen,
        customers=_links(name for name in names if name in for_customers),
        notices=_links(name for name in names if name not in for_customers),
        sections="".join(_section(name, [each for each in found if each.letter == name]) for name in names),
        pages=pages,
        script=_SCRIPT,
    )


def _links(names: Iterator[str]) -> str:
    return " ".join(f'<a href="#{escape(name)}">{escape(name)}</a>' for name in names)


def _section(name: str, found: list[Branch]) -> str:
    shown = "".join(
        f'<article data-page="{escape(each.id)}" data-language="{escape(each.language)}">'
        f"<h3>{escape(each.language)} · {escape(each.facts)}</h3>"
        f"{f'<p>Subject: {escape(each.subject)}</p>' if each.subject else ''}<div></div></article>"
        for each in found
    )
    return f'<section id="{escape(name)}"><h2>{escape(name)}</h2>{shown}</section>'


_STYLE = """
body { margin: 0 24px 48px; font: 15px/1.5 system-ui, sans-serif; color: #1b1f24; background: #eceff2; }
nav { position: sticky; top: 0; padding: 10px 0; background: #eceff2; border-bottom: 1px solid #c4cad0; }
nav a { display: inline-block; margin: 0 6px 0 0; color: #1a5fb4; }
section { scroll-margin-top: 120px; }
h2 { margin: 32px 0 8px; }
h3 { margin: 16px 0 4px; font-size: 15px; font-weight: 600; }
p { margin: 0 0 4px; }
article div { display: flex; gap: 16px; align-items: flex-start; overflow-x: auto; min-height: 300px; padding: 0 0 8px; }
iframe { flex: none; border: 1px solid #9aa3ad; border-radius: 6px; }
[hidden] { display: none; }
"""
_SCRIPT = """
const WIDTHS = [320, 600], SCHEMES = ["light", "dark"];
const query = "@media (prefers-color-scheme: dark)";
// A page shows itself in one scheme, whatever the browser prefers.
function inScheme(html, scheme) {
  const dark = scheme === "dark";
  const root = `<style>:root { color-scheme: ${scheme}; background: ${dark ? "#1c1c1e" : "#fff"}; }</style>`;
  return html.replaceAll(query, dark ? "@media all" : "@media not all")
    .replace(/<meta name="color-scheme"[^>]*>/, "").replace("</head>", `${root}</head>`);
}
function show(article) {
  const row = article.querySelector("div");
  if (row.children.length) return;
  for (const width of WIDTHS) for (const scheme of SCHEMES) {
    const frame = document.createElement("iframe");
    frame.width = width;
    frame.title = `${article.dataset.page}, ${width} wide, ${scheme}`;
    frame.setAttribute("sandbox", "allow-same-origin");
    frame.srcdoc = inScheme(PAGES[article.dataset.page], scheme);
    frame.onload = () => { frame.height = frame.contentDocument.documentElement.offsetHeight; };
    row.append(frame);
  }
}
const near = new IntersectionObserver((seen) => {
  for (const each of seen) if (each.isIntersecting) show(each.target);
}, { rootMargin: "800px" });
const language = document.querySelector("select"), articles = document.querySelectorAll("article");
function choose() {
  for (const each of articles) each.hidden = language.value !== "all" && each.dataset.language !== language.value;
}
language.onchange = choose;
choose();
for (const each of articles) near.observe(each);
"""
_FRAME = """\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>The letters</title>
<style>{style}</style>
</head>
<body>
<nav><label>Language <select>{languages}<option>all</option></select></label>
<div><b>To customers</b> {customers}</div>
<div><b>Notices</b> {notices}</div></nav>
{sections}
<script>const PAGES = {pages};
{script}</script>
</body>
</html>
"""
