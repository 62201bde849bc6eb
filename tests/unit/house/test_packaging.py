"""The container files: each holds what a desk needs, names what is there, and runs as nobody in particular."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
from typer.main import get_command

from mailbot import __version__
from mailbot.cli.main import app
from mailbot.config import load_config

ROOT = Path(__file__).parents[3]
PACKAGING = ROOT / "packaging"
DOCKERFILES = [PACKAGING / "Dockerfile", PACKAGING / "try" / "Dockerfile"]
COMPOSE = [PACKAGING / "compose.try.yaml", PACKAGING / "compose.postgres.yaml"]
KNOWN = {
    "image",
    "build",
    "ports",
    "volumes",
    "environment",
    "entrypoint",
    "command",
    "healthcheck",
    "depends_on",
    "deploy",
}
KNOWN |= {"restart", "read_only", "tmpfs", "cap_drop", "security_opt", "stop_grace_period"}


def instructions(dockerfile):
    """Each instruction and its words, in order; lines that go on are joined, comments left out."""
    text = re.sub(r"\\\n\s*", " ", re.sub(r"^#.*\n", "", dockerfile.read_text(), flags=re.MULTILINE))
    return [tuple(line.split(maxsplit=1)) for line in text.splitlines() if line.strip()]


def said(dockerfile, name):
    return [words for instruction, words in instructions(dockerfile) if instruction == name]


def known_command(words):
    """Whether the command line has that command with those options."""
    command = get_command(app)
    words = list(words)
    while hasattr(command, "commands") and words:
        command = command.commands[words.pop(0)]
    options = {name for one in command.params for name in one.opts}
    return all(word in options for word in words if word.startswith("--"))


def composed(path):
    yaml = pytest.importorskip("yaml")
    return yaml.safe_load(path.read_text(encoding="utf-8"))


def test_the_image_runs_the_desk_itself_as_a_user_without_rights():
    dockerfile = PACKAGING / "Dockerfile"
    assert json.loads(said(dockerfile, "ENTRYPOINT")[0]) == ["mailbot"], "SIGTERM reaches the desk, and no shell"
    assert known_command(json.loads(said(dockerfile, "CMD")[0]))
    (user,) = said(dockerfile, "USER")
    assert user.isdigit()
    assert int(user) > 0
    order = [name for name, _ in instructions(dockerfile)]
    assert order.index("USER") > max(n for n, name in enumerate(order) if name == "RUN")
    health = said(dockerfile, "HEALTHCHECK")[0].partition("CMD ")[2]
    assert json.loads(health)[0] == "mailbot"
    assert known_command(json.loads(health)[1:])


def test_the_image_is_made_of_what_the_wheel_is_made_of():
    dockerfile, ignore = PACKAGING / "Dockerfile", (PACKAGING / "Dockerfile.dockerignore").read_text().splitlines()
    copied = {word for words in said(dockerfile, "COPY") if "--from" not in words for word in shlex.split(words)[:-1]}
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    needed = {*project["tool"]["hatch"]["build"]["targets"]["wheel"]["force-include"], "mailbot", "pyproject.toml"}
    assert needed <= copied
    assert all((ROOT / one).exists() for one in copied)
    let_in = {line.removeprefix("!") for line in ignore if line.startswith("!")}
    assert {one.partition("/")[0] for one in copied} <= let_in
    assert {"*", "storage/*"} <= set(ignore), "no desk's secret gets into an image"
    assert not any(fnmatch(".git", one) for one in let_in)


def test_images_are_of_a_named_version_of_a_supported_python():
    for dockerfile in DOCKERFILES:
        for words in said(dockerfile, "FROM"):
            name = words.split()[0]
            assert re.search(r":[^ ]*\w", name), words
            assert not name.endswith(":latest")
    (version,) = (words.partition("=")[2] for words in said(PACKAGING / "Dockerfile", "ARG"))
    assert f"Python :: {version}" in (ROOT / "pyproject.toml").read_text()


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_a_compose_file_names_what_is_there(path):
    spec = composed(path)
    assert set(spec) == {"name", "services", "volumes"}
    for service in spec["services"].values():
        assert set(service) <= KNOWN
        assert set(service.get("depends_on", ())) <= set(spec["services"])
        if build := service.get("build"):
            context = (path.parent / build["context"]).resolve()
            dockerfile = context / build.get("dockerfile", "Dockerfile")
            assert dockerfile in DOCKERFILES
            targets = [words.split()[-1] for words in said(dockerfile, "FROM")]
            assert build.get("target", targets[-1]) in targets
        for port in service.get("ports", ()):
            assert port.startswith("127.0.0.1:"), "nothing is offered to the network"
        for volume in service.get("volumes", ()):
            source = volume.replace(":-", "-").partition(":")[0]
            if source.startswith("./"):
                assert (path.parent / source).exists()
            elif not source.startswith("$"):
                assert source in spec["volumes"]


@pytest.mark.parametrize("path", COMPOSE, ids=lambda path: path.name)
def test_the_desk_in_a_compose_file_has_no_rights_and_time_to_end(path):
    desk = composed(path)["services"]["desk"]
    assert desk["image"] == f"mailbot:{__version__}"
    assert desk["read_only"]
    assert desk["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in desk["security_opt"]
    assert int(desk["stop_grace_period"].rstrip("s")) > 10
    assert (desk.get("command") or ["exec mailbot run"])[-1].endswith("exec mailbot run")


def test_two_processes_share_the_database_of_the_compose_file():
    services = composed(PACKAGING / "compose.postgres.yaml")["services"]
    assert services["desk"]["deploy"]["replicas"] == 2
    url = services["desk"]["environment"]["MAILBOT_DATABASE"]
    database = services["database"]["environment"]
    user, name = database["POSTGRES_USER"], database["POSTGRES_DB"]
    assert re.fullmatch(rf"postgresql://{user}:\$\{{POSTGRES_PASSWORD:\?[^}}]+\}}@database/{name}", url)
    assert services["desk"]["depends_on"]["database"]["condition"] == "service_healthy"


def test_the_config_to_try_is_one_that_a_desk_takes(tmp_path):
    shutil.copy(PACKAGING / "try" / "config.toml", tmp_path)
    config = load_config(tmp_path)
    hosts = {config.smtp.host, *(inbox.host for inbox in config.inboxes)}
    assert hosts <= set(re.findall(r"^  (\w+):$", (PACKAGING / "compose.try.yaml").read_text(), re.MULTILINE))
    assert config.smtp.password_env == "MAILBOT_PASSWORD"


@pytest.mark.slow
@pytest.mark.parametrize("dockerfile", DOCKERFILES, ids=["desk", "try"])
def test_a_linter_finds_nothing_in_a_dockerfile(dockerfile):
    if shutil.which("hadolint") is None:
        pytest.skip("hadolint is not installed")
    found = subprocess.run(["hadolint", dockerfile], capture_output=True, text=True, check=False)
    assert (found.returncode, found.stdout) == (0, "")
