"""The explore page is served to its reader and to nobody else, by kernels that end with their pages."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import urlsplit

import nbformat
import pytest
from playwright.sync_api import expect

from qdecon.__main__ import main
from tests.browser import READY, overflow, server, violations

pytestmark = pytest.mark.xdist_group("browser")

ROOT = Path(__file__).resolve().parent.parent
CELL = """
import os, sys, time
import ipywidgets as w

asked = os.environ["QUERY_STRING"]
if "slow" in asked:
    time.sleep(3)
if "broken" in asked:
    raise RuntimeError("told to nobody but the owner")
growth = w.FloatSlider(value=5, min=0, max=10, step=0.1, description="增速", readout_format=".1f")
target = w.Dropdown(options=[("地区生产总值", "gdp"), ("占比", "share")], description="目标")
lang = w.ToggleButtons(options=[("中文", "zh"), ("English", "en")], description="语言")
band = w.Checkbox(value=True, description="区间")
text = w.Textarea(value="name", description="文本")
view = w.HTML()

def show(*_):
    view.value = (
        f'<div id="qdecon-state" data-lang="{lang.value}" data-title="{growth.value:.1f} · qdecon"'
        f' data-query="lang={lang.value}&amp;growth={growth.value:.1f}"></div>'
        f"<h1>{growth.value:.1f} %</h1><p id='process'>{os.getpid()}</p><p id='python'>{sys.executable}</p>"
        f"<p id='plan'>{os.environ['QDECON_PLAN']}</p>"
        f"<p id='asked'>{asked}</p><button type='button' data-copy='#link'>copy</button>"
        f"<textarea id='link' aria-label='link' readonly>growth={growth.value:.1f}</textarea>"
    )

for each in (growth, target, lang, band, text):
    each.observe(show, "value")
show()
w.VBox([lang, w.HBox([w.VBox([growth, target, band, text]), view])])
"""
SERVE = """
import sys
from pathlib import Path
from qdecon.explore.server import serve

notebook, idle, browser = sys.argv[1:]
tell = lambda address: print(address, flush=True)
serve(browser=bool(browser), tell=tell, notebook=Path(notebook), idle=int(idle))
"""
HOUR = 3600


def serving(notebook, idle=HOUR, browser="", **options):
    return server("-P", "-c", SERVE, str(notebook), str(idle), browser, **options)


@pytest.fixture(scope="module")
def notebook(tmp_path_factory):
    """A page of every kind of control, in place of the real one, which takes longer to come."""
    path = tmp_path_factory.mktemp("notebook") / "stand-in.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(CELL)]), path)
    return path


@pytest.fixture(scope="module")
def served(notebook):
    with serving(notebook) as (process, address):
        yield process, address


@pytest.fixture(scope="module")
def address(served):
    return served[1]


def ask(address, path="/", method="GET", cookie=True, **headers):
    """Status, headers and body of an answer to somebody who is no browser."""
    parts = urlsplit(address)
    connection = http.client.HTTPConnection(parts.netloc, timeout=60)
    if cookie:
        headers["Cookie"] = f"qdecon-{parts.port}={parts.query.removeprefix('token=')}"
    try:
        connection.request(method, path, headers={name.replace("_", "-"): value for name, value in headers.items()})
        answer = connection.getresponse()
        return answer.status, answer.headers, answer.read().decode()
    finally:
        connection.close()


def kernels(process):
    """Processes that a server has started and that still run."""
    found = []
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            state, parent = stat.read_text().rpartition(")")[2].split()[:2]
        except OSError:
            continue
        if int(parent) == process.pid and state != "Z":
            found.append(int(stat.parent.name))
    return found


def eventually(true, seconds=60):
    """Wait for what must come; a busy machine is no failure."""
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end
        time.sleep(0.1)


STATIC = "/voila/static/explore.css"
SOCKET = "/api/kernels/00000000-0000-0000-0000-000000000000/channels"
UPGRADE = {
    "Upgrade": "websocket", "Connection": "Upgrade", "Sec_WebSocket_Version": "13",
    "Sec_WebSocket_Key": "AAAAAAAAAAAAAAAAAAAAAA==",
}  # fmt: skip


def test_only_this_machine_can_connect(address):
    port = urlsplit(address).port
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.2", port))  # answers whenever every address is listened on
    with pytest.raises(OSError, match=r"refused|not available|assign|unsupported|not supported"):
        socket.create_connection(("::1", port))
    socket.create_connection(("127.0.0.1", port)).close()


@pytest.mark.parametrize("path", ["/", "/?growth=5", "/?token=", "/?token=wrong", "/?token=%FF", STATIC, SOCKET])
def test_without_the_key_nothing_is_served(address, path):
    status, _, body = ask(address, path, cookie=False)
    assert status == 403
    assert "qdecon explore" in body
    assert "请先打开" in body
    assert "First open" in body


def test_the_key_moves_from_the_address_to_a_cookie(address):
    key = urlsplit(address).query
    status, headers, _ = ask(address, f"/?{key}&growth=5&name=%E5%81%87", cookie=False)
    assert status == 302
    assert headers["Location"] == "/?growth=5&name=%E5%81%87"
    assert {"HttpOnly", "SameSite=Lax"} <= set(headers["Set-Cookie"].split("; "))
    cookie = headers["Set-Cookie"].partition(";")[0]
    assert ask(address, STATIC, cookie=False, Cookie=cookie)[0] == 200


@pytest.mark.parametrize(
    ("headers", "why"),
    [
        ({"Host": "rebound.example"}, "a foreign name that resolves to us"),
        ({"Host": "127.0.0.1.rebound.example"}, "one that begins like ours"),
        ({"Origin": "https://other.example"}, "a script of another page"),
        ({"Origin": "http://127.0.0.1:1"}, "a script of another server of this machine"),
        ({"Origin": "null"}, "a page in a sandbox"),
        ({"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Dest": "iframe"}, "a frame in another page"),
        ({"Sec_Fetch_Site": "same-site", "Sec_Fetch_Dest": "image"}, "a picture in another server's page"),
    ],
)
@pytest.mark.parametrize("path", ["/", STATIC, SOCKET])
def test_other_pages_and_names_are_refused_even_with_the_key(address, path, headers, why):
    extra = UPGRADE if path == SOCKET else {}
    assert ask(address, path, **headers, **extra)[0] == 403, why


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"Host": "localhost:1"},
        {"Sec_Fetch_Site": "none"},
        {"Sec_Fetch_Site": "cross-site", "Sec_Fetch_Dest": "document"},
    ],
)
def test_the_reader_and_a_link_that_they_follow_are_let_in(address, headers):
    assert ask(address, STATIC, **headers)[0] == 200


@pytest.mark.parametrize("path", ["/api/kernels/{0}", "/voila/api/shutdown/{0}"])
@pytest.mark.parametrize("method", ["POST", "DELETE"])
def test_what_changes_something_must_come_from_our_own_page(address, path, method):
    assert ask(address, path.format("00000000-0000-0000-0000-000000000000"), method)[0] == 403


@pytest.mark.parametrize(
    "path",
    [
        "/page.ipynb", "/stand-in.ipynb", "/server.py", "/voila/files/stand-in.ipynb", "/voila/files/x.png",
        "/voila/render/stand-in.ipynb", "/voila/tree", "/voila/templates/base/static/voila.js", "/api/contents",
        "/api/kernels", "/api/kernelspecs", "/login", "/voila/static/../index.html.j2",
        "/voila/static/%2e%2e/index.html.j2", "/voila/static/..%2findex.html.j2", "/voila/static//etc/hostname",
        "/voila/labextensions/../../../../../../../../etc/hostname",
    ],
)  # fmt: skip
def test_no_file_and_no_list_is_served(address, path):
    status, _, body = ask(address, path)
    assert status in {403, 404}
    assert "explore-page" not in body
    assert "Traceback" not in body


def test_the_address_cannot_choose_another_template(address):
    _, _, body = ask(address, "/?template=lab&theme=dark&lang=en")
    assert 'id="explore-page"' in body
    assert '"jupyterLabTheme": "light"' in body


def test_the_browser_is_told_to_load_nothing_from_elsewhere(address):
    _, headers, _ = ask(address)
    policy = headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "http" not in policy.replace("report-uri", "")


def test_nothing_is_asked_of_another_server(address, reader):
    page = reader(address)
    page.wait_for_load_state("networkidle")
    host = urlsplit(address).netloc
    assert {urlsplit(url).netloc for url in page.asked if not url.startswith("data:")} == {host}
    assert any(url.startswith("ws://") for url in page.asked)
    assert page.complaints == []


def test_a_shared_link_reopens_in_the_same_browser(address, reader):
    page = reader(address)
    assert "token" not in page.url
    other = page.context.new_page()
    other.goto(f"http://{urlsplit(address).netloc}/?lang=en&growth=7")
    other.wait_for_selector(READY)
    assert other.locator("#asked").inner_text() == "lang=en&growth=7"


@pytest.mark.soak
def test_the_browser_is_opened_without_the_key_on_its_command_line(notebook, reader, tmp_path):
    browser, seen = tmp_path / "browser", tmp_path / "seen"
    browser.write_text(f'#!/bin/sh\nprintf %s "$*" > {seen}.new && mv {seen}.new {seen}\n')
    browser.chmod(0o700)
    with serving(notebook, browser="yes", env=os.environ | {"BROWSER": f"{browser} %s"}) as (_, address):
        eventually(seen.exists)
        opened = seen.read_text()
        assert urlsplit(address).query.removeprefix("token=") not in opened
        page = reader(opened)
        assert urlsplit(page.url).netloc == urlsplit(address).netloc


def test_a_line_in_both_languages_stands_while_the_kernel_starts(address, reader):
    page = reader(address, "slow", wait=False)
    waiting = page.locator("#explore-loading")
    waiting.wait_for()
    assert "正在准备" in waiting.inner_text()
    assert "Getting ready" in waiting.inner_text()
    page.wait_for_selector(READY)
    assert not waiting.is_visible()


@pytest.mark.soak
def test_two_readers_have_two_kernels(address, reader):
    one, other = reader(address), reader(address)
    assert one.locator("#process").inner_text() != other.locator("#process").inner_text()
    one.get_by_role("slider", name="增速").press("ArrowRight")
    one.get_by_role("heading", name="5.1 %").wait_for()
    assert other.get_by_role("heading").inner_text() == "5.0 %"


def close_politely(count, process, address, reader):
    before = set(kernels(process))
    for _ in range(count):
        page = reader(address)
        assert int(page.locator("#process").inner_text()) in kernels(process)
        page.goto("about:blank")
    eventually(lambda: set(kernels(process)) <= before)


@pytest.mark.soak
def test_closed_pages_leave_no_kernel(served, reader):
    close_politely(3, *served, reader)


@pytest.mark.soak
def test_twenty_closed_pages_leave_no_kernel(served, reader):
    close_politely(20, *served, reader)


@pytest.mark.soak
@pytest.mark.slow
def test_the_kernel_of_a_vanished_browser_ends_and_that_of_an_open_page_stays(notebook, reader):
    idle = 10
    with serving(notebook, idle) as (process, address):
        stays, vanishes = reader(address), reader(address)
        kept, gone = (int(page.locator("#process").inner_text()) for page in (stays, vanishes))
        vanishes.context.close()  # no word to the server
        eventually(lambda: gone not in kernels(process), 6 * idle)
        assert kept in kernels(process)
        stays.get_by_role("slider", name="增速").press("ArrowRight")
        stays.get_by_role("heading", name="5.1 %").wait_for()


def test_a_dead_kernel_is_told_and_the_last_view_stays(address, reader):
    page = reader(address)
    os.kill(int(page.locator("#process").inner_text()), signal.SIGKILL)
    told = page.locator("#explore-lost")
    told.wait_for()
    assert "请刷新" in told.inner_text()
    assert "reload the page" in told.inner_text()
    assert page.get_by_role("heading").inner_text() == "5.0 %"
    told.get_by_role("link").first.click()
    page.wait_for_selector(READY)
    assert not told.is_visible()


@pytest.mark.parametrize("number", [signal.SIGINT, pytest.param(signal.SIGTERM, marks=pytest.mark.soak)])
def test_ending_the_server_ends_all_kernels_and_tells_the_page(notebook, reader, number):
    with (
        tempfile.TemporaryDirectory(dir="/tmp") as left,
        serving(notebook, env=os.environ | {"TMPDIR": left}) as (process, address),
    ):
        page = reader(address)
        running = kernels(process)
        assert running
        process.send_signal(number)
        _, complaints = process.communicate(timeout=60)
        assert process.returncode == 0
        assert complaints == ""
        eventually(lambda: not any(Path(f"/proc/{pid}").exists() for pid in running))
        assert list(Path(left).iterdir()) == []
        page.locator("#explore-lost").wait_for()
        assert page.get_by_role("heading").inner_text() == "5.0 %"


def test_a_page_that_cannot_be_made_says_so_and_keeps_the_reason_to_itself(notebook, reader):
    with serving(notebook) as (process, address):
        page = reader(address, "broken", wait=False)
        page.locator("#explore-failed").wait_for()
        assert not page.locator("#explore-loading").is_visible()
        shown = page.content()
        process.send_signal(signal.SIGINT)
        _, complaints = process.communicate(timeout=60)
    assert "told to nobody" in complaints
    assert "told to nobody" not in shown
    assert "Traceback" not in shown


@pytest.mark.soak
def test_neither_the_folder_nor_the_home_nor_other_kernels_have_a_say(notebook, reader, tmp_path):
    names = ("elsewhere", "home", "share/kernels/python3", "home/.ipython/profile_default/startup")
    elsewhere, home, kernel, startup = (tmp_path / name for name in names)
    for folder in (elsewhere, home, kernel, startup):
        folder.mkdir(parents=True)
    (startup / "own.py").write_text("__import__('pathlib').Path.home().joinpath('started').touch()")
    (elsewhere / "voila.py").write_text("raise SystemExit('read the configuration of the working directory')")
    (elsewhere / "voila.json").write_text('{"VoilaConfiguration": {"template": "lab"}}')
    (kernel / "kernel.json").write_text('{"argv": ["false"], "display_name": "other", "language": "python"}')
    environment = os.environ | {"HOME": str(home), "JUPYTER_PATH": str(tmp_path / "share"), "PYTHONPATH": str(ROOT)}
    environment.pop("IPYTHONDIR", None)
    (elsewhere / "qingdao").mkdir()  # no plan, though it has the name of one
    with serving(notebook, cwd=elsewhere, env=environment) as (_, address):
        page = reader(address)
        assert page.locator("#python").inner_text() == sys.executable
        assert page.locator("#plan").inner_text() == "qingdao"
    written = {path.name for path in home.rglob("*") if path.is_file()}
    assert not written & {"started", "nbsignatures.db", "notebook_secret", "history.sqlite"}


def test_controls_have_names_and_values_that_follow(address, reader):
    page = reader(address)
    slider = page.get_by_role("slider", name="增速")
    assert slider.get_attribute("aria-valuetext") == "5.0"
    slider.press("ArrowRight")
    expect(slider).to_have_attribute("aria-valuetext", "5.1")
    page.get_by_role("group", name="语言").get_by_role("button", name="English", pressed=False).click()
    page.get_by_role("button", name="English", pressed=True).wait_for()
    assert page.get_by_role("combobox", name="目标").count() == 1
    assert page.get_by_role("checkbox", name="区间").is_checked()
    assert page.get_by_role("textbox", name="文本").count() == 1
    assert page.locator("[title=null]").count() == 0


def test_language_title_and_address_follow_the_view(address, reader):
    page = reader(address)
    assert (page.evaluate("document.documentElement.lang"), page.title()) == ("zh-CN", "5.0 · qdecon")
    page.get_by_role("button", name="English").click()
    expect(page.locator("html")).to_have_attribute("lang", "en")
    page.get_by_role("slider").press("ArrowRight")
    expect(page).to_have_title("5.1 · qdecon")
    assert urlsplit(page.url).query == "lang=en&growth=5.1"


def test_copying_copies_and_says_so(address, reader):
    page = reader(address, permissions=["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name="copy").click()
    page.get_by_role("status").filter(has_text="已复制").wait_for(state="attached")
    assert page.evaluate("navigator.clipboard.readText()") == "growth=5.0"


@pytest.mark.parametrize("width", [360, 1366])
def test_nothing_serious_hinders_a_reader_at_any_width(address, reader, width):
    page = reader(address, width=width, height=800)
    assert violations(page) == []
    assert overflow(page) == 0


def test_every_control_shows_the_focus_of_the_keyboard(address, reader):
    page = reader(address)
    seen = set()
    for _ in range(12):
        page.keyboard.press("Tab")
        width, style, kind = page.evaluate(
            "(() => { const e = document.activeElement, s = getComputedStyle(e);"
            " return [parseFloat(s.outlineWidth), s.outlineStyle, e.getAttribute('role') || e.tagName]; })()"
        )
        if kind != "BODY":
            assert (width >= 2, style) == (True, "solid"), kind
            seen.add(kind)
    assert {"slider", "SELECT", "BUTTON", "INPUT", "TEXTAREA"} <= seen


@pytest.mark.soak
def test_nothing_moves_for_a_reader_who_wants_no_motion(address, reader):
    page = reader(address, "slow", wait=False, reduced_motion="reduce")
    page.locator("#explore-loading").wait_for()
    assert page.evaluate("document.getAnimations().length") == 0
    page.wait_for_selector(READY)


def test_a_taken_port_is_told(capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["explore", "--no-browser", "--port", str(port)]) == 1
    assert f"port {port}" in capsys.readouterr().err


@pytest.mark.parametrize("wrong", [["--port", "70000"], ["--plan", "nowhere"], ["--as-of", "yesterday"]])
def test_what_cannot_be_served_is_told_before_anything_is(capsys, wrong):
    assert main(["explore", "--no-browser", *wrong]) == 1
    told = capsys.readouterr()
    assert told.out == ""
    assert "next:" in told.err


@pytest.mark.parametrize("package", ["voila", "ipywidgets", "ipykernel"])
def test_a_missing_package_is_told(package):
    hidden = f"import sys; sys.modules[{package!r}] = None; sys.argv[1:] = ['explore', '--no-browser']"
    done = subprocess.run(
        [sys.executable, "-c", f"{hidden}; from qdecon.__main__ import main; sys.exit(main())"],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert done.returncode == 1
    assert f"needs {package}" in done.stderr
    assert "pip install 'qdecon[notebook]'" in done.stderr


@pytest.mark.soak
def test_an_installed_wheel_serves_the_page(reader, tmp_path):
    wheels, home, nowhere = (tmp_path / name for name in ("wheels", "home", ".nowhere"))
    nowhere.mkdir()
    pip = [sys.executable, "-m", "pip", "-qq", "--disable-pip-version-check", "--no-input"]
    subprocess.run([*pip, "wheel", "--no-deps", "--no-build-isolation", "--wheel-dir", wheels, ROOT], check=True)
    (wheel,) = wheels.iterdir()
    subprocess.run([*pip, "install", "--no-deps", "--no-index", "--target", home, wheel], check=True)
    command = ("-m", "qdecon", "explore", "--no-browser", "--lang", "en")
    with server(*command, cwd=nowhere, env=os.environ | {"PYTHONPATH": str(home)}) as (process, address):
        page = reader(address)
        assert page.locator("html").get_attribute("lang") == "en"
        assert page.complaints == []
        assert page.get_by_role("slider").count() >= 1
        assert any(str(home) in Path(f"/proc/{pid}/environ").read_text() for pid in kernels(process))
    assert list(nowhere.iterdir()) == []
