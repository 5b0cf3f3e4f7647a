"""Asking the web for one document: politely, within limits, and nowhere that the list of addresses does not lead.

Takes an address and what is known of its content; writes the content to a file as it comes and gives an `Answer`, or
raises FetchError with a reason code. Besides `warehouse.notify` this is the only module that opens connections.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from importlib import metadata
from io import BytesIO
from pathlib import Path
from typing import Any, BinaryIO, Self

import httpx
import protego
import tenacity

from loaders.errors import GoujiError
from warehouse.sources.pace import Pace

NAME = "gouji"
_TRIES = 4
_FIRST_PAUSE, _LONGEST_PAUSE = 1.0, 60.0
# A server that wants to be left alone for longer, or to be asked less often, is left to another run.
_LONGEST_WAIT = 600.0
_REDIRECTS = 10
_AGAIN = frozenset((408, 429, 500, 502, 503, 504))
_CONNECT_SECONDS, _SILENT_SECONDS = 15.0, 60.0
_ROBOTS_BYTES = 512 * 1024
_HEAD = 1024
_USUAL_PORTS = (80, 443)


class FetchError(GoujiError):
    """An address whose content was not got: the reason code, the answer's status if there was one, and in words why."""

    def __init__(self, reason: str, message: str, status: int | None = None, final_address: str = "") -> None:
        super().__init__(message)
        self.reason = reason
        self.status = status
        self.final_address = final_address


class _TryAgainError(FetchError):
    """What may go better in `after` seconds; None leaves open in how many."""

    after: float | None = None


@dataclass(frozen=True, slots=True)
class Limits:
    """For one address: seconds for one try, and bytes of content."""

    seconds: float = 300
    size: int = 200 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Known:
    """What the last answer said of the content that is here; asked whether that has changed."""

    etag: str = ""
    last_modified: str = ""

    @property
    def headers(self) -> dict[str, str]:
        """The conditions of a request; none if the server never said anything to go by."""
        told = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: value for name, value in told.items() if value}


@dataclass(frozen=True, slots=True)
class Answer:
    """What came: `is_unchanged`, or content of so many bytes, its SHA-256, how it begins, and what headers say."""

    status: int
    final_address: str
    is_unchanged: bool
    sha256: str
    size: int
    head: bytes
    content_type: str
    etag: str
    last_modified: str
    disposition: bytes


class Web:
    """The web, as far as the addresses of one list lead into it."""

    def __init__(self, addresses: Iterable[str], pace: Pace, limits: Limits | None = None, contact: str = "") -> None:
        """`contact` tells the servers' operators whom to write to."""
        self._pace = pace
        self._limits = limits or Limits()
        self._named = set(_places(addresses))
        self._robots: dict[str, protego.Protego | FetchError] = {}
        self._connections: dict[tuple[str, int], socket.socket] = {}
        agent = f"{NAME}/{metadata.version('gouji')}" + (f" ({' '.join(contact.split())})" if contact else "")
        trusted = httpx.create_ssl_context(trust_env=False)
        trusted.load_default_certs()  # besides, whom the operator of this machine trusts
        self._client = httpx.Client(
            verify=trusted,
            # As it is, not packed for the way: what is kept is what the server has.
            headers={b"User-Agent": agent.encode(), b"Accept": b"*/*", b"Accept-Encoding": b"identity"},
            timeout=httpx.Timeout(_SILENT_SECONDS, connect=_CONNECT_SECONDS),
            follow_redirects=False,  # each step is checked
            trust_env=False,  # no proxy and no password that the environment happens to name
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Closes all connections."""
        self._client.close()

    def get(self, address: str, into: Path, known: Known) -> Answer:
        """Write the content at an address to a file, unless it is the one that is `known`.

        Raises FetchError, and OSError if the file cannot be written.
        """
        url = parsed(address)
        seen = {url}
        while True:
            delay = self._permitted(url)
            with into.open("wb") as sink:
                answer = self._patiently(url, sink, self._limits.size, known.headers, delay)
            if isinstance(answer, Answer):
                return answer
            url = answer
            if url in seen or len(seen) > _REDIRECTS:
                raise FetchError("redirect_loop", "转向没有尽头", final_address=str(url))
            seen.add(url)

    def _permitted(self, url: httpx.URL) -> float:
        """The seconds to pause after asking, as robots.txt wants; raises FetchError if it wants not to be asked."""
        if url.scheme not in ("http", "https") or not url.host:
            raise FetchError("scheme_not_allowed", f"转向 http、https 以外的地址：{url}", final_address=str(url))
        origin = str(url.copy_with(raw_path=b"/robots.txt", fragment=None))
        if origin not in self._robots:
            self._robots[origin] = self._robots_at(httpx.URL(origin))
        robots = self._robots[origin]
        if isinstance(robots, FetchError):
            raise robots
        delay = float(robots.crawl_delay(NAME) or 0)
        if not robots.can_fetch(str(url), NAME):
            raise FetchError("robots", "网站的 robots.txt 不许访问这个地址", final_address=str(url))
        if delay > _LONGEST_WAIT:
            raise FetchError("robots", f"网站的 robots.txt 要求每 {delay:.0f} 秒才访问一次", final_address=str(url))
        return delay

    def _robots_at(self, url: httpx.URL) -> protego.Protego | FetchError:
        """The rules of a host: none where it has no robots.txt, all forbidden where it cannot say (RFC 9309)."""
        sink = BytesIO()
        try:
            for _ in range(_REDIRECTS):
                answer = self._patiently(url, sink, _ROBOTS_BYTES, {}, 0)
                if isinstance(answer, Answer):
                    break
                if answer.scheme not in ("http", "https"):
                    break
                url = answer
        except FetchError as error:
            if error.reason == "http_status" and error.status is not None and error.status < 500:
                sink = BytesIO()
            elif error.reason == "http_status":
                return FetchError(
                    "robots_unreachable", f"读不到网站的 robots.txt（{error}），不知道是否许可", error.status
                )
            elif error.reason != "too_large":
                return error
        return protego.Protego.parse(sink.getvalue().decode("utf-8", "replace"))

    def _patiently(
        self, url: httpx.URL, sink: BinaryIO, size: int, headers: dict[str, str], delay: float
    ) -> Answer | httpx.URL:
        """Ask, and again after a pause where that may help; gives the answer, or where it leads to."""
        retrying = tenacity.Retrying(
            stop=tenacity.stop_after_attempt(_TRIES),
            retry=tenacity.retry_if_exception_type(_TryAgainError),
            wait=_pause,
            sleep=self._pace.wait,
            reraise=True,
        )
        return retrying(self._ask, url, sink, size, headers, delay)

    def _ask(
        self, url: httpx.URL, sink: BinaryIO, size: int, headers: dict[str, str], delay: float
    ) -> Answer | httpx.URL:
        sink.seek(0)
        sink.truncate()
        with self._pace.turn(url.host, delay), self._watched(url) as trace:
            request = self._client.build_request("GET", url, headers=headers, extensions={"trace": trace})
            response = self._client.send(request, stream=True)
            try:
                if response.next_request is not None:
                    return response.next_request.url
                if response.status_code == 304 and headers:
                    return _answer(response, hashlib.sha256(), 0, b"")
                if response.status_code != 200:
                    raise _refused(response)
                return self._received(response, sink, size)
            finally:
                response.close()

    def _received(self, response: httpx.Response, sink: BinaryIO, most: int) -> Answer:
        declared = response.headers.get("Content-Length", "")
        if declared.isdecimal() and int(declared) > most:
            raise _too_large(response, most)
        digest, size, head = hashlib.sha256(), 0, b""
        for chunk in response.iter_bytes():
            self._pace.check()
            size += len(chunk)
            if size > most:
                raise _too_large(response, most)
            head += chunk[: _HEAD - len(head)]
            digest.update(chunk)
            sink.write(chunk)
        if not size:
            raise FetchError("empty", "内容是空的", response.status_code, str(response.url))
        return _answer(response, digest, size, head)

    @contextmanager
    def _watched(self, url: httpx.URL) -> Iterator[Callable[[str, dict[str, Any]], None]]:
        """Errors become FetchErrors, and the connection is cut when the time is over, however slowly bytes drip in.

        Gives what httpx tells of each connection, before anything is sent over it: that is where an address is known
        for certain, whatever the name resolved to a moment ago.
        """
        is_over = threading.Event()
        place = (url.host, _port(url))

        def traced(event: str, info: dict[str, Any]) -> None:
            if event not in ("connection.connect_tcp.complete", "connection.start_tls.complete"):
                return
            stream = info["return_value"]
            # It may serve later requests too, and as a host is asked one thing at a time, it is the only one.
            self._connections[place] = connection = stream.get_extra_info("socket")
            if not self._may_connect(url, connection.getpeername()[0]):
                stream.close()
                raise FetchError("private_address", f"{url.host} 是内部网络的地址，列表里没有它", None, str(url))

        def end() -> None:
            is_over.set()
            if place in self._connections:
                with suppress(OSError):  # closed already
                    socket.socket.shutdown(self._connections[place], socket.SHUT_RDWR)

        timer = threading.Timer(self._limits.seconds, end)
        timer.daemon = True
        timer.start()
        try:
            yield traced
            if is_over.is_set():  # content that says nothing of its length looks whole when it is cut
                raise httpx.ReadError("cut")
        except httpx.TimeoutException as error:
            raise _TryAgainError("timeout", f"没有及时回答（{type(error).__name__}）", None, str(url)) from error
        except (httpx.HTTPError, httpx.StreamError) as error:
            raise self._broken(url, error, is_over=is_over.is_set()) from error
        except UnicodeError as error:  # a host with a part that is empty or too long, found when it is looked up
            raise FetchError("bad_address", f"不是网站的名称：{url.host}", None, str(url)) from error
        finally:
            timer.cancel()

    def _broken(self, url: httpx.URL, error: Exception, *, is_over: bool) -> FetchError:
        if is_over:
            return FetchError("timeout", f"{self._limits.seconds:.0f} 秒没有收完", None, str(url))
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            return FetchError("certificate", f"网站的证书不可信：{error}", None, str(url))
        if isinstance(error, httpx.RemoteProtocolError):
            return _TryAgainError("broken_answer", f"回答不完整或不合规范：{error}", None, str(url))
        if isinstance(error, httpx.TransportError):
            return _TryAgainError("connection", f"连不上或中断：{error}", None, str(url))
        return FetchError("broken_answer", f"回答不合规范：{error}", None, str(url))

    def _may_connect(self, url: httpx.URL, peer: str) -> bool:
        """Anybody may be asked who is on the internet; who is on a network of our own only where the list says so."""
        if (url.host, _port(url)) in self._named:
            return True
        if _port(url) in _USUAL_PORTS and any(host == url.host for host, _ in self._named):
            return True
        address = ipaddress.ip_address(peer.partition("%")[0])
        if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
            address = address.ipv4_mapped
        return address.is_global and not address.is_multicast


def parsed(address: str) -> httpx.URL:
    """An address of the web; raises FetchError if it is none."""
    try:
        url = httpx.URL(address)
    except (httpx.InvalidURL, ValueError) as error:
        raise FetchError("bad_address", f"不是网址：{error}") from error
    if url.scheme not in ("http", "https") or not re.fullmatch(r"[\w.:-]+", url.host):
        raise FetchError("bad_address", "不是以 http:// 或 https:// 起头的网址")
    return url


def _places(addresses: Iterable[str]) -> Iterator[tuple[str, int]]:
    """The hosts and ports that a list names."""
    for address in addresses:
        with suppress(FetchError):
            url = parsed(address)
            yield url.host, _port(url)


def _port(url: httpx.URL) -> int:
    return url.port or (443 if url.scheme == "https" else 80)


def _answer(response: httpx.Response, digest: Any, size: int, head: bytes) -> Answer:
    raw = {name.lower(): value for name, value in response.headers.raw}
    return Answer(
        response.status_code,
        str(response.url),
        response.status_code == 304,
        digest.hexdigest() if size else "",
        size,
        head,
        response.headers.get("Content-Type", ""),
        _validator(response, "ETag"),
        _validator(response, "Last-Modified"),
        raw.get(b"content-disposition", b""),
    )


def _validator(response: httpx.Response, name: str) -> str:
    """What the next request may send back as it is."""
    value: str = response.headers.get(name, "")
    return value if value.isascii() and value.isprintable() else ""


def _too_large(response: httpx.Response, most: int) -> FetchError:
    return FetchError("too_large", f"大于 {most / 1024**2:.0f} MB", response.status_code, str(response.url))


def _refused(response: httpx.Response) -> FetchError:
    """What an answer with another status than 200 means: for some a later try may help, when the server says so."""
    status, where = response.status_code, str(response.url)
    message = f"网站回答 {status} {response.reason_phrase}".rstrip()
    if status not in _AGAIN:
        return FetchError("http_status", message, status, where)
    error = _TryAgainError("http_status", message, status, where)
    error.after = _seconds(response.headers.get("Retry-After", ""))
    if error.after is not None and error.after > _LONGEST_WAIT:
        return FetchError("asked_to_wait", f"{message}，要求 {error.after:.0f} 秒以后再来", status, where)
    return error


def _seconds(retry_after: str) -> float | None:
    """What a Retry-After header means, which is seconds or a date."""
    if retry_after.strip().isdecimal():
        return float(retry_after)
    try:
        until = parsedate_to_datetime(retry_after)
    except (ValueError, OverflowError):
        return None
    until = until if until.tzinfo is not None else until.replace(tzinfo=UTC)
    return max(0.0, (until - datetime.now(UTC)).total_seconds())


_backoff = tenacity.wait_exponential_jitter(_FIRST_PAUSE, _LONGEST_PAUSE)


def _pause(state: tenacity.RetryCallState) -> float:
    """Seconds to wait before another try: as the server says, else longer each time."""
    error = state.outcome.exception() if state.outcome is not None else None
    return error.after if isinstance(error, _TryAgainError) and error.after is not None else _backoff(state)
