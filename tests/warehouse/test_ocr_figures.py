"""A figure that comes from character recognition says so, with its certainty, wherever it is shown."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import pytest

from loaders import formats
from loaders.document import Block, BlockKind, Document, Omission, Recognition, Status, sha256
from loaders.formats import ocr
from loaders.formats.ocr_repair import mended
from warehouse import query
from warehouse.build import BuildResult, build
from warehouse.reading.cache import DocumentCache, folder_of
from warehouse.reading.messages import Done, Task
from warehouse.reading.worker import Reader

TITLE = "云岭市档案局2021年度部门决算"
# The total was read with points for its commas; the project expenditure with less certainty than the rest.
SENTENCE = "2021年度本年支出合计1.100.00万元，其中：基本支出600.00万元，项目支出510.00万元。"
PRINTED = "今年购置车辆1辆，支出20万元。"


def recognised() -> Document:
    """A document with a page that was recognised and one with a text layer, and of which a page could not be read."""
    start = SENTENCE.index("510.00")
    scores = tuple(71 if start <= at < start + 6 else 98 for at in range(len(SENTENCE)))
    return Document(
        document_id=sha256(SENTENCE.encode()),
        file_name="扫描.pdf",
        path="扫描.pdf",
        format="pdf",
        size=1,
        title=TITLE,
        status=Status.PARTIAL,
        reason="needs_ocr",
        message="第 3 页没有读入",
        blocks=(
            Block(1, BlockKind.PARAGRAPH, TITLE, page=1, ocr=Recognition((99,) * len(TITLE))),
            mended(Block(2, BlockKind.PARAGRAPH, SENTENCE, page=1, ocr=Recognition(scores))),
            Block(3, BlockKind.PARAGRAPH, PRINTED, page=2),
        ),
        omissions=(Omission("needs_ocr", "第 3 页没有读入", page=3),),
    )


def scanned(folder: Path) -> Path:
    """A file whose document an earlier build has read: it comes from the cache, which spares the recognition."""
    DocumentCache(folder_of(folder / "w.duckdb")).store(recognised())
    (folder / "扫描.pdf").write_bytes(SENTENCE.encode())
    return folder / "扫描.pdf"


@pytest.fixture(scope="module")
def scans(light_project: Path, tmp_path_factory: pytest.TempPathFactory) -> BuildResult:
    """A warehouse of that document."""
    folder = tmp_path_factory.mktemp("scans")
    return build([scanned(folder)], folder / "w.duckdb", light_project)


def test_raw_has_the_certainty_and_what_was_recognised(scans: BuildResult) -> None:
    with query.reading(scans.warehouse) as connection:
        numbers = query.select(
            connection, "select stated, ocr_confidence, ocr_text from raw.number where unit_text = '万元' order by all"
        ).values
        blocks = query.select(connection, "select ocr_confidence, ocr_text from raw.block order by block_no").values
    assert numbers == (
        ("1100.00万元", 98, "1.100.00万元"),
        ("20万元", None, None),
        ("510.00万元", 71, None),
        ("600.00万元", 98, None),
    )
    assert blocks == ((99, None), (71, SENTENCE), (None, None))


def test_every_figure_says_how_certainly_it_was_recognised(scans: BuildResult) -> None:
    with query.reading(scans.warehouse) as connection:
        figures = query.select(connection, "select stated, ocr_confidence from marts.fct_figure order by all").values
    assert {("1100.00万元", 98), ("600.00万元", 98), ("510.00万元", 71)} <= set(figures)
    assert {confidence for stated, confidence in figures if stated in ("1辆", "20万元")} <= {None}


def test_trace_says_what_was_recognised_and_that_it_is_to_be_compared(scans: BuildResult, gouji: Any) -> None:
    with query.reading(scans.warehouse) as connection:
        ids = dict(query.select(connection, "select stated, figure_id from marts.fct_figure").values)
    said = gouji("trace", ids["1100.00万元"], "--warehouse", scans.warehouse).out
    assert "这个数由文字识别得来，把握 98%；识别为“1.100.00万元”，已按数字的写法修正；请对照原件" in said
    assert "把握 71%；请对照原件" in gouji("trace", ids["510.00万元"], "--warehouse", scans.warehouse).out
    found = json.loads(gouji("trace", ids["1100.00万元"], "--warehouse", scans.warehouse, "--json").out)
    assert (found["recognised"], found["figure"]["ocr_confidence"]) == ("1.100.00万元", 98)


def test_anomalies_and_profiles_warn_of_recognised_figures(scans: BuildResult, gouji: Any) -> None:
    assert "有文字识别得来的数，把握最低 71%" in gouji("anomalies", "--warehouse", scans.warehouse).out
    found = json.loads(gouji("anomalies", "--rule", "T07", "--warehouse", scans.warehouse, "--json").out)
    assert [anomaly["ocr_confidence"] for anomaly in found] == [71]
    profile = json.loads(gouji("show", "档案局", "--warehouse", scans.warehouse, "--json").out)
    assert [source["文字识别最低把握"] for source in profile["来源"]] == ["71%"]


def test_what_was_not_recognised_is_listed_after_a_build(
    light_project: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gouji: Any
) -> None:
    monkeypatch.setenv("GOUJI_PROJECT", str(light_project))
    answer = gouji("build", scanned(tmp_path), "--warehouse", tmp_path / "w.duckdb")
    assert "1 份已读取，0 份未读取" in answer.out
    assert re.search(r"不完整 \S*扫描.pdf：第 3 页没有读入（needs_ocr）", answer.out)


def test_a_worker_says_which_page_is_being_recognised(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    heard: list[Any] = []

    def read_bytes(data: bytes, place: Path) -> Document:
        report = ocr._watcher.get()
        assert report is not None
        report(3, 12)
        return recognised()

    monkeypatch.setattr(formats, "read_bytes", read_bytes)
    (tmp_path / "扫描.pdf").write_bytes(b"1")
    reader = Reader(root / "seeds", DocumentCache(tmp_path / "cache"), heard.append)
    task = Task(0, os.fsencode(tmp_path / "扫描.pdf"), "扫描.pdf", str(tmp_path / "rows"))
    assert isinstance(reader.run(task), Done)
    assert [(begin.path, begin.page, begin.pages) for begin in heard] == [("扫描.pdf", 0, 0), ("扫描.pdf", 3, 12)]
