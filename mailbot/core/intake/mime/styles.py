"""Finds what the styles of an HTML mail hide from its reader: preheaders and other words that no client shows."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_SHEET: Final = 200_000  # characters of style sheets that are looked at
_RULES: Final = 3_000
_NODES: Final = 20_000  # elements with styles that are looked at; a mail with more is laid out as if all were shown
_ABOVE: Final = 40  # elements around one that are searched for its background
#: Without one of these no style hides a word, and none is looked at.
_MAY_HIDE: Final = re.compile(
    r"display\s*:\s*none|visibility\s*:|mso-hide|opacity\s*:\s*0|font(?:-size)?\s*:\s*['\"]?0*[01.](?![0-9])|hidden"
    r"|(?:max-)?(?:height|width)\s*:\s*0|indent\s*:\s*-|(?:left|top)\s*:\s*-\d{3}|clip\s*:",
    re.IGNORECASE,
)
#: Letters may look like their background: if something says so of either, or if they are as white as paper.
_GROUND: Final = re.compile(r"background|bgcolor", re.IGNORECASE)
_PALE: Final = re.compile(r"color\s*+[:=]\s*+['\"]?+\s*+(?:#?fff|white|rgb|hsl|transparent)", re.IGNORECASE)
_AT_BLOCK: Final = re.compile(r"@[a-z-]{1,30}[^{};@]{0,500}\{", re.IGNORECASE)
_RULE: Final = re.compile(r"(?<![^{}@;])([^{}@;]{1,500})\{([^{}]{0,5000})\}")
_SIMPLE: Final = re.compile(r"([a-zA-Z][a-zA-Z0-9]*)?([.#])?([\w-]{1,100})?")
_LENGTH: Final = re.compile(r"(-?\d{0,6}(?:\.\d{0,6})?)(px|pt|em|rem|%|in|cm|mm|ex|vw|vh)?")
_RGB: Final = re.compile(r"rgba?\((\d{1,3}),(\d{1,3}),(\d{1,3})(?:,(0?\.?\d{1,6}|1(?:\.0{1,3})?))?\)")
_NAMED: Final = {
    "white": "#ffffff", "black": "#000000", "red": "#ff0000", "blue": "#0000ff", "green": "#008000", "gray": "#808080",
    "grey": "#808080", "silver": "#c0c0c0", "yellow": "#ffff00", "navy": "#000080", "whitesmoke": "#f5f5f5",
    "snow": "#fffafa", "ghostwhite": "#f8f8ff", "ivory": "#fffff0",
}  # fmt: skip
_UNKNOWN: Final = "?"  # a picture, a gradient, a variable
#: What overrides it: layouts set the font size to nothing around letters that are shown.
_OWN_SIZE: Final = "[style*='font'], font[size], h1, h2, h3, [class]"
_OWN_COLOR: Final = "[style*='color'], [style*='background'], [bgcolor], font[color], a, [class]"
_READ: Final = frozenset(
    {
        "display", "visibility", "mso-hide", "opacity", "font-size", "height", "width", "max-height", "max-width",
        "overflow", "color", "background", "background-color", "background-image", "text-indent", "position", "left",
        "top", "clip", "line-height", "font",
    }
)  # fmt: skip

Style = Mapping[str, str]


def hidden(tree: LexborHTMLParser, source: str, sheet: str) -> Iterator[tuple[LexborNode, bool]]:
    """The elements whose words nobody sees, and whether that applies to all they hold or only to their own words.

    `source` is the HTML that the tree was made of, `sheet` the text of its style elements. Every spelling counts as a
    client takes it: a later declaration wins, and an important one wins over one that is not.
    """
    colored = any(sign.search(text) for sign in (_GROUND, _PALE) for text in (source, sheet))
    if not colored and not _MAY_HIDE.search(source) and not _MAY_HIDE.search(sheet):
        return
    rules = _rules(sheet) if colored or _MAY_HIDE.search(sheet) else {}
    nodes = tree.css("[style], [hidden], font[color], [class], [id]" if rules else "[style], [hidden], font[color]")
    if len(nodes) > _NODES:
        return
    for node in nodes:
        style = _style_of(node, rules)
        if _out_of_sight(node, style):
            yield node, True
        elif (size := _tiny(style)) or (colored and _like_its_ground(node, style, rules)):
            own = node.css(_OWN_SIZE if size else _OWN_COLOR)
            yield node, all(each.mem_id == node.mem_id for each in own)


def _rules(sheet: str) -> dict[str, list[tuple[str, bool, str]]]:
    """The declarations of plain selectors (`p`, `.a`, `#a`, `p.a`), not those for a device or a state only."""
    found: dict[str, list[tuple[str, bool, str]]] = {}
    for rule in islice(_RULE.finditer(_without_blocks(sheet[:_SHEET])), _RULES):
        declared = list(_declared(rule.group(2)))
        for selector in rule.group(1).split(",") if declared else ():
            if _SIMPLE.fullmatch(selector.strip()):
                found.setdefault(selector.strip().lower(), []).extend(declared)
    return found


def _without_blocks(sheet: str) -> str:
    """The style sheet without `@media` and its like, whose rules apply on some screens only; one pass."""
    out, at = [], 0
    while found := _AT_BLOCK.search(sheet, at):
        out.append(sheet[at : found.start()])
        depth, at = 1, found.end()
        while depth and at < len(sheet):
            opening, closing = sheet.find("{", at), sheet.find("}", at)
            if closing < 0:
                at = len(sheet)
            elif 0 <= opening < closing:
                depth, at = depth + 1, opening + 1
            else:
                depth, at = depth - 1, closing + 1
    out.append(sheet[at:])
    return "".join(out)


def _declared(text: str) -> Iterator[tuple[str, bool, str]]:
    for each in text[:5_000].split(";"):
        name, colon, value = each.partition(":")
        name = name.strip().lower()
        if not colon or name not in _READ:
            continue
        value = value.strip().lower()
        important = "!" in value
        if important:
            value = value.partition("!")[0].strip()
        if name == "font":
            name, value = (
                "font-size",
                next((part for part in value.split() if part[:1].isdigit()), "").partition("/")[0],
            )
            if not value:
                continue
        yield name, important, value


def _style_of(node: LexborNode, rules: Mapping[str, list[tuple[str, bool, str]]]) -> dict[str, str]:
    attributes = node.attributes
    declared: list[tuple[str, bool, str]] = []
    if rules:
        tag = (node.tag or "").lower()
        declared += rules.get(tag, ())
        signs = [f".{name}" for name in (attributes.get("class") or "").lower().split()[:20]]
        if identity := (attributes.get("id") or "").lower():
            signs.append(f"#{identity}")
        for sign in signs:
            declared += [*rules.get(sign, ()), *rules.get(tag + sign, ())]
    declared += _declared(attributes.get("style") or "")
    style: dict[str, str] = {}
    fixed: set[str] = set()
    for name, important, value in declared:
        if important or name not in fixed:
            style[name] = value
            if important:
                fixed.add(name)
    if "color" not in style and (given := attributes.get("color")):
        style["color"] = given.strip().lower()
    if "background-color" not in style and (given := attributes.get("bgcolor")):
        style["background-color"] = given.strip().lower()
    return style


def _out_of_sight(node: LexborNode, style: Style) -> bool:
    if "hidden" in node.attributes and style.get("display", "none") == "none":
        return True
    if style.get("display") == "none" or style.get("visibility") in ("hidden", "collapse"):
        return True
    if (opacity := _number(style.get("opacity"))) is not None and opacity <= 0.05:
        return True
    clipped = style.get("overflow") == "hidden"
    sides = (_number(style.get(name)) for name in ("max-height", "height", "max-width", "width"))
    nothing = any(side is not None and side <= 1 and "%" not in style.get("height", "") for side in sides)
    if nothing and (clipped or (_number(style.get("line-height")) or 9) <= 1):
        return True
    # Outlook alone obeys "mso-hide"; what is meant for all others has its own display property beside it.
    if style.get("mso-hide") == "all" and "display" not in style and node.tag != "a":
        return True
    if (indent := _number(style.get("text-indent"))) is not None and indent <= -900:
        return True
    if style.get("position") in ("absolute", "fixed"):
        away = any((_number(style.get(side)) or 0) <= -900 for side in ("left", "top"))
        return away or style.get("clip", "").replace(" ", "").startswith(("rect(0", "rect(1px,1px"))
    return False


def _number(value: str | None) -> float | None:
    found = _LENGTH.match(value) if value else None
    try:
        return float(found.group(1)) if found else None
    except ValueError:
        return None


def _tiny(style: Style) -> bool:
    """Letters of one pixel or less."""
    found = _LENGTH.fullmatch(style.get("font-size", ""))
    size = _number(style.get("font-size"))
    if found is None or size is None or size < 0:
        return False
    return size <= {"em": 0.1, "rem": 0.1, "%": 8, "in": 0.01}.get(found.group(2) or "px", 1)


def _like_its_ground(node: LexborNode, style: Style, rules: Mapping[str, list[tuple[str, bool, str]]]) -> bool:
    """Whether the letters have the colour of their background."""
    given = style.get("color")
    if given is None:
        return False
    if given == "transparent":
        return True
    color = _color(given)
    if color == _UNKNOWN:
        return False
    ground = _ground(style)
    above, steps = node.parent, 0
    while ground is None and above is not None and steps < _ABOVE:
        if above.attributes.get("background"):
            return False
        ground = _ground(_style_of(above, rules))
        above, steps = above.parent, steps + 1
    return color == (ground or "#ffffff")


def _ground(style: Style) -> str | None:
    """The background colour, `?` if it cannot be told, None if the element has none of its own."""
    if style.get("background-image", "none") != "none":
        return _UNKNOWN
    value = style.get("background-color") or style.get("background")
    if not value or value in ("transparent", "none", "inherit", "initial"):
        return None
    return _color(value.split()[0]) if "(" not in value else _color(value)


def _color(value: str) -> str:
    value = value.replace(" ", "")
    value = _NAMED.get(value, value)
    if re.fullmatch(r"#[0-9a-f]{3}", value):
        return "#" + "".join(digit * 2 for digit in value[1:])
    if re.fullmatch(r"#[0-9a-f]{6}", value):
        return value
    if re.fullmatch(r"[0-9a-f]{6}", value):
        return f"#{value}"
    if (found := _RGB.fullmatch(value)) and found.group(4) in (None, "1", "1.0"):
        return "#" + "".join(f"{min(255, int(part)):02x}" for part in found.groups()[:3])
    return _UNKNOWN
