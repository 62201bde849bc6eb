"""Fixtures that every kind of test shares."""

from __future__ import annotations

import pytest
import structlog


@pytest.fixture(autouse=True)
def _logs_stay_as_they_were():
    """Whoever sets up logging, as commands do, does so for that test only."""
    before = structlog.get_config()
    yield
    structlog.configure(**before)
