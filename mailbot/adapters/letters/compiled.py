"""Keeps compiled templates for the whole process, so that voices share them and a reload compiles only what changed."""

from __future__ import annotations

from types import CodeType
from typing import ClassVar

from jinja2.bccache import Bucket, BytecodeCache

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
