"""`mailbot config`: which values are in force and where they come from, and what a key is."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mailbot.errors import ConfigError

config_app = typer.Typer(
    no_args_is_help=True, help="Look at the config: what is in force, and what a key is.", rich_markup_mode=None
)
Site = Annotated[Path, typer.Option("--site", metavar="DIR", help="The desk's folder, which holds config.toml.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON object per line.")]
_HERE = Path()


@config_app.command("show")
def show(
    site: Site = _HERE,
    effective: Annotated[bool, typer.Option("--effective", help="Include what is not in the file.")] = False,
    as_json: AsJson = False,
) -> None:
    """Show the values of the config, each with the line that it comes from.

    With --effective also those that a provider fills in, and the defaults. Passwords and secrets are never shown.
    """
    from mailbot.cli import output
    from mailbot.config.effective import effective as in_force
    from mailbot.config.reading import load_config, read_text

    config = load_config(site)
    text, data = read_text(site / "config.toml")
    found = [each for each in in_force(config, text, data) if effective or each.line is not None]
    if as_json:
        for each in found:
            output.put_json(each)
        return
    for each in found:
        output.put(f"{each.key} = {each.value}  # {each.source}")


@config_app.command("help")
def help_on_key(
    key: Annotated[str, typer.Argument(metavar="KEY", help="Such as smtp.port, priority.1.first, or port.")],
    as_json: AsJson = False,
) -> None:
    """Say what a key is: what its value must be, its default, what it does, and an example."""
    from mailbot.adapters.site import config_example
    from mailbot.cli import output
    from mailbot.config.key_help import help_on

    try:
        found = help_on(key, config_example())
    except KeyError as near:
        meant = (
            f"; did you mean {near.args[0]}?" if near.args[0] else "; `mailbot config show --effective` lists all keys"
        )
        raise ConfigError([f"{key}: is not a key of config.toml{meant}"]) from None
    for number, each in enumerate(found):
        if as_json:
            output.put_json(each)
            continue
        if number:
            output.put("")
        output.put(each.key)
        output.put(f"  value    {each.kind}")
        output.put(f"  default  {each.default if each.default is not None else 'none: it has to be set'}")
        output.put(f"  example  {each.example}")
        for line in _wrapped(each.words):
            output.put(f"  {line}")


def _wrapped(words: str) -> list[str]:
    import textwrap

    return textwrap.wrap(words, 100, break_long_words=False, break_on_hyphens=False)
