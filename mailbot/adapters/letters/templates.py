"""Writes letters from the template files of the desk and its inboxes, and reports the faults in those files."""

from __future__ import annotations

import re
import threading
from collections.abc import Mapping, Sequence, Set
from pathlib import Path
from typing import Any

import css_inline
import jinja2
from jinja2.sandbox import ImmutableSandboxedEnvironment

from mailbot.adapters.letters.clock_words import ClockWords
from mailbot.adapters.letters.compiled import Compiled
from mailbot.adapters.letters.faultless import Faultless
from mailbot.adapters.letters.fields_asked import FieldsAsked, File, Problem
from mailbot.adapters.letters.filters import direction_of, filters, known_as
from mailbot.adapters.letters.html import ASIDE
from mailbot.adapters.letters.phrases import FILE, Phrases
from mailbot.adapters.letters.preheader import preheader_of, preview_of
from mailbot.adapters.letters.sets import ENDING, FALLBACK, Sets, outside, spoken
from mailbot.adapters.site import data_dir
from mailbot.core.intake.newtext import ANSWER_ABOVE, ANSWER_MARK
from mailbot.core.letters.notice_head import numbered
from mailbot.core.model.fields import defaults_of, names_of
from mailbot.core.model.letter_kinds import KINDS
from mailbot.core.model.reason import why
from mailbot.errors import TemplateError
from mailbot.ports import Rendered

__all__ = ["NAMES", "Problem", "Templates"]

NAMES = tuple(KINDS)
_LARGEST = 100_000  # characters of one template file
_HEAD = re.compile(r"(?:Subject|Preview):[ \t]*+([^\n]*+)\n(?:Preview:[ \t]*+([^\n]*+)\n)?+(?:[ \t]*+\n|\Z)")
_BLANKS = re.compile(r"\n{3,}")
_CAN_FAIL = (jinja2.TemplateError, ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError)
_PAGES = (f"letter.html{ENDING}", f"notice.html{ENDING}")
# Known for every letter when it is written, and for its files when it leaves.
_GIVEN = frozenset({"zone", "language", "customer_language", "answer_above", "answer_mark", "words", "title", "said"})
_GIVEN |= frozenset(
    {"now", "rule", "direction", "preheader", "taps", "enclosed", "pictures", "own_addresses", "look", "heads", "apart"}
)


class Templates:
    """The letters of `directories`; a file in an earlier one hides the same file in a later one.

    Within a directory `<inbox>/<language>/` comes before `<inbox>/`, `<language>/` and the top. A letter is
    `<name>.txt.j2`; its HTML is `<name>.html.j2` if that exists, else the words in `letter.html.j2` or
    `notice.html.j2`. A form of a language (`de-du`) needs only the files in which it differs. `phrases.toml` has the
    program's short sentences (see `phrases`). A letter is written in one language alone: in the desk's `own` if the set of
    the one that is asked for is not whole, in English if that is not either. Reads files in the constructor and in
    `reload`, never when rendering.
    """

    def __init__(self, directories: Sequence[Path], *, own: str = FALLBACK) -> None:
        self._directories = tuple(directories)
        self._set = _Set(*_read(self._directories))
        self._own = own

    def fall_back_to(self, own: str) -> None:
        """Say which language the desk's own is."""
        self._own = own

    def render(self, name: str, *, language: str, inbox: str, zone: str, fields: Mapping[str, Any]) -> Rendered:
        """The letter in that language (else in the desk's own) and with times in that zone.

        Raises TemplateError, with file, line and reason.
        """
        if name not in KINDS:
            raise TemplateError(f"there is no letter {name!r}")
        return self._set.voice(name, inbox, language, self._own).render(name, zone, fields)

    def languages(self) -> frozenset[str]:
        """The languages in which the whole set of letters to customers exists."""
        return self._set.sets.customers

    def speaks(self, name: str, language: str) -> bool:
        """Whether that letter is written in that language, or form of a language, itself."""
        return language in (self._set.sets.customers if outside(name) else self._set.sets.agents)

    def unfinished(self) -> list[tuple[str, File]]:
        """The files that somebody laid out and nobody has translated yet, by `<language>/<file>`."""
        return list(self._set.sets.unfinished())

    def check(self) -> list[Problem]:
        """Every fault that can be found without a customer: syntax, missing letters, unknown fields."""
        return list(dict.fromkeys([*self._set.sets.problems(), *self._set.faults()]))

    def check_edited(self) -> list[Problem]:
        """The faults that would stop a letter; nothing at once where all files say what the shipped ones do, which are good."""
        return [] if self._set.says_what(data_dir("templates")) else self._set.in_the_way()

    def reload(self) -> list[Problem]:
        """Read the files again. If they are faulty, the last good ones stay, and the faults are returned.

        A language that is not finished yet is no fault; one that was whole and is no longer is one.
        """
        fresh = _Set(*_read(self._directories))
        problems = fresh.in_the_way(self._set.sets.customers)
        if not problems:
            self._set = fresh
        return problems


class _Set:
    """One reading of the files, compiled on first use; safe for many threads once made."""

    def __init__(
        self, files: Mapping[str, File], catalogues: Mapping[str, Sequence[File]], problems: Sequence[Problem]
    ) -> None:
        self._files = files
        self._catalogues = catalogues
        self._problems = problems
        self.sets = Sets(files, catalogues)
        # Made when somebody is first written to so: a desk speaks few of the languages that ship.
        self._voices: dict[tuple[str, str], _Voice] = {}
        self._making = threading.Lock()

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_voices": {}, "_making": None}  # what is compiled cannot go to another process

    def __setstate__(self, state: Mapping[str, Any]) -> None:
        self.__dict__.update(state)
        self._making = threading.Lock()

    def voice(self, name: str, inbox: str, *languages: str) -> _Voice:
        """How that inbox writes a letter in the first of the languages that can be."""
        spoken = self.sets.chosen(name, *languages, FALLBACK)
        if spoken is None:
            raise TemplateError(f"there is no complete set of letters in {languages[0]!r} nor in English")
        return self._voice(inbox if inbox in self.sets.inboxes else "", spoken)

    def _voice(self, inbox: str, language: str) -> _Voice:
        with self._making:
            if (inbox, language) not in self._voices:
                self._voices[inbox, language] = _Voice(self._files, self._catalogues, inbox, language)
            return self._voices[inbox, language]

    def says_what(self, directory: Path) -> bool:
        """Whether each file is there with the same words, and no other file is."""
        files, _, _ = _read([directory])
        own = {name: file.source for name, file in self._files.items()}
        said = {name: file.source for name, file in files.items()}
        hidden = {
            file.source for name, found in self._catalogues.items() for file in found if file.source != said.get(name)
        }
        return own == said and not hidden and not self._problems

    def faults(self) -> list[Problem]:
        """What is wrong with the letters of the languages that are used."""
        problems = list(self._problems)
        for inbox in sorted(self.sets.inboxes | {""}):
            for language in sorted(self.sets.customers):
                names = [name for name in NAMES if outside(name) or language in self.sets.agents]
                problems += self._voice(inbox, language).check(names)
        return list(dict.fromkeys(problems))

    def in_the_way(self, used: Set[str] = frozenset({FALLBACK})) -> list[Problem]:
        """The faults, and what is missing in a language that is `used`."""
        return [*self.sets.problems(used), *self.faults()]


class _Voice:
    """How one inbox writes in one language."""

    def __init__(
        self, files: Mapping[str, File], catalogues: Mapping[str, Sequence[File]], inbox: str, language: str
    ) -> None:
        self._files = files
        self._language = language
        self._places = [*(f"{inbox}/{each}/" for each in spoken(language)), f"{inbox}/"] if inbox else []
        self._places += [*(f"{each}/" for each in spoken(language)), ""]
        self._css = css_inline.CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)
        self._environment = ImmutableSandboxedEnvironment(
            loader=jinja2.FunctionLoader(self._source),
            undefined=jinja2.StrictUndefined,
            autoescape=lambda name: name is not None and name.endswith(f".html{ENDING}"),
            trim_blocks=True,
            lstrip_blocks=True,
            keep_trailing_newline=True,
            auto_reload=False,
            bytecode_cache=Compiled(),
            extensions=["jinja2.ext.i18n"],
        )
        self._faults: list[Problem] = []
        phrases, clock = self._phrases(sentences := self._sentences(catalogues))
        self._faultless = Faultless(self._first, sentences, language)
        self._said = phrases.said
        self._environment.filters |= filters(self._language, phrases, clock)

    def render(self, name: str, zone: str, fields: Mapping[str, Any]) -> Rendered:
        said: list[str] = []
        facts = KINDS[name].fields
        context = {
            **defaults_of(facts),
            **defaults_of(facts.common),
            **fields,
            "customer": known_as(fields.get("customer", "")),
            "zone": zone,
            "language": self._language,
            "customer_language": fields.get("language", self._language),
            "answer_above": ANSWER_ABOVE,
            "answer_mark": ANSWER_MARK,
            "rule": ASIDE,
            "direction": (direction := direction_of(self._language)),
            "apart": str(fields.get("words") or "").split("\n") if direction == "rtl" else (),
            "said": said,
            "taps": [],
            "heads": [],
            "look": look if (look := fields.get("look")) and outside(name) else None,
        }
        try:
            text = self._environment.get_template(f"{name}.txt{ENDING}").render(context)
            titled = not outside(name) or self._gives_subject(f"{name}.txt{ENDING}")
            subject, preview, body = _parted(text, titled=titled)
            if subject is not None and not outside(name) and fields.get("ticket"):
                preview = subject
                subject = numbered(fields.get("subject") or self._said(why("subject.none")), fields["ticket"])
            if withheld := fields.get("withheld"):
                subject = self._said(withheld)
            if left := fields.get("without_files"):
                body = _above_the_signature(body, self._said(left))
            page = self._environment.get_template(self._page(name))
            if outside(name):
                fact = preheader_of(body, said, str(fields.get("question") or ""))
            else:
                fact = preview_of(preview or "")
            html = page.render(context, words=body, title=subject or "", preheader=fact)
            html = self._css.inline(html)
            body = _with_look(body, context["look"])
        except _CAN_FAIL as error:
            problem = self._problem(error, f"{name}.txt{ENDING}")
            raise TemplateError(str(problem)) from error
        return Rendered(subject=subject, text=body, html=html, sender=self._sender(fields))

    def _sender(self, fields: Mapping[str, Any]) -> str | None:
        """The name in From of a notice: of a colleagues' line that it is one, else who the customer is; None for the desk's."""
        note = self._said(why("sender.team-note", brand=fields["brand"])) if "brand" in fields else None
        if fields.get("inside"):
            return note
        sender = f"{writer} ({fields['brand']})" if (writer := fields.get("writer")) else None
        return None if sender is None or sender.casefold() == (note or "").casefold() else sender

    def _sentences(self, catalogues: Mapping[str, Sequence[File]]) -> list[tuple[bool, File]]:
        """The catalogues, the most general first, and whether each is one of the places in which this voice writes."""
        places = reversed(dict.fromkeys([*self._places, f"{FALLBACK}/"]))
        return [
            (place in self._places, file) for place in places for file in reversed(catalogues.get(place + FILE, ()))
        ]

    def _phrases(self, sentences: Sequence[tuple[bool, File]]) -> tuple[Phrases, ClockWords]:
        """The sentences of the last catalogue, backed by those of all others for words that it lacks; how times are told."""
        phrases, times, zones = Phrases(), dict[str, str](), dict[str, str]()
        for here, file in sentences:
            try:
                phrases = Phrases(file.source, phrases)
            except (TypeError, ValueError) as error:
                self._faults.append(Problem(file=str(file.path), line=0, reason=str(error)))
                continue
            if here:  # English grammar makes no time of another language
                times |= phrases.times
                zones |= phrases.zones
        return phrases, ClockWords(self._language, times, zones)

    def check(self, names: Sequence[str]) -> list[Problem]:
        if not self._faults and self._faultless.knows(names):
            return []
        from mailbot.adapters.letters.samples import SAMPLES  # a desk whose letters are known to be good needs none

        problems = list(self._faults)
        asked = FieldsAsked(self._environment, self._find)
        for name in names:
            faults: list[Problem] = []
            for sample in SAMPLES[name] if self._fits(name, asked) else ():
                try:
                    rendered = self.render(name, "Europe/Berlin", sample)
                except TemplateError as error:
                    cause = error.__cause__ if isinstance(error.__cause__, Exception) else error
                    faults.append(self._problem(cause, f"{name}.txt{ENDING}"))
                    break
                if not rendered.text.strip():
                    faults.append(
                        Problem(file=self._shown(f"{name}.txt{ENDING}"), line=0, reason="the letter is empty")
                    )
                    break
                if not outside(name) and rendered.subject is None:
                    line = "Preview" if sample.get("ticket") else "Subject"
                    reason = f"a notice needs `{line}: …` in its first line and a blank line after it"
                    faults.append(Problem(file=self._shown(f"{name}.txt{ENDING}"), line=1, reason=reason))
                    break
            problems += faults
        problems += asked.problems()
        if not problems:
            self._faultless.keep(names)
        return problems

    def _fits(self, name: str, asked: FieldsAsked) -> bool:
        """Whether a letter's files use only its fields, even in branches that no sample takes."""
        facts = KINDS[name].fields
        known = names_of(facts) | names_of(facts.common) | _GIVEN
        pages = (f"{name}.txt{ENDING}", self._page(name))
        fit = [asked.fit(name, page, known, piece=page in _PAGES) for page in pages]  # each is looked at
        return all(fit)

    def _find(self, name: str) -> File | None:
        return self._faultless.find(name)

    def _first(self, name: str) -> File | None:
        return next((self._files[place + name] for place in self._places if place + name in self._files), None)

    def _page(self, name: str) -> str:
        """The file of a letter's HTML: its own, or the one that all letters or all notices share."""
        own = f"{name}.html{ENDING}"
        return own if self._find(own) is not None else _PAGES[0 if outside(name) else 1]

    def _gives_subject(self, name: str) -> bool:
        """Whether a letter's template writes a subject; otherwise a first line "Subject: …" is somebody's words."""
        found = self._find(name)
        return found is not None and "Subject:" in found.source

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


def _read(directories: Sequence[Path]) -> tuple[dict[str, File], dict[str, list[File]], list[Problem]]:
    """The files by name, the catalogues of sentences by name (even if an earlier directory hides them), and faults."""
    files: dict[str, File] = {}
    catalogues: dict[str, list[File]] = {}
    problems = []
    for directory in directories:
        for path in sorted([*directory.rglob(f"*{ENDING}"), *directory.rglob(FILE)]):
            name = path.relative_to(directory).as_posix()
            if (name in files and path.name != FILE) or not path.is_file():
                continue
            try:
                source = path.read_text("utf-8")
            except (OSError, UnicodeDecodeError) as error:
                problems.append(Problem(file=str(path), line=0, reason=f"cannot be read: {error}"))
                continue
            if len(source) > _LARGEST:
                problems.append(Problem(file=str(path), line=0, reason=f"is longer than {_LARGEST:,} characters"))
                continue
            file = File.of(path, source)
            files.setdefault(name, file)
            if path.name == FILE:
                catalogues.setdefault(name, []).append(file)
    return files, catalogues, problems


def _parted(text: str, *, titled: bool) -> tuple[str | None, str | None, str]:
    """What the first line gives, the line below it that a phone's list shows, and the words."""
    text = text.lstrip("\n")
    subject = preview = None
    if titled and (found := _HEAD.match(text)):
        subject, preview, text = found.group(1).strip() or None, found.group(2), text[found.end() :]
    return subject, preview, _BLANKS.sub("\n\n", text).strip("\n") + "\n"


def _with_look(body: str, look: Mapping[str, Any] | None) -> str:
    """The text with what the page shows below the foot: the logo, if it is a text, and the desk's line."""
    return (
        "\n".join([body.rstrip("\n"), *(look[key] for key in ("logo", "line") if look[key])]) + "\n" if look else body
    )


def _above_the_signature(body: str, line: str) -> str:
    words, mark, below = body.rpartition("\n-- \n")
    return f"{words.rstrip()}\n\n{line}\n{mark}{below}" if mark else f"{body.rstrip()}\n\n{line}\n"
