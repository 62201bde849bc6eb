"""How a desk's letters to customers look: its colour, its line and its logo, which are checked here."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

ENOUGH: Final = 4.5  # WCAG 2.1 section 1.4.3, for text of this size
#: The lightest ground that mail programs make of a light page in the dark.
DARK_GROUND: Final = "#2b2b2b"
LIGHT_GROUND: Final = "#ffffff"
LARGEST_LOGO: Final = 20_000  # bytes: it goes along with every letter
_HEX: Final = re.compile(r"#(?:[0-9a-f]{3}|[0-9a-f]{6})")
_SHOWN: Final = (200, 40)  # CSS pixels: the most that a logo takes
_STEPS: Final = 100


@dataclass(frozen=True, kw_only=True, slots=True)
class Logo:
    """A picture of the admin's: its bytes, its media type, and its size in pixels."""

    data: bytes
    type: str
    width: int
    height: int

    @property
    def name(self) -> str:
        """Its name as a part of a mail."""
        return f"logo.{self.type.partition('/')[2]}"

    @property
    def sha256(self) -> str:
        """By what it is known when it comes back in a customer's reply."""
        return hashlib.sha256(self.data).hexdigest()

    @property
    def shown(self) -> tuple[int, int]:
        """Width and height as letters show it, never larger than it is."""
        share = min(1.0, _SHOWN[0] / self.width, _SHOWN[1] / self.height)
        return max(1, round(self.width * share)), max(1, round(self.height * share))


@dataclass(frozen=True, kw_only=True, slots=True)
class Brand:
    """`colour` is that of links and of the logo's text (`#rrggbb`), `line` stands below the foot, `logo` beside it."""

    colour: str = ""
    line: str = ""
    logo_text: str = ""
    logo: Logo | None = None

    @property
    def dark(self) -> str:
        """The colour as it can be read in the dark."""
        return readable(self.colour, DARK_GROUND) if self.colour else ""

    def look(self, source: str = "") -> dict[str, object] | None:
        """What the letters' page asks for; `source` is where its picture is. None where nothing is set."""
        if self == Brand():
            return None
        width, height = self.logo.shown if self.logo is not None else (0, 0)
        return {
            "colour": self.colour,
            "dark": self.dark,
            "line": self.line,
            "logo": self.logo_text,
            "picture": source if self.logo is not None else "",
            "width": width,
            "height": height,
        }


def colour_of(text: str) -> str:
    """A colour as `#rrggbb`. Raises ValueError, saying what to do, for what is none or cannot be read on white."""
    found = text.strip().lower()
    if not _HEX.fullmatch(found):
        raise ValueError(f'"{text}" is not a colour such as "#1a5fb4"')
    if len(found) == 4:
        found = "#" + "".join(digit * 2 for digit in found[1:])
    if (ratio := contrast(found, LIGHT_GROUND)) < ENOUGH:
        better = readable(found, LIGHT_GROUND)
        raise ValueError(
            f'"{text}" is too pale to read on white: its contrast is {ratio:.1f}, and text needs {ENOUGH}; '
            f'take a darker one, such as "{better}"'
        )
    return found


def logo_of(data: bytes) -> Logo:
    """A picture that mail programs show. Raises ValueError, saying what to do, for any other, and for one too large."""
    if len(data) > LARGEST_LOGO:
        raise ValueError(
            f"is {len(data):,} bytes large, and it goes along with every letter: make it smaller than {LARGEST_LOGO:,}"
        )
    if data.startswith(b"\x89PNG\r\n\x1a\n") and len(data) >= 24:
        return _logo(data, "image/png", int.from_bytes(data[16:20], "big"), int.from_bytes(data[20:24], "big"))
    if data[:6] in (b"GIF87a", b"GIF89a") and len(data) >= 10:
        return _logo(data, "image/gif", int.from_bytes(data[6:8], "little"), int.from_bytes(data[8:10], "little"))
    if data.startswith(b"\xff\xd8") and (size := _jpeg_size(data)) is not None:
        return _logo(data, "image/jpeg", *size)
    raise ValueError("is no PNG, JPEG or GIF, which are what mail programs show")


def _logo(data: bytes, type_: str, width: int, height: int) -> Logo:
    if not width or not height:
        raise ValueError("is a picture without any width or height")
    return Logo(data=data, type=type_, width=width, height=height)


def _jpeg_size(data: bytes) -> tuple[int, int] | None:
    """Width and height, from the first frame header (ITU-T T.81, section B.2.2)."""
    at = 2
    while at + 9 <= len(data) and data[at] == 0xFF:
        marker, length = data[at + 1], int.from_bytes(data[at + 2 : at + 4], "big")
        if 0xC0 <= marker <= 0xCF and marker not in (0xC4, 0xC8, 0xCC):
            return int.from_bytes(data[at + 7 : at + 9], "big"), int.from_bytes(data[at + 5 : at + 7], "big")
        if length < 2:
            return None
        at += 2 + length
    return None


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (WCAG 2.1, relative luminance), from 1 to 21."""
    low, high = sorted((_luminance(_parts(one)), _luminance(_parts(other))))
    return (high + 0.05) / (low + 0.05)


def readable(colour: str, ground: str) -> str:
    """The nearest shade of the colour that can be read on that ground."""
    aim = 0 if _luminance(_parts(ground)) > 0.5 else 255
    for step in range(_STEPS + 1):
        parts = [round(part + (aim - part) * step / _STEPS) for part in _parts(colour)]
        shade = "#" + "".join(f"{part:02x}" for part in parts)
        if contrast(shade, ground) >= ENOUGH:
            return shade
    return "#000000" if aim == 0 else "#ffffff"


def _parts(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


def _luminance(parts: Sequence[int]) -> float:
    red, green, blue = (
        share / 12.92 if share <= 0.03928 else ((share + 0.055) / 1.055) ** 2.4 for share in (p / 255 for p in parts)
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
