"""Serving the explore page: a Voila page on the loopback address, a kernel of its own for every reader.

Who might reach a kernel, and what keeps them out:

- other machines: only 127.0.0.1 is listened on, and a ``Host`` that is not our own name is refused, as it is when a
  foreign name has been made to resolve to 127.0.0.1;
- other users of this machine: every request needs the key, which the printed address hands over once and a cookie
  keeps; kernels listen on sockets in a folder that only their owner may enter;
- other pages in the reader's browser: what they cause is refused by its ``Origin`` or ``Sec-Fetch-Site``.

Voila serves the page, its own scripts and the kernel's socket, and nothing else: no file, no template by name, no
traceback. The socket carries what controls say, no code.
"""

from __future__ import annotations

import asyncio
import logging
import os
import re
import secrets
import signal
import socket
import tempfile
import webbrowser
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from qdecon.data import load
from qdecon.errors import NotAvailable, QdeconError
from qdecon.explore.choice import first_choice

try:
    from ipykernel.kernelspec import RESOURCES, get_kernel_dict
    from jupyter_client.kernelspec import KernelSpec, KernelSpecManager
    from jupyter_server.base.handlers import FileFindHandler
    from jupyter_server.services.kernels.handlers import KernelHandler
    from tornado.httpserver import HTTPServer
    from tornado.web import Application, RequestHandler
    from traitlets.config import Config
    from voila.app import Voila
    from voila.shutdown_kernel_handler import VoilaShutdownKernelHandler
    from voila.static_file_handler import MultiStaticFileHandler
    from voila.tornado.handler import TornadoVoilaHandler
    from voila.tornado.kernel_websocket_handler import VoilaKernelWebsocketHandler
except ModuleNotFoundError as error:
    package = str(error.name).partition(".")[0]
    raise NotAvailable(f"explore needs {package}", "this environment", "pip install 'qdecon[notebook]'") from error

if TYPE_CHECKING:
    from collections.abc import Callable

    from tornado.httputil import HTTPServerRequest

ADDRESS = "127.0.0.1"
HERE = Path(__file__).resolve().parent
TEMPLATE = HERE / "template"
KERNEL = r"(?P<kernel_id>\w+-\w+-\w+-\w+-\w+)"
LONGEST = 40  # characters of the folder for temporary files: the path of a kernel's socket may have 107
HEADERS = {
    # Nothing is fetched from, sent to or shown inside anything but this server.
    "Content-Security-Policy": "default-src 'self'; img-src 'self' data: blob:; font-src 'self' data:; "
    "style-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def serve(
    plan: str = "qingdao",
    as_of: str | None = None,
    port: int = 0,
    browser: bool = True,
    lang: str = "zh",
    *,
    tell: Callable[[str], object] = print,
    notebook: Path = HERE / "page.ipynb",
    idle: int = 60,
) -> None:
    """Serve the page until Ctrl-C.

    Parameters
    ----------
    plan : str
        An embedded plan or a folder.
    as_of : str, optional
        Show what was known on this day, ``YYYY-MM-DD``.
    port : int
        0 takes any free one.
    browser : bool
        Open the page in the default browser.
    lang : {"zh", "en"}
        Language of an address that names none.
    tell : callable
        Is told the address of the page as soon as it answers.
    notebook : Path
        What the kernel of every reader runs.
    idle : int
        Seconds after which a kernel without a page is ended. One with an open page never is.

    Raises
    ------
    QdeconError
        If the plan cannot be loaded or the port is taken.
    NotAvailable
        If a package is missing.
    """
    if not find_spec("ipywidgets"):
        raise NotAvailable("explore needs ipywidgets", "this environment", "pip install 'qdecon[notebook]'")
    first_choice(load(plan, as_of))  # what is wrong with either is said here and now, not on the page
    listening = _listen(port)
    where = None if len(tempfile.gettempdir()) <= LONGEST else "/tmp"
    with tempfile.TemporaryDirectory(prefix="qdecon-", dir=where) as folder:
        # Kernels inherit these. They work elsewhere, so a folder goes by its full path; and nothing of the user's own
        # IPython reaches them.
        plan = str(Path(plan).resolve()) if (Path(plan) / "plan.toml").exists() else plan
        os.environ.update(QDECON_PLAN=plan, QDECON_AS_OF=as_of or "", QDECON_LANGUAGE=lang)
        os.environ.update(MPLBACKEND="agg", IPYTHONDIR=f"{folder}/ipython")
        asyncio.run(_run(listening, _voila(notebook, folder, idle), browser, tell))


def _listen(port: int) -> socket.socket:
    listening = socket.socket()
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((ADDRESS, port))
        listening.listen()
    except (OSError, OverflowError) as error:
        listening.close()
        reason = getattr(error, "strerror", None) or str(error)
        raise QdeconError(f"port {port}: {reason}", "argument port", "name another port, or none") from error
    listening.setblocking(False)
    return listening


class _OwnInterpreter(KernelSpecManager):
    """One kernel, of the interpreter that serves, whatever kernels are registered on the machine."""

    def find_kernel_specs(self) -> dict[str, str]:
        return {"python3": RESOURCES}

    def get_kernel_spec(self, kernel_name: str) -> KernelSpec:
        options = ["--InteractiveShellApp.ignore_cwd=True", "--HistoryManager.enabled=False"]
        return KernelSpec(resource_dir=RESOURCES, **get_kernel_dict(options))


def _voila(notebook: Path, folder: str, idle: int) -> Any:
    """Voila, set up by nothing but this: no configuration of the user's or of the working directory is read."""
    logging.getLogger("tornado.general").setLevel(logging.ERROR)  # it warns of Jupyter's own settings
    logging.getLogger("traitlets").addHandler(logging.StreamHandler())  # why a page could not be made
    config = Config()
    config.VoilaConfiguration.update(
        template="base",  # ours stands before it
        allow_template_override="NO",
        allow_theme_override="NO",
        extension_allowlist=["@jupyter-widgets/jupyterlab-manager", "@voila-dashboards/widgets-manager8"],
        http_keep_alive_timeout=3600,
        kernel_spec_manager_class=_OwnInterpreter,
    )
    config.MappingKernelManager.update(cull_idle_timeout=idle, cull_interval=max(1, idle // 3), allow_tracebacks=False)
    config.KernelManager.transport = "ipc"
    config.KernelRestarter.restart_limit = 0  # a new kernel would know nothing of the page
    config.NotebookNotary.update(db_file=":memory:", secret=secrets.token_bytes(32))  # write nothing at home
    voila = Voila(
        config=config, config_file_paths=[], notebook_path=str(notebook), connection_dir=folder, log_level=logging.ERROR
    )
    voila.initialize([])
    voila.template_paths.insert(0, str(TEMPLATE))
    voila.static_paths.insert(0, str(TEMPLATE / "static"))
    return voila


class _Entrance(RequestHandler):
    """Takes the key out of the address and into a cookie."""

    def initialize(self, cookie: str, key: str) -> None:
        self.cookie, self.key = cookie, key

    def prepare(self) -> None:
        self.set_cookie(self.cookie, self.key, httponly=True, samesite="Lax")
        rest = "&".join(part for part in self.request.query.split("&") if not part.startswith("token="))
        self.redirect(f"/?{rest}" if rest else "/")


class _Refusal(RequestHandler):
    """Says in both languages how to get in, and nothing else."""

    def prepare(self) -> None:
        self.set_status(403)
        for name, value in HEADERS.items():
            self.set_header(name, value)
        self.finish((TEMPLATE / "refusal.html").read_text(encoding="utf-8"))


class _Gate(Application):
    """Everything that is served, behind one door."""

    def __init__(self, handlers: list[Any], cookie: str, key: str, **settings: Any) -> None:
        self.cookie, self.key = cookie, key
        super().__init__(handlers, **settings)

    def find_handler(self, request: HTTPServerRequest, **rest: Any) -> Any:
        """The handler of a request; whoever has no business here meets none other than the refusal."""
        if not _from_here(request):
            return self.get_handler_delegate(request, _Refusal)
        if request.path == "/" and self._is_key(request.arguments.get("token", [b""])[-1]):
            return self.get_handler_delegate(request, _Entrance, {"cookie": self.cookie, "key": self.key})
        held = request.cookies.get(self.cookie)
        if held is None or not self._is_key(held.value.encode()):
            return self.get_handler_delegate(request, _Refusal)
        return super().find_handler(request, **rest)

    def _is_key(self, given: bytes) -> bool:
        return secrets.compare_digest(given, self.key.encode())


def _from_here(request: HTTPServerRequest) -> bool:
    """Whether a request goes to our own name, and was caused by the reader or by our own page."""
    if not re.fullmatch(rf"({re.escape(ADDRESS)}|localhost)(:\d+)?", request.host):
        return False
    origin = request.headers.get("Origin")
    if origin is None and request.method not in {"GET", "HEAD"}:
        return False
    if origin not in {None, f"http://{request.host}"}:
        return False
    caused = request.headers.get("Sec-Fetch-Site", "none")
    return caused in {"none", "same-origin"} or request.headers.get("Sec-Fetch-Dest") == "document"


async def _run(listening: socket.socket, voila: Any, browser: bool, tell: Callable[[str], object]) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    port, key = listening.getsockname()[1], secrets.token_urlsafe(24)
    settings = voila.init_settings()
    settings.update(allow_remote_access=False, disable_check_xsrf=True, headers=HEADERS, log_function=lambda _: None)
    page = {
        "notebook_path": Path(voila.notebook_path).name,
        "template_paths": voila.template_paths,
        "config": voila.config,
        "voila_configuration": voila.voila_configuration,
    }
    handlers = [
        (r"/", TornadoVoilaHandler, page),
        (rf"/api/kernels/{KERNEL}", KernelHandler),
        (rf"/api/kernels/{KERNEL}/channels", VoilaKernelWebsocketHandler),
        (r"/voila/api/shutdown/(.*)", VoilaShutdownKernelHandler),
        (r"/voila/static/(.*)", MultiStaticFileHandler, {"paths": voila.static_paths}),
        (r"/voila/labextensions/(.*)", FileFindHandler, {"path": voila.labextensions_path}),
    ]
    # The cookie's name holds the port, because cookies do not tell ports apart.
    server = HTTPServer(_Gate(handlers, f"qdecon-{port}", key, **settings))
    server.add_socket(listening)
    address = f"http://{ADDRESS}:{port}/?token={key}"
    tell(address)
    if browser:
        _open(address, Path(voila.connection_dir))
    await stopped.wait()
    server.stop()
    await voila.kernel_manager.shutdown_all(now=True)


def _open(address: str, folder: Path) -> None:
    """Open the address by way of a file, since other users may read the command line of a browser."""
    page = folder / "open.html"
    page.write_text(f'<meta http-equiv="refresh" content="0; url={address}">', encoding="utf-8")
    webbrowser.open(page.as_uri())
