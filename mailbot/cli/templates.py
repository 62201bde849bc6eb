"""`mailbot templates`: what is wrong with the letters, how one of them reads, and a new language for all of them."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailbot.cli.rules import AsJson, Site, maybe

templates_app = typer.Typer(no_args_is_help=True, help="Check letters, and look at them.", rich_markup_mode=None)


@templates_app.command()
def check(site: Site = None, as_json: AsJson = False) -> None:
    """Report what is wrong with the letters and what is not translated yet, with file and line; exit 2 if anything is."""
    from mailbot.app import letters
    from mailbot.cli import output

    count, languages, problems = letters.check_letters(maybe(site))
    if as_json:
        output.put_json({"ok": not problems, "letters": count, "languages": sorted(languages), "problems": problems})
    else:
        for problem in problems:
            output.put(str(problem))
        good = f"{count} letters in {', '.join(sorted(languages))}, nothing wrong"
        output.say(f"{len(problems)} wrong" if problems else good)
    raise typer.Exit(2 if problems else 0)


@templates_app.command()
def new(
    language: Annotated[str, typer.Argument(metavar="LANG", help="The language's code, such as fi or pt-PT.")],
    site: Annotated[
        Path, typer.Option("--site", metavar="DIR", help="The desk's folder. [default: this folder]")
    ] = Path(),
) -> None:
    """Lay out the letters in a new language, each sentence in English to be translated; the desk uses it when all are."""
    from mailbot.app import letters
    from mailbot.cli import output

    for path in letters.new_language(language, site):
        output.put(str(path))
    output.say(f"translate these; mailbot templates check says what is left, and {language} is used when nothing is")


@templates_app.command()
def preview(
    letter: Annotated[str, typer.Argument(metavar="LETTER", help="The letter's name, such as ack or cover.")] = "",
    site: Site = None,
    language: Annotated[
        str, typer.Option("--lang", metavar="de", help="The language. [default: en; with --all, all]")
    ] = "",
    every: Annotated[
        bool, typer.Option("--all", help="Lay out all letters, in each language and branch, as one page: --html DIR.")
    ] = False,
    ticket: Annotated[
        int | None, typer.Option("--ticket", metavar="N", min=1, help="Fill it with what is known of this ticket.")
    ] = None,
    inbox: Annotated[str, typer.Option("--inbox", metavar="NAME", help="Show it as this inbox writes it.")] = "",
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Also write the HTML to FILE (--all: to DIR).")
    ] = None,
    open_it: Annotated[bool, typer.Option("--open", help="Show the HTML in a browser.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show one letter as it would go out, for a real ticket or an invented one; nothing is stored or sent."""
    from mailbot.app import letters
    from mailbot.cli import output

    if every:
        if letter or ticket is not None or as_json or html is None:
            raise typer.BadParameter(
                "it goes with --html DIR, and with no letter, --ticket or --json", param_hint="--all"
            )
        index, count = letters.preview_all(maybe(site), html, language=language or None, inbox=inbox)
        output.say(f"{count} letters are in {index}")
        if open_it and typer.launch(str(index)) != 0:
            output.say("no browser could be opened")
        return
    if not letter:
        raise typer.BadParameter("name a letter, or all of them: --all --html DIR", param_hint="LETTER")
    rendered = letters.preview(letter, maybe(site), language=language or "en", ticket=ticket, inbox=inbox)
    if as_json:
        output.put_json(rendered)
    else:
        if rendered.subject is not None:
            output.put(f"Subject: {rendered.subject}\n")
        for line in rendered.text.rstrip("\n").split("\n"):
            output.put(line)
    page = letters.write_page(rendered, html) if html is not None or open_it else None
    if page is not None:
        output.say(f"the HTML is in {page}")
    if page is not None and open_it and typer.launch(str(page)) != 0:
        output.say("no browser could be opened")
