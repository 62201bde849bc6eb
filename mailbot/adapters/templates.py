"""Writes letters from the template files of the desk and its inboxes, and tells what is wrong with those files."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import css_inline
import jinja2
from jinja2 import meta
from jinja2.runtime import Context
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailbot.adapters.letter_html import words_to_html
from mailbot.adapters.letter_samples import LETTERS, NOTICES, SAMPLES
from mailbot.core.newtext import ANSWER_ABOVE, ANSWER_MARK
from mailbot.core.times import say_short, say_when
from mailbot.errors import TemplateError
from mailbot.ports import Rendered

__all__ = ["NAMES", "SAMPLES", "Problem", "Templates"]

NAMES = (*LETTERS, *NOTICES)
_FALLBACK = "en"
_QUOTATION = {"de": ("„", "“")}
_ENDING = ".j2"
_LANGUAGE = re.compile(r"[a-z]{2,3}(?:-[A-Za-z]{2,4})?")
_LARGEST = 100_000  # characters of one template file
_SUBJECT = re.compile(r"Subject:[ \t]*([^\n]*)\n(?:[ \t]*\n|\Z)")
_BLANKS = re.compile(r"\n{3,}")
_LINK = re.compile(r"(?:[a-z][a-z0-9+.-]{1,20}://|www\.)\S+", re.IGNORECASE)
_NO_NAME = re.compile(r"[@<>{}\[\]|\\/=:;\n\r\t\x00]|\bwww\b|\d{4}", re.IGNORECASE)
_ISO = re.compile(r"\b\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:\d\d)")
_MARKED_LINK = re.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_MARKS = re.compile(r"[*_`]{1,3}(?=\S)|(?<=\S)[*_`]{1,3}|^#+ |^> ", re.MULTILINE)
_LINE = re.compile(r"\s*\n\s*")
_CAN_FAIL = (jinja2.TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError)
_GIVEN = frozenset({"zone", "language", "answer_above", "answer_mark", "words", "title", "said"})


@dataclass(frozen=True, kw_only=True, slots=True)
class Problem:
    """One fault of a template: its path as an admin finds it, the line (0: the file as a whole), and why."""

    file: str
    line: int
    reason: str

    def __str__(self) -> str:
        """As compilers say it."""
        return f"{self.file}:{self.line}: {self.reason}" if self.line else f"{self.file}: {self.reason}"


class Templates:
    """The letters of `directories`; a file in an earlier one hides the same file in a later one.

    Within a directory `<inbox>/<language>/` comes before `<inbox>/`, `<language>/` and the top. A letter is
    `<name>.txt.j2`; its HTML is `<name>.html.j2` where that exists, else the words in `letter.html.j2` or
    `notice.html.j2`. Reads files in the constructor and in `reload`, never when rendering.
    """

    def __init__(self, directories: Sequence[Path]) -> None:
        self._directories = tuple(directories)
        self._set = _Set(*_read(self._directories))

    def render(self, name: str, *, language: str, inbox: str, zone: str, fields: Mapping[str, Any]) -> Rendered:
        """The letter in that language and with times in that zone. English where the language is not complete.

        Raises TemplateError, with file, line and reason.
        """
        return self._set.render(name, language=language, inbox=inbox, zone=zone, fields=fields)

    def languages(self) -> frozenset[str]:
        """The languages in which the whole set of letters exists."""
        return self._set.languages

    def check(self) -> list[Problem]:
        """Every fault that can be found without a customer: syntax, missing letters, unknown fields."""
        return self._set.check()

    def reload(self) -> list[Problem]:
        """Read the files again. Where they are faulty the last good ones stay, and the faults are returned."""
        fresh = _Set(*_read(self._directories))
        problems = fresh.check()
        if not problems:
            self._set = fresh
        return problems


@dataclass(frozen=True, kw_only=True, slots=True)
class _File:
    path: Path
    source: str


class _Set:
    """One reading of the files, compiled on first use; safe for many threads once made."""

    def __init__(self, files: Mapping[str, _File], problems: Sequence[Problem]) -> None:
        self._files = files
        self._problems = problems
        tops = {name.partition("/")[0] for name in files if "/" in name}
        missing = {top: [n for n in NAMES if f"{top}/{n}.txt{_ENDING}" not in files] for top in {*tops, _FALLBACK}}
        self.languages = frozenset(top for top, names in missing.items() if not names)
        self._partial = {
            top: names
            for top, names in missing.items()
            if top == _FALLBACK or (_LANGUAGE.fullmatch(top) and len(names) < len(NAMES))
            if names
        }
        self._inboxes = tops - self.languages - set(self._partial)
        self._voices = {
            (inbox, language): _Voice(files, inbox, language)
            for language in self.languages
            for inbox in (self._inboxes | {""})
        }

    def render(self, name: str, *, language: str, inbox: str, zone: str, fields: Mapping[str, Any]) -> Rendered:
        known = language if language in self.languages else language[:2]
        spoken = known if known in self.languages else _FALLBACK
        voice = self._voices.get((inbox if inbox in self._inboxes else "", spoken))
        if voice is None:
            raise TemplateError(f"there is no complete set of letters in {language!r} nor in English")
        return voice.render(name, zone, fields)

    def check(self) -> list[Problem]:
        problems = list(self._problems)
        for language, missing in sorted(self._partial.items()):
            reason = f"the language is not used, since these letters are missing: {', '.join(missing)}"
            problems.append(Problem(file=f"{language}/", line=0, reason=reason))
        for _, voice in sorted(self._voices.items()):
            problems += voice.check()
        return list(dict.fromkeys(problems))


class _Voice:
    """How one inbox writes in one language."""

    def __init__(self, files: Mapping[str, _File], inbox: str, language: str) -> None:
        self._files = files
        self._language = language
        self._places = [f"{inbox}/{language}/", f"{inbox}/"] if inbox else []
        self._places += [f"{language}/", ""]
        self._css = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)
        self._environment = ImmutableSandboxedEnvironment(
            loader=jinja2.FunctionLoader(self._source),
            undefined=jinja2.StrictUndefined,
            autoescape=lambda name: name is not None and name.endswith(f".html{_ENDING}"),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
            extensions=["jinja2.ext.i18n"],
        )
        self._environment.filters |= {
            "when": _when,
            "when_short": _when_short,
            "quote_lines": _quote_lines,
            "indent_lines": _indent_lines,
            "unlinked": _unlinked,
            "first_words": _first_words,
            "theirs": lambda matter, most=32: _theirs(matter, most, self._language),
            "flow": _flow,
            "duration": lambda seconds: _duration(seconds, self._language),
            "count_words": lambda text: len(str(text).split()),
            "when_inside": _when_inside,
            "called": _called,
            "one_line": lambda text: _LINE.sub(" ", str(text)).strip(),
            "signed_by": _signed_by,
            "html": lambda words, said=(): words_to_html(words, said),
        }

    def render(self, name: str, zone: str, fields: Mapping[str, Any]) -> Rendered:
        said: list[str] = []
        context = {
            **fields,
            "customer": _known_as(fields.get("customer", "")),
            "zone": zone,
            "language": self._language,
            "customer_language": fields.get("language", self._language),
            "answer_above": ANSWER_ABOVE,
            "answer_mark": ANSWER_MARK,
            "said": said,
        }
        try:
            text = self._environment.get_template(f"{name}.txt{_ENDING}").render(context)
            subject, body = _parted(text)
            page = f"{name}.html{_ENDING}"
            if self._find(page) is None:
                page = f"{'letter' if name in LETTERS else 'notice'}.html{_ENDING}"
            html = self._environment.get_template(page).render(context, words=body, title=subject or "")
            html = self._css.inline(html)
        except _CAN_FAIL as error:
            problem = self._problem(error, f"{name}.txt{_ENDING}")
            raise TemplateError(str(problem)) from error
        return Rendered(subject=subject, text=body, html=html)

    def check(self) -> list[Problem]:
        problems = []
        for name in NAMES:
            faults = self._static(f"{name}.txt{_ENDING}", name) + self._static(f"{name}.html{_ENDING}", name)
            for sample in () if faults else SAMPLES[name]:
                try:
                    rendered = self.render(name, "Europe/Berlin", sample)
                except TemplateError as error:
                    cause = error.__cause__ if isinstance(error.__cause__, Exception) else error
                    faults.append(self._problem(cause, f"{name}.txt{_ENDING}"))
                    break
                if not rendered.text.strip():
                    faults.append(
                        Problem(file=self._shown(f"{name}.txt{_ENDING}"), line=0, reason="the letter is empty")
                    )
                    break
                if name in NOTICES and rendered.subject is None:
                    reason = "a notice needs `Subject: …` in its first line and a blank line after it"
                    faults.append(Problem(file=self._shown(f"{name}.txt{_ENDING}"), line=1, reason=reason))
                    break
            problems += faults
        return problems

    def _static(self, file: str, name: str) -> list[Problem]:
        """Names that no sample has, also in branches that no sample takes."""
        found = self._find(file)
        if found is None:
            return []
        try:
            used = meta.find_undeclared_variables(self._environment.parse(found.source, file))
        except jinja2.TemplateSyntaxError as error:
            return [Problem(file=str(found.path), line=error.lineno, reason=error.message or "cannot be read")]
        known = {key for sample in SAMPLES[name] for key in sample} | _GIVEN | {"customer_language"}
        return [
            Problem(
                file=str(found.path),
                line=_line_of(found.source, unknown),
                reason=f"{unknown!r} is not a field of {name}",
            )
            for unknown in sorted(used - known)
        ]

    def _find(self, name: str) -> _File | None:
        return next((self._files[place + name] for place in self._places if place + name in self._files), None)

    def _source(self, name: str) -> tuple[str, str, None] | None:
        found = self._find(name)
        return (found.source, str(found.path), None) if found else None

    def _shown(self, name: str) -> str:
        found = self._find(name)
        return str(found.path) if found else name

    def _problem(self, error: Exception, file: str) -> Problem:
        if isinstance(error, jinja2.TemplateSyntaxError):
            return Problem(
                file=error.filename or self._shown(error.name or file), line=error.lineno, reason=str(error.message)
            )
        if isinstance(error, jinja2.TemplateNotFound):
            return Problem(file=self._shown(file), line=0, reason=f"there is no template {error.name!r}")
        own = {str(found.path) for found in self._files.values()}
        frames, trace = [], error.__traceback__
        while trace is not None:
            frames.append((trace.tb_frame.f_code.co_filename, trace.tb_lineno))
            trace = trace.tb_next
        where, line = next((frame for frame in reversed(frames) if frame[0] in own), (self._shown(file), 0))
        return Problem(file=where, line=line, reason=str(error) or type(error).__name__)


def _read(directories: Sequence[Path]) -> tuple[dict[str, _File], list[Problem]]:
    files: dict[str, _File] = {}
    problems = []
    for directory in directories:
        for path in sorted(directory.rglob(f"*{_ENDING}")):
            name = path.relative_to(directory).as_posix()
            if name in files or not path.is_file():
                continue
            try:
                source = path.read_text("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                problems.append(Problem(file=str(path), line=0, reason=f"cannot be read: {error}"))
                continue
            if len(source) > _LARGEST:
                problems.append(Problem(file=str(path), line=0, reason=f"is longer than {_LARGEST:,} characters"))
                continue
            files[name] = _File(path=path, source=source)
    return files, problems


def _parted(text: str) -> tuple[str | None, str]:
    text = text.lstrip("\n")
    subject = None
    if found := _SUBJECT.match(text):
        subject, text = found.group(1).strip() or None, text[found.end() :]
    return subject, _BLANKS.sub("\n\n", text).strip("\n") + "\n"


def _line_of(source: str, name: str) -> int:
    found = re.search(rf"\b{re.escape(name)}\b", source)
    return source.count("\n", 0, found.start()) + 1 if found else 0


@jinja2.pass_context
def _when(context: Context, value: str) -> str:
    said = say_when(datetime.fromisoformat(value), context["zone"], context["language"])
    context["said"].append(said)
    return said


@jinja2.pass_context
def _when_short(context: Context, value: str) -> str:
    return say_short(datetime.fromisoformat(value), context["zone"], context["language"])


@jinja2.pass_context
def _when_inside(context: Context, text: str) -> str:
    """Words in which moments stand in figures, as the core wrote them: each is said in the reader's zone."""
    return _ISO.sub(lambda found: _when(context, found.group()), str(text))


def _theirs(matter: str, most: int, language: str) -> str:
    """The customer's matter as a quotation within a sentence: on one line, without links, a final dot left to us."""
    opening, closing = _QUOTATION.get(language, ("“", "”"))
    return f"{opening}{_first_words(_unlinked(matter), most).rstrip(' .,;:')}{closing}"


def _duration(seconds: int, language: str) -> str:
    """How long is left, as people say it: "25 min", "2 h", "3 days"."""
    minutes = round(seconds / 60)
    if minutes < 90:
        return f"{max(minutes, 1)} min"
    if minutes < 48 * 60:
        return f"{round(minutes / 60)} h"
    return f"{round(minutes / 1440)} {'Tage' if language == 'de' else 'days'}"


def _flow(paragraph: str) -> str:
    """Lines of a template joined to one paragraph, so that its sentences can be written one below the other."""
    return " ".join(paragraph.split())


def _first_words(text: str, most: int) -> str:
    """At most so many words on one line, Markdown marks gone, cut at the end of a sentence where that keeps half."""
    words = _MARKS.sub("", _MARKED_LINK.sub(r"\1", str(text))).split()
    if len(words) <= most:
        return " ".join(words)
    ends = [at for at in range(most // 2, most + 1) if words[at - 1].endswith((".", "!", "?"))]
    return " ".join(words[: ends[-1]]) if ends else " ".join(words[:most]) + "…"


def _quote_lines(text: str) -> str:
    return "\n".join(f"> {line}".rstrip() for line in str(text).strip().splitlines())


def _indent_lines(text: str) -> str:
    return "\n".join(f"    {line}" for line in str(text).strip().splitlines())


def _unlinked(text: str) -> str:
    """Words of somebody who may have forged their address: a letter must not carry their links to a third person."""
    return _LINK.sub("[…]", _LINE.sub(" ", str(text)))


def _known_as(customer: Any) -> Any:
    """A customer's name and address on one line each: a decoded header may hold line ends."""
    if isinstance(customer, Mapping):
        return {key: _LINE.sub(" ", str(value)).strip() for key, value in customer.items()}
    return customer


def _called(name: str | None) -> str:
    """A name fit for a salutation, "Byrne, Ada" the right way round; empty where it does not look like one."""
    words = " ".join(str(name or "").strip(" \"'").split())
    if words.count(",") == 1:
        last, _, first = words.partition(",")
        words = f"{first.strip()} {last.strip()}".strip()
    return "" if len(words) > 50 or _NO_NAME.search(words) else words


def _signed_by(words: str, name: str) -> bool:
    """Whether the words end with that person's name already."""
    last = str(words).rstrip().rpartition("\n")[2].casefold().strip(" -–—,.!")
    return bool(name) and last in {name.casefold(), name.split(maxsplit=1)[0].casefold()}
