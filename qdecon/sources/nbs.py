"""The national statistics database over the network: one polite session that never hangs and never guesses.

At most one request a second, no cache, a deadline for every request, a limit for every body. Needs the extra ``live``.
"""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

from qdecon.errors import NotAvailable
from qdecon.sources.nbsanswer import periods

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping
    from types import TracebackType

    import httpx

    from qdecon.sources.nbstables import Request

BASE_URL = "https://data.stats.gov.cn"
WARM_UP = "/dg/website/page.html"
VALUES = "/dg/website/publicrelease/web/external/stream/esData"
LARGEST = 8 * 2**20  # bytes of an answer
RETRIES = 2  # after a failure of the server or of the way to it
EMPTY_RETRIES = 3  # after a success that holds nothing
REDIRECTS = 3
FIREWALL = "the firewall of the database is at work: wait 10-30 minutes and run again; what was fetched is kept"
REFUSED = (
    "the interface has changed, or this address is refused: open the web page of the database in a browser from here;"
    " if it opens, update qdecon"
)
_LATER = "check the connection and run again; what was fetched is kept"


@dataclass(frozen=True)
class Pace:
    """How long things take, in seconds.

    Attributes
    ----------
    interval : float
        Between the starts of two requests.
    pause : float
        Before an answer that was empty, or a failure, is asked for again.
    deadline : float
        For a whole request, however slowly its bytes come.
    """

    interval: float = 1.0
    pause: float = 5.0
    deadline: float = 60.0


@dataclass(frozen=True)
class _Reply:
    status: int
    kind: str
    location: str
    body: bytes


@dataclass
class _Wire:
    """The open connection, so that it can be cut when the time of a request is up."""

    late: bool = False
    stream: Any = None

    def trace(self, name: str, info: Mapping[str, Any]) -> None:
        """Told by the transport of everything that it does; remembers the connection that it opened."""
        if name.endswith(("connect_tcp.complete", "start_tls.complete")):
            self.stream = info["return_value"]

    def cut(self) -> None:
        """Cut the connection: a read that waits in another thread ends at once."""
        self.late = True
        wire = None if self.stream is None else self.stream.get_extra_info("socket")
        if wire is not None:
            with suppress(OSError):
                socket.socket.shutdown(wire, socket.SHUT_RDWR)  # of an encrypted one, too, only the connection


@dataclass
class Client:
    """One session with the database; use it in a ``with`` block.

    The first request is preceded by a visit of the web page, which gives the session its cookie.

    Parameters
    ----------
    base_url : str
        Scheme and host.
    pace : Pace
    clock, sleep : callable
        Seconds that only go on, and a wait.

    Raises
    ------
    NotAvailable
        If ``base_url`` is no address, or the extra ``live`` is not installed.

    Examples
    --------
    >>> with Client() as client:
    ...     client.base_url
    'https://data.stats.gov.cn'
    """

    base_url: str = BASE_URL
    pace: Pace = Pace()
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    _session: httpx.Client = field(init=False, repr=False)
    _wire: _Wire = field(init=False, repr=False, default_factory=_Wire)
    _next: float = field(init=False, repr=False, default=float("-inf"))
    _warm: bool = field(init=False, repr=False, default=False)

    def __post_init__(self) -> None:
        self.base_url = self.base_url.rstrip("/")
        if _origin(self.base_url) is None:
            raise NotAvailable(
                f"no address: {self.base_url!r}", "argument base_url", f"write scheme and host, for instance {BASE_URL}"
            )
        try:
            import httpx
        except ImportError as error:
            raise NotAvailable(
                "reading the database needs httpx", "the installation", 'install it with `pip install "qdecon[live]"`'
            ) from error
        headers = {
            "User-Agent": "Mozilla/5.0 (compatible; qdecon)", "Accept": "application/json, text/plain, */*",
            "Accept-Encoding": "identity", "Referer": self.base_url + WARM_UP, "X-Requested-With": "XMLHttpRequest",
        }  # fmt: skip
        self._session = httpx.Client(headers=headers, timeout=self.pace.deadline, verify=_certificates())

    def __enter__(self) -> Client:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._session.close()

    def answer(self, request: Request) -> bytes:
        """The whole answer to a request, as the database sent it; it holds at least one period.

        Raises
        ------
        NotAvailable
            If the database cannot be reached, refuses, or answers with something else.
        """
        for _ in range(1 + EMPTY_RETRIES):
            if not self._warm:
                self._fetched("GET", WARM_UP, None, "the web page that gives the cookie")
                self._warm = True
            body = self._fetched("POST", VALUES, request.payload, request.where)
            if periods(body, request.where):
                return body
            self.sleep(self.pace.pause)
        raise NotAvailable(
            f"the database reports success and answers nothing, {1 + EMPTY_RETRIES} times",
            f"{request.where}, field data",
            "run again later; if it stays, the table holds nothing for this place and these years",
        )

    def _fetched(self, method: str, path: str, payload: Mapping[str, Any] | None, where: str) -> bytes:
        """The body of a good reply, asked for again if the server or the way to it failed.

        Raises
        ------
        NotAvailable
            If it failed each time, or the reply is not what was asked for.
        """
        import httpx

        told = ""
        for attempt in range(1 + RETRIES):
            if attempt:
                self.sleep(self.pace.pause)
            try:
                reply = self._reply(method, self.base_url + path, payload, where)
            except httpx.HTTPError as error:
                told = f"{type(error).__name__}: {error!s:.200}".rstrip(": ")
                continue
            if reply.status < 500:
                return self._checked(reply, method, where)
            told = f"status {reply.status}"
        raise NotAvailable(f"no answer in {1 + RETRIES} attempts ({told})", f"{where}, {self.base_url}{path}", _LATER)

    def _checked(self, reply: _Reply, method: str, where: str) -> bytes:
        """The body, if it is what was asked for.

        Raises
        ------
        NotAvailable
            If it is not.
        """
        at = f"{where}, {self.base_url}"
        if reply.status in (403, 404):
            raise NotAvailable(f"the database refuses: status {reply.status}", at, REFUSED)
        if reply.status == 429:
            raise NotAvailable("too many requests: status 429", at, FIREWALL)
        if reply.status != 200:
            raise NotAvailable(f"unexpected status {reply.status}", at, REFUSED)
        if method == "POST" and ("html" in reply.kind or reply.body.lstrip()[:1] == b"<"):
            raise NotAvailable("a web page came instead of data", at, FIREWALL)
        return reply.body

    def _reply(self, method: str, url: str, payload: Mapping[str, Any] | None, where: str) -> _Reply:
        """One reply; a redirection is followed only where it stays on the host.

        Raises
        ------
        NotAvailable
            If it leads elsewhere, or round in circles.
        """
        for _ in range(1 + REDIRECTS):
            reply = self._once(method, url, payload, where)
            if not 300 <= reply.status < 400:
                return reply
            if (target := _redirected(url, reply.location)) is None:
                raise NotAvailable(f"redirected to another host: {reply.location!r:.100}", where, REFUSED)
            url = target
        raise NotAvailable(f"redirected more than {REDIRECTS} times", where, REFUSED)

    def _once(self, method: str, url: str, payload: Mapping[str, Any] | None, where: str) -> _Reply:
        """One exchange with the server, in time and not too large.

        Raises
        ------
        NotAvailable
            If the body is too large.
        httpx.HTTPError
            If the server or the way to it failed.
        httpx.ReadTimeout
            If the time was up.
        """
        import httpx

        wait = self._next - self.clock()
        if wait > 0:
            self.sleep(wait)
        self._next = self.clock() + self.pace.interval
        self._wire.late, body, reply = False, bytearray(), None
        timer = threading.Timer(self.pace.deadline, self._wire.cut)
        timer.daemon = True
        timer.start()
        try:
            extensions = {"trace": self._wire.trace}
            with self._session.stream(method, url, json=payload, extensions=extensions) as response:
                for chunk in response.iter_bytes():
                    body += chunk
                    if len(body) > LARGEST:
                        raise NotAvailable(f"an answer of more than {LARGEST >> 20} MB", where, REFUSED)
                kind, location = (response.headers.get(name, "") for name in ("content-type", "location"))
                reply = _Reply(response.status_code, kind, location, bytes(body))
        except httpx.InvalidURL as error:
            raise NotAvailable(f"no address: {url!r:.100}", where, REFUSED) from error
        except httpx.HTTPError:
            if not self._wire.late:
                raise
        finally:
            timer.cancel()
        if self._wire.late or reply is None:  # a connection that was cut can look like a body that ended
            raise httpx.ReadTimeout(f"not finished after {self.pace.deadline:g} s")
        return reply


def _origin(url: str) -> tuple[str, str, int] | None:
    """Scheme, host and port of an address; None if it is none."""
    if not (url.isascii() and url.isprintable()) or " " in url:
        return None
    try:
        parts = urlsplit(url)
        port = parts.port or {"http": 80, "https": 443}.get(parts.scheme, 0)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port) if parts.scheme in ("http", "https") and parts.hostname else None


def _redirected(url: str, location: str) -> str | None:
    """Where a redirection leads; None unless it stays where it was, or only begins to encrypt."""
    try:
        target = urljoin(url, location)
    except ValueError:
        return None
    one, other = _origin(url), _origin(target)
    if one is None or other is None:
        return None
    return target if one == other or (one[0] == "http" and other == ("https", one[1], 443)) else None


@cache
def _certificates() -> ssl.SSLContext:
    """Whom an encrypted connection trusts; read once, which takes longer than a request."""
    import httpx

    return httpx.create_ssl_context()
