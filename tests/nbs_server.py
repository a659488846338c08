"""A stand-in for the national statistics database on 127.0.0.1: it replays recorded answers, and fails as told.

``recorded/provinces-shandong.json`` was recorded in April 2026 and is cut to five figures and six years. The others
have its shape and hold figures that the database is known to have held.
"""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest

from qdecon.sources.nbs import VALUES, WARM_UP, Client, Pace

RECORDED = [
    json.loads(path.read_text(encoding="utf-8")) for path in sorted((Path(__file__).parent / "recorded").glob("*.json"))
]
EMPTY = {"data": [], "success": True, "state": 20000, "message": "成功"}
PAGE = b"<!DOCTYPE html><html><body>\xe8\xaf\xb7\xe7\xa8\x8d\xe5\x90\x8e</body></html>"
STATUSES = ("403", "404", "418", "429", "500", "503")


@dataclass
class Database:
    """What the stand-in holds and how it behaves.

    Attributes
    ----------
    faults : list of str
        Used up one by one, a request each.
    always : str
        Fault of every further request.
    changed : dict
        (region code, indicator, year) to a value other than the recorded one.
    spoil : callable
        Spoils an answer before it is sent.
    asked : list
        Questions received; ``visits`` holds method, path and cookie of every request.
    """

    url: str = ""
    faults: list[str] = field(default_factory=list)
    always: str = ""
    changed: dict[tuple[str, str, int], Any] = field(default_factory=dict)
    spoil: Callable[[dict[str, Any]], object] | None = None
    asked: list[dict[str, Any]] = field(default_factory=list)
    visits: list[tuple[str, str, str]] = field(default_factory=list)
    closing: threading.Event = field(default_factory=threading.Event)

    def client(self, **pace: float) -> Client:
        """A session that does not wait between requests."""
        return Client(self.url, Pace(**({"interval": 0.0, "pause": 0.0, "deadline": 20.0} | pace)))

    def answer(self, asked: dict[str, Any]) -> dict[str, Any]:
        """The recorded answer, cut to the years and figures that were asked for."""
        first, last = (int(each.removesuffix("YY")) for each in asked["dts"][0].split("-"))
        ((region, wanted),) = [(each["value"], asked["indicatorIds"]) for each in asked["das"]]
        found = []
        for each in RECORDED:
            if (each["request"]["cid"], each["request"]["das"][0]["value"]) != (asked["cid"], region):
                continue
            for period in deepcopy(each["response"]["data"]):
                year = int(period["code"][:4])
                period["values"] = [value for value in period["values"] if value["_id"] in wanted]
                for value in period["values"]:
                    value["value"] = self.changed.get((region, value["_id"], year), value["value"])
                    if value["value"]:
                        value |= {"da": region, "da_name": asked["das"][0]["text"]}
                if first <= year <= last:
                    found.append(period)
        return {**EMPTY, "data": found}


class Handler(BaseHTTPRequestHandler):
    """One request."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True  # else each answer waits for an acknowledgement
    database: Database

    def do_GET(self):
        self.database.visits.append(("GET", self.path, self.headers.get("Cookie", "")))
        self.send_response(200)
        self.send_header("Set-Cookie", "session=warm; Path=/")
        self.send_header("Content-Type", "text/html")
        self.finish_with(PAGE)

    def do_POST(self):
        asked = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.database.visits.append(("POST", self.path, self.headers.get("Cookie", "")))
        self.database.asked.append(asked)
        faults = self.database.faults
        fault = faults.pop(0) if faults else self.database.always
        answer = self.database.answer(asked)
        if self.database.spoil is not None:
            self.database.spoil(answer)
        whole = json.dumps(answer).encode()
        if fault in STATUSES:
            self.send_response(int(fault))
            self.finish_with(PAGE)
        elif fault.startswith("to "):
            self.send_response(307)
            self.send_header("Location", fault.removeprefix("to "))
            self.finish_with(b"")
        elif fault == "drip":
            self.send_response(200)
            self.send_header("Content-Length", str(len(whole)))
            self.end_headers()
            self.drip(whole)
        elif fault == "drip without end":
            self.send_response(200)
            self.send_header("Connection", "close")
            self.end_headers()
            self.drip(b" " * 10**6)
        elif fault == "drip headers":
            self.drip(b"HTTP/1.1 200 OK\r\nX-Slow: " + b"a" * 10**5)
        elif fault == "silence":
            self.database.closing.wait()
        elif fault == "cut":
            self.send_response(200)
            self.send_header("Content-Length", str(len(whole)))
            self.end_headers()
            self.wfile.write(whole[: len(whole) // 2])
            self.close_connection = True
        else:
            self.send_response(200)
            html = fault == "html"
            self.send_header("Content-Type", "text/html" if html else "application/json;charset=UTF-8")
            bodies = {
                "": whole, "html": PAGE, "html unmarked": PAGE, "empty": json.dumps(EMPTY).encode(),
                "null": json.dumps({**EMPTY, "data": None}).encode(), "truncated": whole[: len(whole) // 2],
                "huge": b" " * (9 * 2**20), "deep": b'{"data":' + b"[" * 200_000, "latin": b'{"data": "\xe9"}',
                "failure": json.dumps({"success": False, "state": 50000, "data": [], "message": "系统异常"}).encode(),
                "list": b"[]", "nothing": b"",
            }  # fmt: skip
            self.finish_with(bodies[fault])

    def finish_with(self, body: bytes) -> None:
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def drip(self, body: bytes) -> None:
        """A byte at a time, until nobody reads any more."""
        for byte in body:
            if self.database.closing.wait(0.05):
                return
            self.wfile.write(bytes([byte]))
            self.wfile.flush()

    def log_message(self, *words):
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """A server that nothing keeps from closing."""

    daemon_threads = True
    block_on_close = False

    def handle_error(self, request, address):
        """A client that goes away is no error here."""


@contextmanager
def serving() -> Iterator[Database]:
    """A stand-in for as long as the ``with`` block lasts."""
    database = Database()
    handler = type("Bound", (Handler,), {"database": database})
    with Server(("127.0.0.1", 0), handler) as server:
        database.url = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
        thread.start()
        try:
            yield database
        finally:
            database.closing.set()
            server.shutdown()
            thread.join()


@pytest.fixture
def database() -> Iterator[Database]:
    """A stand-in for one test."""
    with serving() as database:
        yield database


@pytest.fixture(autouse=True)
def only_here(monkeypatch):
    """Let nothing be reached but this machine."""
    connect = socket.create_connection

    def guarded(address, *words, **options):
        assert address[0] == "127.0.0.1", f"a test reaches for {address[0]}"
        return connect(address, *words, **options)

    monkeypatch.setattr(socket, "create_connection", guarded)
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)


__all__ = ["VALUES", "WARM_UP", "Database", "database", "only_here", "serving"]
