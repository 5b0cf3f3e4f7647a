"""A web server of this machine that answers as a test says, and keeps what it was asked."""

from __future__ import annotations

import http.server
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

PDF = b"%PDF-1.4 " + "决算".encode() * 50


@dataclass
class Page:
    """What is at a path: content with its headers; statuses to answer with first; and misbehaviour.

    `declared` is a Content-Length that is not true; `drip` is seconds between one byte and the next.
    """

    body: bytes = PDF
    headers: dict[str, str | bytes] = field(default_factory=dict)
    first: list[tuple[int, dict[str, str]]] = field(default_factory=list)
    status: int = 200
    declared: int | None = None
    drip: float = 0
    drips_headers: bool = False
    etag: str = ""


class Server:
    """Pages by path, and the requests that came: (path, headers)."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.pages: dict[str, Page] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    def at(self, path: str) -> str:
        """The address of a path."""
        return f"http://127.0.0.1:{self.port}{path}"

    def put(self, path: str, page: Page | None = None, /, **fields: Any) -> str:
        """Have a page at a path; gives its address."""
        self.pages[path] = page or Page(**fields)
        return self.at(path)

    def paths(self) -> list[str]:
        """What was asked for, but for robots.txt."""
        return [path for path, _ in self.asked if path != "/robots.txt"]


@contextmanager
def serving() -> Iterator[Server]:
    """A server that runs during the block."""
    found: list[Server] = []

    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            server = found[0]
            server.asked.append((self.path, dict(self.headers)))
            page = server.pages.get(self.path)
            if page is None:
                self._answer(404, {}, b"no")
            elif page.first:
                status, headers = page.first.pop(0)
                self._answer(status, headers, b"")
            elif page.etag and self.headers.get("If-None-Match") == page.etag:
                self._answer(304, {"ETag": page.etag}, b"")
            else:
                self._send(page)

        def _send(self, page: Page) -> None:
            headers = dict(page.headers) | ({"ETag": page.etag} if page.etag else {})
            if not page.drip:
                self._answer(page.status, headers, page.body, page.declared)
                return
            whole = (b"HTTP/1.1 200 OK\r\n" if page.drips_headers else b"HTTP/1.1 200 OK\r\n\r\n") + page.body
            self.close_connection = True
            try:
                for place in range(len(whole)):
                    self.wfile.write(whole[place : place + 1])
                    time.sleep(page.drip if place > 10 else 0)
            except OSError:
                return  # who asked has had enough

        def _answer(self, status: int, headers: Any, body: bytes, declared: int | None = None) -> None:
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value.decode("latin-1") if isinstance(value, bytes) else value)
            if status != 304:
                self.send_header("Content-Length", str(len(body) if declared is None else declared))
            self.end_headers()
            self.wfile.write(body)
            if declared is not None:
                self.close_connection = True

        def log_message(self, *_: Any) -> None:
            """Say nothing."""

    class Quiet(http.server.ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: Any) -> None:
            """Who asked went away."""

    with Quiet(("127.0.0.1", 0), Handler) as http_server:
        found.append(Server(http_server.server_port))
        thread = threading.Thread(target=http_server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield found[0]
        finally:
            http_server.shutdown()
            thread.join()
