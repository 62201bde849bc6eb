"""Which help articles of a site nobody has looked at yet: customers get them from the first day."""

from __future__ import annotations

from pathlib import Path

from mailbot.adapters.site import data_dir, rules_dir

_NO_SHOP_OF_YOURS = b"help.shop.example"
_NAMED = 4


def articles_as_shipped(site: Path) -> list[str]:
    """One line if articles stand as they ship, and one for each that links to a page which nobody has. Never raises."""
    folder, shipped = rules_dir(site) / "answers", data_dir("rules") / "answers"
    same: dict[str, int] = {}
    said = []
    for path in sorted(folder.glob("*.md")) if folder.is_dir() else []:
        try:
            text = path.read_bytes()
            if any(_NO_SHOP_OF_YOURS in line for line in text.splitlines() if line.startswith(b"link")):
                said.append(f"rules/answers/{path.name}: links to help.shop.example; put your own page there")
            if (shipped / path.name).is_file() and (shipped / path.name).read_bytes() == text:
                name = path.name.partition(".")[0]
                same[name] = same.get(name, 0) + 1
        except OSError:
            continue  # `templates` and `rules` say what cannot be read
    if same:
        names = ", ".join(list(same)[:_NAMED]) + (", ..." if len(same) > _NAMED else "")
        count = sum(same.values())
        said.append(
            f"rules/answers: {count} help articles are as they ship ({names}), and customers get them: one tells them of a "
            "sign-in page. Delete what does not fit your desk; of the others change a word, or take out the # link line"
        )
    return said
