"""Fixtures that every kind of test shares."""

from __future__ import annotations

import gc

import pytest
import structlog
from hypothesis import settings

settings.register_profile("on any machine", settings.default, deadline=None)  # speed is for `make bench`
settings.load_profile("on any machine")

LONG = ("wire", "simulation", "fuzz")  # folders with tests of a minute and more


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the long tests first, each kind in the random order that it has, so that no worker is left with one at the end.

    What the tests of one file share, often made in seconds, is made once: they all go to one worker.
    """
    items.sort(key=lambda item: item.path.parent.name not in LONG)
    for item in items:
        if isinstance(item, pytest.Function) and any(
            made.scope == "module" for each in item._fixtureinfo.name2fixturedefs.values() for made in each
        ):
            item.add_marker(pytest.mark.xdist_group(item.location[0]))


def pytest_collection_finish() -> None:
    """Ten thousand tests are there until the end: looking through them for garbage each time takes a tenth of the run."""
    gc.collect()
    gc.freeze()


@pytest.fixture(autouse=True)
def _logs_stay_as_they_were():
    """Whoever sets up logging, as commands do, does so for that test only."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)
