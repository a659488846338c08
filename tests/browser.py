"""A browser for the tests of the pages: one server and one Chromium for all of them, a new reader for each.

Without Chromium the tests are skipped, and the end of the run says so; with ``QDECON_BROWSER=required`` they fail.
All modules that use it carry ``pytestmark = pytest.mark.xdist_group("browser")``, so that one worker runs them.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect, sync_playwright

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
MISSING = "no Chromium on this machine (Debian: apt-get install chromium)"
FLAGS = """--disable-gpu --disable-quic --no-first-run --disable-background-networking --disable-component-update
    --disable-sync --disable-extensions""".split()
READY = 'html[data-state="ready"]'
PATIENCE = 60_000  # milliseconds; a busy machine is no failure

expect.set_options(timeout=PATIENCE)


@contextmanager
def server(*command, **options):
    """A server as a child process: the process, and the address that it prints."""
    with subprocess.Popen(
        [sys.executable, *(command or ("-m", "qdecon", "explore", "--no-browser"))],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    ) as process:
        try:
            address = process.stdout.readline().strip()
            if not address.startswith("http://127.0.0.1:"):
                process.kill()
                pytest.fail(f"no address, but {address!r} and {process.communicate()[1]}")
            yield process, address
        finally:
            try:
                if process.poll() is None:
                    process.send_signal(signal.SIGINT)
                    process.communicate(timeout=60)
            finally:
                process.kill()


def with_query(address, query):
    return f"{address}&{query}" if query else address


def violations(page):
    """What axe-core finds serious or critical, one line each."""
    found = Axe().run(page, options={"resultTypes": ["violations"]}).response["violations"]
    return [
        f"{each['impact']} {each['id']}: {node['html'][:200]}"
        for each in found
        if each["impact"] in {"serious", "critical"}
        for node in each["nodes"]
    ]


def overflow(page):
    """Pixels by which the page is wider than the window."""
    return page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")


def look_for_browser():
    """Skip what needs a browser where there is none; fail where one is required."""
    if not CHROMIUM:
        if os.environ.get("QDECON_BROWSER") == "required":
            pytest.fail(MISSING)
        pytest.skip(MISSING)


@pytest.fixture(scope="module")
def chromium():
    """The browser. It is closed after each module: while it is open, an event loop runs in the thread of all tests."""
    look_for_browser()
    flags = [*FLAGS, "--no-sandbox"] if os.geteuid() == 0 else FLAGS
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=flags)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def explore():
    """Address of the page as `qdecon explore` serves it."""
    look_for_browser()
    with server() as (_, address):
        yield address


@contextmanager
def reading(chromium):
    """Opens an address as a new reader: ``opened(address, "lang=en", width=390)``.

    Returns the page once its first view is there, or at once with ``wait=False``. What a page asked for stands in
    ``page.asked``, what its console complained of in ``page.complaints``.
    """
    contexts = []

    def opened(address, query="", *, width=1366, height=768, wait=True, **options):
        context = chromium.new_context(viewport={"width": width, "height": height}, **options)
        contexts.append(context)
        context.set_default_timeout(PATIENCE)
        page = context.new_page()
        page.asked, page.complaints = [], []
        page.on("request", lambda request: page.asked.append(request.url))
        page.on("websocket", lambda socket: page.asked.append(socket.url))
        page.on("pageerror", lambda error: page.complaints.append(str(error)))
        page.on("console", lambda line: page.complaints.append(line.text) if line.type == "error" else None)
        page.goto(with_query(address, query), wait_until="load" if wait else "commit")
        if wait:
            page.wait_for_selector(READY)
        return page

    yield opened
    for context in contexts:
        for page in context.pages:
            if page.url.startswith("http"):
                page.goto("about:blank")  # leaves politely, so that its kernel ends now
        context.close()


@pytest.fixture
def reader(chromium):
    """Opens addresses, each as a new reader, and leaves them after the test; see :func:`reading`."""
    with reading(chromium) as opened:
        yield opened
