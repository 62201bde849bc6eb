"""A fresh store on SQLite and on PostgreSQL for every test of the contract."""

from __future__ import annotations

import shutil

import pytest

from mailbot.adapters.store.migrations import migrate
from mailbot.adapters.store.sql_store import open_store
from tests.servers.postgres import session_postgres  # noqa: F401 - a fixture is found where it is imported
from tests.statements import sharing_statements


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory):
    path = tmp_path_factory.mktemp("template") / "desk.db"
    migrate(f"sqlite:///{path}")
    return path


@pytest.fixture(scope="session")
def postgres_template(postgres):
    url = postgres.database()
    migrate(url)
    return url.rpartition("/")[2]


@pytest.fixture
def sqlite_url(sqlite_template, tmp_path):
    path = tmp_path / "desk.db"
    shutil.copy(sqlite_template, path)
    return f"sqlite:///{path}"


@pytest.fixture
def postgres_url(postgres, postgres_template):
    url = postgres.database(postgres_template)
    yield url
    postgres.drop(url)


@pytest.fixture(params=["sqlite", "postgres"])
def url(request):
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def empty_url(request, url, tmp_path):
    if url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path}/empty.db"
        return
    server = request.getfixturevalue("postgres")
    made = server.database()
    yield made
    server.drop(made)


@pytest.fixture
def store(url):
    with_store = sharing_statements(open_store(url, migrate=False))
    yield with_store
    with_store.close()
