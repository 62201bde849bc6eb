"""How the page of a ticket looks: one style sheet, for a wide screen, a phone, and dark mode."""

from __future__ import annotations

STYLE = """\
:root {
  --ground: #f4f3ef; --ink: #24292e; --soft: #6a7178; --line: #deddd6; --card: #ffffff;
  --letter: #eef1ec; --relay: #e0eee7; --inside: #8a8f94;
  --kept: #2f7d57; --covered: #a8700f; --late: #b3403a; --replaced: #6a7178; --open: #3566a8;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #17191c; --ink: #dfe2e5; --soft: #969da5; --line: #30353a; --card: #212529;
    --letter: #232a27; --relay: #20352c; --inside: #7d848b;
    --kept: #6cc197; --covered: #dba650; --late: #ea8078; --replaced: #969da5; --open: #86b1ea;
  }
}
* { box-sizing: border-box; }
body {
  margin: 0 auto; max-width: 1120px; padding: 28px 22px 60px; background: var(--ground); color: var(--ink);
  font: 15px/1.5 -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Liberation Sans", Arial, sans-serif;
  overflow-wrap: break-word;
}
h1 { font-size: 26px; font-weight: 600; margin: 0 0 4px; }
h2 { font-size: 20px; font-weight: 600; margin: 0; }
h2 b { color: var(--soft); font-weight: 400; margin-right: 4px; }
a { color: inherit; }
body > header p { color: var(--soft); margin: 0 0 14px; }
body > header ol { list-style: none; margin: 0; padding: 0; }
body > header li { padding: 3px 0; }
body > header li a { text-decoration: none; }
body > header li a:hover { text-decoration: underline; }
body > header li b { display: inline-block; min-width: 30px; font-weight: 400; color: var(--soft); }
body > header li span { color: var(--soft); margin-left: 8px; }
section { border-top: 1px solid var(--line); margin-top: 32px; padding-top: 26px; }
.facts { color: var(--soft); margin: 2px 0 14px; }
.row { display: grid; grid-template-columns: minmax(0, 1fr) 290px; gap: 0 26px; align-items: start; }
.lanes { font-size: 12px; color: var(--soft); margin-bottom: 8px; }
.lanes .talk { display: flex; justify-content: space-between; }
.lanes .inside { border-color: transparent; }
.talk { min-width: 0; }
.inside { border-left: 1px solid var(--line); padding: 0 0 0 14px; min-width: 0; align-self: stretch; font-size: 13px; }
article {
  width: 84%; margin: 0 0 14px; padding: 10px 16px 12px; border: 1px solid var(--line); border-radius: 12px;
  background: var(--card);
}
article p { margin: 0 0 8px; }
article p:last-child { margin-bottom: 0; }
article > header { margin-bottom: 6px; display: flex; flex-wrap: wrap; gap: 0 8px; align-items: baseline; font-size: 13px; }
article > header i { color: var(--soft); font-style: normal; }
article > header .when { margin-left: auto; }
article h3 { font-size: 13px; font-weight: 400; color: var(--soft); margin: 0 0 8px; }
.customer, .machine { border-bottom-left-radius: 3px; }
.letter, .relay { margin-left: 16%; border-bottom-right-radius: 3px; }
.letter { background: var(--letter); }
.relay { background: var(--relay); }
.machine { background: transparent; border-style: dashed; color: var(--soft); max-height: 15em; overflow: auto; }
.when { color: var(--soft); text-decoration: none; font-size: 12px; font-variant-numeric: tabular-nums; white-space: nowrap; }
.when:hover { text-decoration: underline; }
.promise {
  display: flex; flex-wrap: wrap; gap: 0 14px; justify-content: space-between; margin: 12px 0 0; padding: 8px 0 0;
  border-top: 1px solid var(--line); font-size: 13px;
}
.promise b { font-weight: 600; }
.promise span::before { content: "\\25CF"; margin-right: 5px; font-size: 10px; vertical-align: 1px; }
.kept span { color: var(--kept); }
.covered span { color: var(--covered); }
.late span { color: var(--late); }
.replaced span { color: var(--replaced); }
.open span { color: var(--open); }
details { font-size: 13px; }
summary { cursor: pointer; color: var(--soft); list-style: none; }
summary::-webkit-details-marker { display: none; }
article details { margin-top: 8px; }
article summary::before { content: "\\2026  "; }
.inside details { padding: 3px 0; }
.inside summary { color: var(--inside); }
.inside summary b { font-weight: 500; }
.inside summary .when { display: inline-block; min-width: 70px; margin-right: 6px; }
.reply summary, .reply summary b { color: var(--ink); }
.inside h3 { font-size: 12px; font-weight: 400; color: var(--soft); margin: 4px 0; }
code { background: var(--letter); border: 1px solid var(--line); border-radius: 4px; padding: 0 4px; margin-right: 4px; font-size: 12px; }
.held { display: block; font-style: normal; color: var(--covered); padding-left: 70px; }
pre {
  white-space: pre-wrap; overflow-wrap: anywhere; margin: 6px 0 8px; padding: 8px 10px; border-radius: 8px;
  background: var(--letter); color: var(--ink); font: 12px/1.45 ui-monospace, "Liberation Mono", Menlo, Consolas, monospace;
  max-height: 26em; overflow: auto;
}
.rest { color: var(--soft); padding-left: 18px; }
@media (max-width: 760px) {
  body { padding: 18px 12px 40px; }
  .row { display: block; }
  .lanes { display: none; }
  article { width: 94%; margin-bottom: 10px; }
  .letter, .relay { margin-left: 6%; }
  .inside { border-left: 2px solid var(--line); margin: 0 0 12px 6%; padding-left: 10px; }
  .inside:empty { display: none; }
}
@media print { body { max-width: none; } article { break-inside: avoid; } }
"""
