"""What a log line may hold: the words of an error and where it was, never what a variable held."""

from __future__ import annotations

import pytest
import structlog

from mailbot.adapters.logs import set_up_logs
from mailbot.core.model.reason import why


@pytest.fixture(autouse=True)
def _as_before():
    yield
    structlog.reset_defaults()


@pytest.mark.parametrize("form", ["text", "json"])
def test_hazard_43_a_log_holds_no_local_variable(form, capsys):
    set_up_logs("info", form)

    canary = "canary-" + "7f3a"

    def fail(password_like):
        held = password_like * 2
        raise ValueError(f"{len(held)} characters are too many")

    try:
        fail(canary)
    except ValueError:
        structlog.get_logger("test").exception("it failed", password=canary)
    told = capsys.readouterr().err
    assert "22 characters are too many" in told
    assert canary not in told


@pytest.mark.parametrize(
    ("form", "shown"),
    [
        ("text", "parts nested more than 30 deep"),
        ("json", '{"code": "unreadable.depth", "args": {"most": "30"}, "words": "parts nested more than 30 deep"}'),
    ],
)
def test_a_reason_is_logged_in_words_and_for_programs_with_its_code(form, shown, capsys):
    set_up_logs("info", form)
    structlog.get_logger("test").info("mail", reason=why("unreadable.depth", most=30))
    assert shown in capsys.readouterr().err
