"""What a config says about passwords, where they may be stored, and what is never shown."""

import pytest

from mailbot.adapters.site_check import warnings_of
from mailbot.config import password_problems
from mailbot.errors import ConfigError
from tests.unit.house.test_config import PLAIN, changed, load


def test_hazard_43_a_password_pasted_where_a_name_belongs_is_not_printed(tmp_path, monkeypatch):
    for pasted in ("hunter2", "Tr0ub4dor&3", "CORRECTHORSE", "correct_horse_battery"):
        config = load(tmp_path, changed("inbox", f'password_env = "{pasted}"', PLAIN.replace("password_env", "# p")))
        problem = next(each for each in password_problems(config) if each.startswith("inbox"))
        assert pasted not in problem
        assert "password_env" in problem


def test_hazard_43_a_password_file_that_others_can_read_is_reported(tmp_path):
    config = load(tmp_path, changed("inbox", 'password_file = "pw"', PLAIN.replace("password_env", "# password_env")))
    (tmp_path / "pw").write_text("secret")
    (tmp_path / "pw").chmod(0o644)
    assert [each for each in warnings_of(config) if "password_file" in each and "chmod 600" in each]
    (tmp_path / "pw").chmod(0o600)
    assert not [each for each in warnings_of(config) if "password_file" in each]


def test_a_password_lies_where_systemd_puts_credentials(tmp_path, monkeypatch):
    text = changed(
        "inbox",
        'password_file = "${CREDENTIALS_DIRECTORY}/support-password"',
        PLAIN.replace("password_env", "# password_env"),
    )
    monkeypatch.delenv("CREDENTIALS_DIRECTORY", raising=False)
    problem = next(each for each in password_problems(load(tmp_path, text)) if each.startswith("inbox"))
    assert "the environment has no CREDENTIALS_DIRECTORY" in problem
    handed = tmp_path / "run" / "credentials" / "mailbot.service"
    handed.mkdir(parents=True)
    (handed / "support-password").write_text("hunter2\n")
    (handed / "support-password").chmod(0o400)
    monkeypatch.setenv("CREDENTIALS_DIRECTORY", str(handed))
    config = load(tmp_path, text)
    assert config.inboxes[0].password() == "hunter2"
    assert not [each for each in (*password_problems(config), *warnings_of(config)) if each.startswith("inbox")]
    monkeypatch.setenv("HOME_OF_ALL", str(handed))  # no other variable is looked for
    other = load(tmp_path, text.replace("CREDENTIALS_DIRECTORY", "HOME_OF_ALL"))
    assert [each for each in password_problems(other) if each.startswith("inbox")]


def test_a_password_that_is_no_text_is_said_without_it(tmp_path):
    config = load(tmp_path, changed("inbox", 'password_file = "pw"', PLAIN.replace("password_env", "# password_env")))
    (tmp_path / "pw").write_bytes(b"hunter2\xfc\n")
    with pytest.raises(ConfigError, match="is not text in UTF-8") as told:
        config.inboxes[0].password()
    assert "hunter2" not in repr(told.value)
    assert told.value.__cause__ is None
    assert [each for each in password_problems(config) if each.startswith("inbox") and "UTF-8" in each]
