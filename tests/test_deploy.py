"""What is under `deploy/` works as it stands and as docs/operations.md says: commands, paths, exit codes, the image."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.core import TyperGroup
from typer.main import get_command

from warehouse.cli.app import app

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "deploy"
OPERATIONS = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
GOUJI = "/opt/gouji/.venv/bin/gouji"
REPORT = "云岭市统计局2021年度部门决算\n2021年度本年支出合计100万元，其中：基本支出60万元，项目支出50万元。\n"


def settings(file: str) -> dict[str, list[str]]:
    """The settings of a systemd unit, each with all its values."""
    found: dict[str, list[str]] = {}
    for name, value in re.findall(r"^(\w+)=(.*)$", (DEPLOY / file).read_text(encoding="utf-8"), re.MULTILINE):
        found.setdefault(name, []).append(value)
    return found


def cron_line() -> str:
    """The command of the crontab's line."""
    lines = (DEPLOY / "crontab").read_text(encoding="utf-8").splitlines()
    (line,) = [line for line in lines if line and not line.startswith("#") and not re.match(r"\w+=", line)]
    return line.split(maxsplit=5)[5]


def container(instruction: str) -> list[list[str]]:
    """The arguments of each such instruction of the Containerfile."""
    text = (DEPLOY / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    found = re.findall(rf"^{instruction} (.*)$", text, re.MULTILINE)
    return [json.loads(each) if each.startswith("[") else shlex.split(each) for each in found]


SERVICE = settings("gouji.service")
STARTED = [
    pytest.param(shlex.split(SERVICE["ExecStart"][0])[1:], id="service"),
    pytest.param(shlex.split(cron_line().partition(">>")[0])[1:], id="crontab"),
    pytest.param(container("CMD")[0], id="container"),
]


@pytest.mark.parametrize("arguments", STARTED)
def test_what_is_started_every_night_is_a_command(arguments: list[str]) -> None:
    group = get_command(app)
    assert isinstance(group, TyperGroup)
    group.commands[arguments[0]].make_context(arguments[0], arguments[1:])


def test_service_and_crontab_start_the_same() -> None:
    by_cron = shlex.split(cron_line().partition(">>")[0])
    assert shlex.split(SERVICE["ExecStart"][0]) == by_cron
    assert by_cron[0] == GOUJI
    for line in SERVICE["Environment"]:
        assert f"\n{line}\n" in (DEPLOY / "crontab").read_text(encoding="utf-8")


def test_the_service_may_write_what_it_writes_and_no_more() -> None:
    environment = dict(line.split("=", 1) for line in SERVICE["Environment"])
    arguments = shlex.split(SERVICE["ExecStart"][0])
    written = {
        str(Path(environment["GOUJI_WAREHOUSE"]).parent),
        arguments[arguments.index("--report") + 1],
    }
    assert set(SERVICE["ReadWritePaths"][0].split()) == written
    assert SERVICE["ReadOnlyPaths"] == [arguments[arguments.index("build") + 1]]


def test_paths_of_deploy_are_those_of_the_page() -> None:
    """Folders that the page has the operator make, the user and files that it installs."""
    made = set(" ".join(re.findall(r"^install -d -o gouji -g gouji (.*)$", OPERATIONS, re.MULTILINE)).split())
    paths = {
        path
        for file in DEPLOY.iterdir()
        if file.name != "Containerfile"
        for path in re.findall(r"/srv/gouji[\w/.]*", file.read_text(encoding="utf-8"))
    }
    assert {path if path in made else str(Path(path).parent) for path in paths} <= made
    assert (SERVICE["User"], SERVICE["Group"]) == (["gouji"], ["gouji"])
    for path in re.findall(r"/opt/gouji/((?:deploy|docs|seeds)[\w/.-]*)", OPERATIONS):
        assert (ROOT / path).exists(), path


@pytest.mark.parametrize(("code", "mailed"), [(0, False), (1, True), (2, False)])
def test_cron_has_something_to_mail_only_where_a_night_failed(tmp_path: Path, code: int, *, mailed: bool) -> None:
    program = tmp_path / "gouji"
    program.write_text(f"#!/bin/sh\necho what it printed\nexit {code}\n", encoding="utf-8")
    program.chmod(0o755)
    line = cron_line().replace(GOUJI, str(program)).replace("/srv/gouji/nights", str(tmp_path))
    done = subprocess.run(["/bin/sh", "-c", line], capture_output=True, text=True, check=False)
    assert ("failed" in done.stdout, done.stderr) == (mailed, "")
    assert (tmp_path / "cron.log").read_text(encoding="utf-8") == "what it printed\n"


def test_systemd_has_nothing_to_say_of_the_units(tmp_path: Path) -> None:
    if shutil.which("systemd-analyze") is None:
        pytest.skip("no systemd-analyze: apt-get install systemd")
    units = [tmp_path / "gouji.service", tmp_path / "gouji.timer"]
    for unit in units:
        text = (DEPLOY / unit.name).read_text(encoding="utf-8").replace(GOUJI, "/bin/true")
        unit.write_text(text, encoding="utf-8")
    done = subprocess.run(["systemd-analyze", "verify", *units], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")


# The image


def test_the_image_takes_files_that_are_there_and_installs_them() -> None:
    taken = [source for *sources, _ in container("COPY") for source in sources]
    assert [source for source in taken if not (ROOT / source).exists()] == []
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    needed = re.findall(r'^(?:readme|license-files) = \[?"(\w+(?:\.\w+)?)', project, re.MULTILINE)
    assert set(needed) <= set(taken)
    assert "--require-hashes -r requirements.lock" in " ".join(container("RUN")[0])


BUILD = """
import sys
from pathlib import Path
from warehouse import build, expectations, paths

build.run_checks = lambda connection, project: expectations.CheckReport((), 0.0)  # which take longer than all the rest
result = build.build([Path(sys.argv[1])], paths.default_warehouse(), paths.project_root())
print(build.__file__, result.run.outcome, result.run.anomalies)
"""


def test_what_the_image_takes_is_enough_to_build(tmp_path: Path) -> None:
    image, report = tmp_path / "image", tmp_path / "统计局.txt"
    image.mkdir()
    report.write_text(REPORT, encoding="utf-8")
    for *sources, _ in container("COPY"):
        for source in sources:
            if (ROOT / source).is_dir():
                shutil.copytree(ROOT / source, image / source, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy(ROOT / source, image)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("GOUJI_")}
    environment |= {"PYTHONPATH": str(image), "GOUJI_WAREHOUSE": str(tmp_path / "data" / "gouji.duckdb")}
    command = [sys.executable, "-c", BUILD, str(report)]
    done = subprocess.run(command, capture_output=True, env=environment, encoding="utf-8", cwd=tmp_path, check=False)
    assert done.stdout.split() == [str(image / "warehouse" / "build.py"), "built", "1"], done.stderr
