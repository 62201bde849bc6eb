"""Keeps compiled templates for the whole process, so that voices share them and a reload compiles only what changed."""

from __future__ import annotations

from io import StringIO
from types import CodeType
from typing import ClassVar

from jinja2 import Environment, nodes
from jinja2.bccache import Bucket, BytecodeCache
from jinja2.compiler import CodeGenerator, Frame

_MOST = 2_000  # templates: more than the largest site has, but a bound for one that changes all day


class Compiled(BytecodeCache):
    """Code by template name, path and source. The environments that share it have the same options and filters."""

    _code: ClassVar[dict[tuple[str, str], CodeType]] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Give the bucket its code if it is known."""
        bucket.code = self._code.get((bucket.key, bucket.checksum))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep the code that was just compiled."""
        if len(self._code) >= _MOST:
            self._code.clear()
        if bucket.code is not None:
            self._code[bucket.key, bucket.checksum] = bucket.code


def compiled(environment: Environment, name: str, path: str, source: str) -> tuple[nodes.Template, frozenset[str]]:
    """The tree of a source, and the names that it takes from its letter; its code is kept for whoever writes it.

    What `jinja2.meta` does to find the names is all that it takes to compile. Raises TemplateSyntaxError.
    """
    tree = environment.parse(source, name, path)
    made = _Noting(environment, name, path, optimized=environment.optimized)
    made.visit(tree)
    if environment.bytecode_cache is not None:
        bucket = environment.bytecode_cache.get_bucket(environment, name, path, source)
        bucket.code = bucket.code or compile(made.written.getvalue(), path, "exec", dont_inherit=True)
        environment.bytecode_cache.set_bucket(bucket)
    return tree, frozenset(made.asked)


class _Noting(CodeGenerator):
    """Compiles as ever, and notes which names a template takes from its letter."""

    def __init__(self, environment: Environment, name: str, path: str, *, optimized: bool) -> None:
        self.written = StringIO()
        super().__init__(environment, name, path, self.written, optimized=optimized)
        self.asked: set[str] = set()

    def enter_frame(self, frame: Frame) -> None:
        """A block begins, with names of its own and names from outside."""
        super().enter_frame(frame)
        found = (name for action, name in frame.symbols.loads.values() if action == "resolve")
        self.asked.update(name for name in found if name is not None and name not in self.environment.globals)
