"""Fixtures for tests over real sockets."""

from tests.servers.mailstack import mailstack  # noqa: F401 - a fixture for every module here
