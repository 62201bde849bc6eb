"""Where in config.toml a mistake is: each problem names its line, or that of the section that lacks a key."""

import re

import pytest

from mailbot.errors import ConfigError
from tests.unit.house.test_config import PLAIN, load


def test_each_problem_names_its_line_or_that_of_its_section(tmp_path):
    text = PLAIN.replace('host = "smtp.harbour.example"', "hots = 1\nport = 99999").replace('id = "mia"', 'id = "Mia!"')
    text += '[[inbox]]\nname = "billing"\naddress = "x"\nhost = "h"\npassword_env = "A_B"\nfolder = """a\nb = 1\n"""\npoll = "no"\n'
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, text)
    lines = text.split("\n")
    said = {}
    for problem in caught.value.problems:
        key, number = problem.split(": ")[0], int(re.search(r" \(line (\d+)\)$", problem)[1])
        said[key] = lines[number - 1]
    assert said == {
        "smtp.host": "[smtp]",
        "smtp.hots": "hots = 1",
        "smtp.port": "port = 99999",
        "inbox[billing].address": 'address = "x"',
        "inbox[billing].folder": 'folder = """a',
        "inbox[billing].poll": 'poll = "no"',
        "agent[Mia!].id": 'id = "Mia!"',
    }
    with pytest.raises(ConfigError) as caught:
        load(tmp_path, PLAIN.replace("[smtp]", "[stmp]"))
    assert "smtp: is missing" in caught.value.problems, "a section that is nowhere has no line"
