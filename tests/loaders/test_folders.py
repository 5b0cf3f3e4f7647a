"""Folders and paths: what is walked, in which order, and records of what cannot be opened."""

from __future__ import annotations

import os
from pathlib import Path

from packages import zipped

from loaders import formats
from loaders.document import Status
from loaders.formats import find, read, read_all

SENTENCE = "2024年度本年收入合计5万元，本年支出合计3万元。"

# Walking


def test_folders_are_walked_in_order_without_hidden_files(write, tmp_path):
    for name in (
        "b/2.txt",
        "b/1.txt",
        "a.txt",
        ".hidden.txt",
        ".git/config",
        "b/.DS_Store",
        "c/d/.x/3.txt",
        "c/Thumbs.db",
        "c/desktop.ini",
        "c/~$4.docx",
        "__MACOSX/4.txt",
        "c/d/4.txt",
    ):
        write(name, b"x")
    assert [str(path.relative_to(tmp_path)) for path in find([tmp_path])] == [
        "a.txt",
        "b/1.txt",
        "b/2.txt",
        "c/d/4.txt",
    ]


def test_a_folder_inside_a_hidden_one_is_walked_when_it_is_asked_for(write, tmp_path):
    path = write(".cache/reports/a.txt", b"x")
    assert list(find([tmp_path / ".cache" / "reports"])) == [path]


def test_paths_keep_the_order_in_which_they_are_given(write, tmp_path):
    paths = [write("b.txt", b"x"), write("a.txt", b"x"), write(".hidden.txt", b"x")]
    assert list(find(paths)) == paths


def test_a_file_comes_once_however_often_it_is_named(write, tmp_path, monkeypatch):
    path = write("a/1.txt", b"x")
    monkeypatch.chdir(tmp_path)
    assert list(find([path, tmp_path, Path("a/1.txt"), path])) == [path]


def test_a_path_that_is_not_there_is_found_so_that_it_leaves_a_record(write, tmp_path):
    paths = [tmp_path / "没有", write("a.txt", SENTENCE.encode())]
    assert [read(path).reason for path in find(paths)] == ["missing", None]


def test_the_parts_of_a_saved_page_are_left_out_and_other_folders_are_not(write, tmp_path):
    names = ["决算.html", "决算_files/jquery.js", "预算.htm", "预算.files/a.css", "附件_files/a.txt"]
    for name in names:
        write(name, b"x")
    assert [str(path.relative_to(tmp_path)) for path in find([tmp_path])] == [
        "决算.html",
        "附件_files/a.txt",
        "预算.htm",
    ]


def test_links_are_followed_once_and_one_that_leads_nowhere_is_a_record(write, tmp_path):
    write("甲/一.txt", SENTENCE.encode())
    (tmp_path / "甲" / "回.txt").symlink_to(tmp_path / "甲", target_is_directory=True)
    (tmp_path / "甲" / "断.txt").symlink_to(tmp_path / "没有.txt")
    (tmp_path / "甲" / "环.txt").symlink_to(tmp_path / "甲" / "环.txt")
    reasons = {path.name: read(path).reason for path in find([tmp_path])}
    assert reasons == {"一.txt": None, "断.txt": "missing", "环.txt": "unreadable"}


# Names


def test_a_name_in_gb18030_is_text_in_the_record(tmp_path):
    path = tmp_path / os.fsdecode("某局/决算.txt".encode("gb18030").replace(b"/", b"-"))
    path.write_bytes(SENTENCE.encode())
    (document,) = [document for file in find([tmp_path]) for document in read_all(file)]
    assert (document.file_name, document.path) == ("某局-决算.txt", str(tmp_path / "某局-决算.txt"))
    assert document.status is Status.LOADED


def test_a_name_in_no_encoding_is_escaped(tmp_path):
    path = tmp_path / os.fsdecode(b"a\xff.txt")
    assert read(path).file_name == "a\\xff.txt"
    assert read(path).reason == "missing"


# What cannot be opened


def test_a_folder_a_pipe_and_a_name_that_is_too_long_are_records(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    for path in (tmp_path, tmp_path / "pipe", tmp_path / ("长" * 200)):
        document = read(path)
        assert (document.status, document.reason, document.size) == (Status.REJECTED, "unreadable", 0)
        assert document.message
        assert document.path == str(path)


def test_a_path_that_is_not_there_is_a_record(tmp_path):
    document = read(tmp_path / "没有.txt")
    assert (document.status, document.reason) == (Status.REJECTED, "missing")


def test_an_enormous_file_is_refused_without_being_read(tmp_path):
    with (tmp_path / "大.pdf").open("wb") as file:
        file.truncate(formats.MAX_BYTES + 1)
    document = read(tmp_path / "大.pdf")
    assert (document.status, document.reason) == (Status.REJECTED, "too_large")


def test_a_member_of_an_archive_that_cannot_be_taken_out_is_a_record_among_the_others(write):
    whole = zipped({"a.txt": SENTENCE * 3, "b.txt": SENTENCE})
    at = whole.index(b"a.txt") + 8
    path = write("a.zip", whole[:at] + bytes([whole[at] ^ 0xFF]) + whole[at + 1 :])
    documents = list(read_all(path))
    assert [(document.path, document.reason) for document in documents] == [
        (f"{path}/a.txt", "damaged_file"),
        (f"{path}/b.txt", None),
    ]
    assert len({document.document_id for document in documents}) == 2
