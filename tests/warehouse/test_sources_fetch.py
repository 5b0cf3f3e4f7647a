"""`gouji fetch`, against a server of this machine: what is asked, what is kept, and what an address may not do."""

from __future__ import annotations

import hashlib
import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from servers import PDF, Page, Server, serving

from loaders.folders import find, is_hidden
from warehouse import lock
from warehouse.sources import listing, manifest, names
from warehouse.sources.fetch import fetch
from warehouse.sources.listing import Listed, ListError
from warehouse.sources.manifest import Entry
from warehouse.sources.pace import Pace
from warehouse.sources.web import Limits, Web


@pytest.fixture
def server() -> Iterator[Server]:
    with serving() as started:
        yield started


class Fetching:
    """Fetches into a folder without waiting; `waited` is how long it would have waited, and when."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.waited: list[float] = []

    def __call__(self, *addresses: str | Listed, delay: float = 0, limits: Limits | None = None) -> list[Entry]:
        listed = [each if isinstance(each, Listed) else Listed(each) for each in addresses]
        pace = Pace(delay, self.waited.append)
        with Web([each.address for each in listed], pace, limits or Limits(seconds=30)) as web:
            return fetch(listed, self.folder, web, pace)

    def one(self, address: str | Listed, **options: Any) -> Entry:
        (entry,) = self(address, **options)
        return entry

    def files(self) -> dict[str, bytes]:
        """What a build would read."""
        return {path.relative_to(self.folder).as_posix(): path.read_bytes() for path in find([self.folder])}


@pytest.fixture
def fetching(tmp_path: Path) -> Fetching:
    return Fetching(tmp_path / "reports")


# What is kept


def test_content_is_kept_as_it_was_received(server: Server, fetching: Fetching) -> None:
    body = b"\xff\xfe\r\n\0 not text, not a PDF" * 9
    address = server.put("/a/%E5%86%B3%E7%AE%97.xls", body=body, headers={"Content-Type": "application/vnd.ms-excel"})
    entry = fetching.one(Listed(address, organization="云岭市统计局", note="2021"))
    file = f"127.0.0.1_{server.port}/决算.xls"
    assert fetching.files() == {file: body}
    assert (entry.outcome, entry.status, entry.file, entry.bytes) == ("new", 200, file, len(body))
    assert (entry.sha256, entry.organization) == (hashlib.sha256(body).hexdigest(), "云岭市统计局")
    assert datetime.fromisoformat(entry.fetched_at) - datetime.now(UTC) < timedelta(minutes=1)
    assert manifest.read(fetching.folder) == [entry]
    assert server.asked[-1][1]["User-Agent"].startswith("gouji/")
    assert server.asked[-1][1]["Accept-Encoding"] == "identity"


def test_what_has_not_changed_is_not_sent_again(server: Server, fetching: Fetching) -> None:
    address = server.put("/a.pdf", etag='"1"', headers={"Last-Modified": "Sat, 28 Nov 2026 02:30:00 GMT"})
    first = fetching.one(address)
    second = fetching.one(address)
    assert (second.outcome, second.status) == ("unchanged", 304)
    asked = server.asked[-1][1]
    assert (asked["If-None-Match"], asked["If-Modified-Since"]) == ('"1"', "Sat, 28 Nov 2026 02:30:00 GMT")
    assert (second.file, second.sha256, second.etag) == (first.file, first.sha256, first.etag)
    assert fetching.one(address).status == 304  # what it said the first time is not forgotten


def test_a_file_that_is_gone_is_fetched_whole(server: Server, fetching: Fetching) -> None:
    address = server.put("/a.pdf", etag='"1"')
    (fetching.folder / fetching.one(address).file).unlink()
    assert fetching.one(address).status == 200
    assert list(fetching.files().values()) == [PDF]


def test_a_server_that_says_nothing_of_changes_is_asked_whole(server: Server, fetching: Fetching) -> None:
    address = server.put("/a.pdf")
    file = fetching.folder / fetching.one(address).file
    before = file.stat()
    entry = fetching.one(address)
    assert (entry.outcome, entry.status) == ("unchanged", 200)
    assert file.stat() == before


def test_content_that_changed_replaces_the_file_and_the_earlier_one_is_kept(server: Server, fetching: Fetching) -> None:
    address = server.put("/a.pdf", etag='"1"')
    fetching.one(address)
    server.put("/a.pdf", body=PDF + b"2", etag='"2"')
    entry = fetching.one(address)
    assert (entry.outcome, entry.file) == ("changed", f"127.0.0.1_{server.port}/a.pdf")
    assert fetching.files() == {entry.file: PDF + b"2"}
    (earlier,) = (fetching.folder / manifest.HIDDEN / "earlier").iterdir()
    assert (earlier.read_bytes(), earlier.name) == (PDF, f"{hashlib.sha256(PDF).hexdigest()}.pdf")


def test_a_page_of_an_error_does_not_replace_a_file(server: Server, fetching: Fetching) -> None:
    address = server.put("/a.pdf")
    fetching.one(address)
    server.put("/a.pdf", body=b"<!DOCTYPE html><html>404</html>", headers={"Content-Type": "text/html"})
    assert fetching.one(address).reason == "page_instead"
    assert list(fetching.files().values()) == [PDF]
    server.pages.clear()
    assert fetching.one(address).status == 404
    assert list(fetching.files().values()) == [PDF]


def test_addresses_that_fail_do_not_keep_others_from_being_fetched(server: Server, fetching: Fetching) -> None:
    good = server.put("/good.pdf")
    empty = server.put("/empty.pdf", body=b"")
    label = f"http://{'a' * 64}.example/"  # longer than a part of a name may be
    entries = fetching(label, "ftp://a/b", server.at("/none.pdf"), "http://[", "统计局", empty, good)
    assert [entry.reason for entry in entries] == [
        "bad_address",
        "bad_address",
        "http_status",
        "bad_address",
        "bad_address",
        "empty",
        "",
    ]
    assert [entry.status for entry in entries] == [None, None, 404, None, None, 200, 200]
    assert all(entry.message for entry in entries[:-1])
    assert len(fetching.files()) == 1
    assert manifest.read(fetching.folder)[-1] == entries[-1]


def test_headers_that_cannot_be_sent_back_are_left_out(server: Server, fetching: Fetching) -> None:
    address = server.put("/a.pdf", headers={"ETag": '"决算"'.encode(), "Last-Modified": "昨天".encode("gbk")})
    fetching.one(address)
    assert (fetching.one(address).outcome, fetching.one(address).etag) == ("unchanged", "")


# Tries, and limits


def test_a_server_that_fails_is_asked_again_later_each_time(server: Server, fetching: Fetching) -> None:
    address = server.put("/a.pdf", first=[(500, {}), (503, {}), (502, {})])
    assert fetching.one(address).outcome == "new"
    assert fetching.waited == sorted(fetching.waited)
    assert len(fetching.waited) == 3
    server.put("/b.pdf", first=[(500, {})] * 9)
    assert fetching.one(server.at("/b.pdf")).status == 500
    assert server.paths().count("/b.pdf") == 4


def test_a_server_says_when_to_come_again(server: Server, fetching: Fetching) -> None:
    soon = format_datetime(datetime.now(UTC) + timedelta(seconds=90), usegmt=True)
    address = server.put("/a.pdf", first=[(429, {"Retry-After": "7"}), (503, {"Retry-After": soon})])
    assert fetching.one(address).outcome == "new"
    assert fetching.waited[0] == 7
    assert 60 < fetching.waited[1] <= 90
    later = server.put("/b.pdf", first=[(429, {"Retry-After": "86400"}), (429, {"Retry-After": "-"})])
    entries = fetching(later, address)
    assert "86400" in entries[0].message
    assert [entry.reason for entry in entries] == ["asked_to_wait", "host_left"]
    assert len(fetching.waited) == 2  # a day is not waited for


def test_a_broken_answer_is_asked_for_again(server: Server, fetching: Fetching) -> None:
    address = server.put("/a.pdf", declared=len(PDF) + 10)
    assert fetching.one(address).reason == "broken_answer"
    assert server.paths() == ["/a.pdf"] * 4
    assert fetching.files() == {}


@pytest.mark.parametrize("drips_headers", [False, True])
def test_who_sends_drop_by_drop_is_cut_off(server: Server, fetching: Fetching, drips_headers: bool) -> None:
    address = server.put("/a.pdf", drip=0.02, drips_headers=drips_headers, body=PDF * 9)
    assert fetching.one(address, limits=Limits(seconds=0.3)).reason == "timeout"
    assert fetching.files() == {}


def test_what_is_too_large_is_not_kept(server: Server, fetching: Fetching) -> None:
    declared = server.put("/a.pdf", body=b"%PDF" * 1000)
    unsaid = server.put("/b.pdf", body=b"%PDF" * 1000, drip=1e-9)
    entries = fetching(declared, unsaid, limits=Limits(seconds=30, size=2000))
    assert [entry.reason for entry in entries] == ["too_large", "too_large"]
    assert fetching.files() == {}


def test_a_host_that_is_down_is_given_up(fetching: Fetching) -> None:
    with serving() as gone:
        addresses = [gone.at(f"/{number}.pdf") for number in range(9)]
    entries = fetching(*addresses)
    assert [entry.reason for entry in entries] == ["connection"] * 3 + ["host_left"] * 6
    assert len(fetching.waited) == 3  # the pauses between four tries of the first


# Politeness


def test_a_host_is_asked_one_thing_after_the_other_with_pauses(server: Server, fetching: Fetching) -> None:
    fetching(*(server.put(f"/{number}.pdf") for number in range(3)), delay=5)
    assert len(fetching.waited) == 3  # after robots.txt, and after two of the addresses
    assert all(4 < seconds <= 5 for seconds in fetching.waited)
    assert [path for path, _ in server.asked] == ["/robots.txt", "/0.pdf", "/1.pdf", "/2.pdf"]


def test_robots_txt_is_kept_to(server: Server, fetching: Fetching) -> None:
    server.put("/robots.txt", body=b"User-agent: *\nDisallow: /inner/*.pdf$\nCrawl-delay: 30\n")
    entries = fetching(server.put("/inner/a.pdf"), server.put("/b.pdf"), server.put("/c.pdf"))
    assert [entry.reason for entry in entries] == ["robots", "", ""]
    assert server.paths() == ["/b.pdf", "/c.pdf"]
    assert 29 < fetching.waited[-1] <= 30


@pytest.mark.parametrize(
    ("robots", "reason"),
    [
        (Page(status=403, body=b"User-agent: *\nDisallow: /"), ""),
        (Page(body=b"User-agent: gouji\nDisallow: /\n"), "robots"),
        (Page(body=b"User-agent: *\nCrawl-delay: 86400\n"), "robots"),
        (Page(body="<html>没有这一页</html>".encode("gbk")), ""),
        (Page(status=500), "robots_unreachable"),
    ],
    ids=["refused", "forbidden", "once a day", "a page of an error", "broken"],
)
def test_what_robots_txt_may_be(server: Server, fetching: Fetching, robots: Page, reason: str) -> None:
    server.put("/robots.txt", robots)
    assert fetching.one(server.put("/a.pdf")).reason == reason


# Where an address may lead


def test_redirects_are_followed(server: Server, fetching: Fetching) -> None:
    server.put("/a", status=302, headers={"Location": "/b/2021.pdf?x=1"})
    server.put("/b/2021.pdf?x=1")
    entry = fetching.one(server.at("/a"))
    assert (entry.final_address, Path(entry.file).name) == (server.at("/b/2021.pdf?x=1"), "2021.pdf")


@pytest.mark.parametrize(
    ("location", "reason"),
    [
        ("/a", "redirect_loop"),
        ("file:///etc/passwd", "scheme_not_allowed"),
        ("ftp://127.0.0.1/x", "scheme_not_allowed"),
        ("http://localhost:{port}/b.pdf", "private_address"),
        ("http://[::ffff:127.0.0.1]:{port}/b.pdf", "private_address"),
    ],
)
def test_redirects_that_lead_astray(server: Server, fetching: Fetching, location: str, reason: str) -> None:
    """The list names 127.0.0.1; `localhost` is the same place under a name that it does not name."""
    server.put("/b.pdf")
    address = server.put("/a", status=302, headers={"Location": location.format(port=server.port)})
    assert fetching.one(address).reason == reason
    assert "/b.pdf" not in server.paths()
    assert fetching.files() == {}


def test_a_port_that_the_list_does_not_name_is_not_asked(server: Server, fetching: Fetching) -> None:
    with serving() as inner:
        address = server.put("/a", status=302, headers={"Location": inner.put("/secret.pdf")})
        assert fetching.one(address).reason == "private_address"
        assert inner.asked == []
        assert fetching(address, inner.at("/secret.pdf"))[0].outcome == "new"  # now it does


# Names


@pytest.mark.parametrize(
    ("disposition", "name"),
    [
        ('attachment; filename="../../../../etc/cron.d/决算.pdf"'.encode(), "决算.pdf"),
        (b'attachment; filename="/etc/passwd"', "passwd.pdf"),
        (b'attachment; filename="C:\\\\Users\\\\x\\\\report.pdf"', "report.pdf"),
        ('attachment; filename="决算.pdf"'.encode("gb18030"), "决算.pdf"),
        (b"attachment; filename=%BE%F6%CB%E3.pdf", "决算.pdf"),
        (b"attachment; filename=x.pdf; filename*=UTF-8''%E5%86%B3%E7%AE%97.pdf", "决算.pdf"),
        (b'attachment; filename=".gouji"', "gouji.pdf"),
        (b'attachment; filename="a\x01\x7f<b>|c.pdf"', "a_b__c.pdf"),
        ('attachment; filename="2021\u202efdp.exe"'.encode(), "2021fdp.exe.pdf"),
        (b'attachment; filename="CON.pdf"', "CON_.pdf"),
        (b'attachment; filename=".."', "here.pdf"),
        (b'attachment; filename=""', "here.pdf"),
        (b';;=="', "here.pdf"),
    ],
)
def test_names_that_servers_give(server: Server, fetching: Fetching, disposition: bytes, name: str) -> None:
    headers = {"Content-Type": "application/pdf", "Content-Disposition": disposition}
    address = server.put("/down/here", headers=headers)
    entry = fetching.one(address)
    assert entry.file == f"127.0.0.1_{server.port}/{name}"
    assert [path.resolve().is_relative_to(fetching.folder.resolve()) for path in find([fetching.folder])] == [True]


def test_names_are_not_too_long_and_not_taken_twice(server: Server, fetching: Fetching) -> None:
    long = "决" * 90
    files = [
        Path(entry.file).name
        for entry in fetching(
            server.put("/a/x.pdf"), server.put("/b/X.pdf"), Listed(server.put("/c"), name=long), server.put("/d?id=1")
        )
    ]
    assert files[0] == "x.pdf"
    assert files[1] == names.told_apart("X.pdf", server.at("/b/X.pdf"))  # file systems may not tell x from X
    assert files[2].endswith("决.pdf")
    assert len(files[2].encode()) <= 200
    assert len(fetching.files()) == 4
    again = fetching(server.at("/a/x.pdf"), server.at("/b/X.pdf"))
    assert [Path(entry.file).name for entry in again] == files[:2]


@given(name=st.text(), disposition=st.binary(), path=st.text(), content_type=st.text(), head=st.binary(max_size=9))
@example("", b"attachment; filename*=no-such-code''%E5; filename*0*=x; filename*99999=y", "/", "", b"")
def test_any_name_is_one_part_of_a_path_that_a_build_reads(
    name: str, disposition: bytes, path: str, content_type: str, head: bytes
) -> None:
    safe = names.of_content(name, b"attachment; filename=" + disposition, path, content_type, head)
    assert Path(safe).name == safe
    assert safe.isprintable()
    assert not is_hidden(safe)
    assert len(names.told_apart(safe, "http://a.cn").encode()) <= 255


@pytest.mark.parametrize(
    ("path", "content_type", "head", "name"),
    [
        ("/a/", "text/html; charset=gbk", b"<html>", "index.html"),
        ("/show.jsp", "text/html", b"\r\n<!DOCTYPE html>", "show.jsp.html"),
        ("/a.pdf", "application/octet-stream", b"<html>", "a.pdf.html"),
        ("/down.do", "application/octet-stream", b"%PDF-1.4", "down.do.pdf"),
        ("/down", "application/octet-stream", b"PK\x03\x04", "down.zip"),
        ("/down", "", b"?", "down.bin"),
        ("/x_files", "application/msword", b"?", "x_files.doc"),
    ],
)
def test_extensions_fit(path: str, content_type: str, head: bytes, name: str) -> None:
    assert names.of_content("", b"", path, content_type, head) == name


# The list


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_list_may_be_in_any_encoding(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.txt").write_text("# 统计局的决算\n\nhttp://a.cn/决算.pdf\r\n  http://b.cn \nhttp://b.cn\n", encoding)
    assert [each.address for each in listing.read(tmp_path / "a.txt")] == ["http://a.cn/决算.pdf", "http://b.cn"]
    (tmp_path / "a.csv").write_text('单位,网址,备注\n统计局,http://a.cn,"甲,乙"\n,,\n审计局,http://b.cn\n', encoding)
    assert listing.read(tmp_path / "a.csv") == [
        Listed("http://a.cn", organization="统计局", note="甲,乙"),
        Listed("http://b.cn", organization="审计局"),
    ]


@pytest.mark.parametrize("content", [b"", b"# nothing\n\n", b"url,note\n", b"\0\1\2\3" * 20])
def test_a_list_without_addresses_is_said(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.txt").write_bytes(content)
    with pytest.raises(ListError, match=r"a\.txt"):
        listing.read(tmp_path / "a.txt")


# The manifest


def test_a_manifest_does_not_grow_with_nights_on_which_nothing_changed(server: Server, fetching: Fetching) -> None:
    address = server.put("/a.pdf", etag='"1"')
    fetching.one(address)
    server.put("/a.pdf", body=PDF + b"2", etag='"2"')
    for _ in range(4):
        fetching(address, server.at("/none.pdf"))
    outcomes = [(entry.outcome, entry.status) for entry in manifest.read(fetching.folder)]
    assert outcomes.count(("failed", 404)) == 2
    assert outcomes[:2] == [("new", 200), ("changed", 200)]
    assert len(outcomes) == 6


def test_a_line_that_was_not_written_whole_counts_for_nothing(server: Server, fetching: Fetching) -> None:
    first = fetching.one(server.put("/a.pdf"))
    with manifest.file_of(fetching.folder).open("ab") as file:
        file.write(b'{"address":"http://cut')
    second = fetching.one(server.put("/b.pdf"))
    assert manifest.read(fetching.folder) == [first, second]


def test_one_run_at_a_time_fetches_into_a_folder(server: Server, fetching: Fetching) -> None:
    address = server.put("/a.pdf")
    fetching.one(address)
    place = fetching.folder / manifest.HIDDEN / "lock"
    with lock.exclusive(place, fetching.folder), pytest.raises(lock.LockError, match=str(os.getpid())):
        fetching.one(address)


KILLED = """
import sys
from pathlib import Path
from warehouse.sources.fetch import fetch
from warehouse.sources.listing import Listed
from warehouse.sources.pace import Pace
from warehouse.sources.web import Limits, Web
addresses, pace = sys.argv[2:], Pace(0)
with Web(addresses, pace, Limits()) as web:
    fetch([Listed(each) for each in addresses], Path(sys.argv[1]), web, pace)
"""


def test_a_run_that_is_killed_leaves_no_half_file(server: Server, fetching: Fetching, root: Path) -> None:
    addresses = [server.put(f"/{n}.pdf", etag='"1"') for n in range(3)]
    addresses.append(server.put("/slow.pdf", drip=0.05, body=PDF * 20))
    run = subprocess.Popen([sys.executable, "-c", KILLED, str(fetching.folder), *addresses], cwd=root)
    deadline = time.monotonic() + 60
    while not list(fetching.folder.glob(".gouji/aside-*")) or "/slow.pdf" not in server.paths():
        assert time.monotonic() < deadline
        assert run.poll() is None
        time.sleep(0.02)
    run.send_signal(signal.SIGKILL)
    run.wait()
    assert list(fetching.files().values()) == [PDF] * 3
    server.put("/slow.pdf")
    outcomes = [entry.outcome for entry in fetching(*addresses)]
    assert outcomes == ["unchanged"] * 3 + ["new"]
    assert list(fetching.folder.glob(".gouji/aside-*")) == []


def test_content_without_a_line_of_a_run_that_was_killed_gets_one(server: Server, fetching: Fetching) -> None:
    first = fetching.one(server.put("/a.pdf"))
    manifest.file_of(fetching.folder).write_bytes(b"")
    assert fetching.one(server.at("/a.pdf")).file == first.file


# The command

Gouji = Callable[..., Any]


def test_the_command_tells_what_became_of_each_address(server: Server, tmp_path: Path, gouji: Gouji) -> None:
    (tmp_path / "list.txt").write_text(f"{server.put('/a.pdf')}\n{server.at('/none.pdf')}\n", encoding="utf-8")
    arguments = ("fetch", tmp_path / "list.txt", "--into", tmp_path / "r", "--delay", "0")
    answer = gouji(*arguments)
    assert (answer.code, "新下载 1，没有下载 1" in answer.out) == (0, True)
    assert f"{server.at('/none.pdf')}：网站回答404" in answer.err
    told = json.loads(gouji(*arguments, "--json").out)
    assert told["counts"] == {"unchanged": 1, "failed": 1}
    assert [each["reason"] for each in told["addresses"]] == ["", "http_status"]


def test_the_command_fails_if_nothing_could_be_fetched(server: Server, tmp_path: Path, gouji: Gouji) -> None:
    (tmp_path / "list.txt").write_text(server.at("/none.pdf"), encoding="utf-8")
    assert gouji("fetch", tmp_path / "list.txt", "--into", tmp_path / "r").code == 1
    (tmp_path / "list.txt").write_text("", encoding="utf-8")
    answer = gouji("fetch", tmp_path / "list.txt", "--into", tmp_path / "r")
    assert (answer.code, "文件是空的" in answer.err) == (1, True)
    assert gouji("fetch", tmp_path / "nothing.txt", "--into", tmp_path / "r").code == 1


def test_only_fetching_imports_what_opens_connections(root: Path) -> None:
    code = "import sys, warehouse.cli, warehouse.build; print([m for m in ('httpx', 'protego') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
