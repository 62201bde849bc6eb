"""Makes the pictures of docs/ anew with a headless Chromium: one ticket of a demo's page, and twelve of the letters.

    mailbot demo --out demo-out && python docs/picture.py demo-out        (or: make picture)

Nothing else needs Chromium. It is found as `chromium`, or name another one in CHROMIUM. Japanese and Arabic letters are left as
they are where no font has their signs.
"""

from __future__ import annotations

import os
import re
import struct
import subprocess
import sys
import tempfile
import zlib
from collections import Counter
from pathlib import Path

from mailbot.adapters.letters.samples import SAMPLES
from mailbot.adapters.letters.templates import Templates
from mailbot.adapters.site import data_dir

#: The letters that docs/letters.md shows: by what their sample is found (see `SAMPLES`), and what is told otherwise.
LETTERS: dict[str, tuple[str, dict[str, object], dict[str, object]]] = {
    "ack-outage": ("ack", {"priority": 1, "owner": None}, {
        "matter": "Our whole shop has been down since ten to nine.", "due": "2026-03-06T09:13:00+00:00",
        "first_contact": False,
    }),
    "ack": ("ack", {"sure": False, "last": False, "customer": "Ada Byrne"}, {}),
    "relay": ("relay", {"eta_at": "2026-03-06T13:00:00+00:00"}, {
        "words": "Hello Ada,\n\nWe've found the second charge, and the bank has our order to send it back.\n\nBen",
    }),
    "cover": ("cover", {"nth": 1, "owner": "Ben Ortiz"}, {}),
    "resolved": ("resolved", {"agent": "Ben Ortiz"}, {}),
    "new": ("new", {}, {"assignee": None, "left_out": [], "tap": SAMPLES["reminder"][0]["tap"]}),
    "followup": ("followup", {}, {}),
    "reminder": ("reminder", {"left_seconds": 7200}, {"assignee": None}),
}  # fmt: skip
#: The same in languages that are written otherwise: language, zone, and the customer's name and words.
WRITTEN_OTHERWISE: dict[str, tuple[str, dict[str, object]]] = {
    "ja": ("Asia/Tokyo", {"customer": "山田 花子", "matter": "今朝からショップ全体が開けません。注文も受け付けられない状態です。"}),
    "ar": ("Asia/Riyadh", {"customer": "ليلى حداد", "matter": "متجرنا كله متوقف منذ الصباح، ولا يستطيع أحد أن يطلب شيئًا."}),
}  # fmt: skip
SHOWN_OTHERWISE: dict[str, tuple[str, dict[str, object], dict[str, object]]] = {
    "ack-outage": LETTERS["ack-outage"],
    "resolved": ("resolved", {"priority": 1}, {"words": "", "agent": "Ben Ortiz", "owner": "Ben Ortiz"}),
}
LETTER_WIDTH = 600
LETTER_COLOURS = 16
TICKET = 2  # the second outage: acknowledged, reminded, covered, answered, resolved
WIDTH = 980  # of the page, in CSS pixels; the picture has twice as many
COLOURS = 64  # the edges of letters need no more, and the file is a third as large
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--hide-scrollbars",
    "--force-device-scale-factor=2",
]
ALONE = """<style>
section { border: 0 !important; margin: 0 !important; padding: 0 !important }
body { padding: 22px 22px 10px !important }
</style>"""


def main(folder: Path, target: Path) -> None:
    """Write the picture of the ticket in `folder`/index.html to `target`."""
    page = (folder / "index.html").read_text(encoding="utf-8")
    head = page.partition("<body>")[0]
    found = re.search(rf'<section id="t{TICKET}">.*?</section>', page, re.DOTALL)
    if found is None:
        sys.exit(f"{folder}/index.html has no ticket {TICKET}")
    body = f"<body>{ALONE}{found.group()}"
    take(re.sub("<meta http-equiv.*?>", "", head) + body, WIDTH, target, COLOURS)


def letters(folder: Path) -> None:
    """Write a picture of each of LETTERS to `folder`."""
    templates = Templates([data_dir("templates")])
    folder.mkdir(exist_ok=True)

    def write(name: str, kind: tuple[str, dict[str, object], dict[str, object]], **reader: str) -> None:
        letter, wanted, told = kind
        fields = next(sample for sample in SAMPLES[letter] if all(sample.get(k) == v for k, v in wanted.items()))
        made = templates.render(letter, inbox="support", fields={**fields, **told}, **reader)
        light = (made.html or "").replace('content="light dark"', 'content="light"')
        take(light, LETTER_WIDTH, folder / f"{name}.png", LETTER_COLOURS)

    for name, kind in LETTERS.items():
        write(name, kind, language="en", zone="Europe/Berlin")
    for language, (zone, theirs) in WRITTEN_OTHERWISE.items():
        if not _has_font(language):
            sys.stderr.write(f"no font here has the signs of {language}: its pictures stay as they are\n")
            continue
        for name, (letter, wanted, told) in SHOWN_OTHERWISE.items():
            write(f"{name}-{language}", (letter, wanted, {**told, **theirs}), language=language, zone=zone)


def take(page: str, width: int, target: Path, colours: int) -> None:
    """Write a picture of the page, as high as it is at that width, to `target`."""
    with tempfile.TemporaryDirectory() as made:
        own, picture = Path(made) / "page.html", Path(made) / "page.png"
        measure = "<script>document.title = Math.ceil(document.body.getBoundingClientRect().height)</script>"
        own.write_text(page + measure, encoding="utf-8")
        dom = _chromium(made, f"--window-size={width},400", "--dump-dom", own.as_uri())
        height = re.search(r"<title>(\d+)</title>", dom)
        if height is None:
            sys.exit("Chromium did not tell the height of the page")
        own.write_text(page, encoding="utf-8")
        _chromium(made, f"--window-size={width},{height.group(1)}", f"--screenshot={picture}", own.as_uri())
        target.write_bytes(with_few_colours(picture.read_bytes(), colours))


def _has_font(language: str) -> bool:
    found = subprocess.run(["fc-list", f":lang={language}"], check=False, capture_output=True, text=True)  # noqa: S603, S607
    return bool(found.stdout.strip())


def _chromium(home: str, *arguments: str) -> str:
    command = [os.environ.get("CHROMIUM", "chromium"), *FLAGS, f"--user-data-dir={home}/profile", *arguments]
    done = subprocess.run(command, check=True, capture_output=True, text=True, timeout=120)  # noqa: S603 - our own words
    return done.stdout


def with_few_colours(png: bytes, most: int) -> bytes:
    """The PNG (8 bits, RGB or RGBA, not interlaced) with a palette of its `most` (up to 256) commonest colours."""
    chunks = list(_chunks(png))
    width, height, _, kind = struct.unpack(">IIBB", chunks[0][1][:10])
    step = {2: 3, 6: 4}[kind]
    rows = _rows(zlib.decompress(b"".join(data for name, data in chunks if name == b"IDAT")), width * step, step)
    pixels = [[row[at : at + 3] for at in range(0, len(row), step)] for row in rows]
    counted = Counter(colour for row in pixels for colour in row)
    palette = [colour for colour, _ in counted.most_common(most)]
    index = {colour: min(range(len(palette)), key=lambda n: _apart(colour, palette[n])) for colour in counted}
    packed = b"".join(b"\0" + bytes(index[colour] for colour in row) for row in pixels)
    parts = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 3, 0, 0, 0)),
        (b"PLTE", b"".join(palette)),
        (b"IDAT", zlib.compress(packed, 9)),
        (b"IEND", b""),
    )
    made = (struct.pack(">I", len(d)) + n + d + struct.pack(">I", zlib.crc32(n + d)) for n, d in parts)
    return png[:8] + b"".join(made)


def _chunks(png: bytes) -> list[tuple[bytes, bytes]]:
    found, at = [], 8
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        found.append((png[at + 4 : at + 8], png[at + 8 : at + 8 + length]))
        at += 12 + length
    return found


def _rows(data: bytes, width: int, step: int) -> list[bytes]:
    """The rows without their filters (PNG specification, section 9)."""
    rows, above = [], bytearray(width)
    for start in range(0, len(data), width + 1):
        kind, row = data[start], bytearray(data[start + 1 : start + 1 + width])
        for at in range(width) if kind else ():
            left = row[at - step] if at >= step else 0
            corner = above[at - step] if at >= step else 0
            row[at] = (row[at] + _guess(kind, left, above[at], corner)) & 255
        rows.append(bytes(row))
        above = row
    return rows


def _guess(kind: int, left: int, up: int, corner: int) -> int:
    if kind < 4:
        return (0, left, up, (left + up) // 2)[kind]
    near = left + up - corner
    return min((abs(near - left), 0, left), (abs(near - up), 1, up), (abs(near - corner), 2, corner))[2]


def _apart(one: bytes, other: bytes) -> int:
    return sum((a - b) ** 2 for a, b in zip(one, other, strict=True))


if __name__ == "__main__":
    docs = Path(__file__).parent
    letters(docs / "letters")
    main(Path(sys.argv[1]), docs / "ticket.png")
