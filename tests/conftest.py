"""Fixtures that every kind of test shares."""

from __future__ import annotations

import gc
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
import structlog
from hypothesis import settings
from xdist.scheduler.loadscope import LoadScopeScheduling

from tests.thorough import QUICK

settings.register_profile("on any machine", settings.default, deadline=None)  # speed is for `make bench`
settings.load_profile("on any machine")

LONG = ("wire", "simulation", "fuzz")  # folders with tests of a minute and more
MANY = 20  # cases of one test, of which a quick run tries a quarter, other ones each time
ALL_OF_IT = 3000  # tests: whoever names fewer gets all cases of them


class ByFile(LoadScopeScheduling):
    """What the tests of one file share, often made in seconds, is made once: they all go to one worker.

    The long ones go one by one, unless their file says that something is made for all of it.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.partition("::")[0]
        return file if Path(file).parent.name not in LONG or _shares(file) else nodeid


@cache
def _shares(file: str) -> bool:
    return 'scope="module"' in (Path(__file__).parents[1] / file).read_text("utf-8")


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> LoadScopeScheduling:
    """Who runs which test, where several processes run them."""
    return ByFile(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Put the long tests first, then files with slow ones, each kind in the random order that it has, so that no worker is
    left with much at the end.
    """
    if QUICK and len(items) > ALL_OF_IT:
        _leave_out(config, items)
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: (item.path.parent.name not in LONG, item.path not in slow))


def _leave_out(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep a quarter of long lists of cases, by the seed of this run, which all workers have; all of the stories."""
    cases = Counter(item.nodeid.partition("[")[0] for item in items)
    seed = config.getoption("randomly_seed", 0)
    out = {
        item
        for item in items
        if cases[item.nodeid.partition("[")[0]] > MANY
        and item.path.parent.name != "golden"
        and crc32(f"{seed} {item.nodeid}".encode()) % 4
    }
    config.hook.pytest_deselected(items=[item for item in items if item in out])
    items[:] = [item for item in items if item not in out]


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
