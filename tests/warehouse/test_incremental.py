"""A build that reads only what changed: the same rows as one that reads everything, and nothing done for nothing."""

from __future__ import annotations

import http.server
import json
import os
import shutil
import subprocess
import sys
import threading
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar

import duckdb
import pytest
from rows import differences

from warehouse import night, query, runs
from warehouse.build import BuildResult, build
from warehouse.notify import NotifyError, notify
from warehouse.reading.cache import folder_of

BUREAUS = ("统计", "审计", "农业", "林业", "水利", "教育", "民政")


def report(bureau: str, amount: int = 80) -> str:
    return (
        f"云岭市{bureau}局2020年度部门决算\n2020年度本年支出合计{amount}万元，其中：基本支出60万元，项目支出30万元。\n"
    )


# Of a report that is published anew, what it says now as before.
STAYS = "2020年“三公”经费预算10万元，支出决算8万元，完成预算的80%。\n"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def pack(path: Path, members: dict[str, str]) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), text)


@pytest.fixture(scope="module")
def project(light_project: Path) -> Path:
    return light_project


@pytest.fixture(scope="module")
def nights(project: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """Two builds of a folder with everything changed in between that may change, and a full build of the second state.

    The second is named otherwise where names are part of what is built, so the folder is the same one.
    """
    folder = tmp_path_factory.mktemp("nights")
    reports, warehouse = folder / "reports", folder / "w.duckdb"
    for bureau in BUREAUS[:5]:
        write(reports / f"{bureau}.txt", report(bureau) + (STAYS if bureau == "林业" else ""))
    write(reports / "z_same.txt", report("统计"))
    write(reports / "empty.txt", "")
    pack(reports / "pack.zip", {"教育.txt": report("教育"), "坏.bin": "\0\1\2" * 50, "统计.txt": report("统计")})
    first = build([reports], warehouse, project)

    (reports / "统计.txt").unlink()  # of which there are copies
    (reports / "审计.txt").unlink()
    (reports / "农业.txt").rename(reports / "old_农业.txt")
    write(reports / "林业.txt", report("林业", 95) + STAYS)  # changed
    write(reports / "民政.txt", report("民政"))  # new
    os.utime(reports / "水利.txt", (1, 1))  # touched
    (reports / "empty.txt").rename(reports / "none.txt")
    members = {"教育.txt": report("教育", 85), "坏.bin": "\0\1\2" * 50, "统计.txt": report("统计")}
    pack(reports / "pack.zip", members)
    second = build([reports], warehouse, project)
    full = folder / "full.duckdb"
    build([reports], full, project)
    return {"first": first, "second": second, "full": full, "reports": reports}


def test_an_incremental_build_has_the_rows_of_a_full_one(nights: dict[str, Any]) -> None:
    """Files added, changed, removed, renamed and touched, copies whose original goes, members of an archive."""
    assert nights["second"].run.is_full is False
    assert differences(nights["second"].warehouse, nights["full"]) == {}


def test_only_what_is_new_is_read(nights: dict[str, Any]) -> None:
    """Opened: the changed and the new file, the archive and the empty file; parsed: what no earlier build had read."""
    run = nights["second"].run
    assert (run.files_opened, run.documents_added, run.documents_removed) == (4, 4, 4)
    assert run.documents_parsed == 4  # 林业, 民政, 教育 in the archive, and the empty file, which has no content


def test_changes_are_on_record(nights: dict[str, Any]) -> None:
    with duckdb.connect(nights["second"].warehouse, read_only=True) as connection:
        rows = connection.execute(
            "select kind, regexp_extract(path, '[^/]+$') from meta.run_change where kind like 'document%' order by all"
        ).fetchall()
        assert ("document_added", "民政.txt") in rows
        assert ("document_removed", "审计.txt") in rows
        assert ("document_moved", "old_农业.txt") in rows
        assert ("document_changed", "林业.txt") in rows
        assert connection.execute(
            "select outcome, is_full, documents_added from meta.run order by started_at"
        ).fetchall() == [("built", True, 8), ("built", False, 4)]
        assert connection.execute("select count(*) > 4 from meta.run_step").fetchall() == [(True,)]


def test_a_report_published_anew_has_only_the_anomalies_that_differ(nights: dict[str, Any]) -> None:
    """Of the one that changed, the sum is wrong no more; what is said of 三公 stays, and is not told."""
    with duckdb.connect(nights["second"].warehouse, read_only=True) as connection:
        rows = connection.execute(
            "select kind, rule_id from meta.run_change where path like '%林业.txt' and rule_id is not null order by all"
        ).fetchall()
        found = connection.execute(
            "select rule_id, is_primary from marts.fct_anomaly where file_name = '林业.txt' order by all"
        ).fetchall()
    assert rows == [("anomaly_resolved", "T07")]
    assert found == [("P09", True)]


@pytest.fixture
def small(project: Path, tmp_path: Path, only_raw: None) -> Callable[..., BuildResult]:
    """Builds the reports in a folder of one short report, as far as raw."""
    write(tmp_path / "reports" / "a.txt", report("统计"))

    def again(root: Path = project) -> BuildResult:
        return build([tmp_path / "reports"], tmp_path / "w.duckdb", root)

    return again


def test_nothing_is_done_when_nothing_has_changed(small: Callable[..., BuildResult]) -> None:
    warehouse = small().warehouse
    before = warehouse.read_bytes()
    result = small()
    assert (result.is_unchanged, result.documents) == (True, 1)
    assert warehouse.read_bytes() == before


def test_a_changed_seed_reads_no_document_again(
    small: Callable[..., BuildResult], project: Path, tmp_path: Path
) -> None:
    """Of a rule, nothing is opened; of the vocabulary, documents come from the cache, and mean something else."""
    small()
    changed = tmp_path / "project"
    shutil.copytree(project, changed)
    with (changed / "seeds" / "rules" / "threshold.csv").open("a", encoding="utf-8") as file:
        file.write("P09-x,P09,execution_pct,95,,info,低于95%\n")
    run = small(changed).run
    assert (run.outcome, run.is_full, run.files_opened, run.documents_parsed) == ("built", False, 0, 0)
    term = changed / "seeds" / "vocabulary" / "term.csv"
    lines = term.read_text(encoding="utf-8").splitlines()
    term.write_text("\n".join([*lines[:-1], "公务招待费,reception" + "," * (lines[0].count(",") - 1)]) + "\n", "utf-8")
    run = small(changed).run
    assert (run.outcome, run.is_full, run.documents_parsed) == ("built", True, 0)


@pytest.mark.parametrize("damage", [b"", b"gouji document 1\nnonsense", None], ids=["empty", "cut", "one bit"])
def test_a_damaged_entry_of_the_cache_is_noticed(
    small: Callable[..., BuildResult], tmp_path: Path, damage: bytes | None
) -> None:
    warehouse = small().warehouse
    kept = tmp_path / "kept.duckdb"
    shutil.copyfile(warehouse, kept)
    (entry,) = folder_of(warehouse).rglob("*.document")
    whole = entry.read_bytes()
    entry.write_bytes(whole[:-1] + bytes([whole[-1] ^ 1]) if damage is None else damage)
    warehouse.unlink()
    run = small().run
    assert (run.is_full, run.documents_parsed) == (True, 1)
    assert entry.read_bytes() == whole
    assert differences(warehouse, kept) == {}


def test_a_damaged_warehouse_is_built_anew(small: Callable[..., BuildResult], tmp_path: Path) -> None:
    warehouse = small().warehouse
    warehouse.write_bytes(b"no database at all" * 1000)
    run = small().run
    assert (run.outcome, run.is_full, run.documents_parsed) == ("built", True, 0)


NOTHING = """
import sys
from pathlib import Path
from warehouse.build import build
result = build([Path(sys.argv[1])], Path(sys.argv[2]), Path(sys.argv[3]))
assert result.is_unchanged
heavy = {"great_expectations", "pandas", "pyarrow", "numpy", "lxml", "pypdfium2", "sqlglot"}
print(sorted(heavy & set(sys.modules)))
"""


def test_finding_that_nothing_has_changed_imports_no_reader_and_no_checker(
    small: Callable[..., BuildResult], project: Path, tmp_path: Path
) -> None:
    warehouse = small().warehouse
    command = [sys.executable, "-c", NOTHING, str(tmp_path / "reports"), str(warehouse), str(project)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr


# Runs and their report


def test_the_report_of_a_night_says_what_is_new_and_what_is_gone(nights: dict[str, Any], tmp_path: Path) -> None:
    result = nights["second"]
    with query.reading(result.warehouse) as connection:
        last = night.of_run(runs.history(result.warehouse, connection)[0], connection)
    files = night.write(last, tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(
        [*(path.name for path in files), "latest.html", "latest.json"]
    )
    told = json.loads((tmp_path / "latest.json").read_text(encoding="utf-8"))
    assert told["run"]["outcome"] == "built"
    assert told["counts"]["document_moved"] >= 1
    assert "民政.txt" in {Path(row["path"]).name for row in told["added"]}
    # 60 + 30 is more than 80, in 民政 as in the others, but no longer in 审计
    assert any("民政" in (row["organization_name"] or "") for row in told["new"])
    assert any("审计" in (row["organization_name"] or "") for row in told["resolved"])
    page = (tmp_path / "latest.html").read_text(encoding="utf-8")
    for part in ("新出现的疑点", "消失的疑点", "民政.txt", "没有读入的文件", "坏.bin"):
        assert part in page
    assert "://" not in page  # it needs nothing from elsewhere
    assert night.summary(last, files)["anomalies_new"] == len(told["new"]) > 0


def test_runs_are_listed_the_last_first_with_those_that_failed(
    nights: dict[str, Any], gouji: Any, tmp_path: Path
) -> None:
    """A run that publishes nothing is on record, too: in the log, until the next one takes it over."""
    copy = tmp_path / "w.duckdb"
    shutil.copyfile(nights["second"].warehouse, copy)
    (tmp_path / "nothing").mkdir()
    told = tmp_path / "told.json"
    command = f"{sys.executable} -c \"import sys; open(r'{told}', 'w').write(sys.stdin.read())\""
    arguments = ("--warehouse", copy, "--report", tmp_path / "r", "--notify", command)
    assert gouji("build", tmp_path / "nothing", *arguments).code == 1
    assert json.loads(told.read_text(encoding="utf-8"))["outcome"] == "failed"
    assert "没有找到报告文件" in (tmp_path / "r" / "latest.html").read_text(encoding="utf-8")
    found = json.loads(gouji("runs", "--warehouse", copy, "--json").out)
    assert [run["outcome"] for run in found] == ["failed", "built", "built"]
    assert "没有找到报告文件" in found[0]["message"]
    assert "失败" in gouji("runs", "--warehouse", copy, "--limit", "1").out
    answer = gouji("runs", "--warehouse", tmp_path / "none.duckdb")
    assert (answer.code, "没有运行记录" in answer.err) == (1, True)


def test_a_run_that_was_killed_is_on_record(small: Callable[..., BuildResult], tmp_path: Path) -> None:
    killed = runs.Run("build", process=2**22 + 1)  # a number that no process has
    log = tmp_path / ".w.duckdb.runs.jsonl"
    log.write_text(runs._line(killed) + '{"run_id": "cut', encoding="utf-8")
    warehouse = small().warehouse
    assert not log.exists()
    with duckdb.connect(warehouse, read_only=True) as connection:
        assert [run.outcome for run in runs.history(warehouse, connection)] == ["built", "interrupted"]


class Hook(http.server.BaseHTTPRequestHandler):
    """Keeps what is posted to it."""

    posted: ClassVar[list[dict[str, Any]]] = []

    def do_POST(self) -> None:
        self.posted.append(json.loads(self.rfile.read(int(self.headers["Content-Length"]))))
        self.send_response(500 if self.path == "/broken" else 204)
        self.end_headers()

    def log_message(self, *_: Any) -> None:
        """Say nothing."""


def test_a_summary_is_posted_to_an_address() -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), Hook) as server:
        address = f"http://127.0.0.1:{server.server_port}"
        threading.Thread(target=server.serve_forever, daemon=True).start()
        notify(f"{address}/hook", {"outcome": "built"})
        assert Hook.posted == [{"outcome": "built"}]
        with pytest.raises(NotifyError, match="500"):
            notify(f"{address}/broken", {"outcome": "built"})
        server.shutdown()
    with pytest.raises(NotifyError, match="没有送到"):
        notify(address, {})


@pytest.mark.parametrize("command", ["no-such-command-anywhere", "false", '"', ""])
def test_a_command_that_does_not_work_is_told(command: str) -> None:
    with pytest.raises(NotifyError):
        notify(command, {})
