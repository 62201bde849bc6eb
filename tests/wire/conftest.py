"""Fixtures for tests over real sockets."""

from tests.servers.mailclients import mailclients  # noqa: F401 - a fixture for every module here
from tests.servers.mailstack import mailstack  # noqa: F401 - a fixture for every module here
from tests.servers.postgres import session_postgres  # noqa: F401 - its name is postgres
