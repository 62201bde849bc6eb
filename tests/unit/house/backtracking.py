"""Tells whether a regular expression of the standard library can take time that grows faster than the text it reads.

The engine of `re` tries one way after another, so that a search costs as many steps as there are ways to read a text
that in the end does not match. That is at most linear in the length of the text unless two loops can read the same
word: for states p and q and a word w, p reads w and is at p again, p reads w and is at q, q reads w and is at q again
(Weber and Seidl, "On the degree of ambiguity of finite automata", 1991, criterion IDA). A search that may begin
anywhere is one more loop, before the pattern, that reads anything. Both are searched for here in the automaton of the
pattern, over a handful of characters that stand for all.

What is approximated: a lookahead is a way of its own that ends nowhere; a lookbehind of more than one character and a
reference to a group always hold; a loop that runs at most `FEW` times does not count, as its cost is a factor. A way
after which the pattern matches whatever follows cannot fail, and does not count either.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from re import _constants as said  # the parser of the standard library, which is not public
from re import _parser as parser
from typing import Any

from tests.unit.house.backtracking_characters import frozen, holds, in_word, reads

FEW = 100  # runs of a loop that does not count: a factor on the time, whatever the text
UNROLLED = 3
_WHAT_FITS = int(re.IGNORECASE | re.DOTALL | re.ASCII)
SAMPLES = "azAZé漢Ж07 \t\n\r\xa0_-.,;:@<>()[]{}\"'/\\=#!?*+|&%$^~`\u200b\u0301\u200f👍٣"


@dataclass(frozen=True)
class Ways:
    """Two loops that read the same word: to try it, `lead` and then `word` again and again.

    `first` is "the search" or a loop; `lead` is how the pattern gets there.
    """

    lead: str
    word: str
    first: str
    second: str


@dataclass
class _Machine:
    """A Thompson automaton; `always[s]` are the edges without a character, with the condition on its neighbours."""

    reads: dict[int, list[tuple[Any, int]]] = field(default_factory=lambda: defaultdict(list))
    always: dict[int, list[tuple[Any, int]]] = field(default_factory=lambda: defaultdict(list))
    rooms: dict[int, frozenset[int]] = field(default_factory=dict)  # the atomic groups around a state
    heads: set[int] = field(default_factory=set)  # where a loop begins again
    count: int = 0
    inside: tuple[int, ...] = ()
    groups: int = 0

    def state(self) -> int:
        self.count += 1
        self.rooms[self.count] = frozenset(self.inside)
        return self.count


def ways(pattern: str | bytes, flags: int = 0, *, searched: bool, whole: bool = False) -> Ways | None:
    """Two loops of the pattern that read the same word, or None if there are none: then it is linear.

    `searched`: it may begin anywhere (search, finditer, sub, split); else only at a given place (match, fullmatch).
    `whole`: it must match to the end (fullmatch).
    """
    parsed = parser.parse(pattern, flags)
    machine = _Machine()
    begin, end = machine.state(), machine.state()
    _build(machine, parsed, int(parsed.state.flags), begin, end)
    if not machine.heads:
        return None
    return _Search(machine, begin, end, searched=searched, whole=whole).found()


# --- from the parsed pattern to the automaton -------------------------------------------------------------------------


def _build(m: _Machine, items: Iterable[Any], flags: int, begin: int, end: int) -> None:
    at = begin
    for operation, argument in items:
        then = m.state()
        _one(m, operation, argument, flags, at, then)
        at = then
    m.always[at].append((None, end))


def _one(m: _Machine, operation: Any, argument: Any, flags: int, begin: int, end: int) -> None:
    if operation in (said.LITERAL, said.NOT_LITERAL, said.ANY, said.IN):
        m.reads[begin].append(((operation, frozen(argument), flags & _WHAT_FITS), end))
    elif operation is said.BRANCH:
        for branch in argument[1]:
            _build(m, branch, flags, begin, end)
    elif operation is said.SUBPATTERN:
        _, more, less, inner = argument
        _build(m, inner, (flags | more) & ~less, begin, end)
    elif operation is said.ATOMIC_GROUP:
        _atomic(m, argument, flags, begin, end)
    elif operation is said.POSSESSIVE_REPEAT:
        _atomic(m, [(said.MAX_REPEAT, argument)], flags, begin, end)
    elif operation in (said.MAX_REPEAT, said.MIN_REPEAT):
        _repeat(m, argument, flags, begin, end)
    elif operation in (said.ASSERT, said.ASSERT_NOT):
        _look(m, operation, argument, flags, begin, end)
    elif operation is said.AT:
        m.always[begin].append(((said.AT, argument, flags & (re.MULTILINE | re.ASCII)), end))
    elif operation is said.GROUPREF_EXISTS:
        _, yes, no = argument
        _build(m, yes, flags, begin, end)
        _build(m, no or [], flags, begin, end)
    else:  # GROUPREF: some words that came before
        m.always[begin].append((None, end))


def _atomic(m: _Machine, items: Iterable[Any], flags: int, begin: int, end: int) -> None:
    m.groups += 1
    before, m.inside = m.inside, (*m.inside, m.groups)
    first, last = m.state(), m.state()
    _build(m, items, flags, first, last)
    m.inside = before
    m.always[begin].append((None, first))
    m.always[last].append((None, end))


def _repeat(m: _Machine, argument: Any, flags: int, begin: int, end: int) -> None:
    least, most, inner = argument
    looping = most is said.MAXREPEAT or most > FEW
    at = begin
    for _ in range(min(least, UNROLLED)):
        then = m.state()
        _build(m, inner, flags, at, then)
        at = then
    if looping:
        first, last = m.state(), m.state()
        m.heads.add(first)
        m.always[at].append((None, first))
        _build(m, inner, flags, first, last)
        m.always[last].append((None, first))
        m.always[first].append((None, end))
        return
    for _ in range(min(most - min(least, UNROLLED), UNROLLED)):
        then = m.state()
        m.always[at].append((None, end))
        _build(m, inner, flags, at, then)
        at = then
    m.always[at].append((None, end))


def _look(m: _Machine, operation: Any, argument: Any, flags: int, begin: int, end: int) -> None:
    direction, inner = argument
    if direction > 0:
        first, nowhere = m.state(), m.state()
        _build(m, inner, flags, first, nowhere)
        m.always[begin].append((None, first))
    condition = None
    if inner.getwidth() == (1, 1):
        condition = (operation, direction, frozen(list(inner)), flags)
    elif operation is said.ASSERT_NOT and not list(inner):
        return
    m.always[begin].append((condition, end))


# --- two loops and one word -------------------------------------------------------------------------------------------


def _mentioned(m: _Machine) -> Iterator[str]:
    """Characters that the pattern names, and those next to them."""

    def of(what: Any) -> Iterator[int]:
        if isinstance(what, tuple):
            for each in what:
                yield from of(each)
        elif isinstance(what, int) and not isinstance(what, said._NamedIntConstant):
            yield what

    for edges in (*m.reads.values(), *m.always.values()):
        for what, _ in edges:
            if what is not None and what[0] is not said.AT:
                for code in of(what[1:-1]):
                    yield from (chr(near) for near in (code, code + 1) if 0 <= near < 0xD800)


_At = tuple[int, int, int, str]  # where the three are, and the character before


class _Search:
    def __init__(self, m: _Machine, begin: int, end: int, *, searched: bool, whole: bool) -> None:
        self.m, self.begin, self.end, self.searched, self.whole = m, begin, end, searched, whole
        m.reads = {state: [(what, self._onward(to)) for what, to in edges] for state, edges in m.reads.items()}
        self.into: dict[int, set[Any]] = defaultdict(set)
        for edges in m.reads.values():
            for what, to in edges:
                self.into[to].add(what)
        self.chars = self._alphabet()
        self.closures: dict[tuple[int, str, str], tuple[int, ...]] = {}
        self.steps: dict[tuple[int, str, str], frozenset[int]] = {}
        self.reach: dict[int, set[int]] = {}
        self.before: dict[int, set[int]] = defaultdict(set)
        self.where = [0, *sorted({to for edges in m.reads.values() for _, to in edges} | {begin})]

    def _alphabet(self) -> list[str]:
        """One character of each sort that the pattern tells apart."""
        tests = {what for edges in self.m.reads.values() for what, _ in edges}
        around = {what for edges in self.m.always.values() for what, _ in edges if what is not None}
        once: dict[tuple[bool, ...], str] = {}
        for char in dict.fromkeys((*SAMPLES, *_mentioned(self.m))):
            sort = (
                *(reads(char, what) for what in tests),
                *(holds(what, char, "a") for what in around),
                *(holds(what, "a", char) for what in around),
                in_word(char),
                char == "\n",
            )
            once.setdefault(sort, char)
        return list(once.values())

    def _onward(self, state: int) -> int:
        """The state at the end of a path that needs no character and has no fork: one for the ends of all branches."""
        while state not in self.m.heads and not self.m.reads.get(state):
            edges = self.m.always.get(state, ())
            if len(edges) != 1 or edges[0][0] is not None:
                break
            state = edges[0][1]
        return state

    def _closure(self, state: int, before: str, after: str) -> tuple[int, ...]:
        key = (state, before, after)
        if key not in self.closures:
            seen, left = {state}, [state]
            while left:
                for condition, to in self.m.always.get(left.pop(), ()):
                    if to not in seen and holds(condition, before, after):
                        seen.add(to)
                        left.append(to)
            self.closures[key] = tuple(seen)
        return self.closures[key]

    def _step(self, state: int, before: str, char: str) -> frozenset[int]:
        """The states after a character; 0 is the search, which reads anything and may begin the pattern anywhere."""
        key = (state, before, char)
        if key not in self.steps:
            starts = self._closure(self.begin if state == 0 else state, before, char)
            to = {then for each in starts for what, then in self.m.reads.get(each, ()) if reads(char, what)}
            self.steps[key] = frozenset(to | {0}) if state == 0 else frozenset(to)
        return self.steps[key]

    def _everywhere(self, state: int) -> frozenset[int]:
        """The states that can be reached without a character, if every condition holds."""
        seen, left = {state}, [state]
        while left:
            more = {to for _, to in self.m.always.get(left.pop(), ())} - seen
            seen |= more
            left += more
        return frozenset(seen)

    def _loops(self) -> dict[int, frozenset[int]]:
        """Each state that can come back to itself, with the states on the ways around."""
        m = self.m
        graph = {s: {to for each in self._everywhere(s) for _, to in m.reads.get(each, ())} for s in self.where[1:]}
        for state, then in graph.items():
            for to in then:
                self.before[to].add(state)
        begun = {to for head in m.heads for each in self._everywhere(head) for _, to in m.reads.get(each, ())}
        self.reach = {state: _closed(state, graph) for state in _closed(begun, graph) | begun}
        return {
            s: frozenset(t for t in behind if s in self.reach[t]) for s, behind in self.reach.items() if s in behind
        }

    def _cannot_fail(self, state: int) -> bool:
        """Whether the pattern matches from a state on, whatever follows."""
        seen, left = {state}, [state]
        while left:
            more = {to for condition, to in self.m.always.get(left.pop(), ()) if condition is None} - seen
            seen |= more
            left += more
        return self.end in seen and not self.whole

    def found(self) -> Ways | None:
        loops = self._loops()
        self.safe = {state for state in self.where if self._cannot_fail(state)}
        # A word may be rotated, and the states with it, so that one of the two is where its loop begins again.
        heads = {state for state in loops if self._everywhere(state) & self.m.heads}
        alive = [state for state in loops if state not in self.safe]
        for q in heads & set(alive):
            if self.searched and (word := self._common(0, q, frozenset({0}), loops[q])):
                return Ways("", word, "the search", self._named(q))
        for state, around in loops.items():
            if state not in self.safe and (word := self._doubled(state, around)):
                return Ways(self._lead(state), word, self._named(state), "itself, entered in another way")
        for p, around in ((each, loops[each]) for each in heads):
            for q in alive:
                if p == q or q not in self.reach[p] or self.m.rooms[p] - self.m.rooms[q]:
                    continue
                if word := self._common(p, q, around, loops[q]):
                    return Ways(self._lead(p), word, self._named(p), self._named(q))
        return None

    def _doubled(self, state: int, around: frozenset[int]) -> str:
        """A word on which a loop comes back to a state through the same states, and yet in two ways; or ""."""
        for before in self._chars_into(state):
            for char in self.chars:
                ways_to: dict[int, int] = defaultdict(int)
                for origin, count in self._ways(state, before, char).items():
                    for what, to in self.m.reads.get(origin, ()):
                        if to in around and reads(char, what):
                            ways_to[to] += count
                for to, count in ways_to.items():
                    if count > 1 and to not in self.safe:
                        return char + self._back(to, char, state, around)
        return ""

    def _ways(self, state: int, before: str, after: str) -> dict[int, int]:
        """How many paths without a character, none through a state twice, lead from here to each state; 2: many."""
        counts: dict[int, int] = defaultdict(int)
        left: list[tuple[int, frozenset[int]]] = [(state, frozenset({state}))]
        while left:
            here, seen = left.pop()
            counts[here] += 1
            if counts[here] > 2:
                continue
            for condition, to in self.m.always.get(here, ()):
                if to not in seen and holds(condition, before, after):
                    left.append((to, seen | {to}))
        return counts

    def _back(self, start: int, before: str, goal: int, around: frozenset[int]) -> str:
        """A word that takes a loop from one of its states to another."""
        seen: dict[int, str] = {start: ""}
        left = [start]
        while left and goal not in seen:
            state = left.pop(0)
            for char in self.chars:
                for to in self._step(state, seen[state][-1:] or before, char) & around:
                    if to not in seen:
                        seen[to] = seen[state] + char
                        left.append(to)
        return seen.get(goal, "")

    def _lead(self, p: int) -> str:
        """A word that takes the pattern from its beginning to p, as far as its conditions can be told."""
        return self._back(self.begin, "\n", p, frozenset(self.where))

    def _common(self, p: int, q: int, ones: frozenset[int], others: frozenset[int]) -> str:
        """A word that takes p to p, p to q, and q to q, the first and the last within their loops; or ""."""
        into_q, into_p = self._chars_into(q), self._chars_into(p)
        between = _closed(q, self.before) | {p, q}
        between -= self.safe
        others -= self.safe
        for last in (char for char in self.chars if char in into_q and (p == 0 or char in into_p)):
            start, goal = (p, p, q, last), (p, q, q, last)
            seen: dict[_At, _At | None] = {start: None}
            left = [start]
            while left:
                here = left.pop()
                for there in self._next(here, ones, between, others):
                    if there in seen:
                        continue
                    seen[there] = here
                    if there == goal:
                        return _spelled(seen, there)
                    left.append(there)
        return ""

    def _next(self, here: _At, ones: frozenset[int], between: set[int], others: frozenset[int]) -> Iterator[_At]:
        x, y, z, before = here
        for char in self.chars:
            zs = self._step(z, before, char) & others
            xs = self._step(x, before, char) & ones if zs else zs
            if xs:
                ys = self._step(y, before, char) & between
                yield from ((a, b, c, char) for a in xs for b in ys for c in zs)

    def _chars_into(self, state: int) -> set[str]:
        return {char for char in self.chars if any(reads(char, what) for what in self.into[state])}

    def _named(self, state: int) -> str:
        return f"a loop over {''.join(sorted(self._chars_into(state)))[:20]!r}"


def _closed(start: int | set[int], graph: Mapping[int, set[int]]) -> set[int]:
    """Everything that can be reached from there by one edge or more."""
    seen: set[int] = set()
    left = [start] if isinstance(start, int) else list(start)
    while left:
        more = graph.get(left.pop(), set()) - seen
        seen |= more
        left += more
    return seen


def _spelled(seen: dict[_At, _At | None], at: _At) -> str:
    word: list[str] = []
    while (before := seen[at]) is not None:
        word.append(at[3])
        at = before
    return "".join(reversed(word))
