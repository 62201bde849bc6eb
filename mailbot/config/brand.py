"""`brand` under [desk] of `config.toml`: the colour, the line and the logo of letters to customers, checked as they are read."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, Field, InstanceOf, ValidationInfo

from mailbot.config import values as v
from mailbot.config.section import Section
from mailbot.core.model.brand import LARGEST_LOGO, Brand, Logo, colour_of, logo_of

_PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg", ".bmp")
_LONGEST = 40  # characters of a logo that is text


def _colour(value: object) -> str:
    text = v.text_of(value, 'a colour such as "#1a5fb4"')
    return colour_of(text) if text.strip() else ""


def _logo(value: object, info: ValidationInfo) -> str | Logo:
    text = v.text_of(value, "a text, or the path of a picture").strip()
    if not text.lower().endswith(_PICTURES):
        if len(text) > _LONGEST or not text.isprintable():
            raise ValueError(f"must be one line of at most {_LONGEST} characters, or the path of a picture")
        return text
    path = Path((info.context or {}).get("site", "")) / Path(text).expanduser()
    try:
        with path.open("rb") as file:
            data = file.read(LARGEST_LOGO * 50)
    except OSError as error:
        raise ValueError(f"{path} cannot be read: {error.strerror}") from None
    try:
        return logo_of(data)
    except ValueError as problem:
        raise ValueError(f"{path} {problem}") from None


class BrandConfig(Section):
    """brand = { colour = "#1a5fb4", line = "Example Ltd · example.com", logo = "logo.png" }"""

    colour: Annotated[str, BeforeValidator(_colour)] = ""
    line: Annotated[str, Field(strict=True, max_length=200, pattern=r"^[^\x00-\x1f\x7f]*$")] = ""
    logo: Annotated[str | InstanceOf[Logo], BeforeValidator(_logo)] = ""

    @property
    def brand(self) -> Brand:
        """As the core knows it."""
        picture = self.logo if isinstance(self.logo, Logo) else None
        return Brand(
            colour=self.colour,
            line=self.line.strip(),
            logo_text=self.logo if isinstance(self.logo, str) else "",
            logo=picture,
        )
