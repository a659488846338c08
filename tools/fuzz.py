"""Fuzz every reader, guided by the code that an input reaches: it gives a value or refuses in the project's words.

    python -m tools.fuzz                  every reader
    python -m tools.fuzz workbook table   only these
    python -m tools.fuzz --runs 100000    so many inputs, shared among the readers

Each reader runs in a process of its own, from sound samples. The fuzzer stops at any other exception, at an input that
takes more than two seconds, and beyond 500 MB; the input is then kept in ``.fuzz/found``. `make fuzz` installs what it
needs.
"""

from __future__ import annotations

import argparse
import io
import json
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DATA, RECORDED, FOUND = ROOT / "data", ROOT / "tests" / "recorded", ROOT / ".fuzz" / "found"
CHINA = DATA / "china"
RUNS = 20_000
LIMITS = ("-timeout=2", "-rss_limit_mb=500", "-max_len=65536", "-verbosity=0", "-print_final_stats=1", "-seed=1")
FOLLOWED = ["qdecon", "tomllib", "csv", "json.decoder", "zipfile", "openpyxl"]
Reader = Callable[[bytes], object]
Samples = list[bytes]
TABLE = '年份,地区生产总值（亿元）,制造业占比\n2023年,1234,25.0%\n２０２４,"1,300.5",—\n'
MAPPING = """
[source]
id = "a"
title = "b"
publisher = "c"
kind = "official"
licence = "d"
[defaults]
source = "a"
basis = [{ first = 2020, id = "census5" }]
[columns]
period = "年份"
[[series]]
name = "x"
indicator = "gdp"
unit = "十亿元"
[units]
"十亿元" = { unit = "亿元", times = 10 }
[table]
layout = "wide"
header_rows = 2
"""


def plan_file(name: str) -> tuple[Reader, Samples]:
    """The nation's plan with one of its files replaced."""
    from qdecon.data.indicators import read_indicators
    from qdecon.data.inspection import Inspector
    from qdecon.data.observations import read_observations, read_sources
    from qdecon.data.planfile import read_plan
    from qdecon.errors import DataError

    home = Path(tempfile.mkdtemp(prefix="qdecon-fuzz-"))
    for path in CHINA.iterdir():
        (home / path.name).write_bytes(path.read_bytes())

    def read(body: bytes) -> object:
        (home / name).write_bytes(body)
        inspector = Inspector(home)
        indicators, bases, lags = read_indicators(inspector)
        sources = read_sources(inspector)
        found = (
            read_observations(inspector, indicators, bases, sources, lags),
            read_plan(inspector, indicators, sources),
        )
        if inspector.problems:
            raise DataError(inspector.problems)
        return found

    return read, [(CHINA / name).read_bytes()]


def peers_file() -> tuple[Reader, Samples]:
    """The peers with one table replaced."""
    from qdecon.data.inspection import Inspector
    from qdecon.data.peers import read_peers
    from qdecon.errors import DataError

    home = Path(tempfile.mkdtemp(prefix="qdecon-fuzz-"))
    for path in (DATA / "peers").glob("*.csv"):
        (home / path.name).write_bytes(b"".join(path.read_bytes().splitlines(keepends=True)[:40]))
    sample = (home / "nation.csv").read_bytes()

    def read(body: bytes) -> object:
        (home / "nation.csv").write_bytes(body)
        inspector = Inspector(home)
        found = read_peers(inspector)
        if inspector.problems:
            raise DataError(inspector.problems)
        return found

    return read, [sample]


def panel() -> tuple[Reader, Samples]:
    """A panel of annual series."""
    from qdecon.sources import read_panel

    path = Path(tempfile.mkdtemp(prefix="qdecon-fuzz-"), "panel.csv")

    def read(body: bytes) -> object:
        path.write_bytes(body)
        return read_panel(path)

    tidy = "".join(f"a,{year},{year / 7:.3f}\n" for year in range(2000, 2012))
    return read, [f"id,year,value\n{tidy}".encode(), b"id,h,values\nGDP,2,1 2 3 4 5 7\n"]


def scenario() -> tuple[Reader, Samples]:
    """A scenario file."""
    from qdecon.scenario import from_toml

    presets = [path.read_bytes() for path in sorted((DATA / "scenarios").glob("*.toml"))]
    return lambda body: from_toml(body.decode("utf-8", "replace")), presets


def link() -> tuple[Reader, Samples]:
    """A scenario at the end of an address."""
    from qdecon.scenario import from_link, to_link
    from qdecon.sources import presets, read_scenario

    return lambda body: from_link(body.decode("latin-1")), [to_link(read_scenario(name)).encode() for name in presets()]


def table() -> tuple[Reader, Samples]:
    """A CSV to be imported, understood by the nation's indicators."""
    from qdecon.sources import read_import
    from qdecon.sources.tables.grid import grid_of_csv
    from qdecon.sources.tables.mapping import read_mapping

    rules = read_mapping(
        b'[defaults]\nsource = "outline-2021"\nbasis = "census5"\nevidence = "official"\n', "mapping.toml"
    )

    def read(body: bytes) -> object:
        return read_import(grid_of_csv(body, "table.csv"), CHINA, rules)

    observations = b"".join((CHINA / "observations.csv").read_bytes().splitlines(keepends=True)[:6])
    return read, [TABLE.encode(), TABLE.encode("gb18030"), TABLE.replace(",", ";").encode("utf-16"), observations]


def workbook(part: str = "") -> tuple[Reader, Samples]:
    """An XLSX to be imported, as a whole, or one part of it packed with the sound others."""
    import qdecon as qd
    from qdecon.sources import export_table
    from qdecon.sources.tables.workbook import grid_of_workbook

    with tempfile.TemporaryDirectory() as home:
        sample = export_table(qd.load("china"), Path(home, "china.xlsx")).read_bytes()
    with zipfile.ZipFile(io.BytesIO(sample)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}

    def read(body: bytes) -> object:
        packed = io.BytesIO()
        with zipfile.ZipFile(packed, "w") as archive:
            for name, content in parts.items():
                archive.writestr(name, body if name == part else content)
        return grid_of_workbook(packed.getvalue() if part else body, "table.xlsx")

    return read, [parts[part] if part else sample]


def mapping() -> tuple[Reader, Samples]:
    """The mapping of an import."""
    from qdecon.sources.tables.mapping import read_mapping

    return lambda body: read_mapping(body, "mapping.toml"), [MAPPING.encode()]


def feed() -> tuple[Reader, Samples]:
    """The feed of a plan."""
    import qdecon as qd
    from qdecon.sources.refresh.feed import read_feed

    home, nation = Path(tempfile.mkdtemp(prefix="qdecon-fuzz-")), qd.load("china")

    def read(body: bytes) -> object:
        (home / "feed.toml").write_bytes(body)
        return read_feed(home, nation, 2025)

    return read, [(CHINA / "feed.toml").read_bytes()]


def answer() -> tuple[Reader, Samples]:
    """An answer of the national statistics database."""
    from qdecon.sources.nbsanswer import cells
    from qdecon.sources.nbstables import table as table_of

    cities = table_of("cities")
    request = next(cities.requests(cities.item("gdp"), cities.place("青岛"), 2015, 2025))
    recorded = [json.loads(path.read_bytes())["response"] for path in sorted(RECORDED.glob("*.json"))]
    return lambda body: cells(request, body), [json.dumps(each, ensure_ascii=False).encode() for each in recorded]


READERS: dict[str, Callable[[], tuple[Reader, Samples]]] = {
    "plan": lambda: plan_file("plan.toml"),
    "indicators": lambda: plan_file("indicators.toml"),
    "observations": lambda: plan_file("observations.csv"),
    "sources": lambda: plan_file("sources.csv"),
    "peers": peers_file,
    "panel": panel,
    "scenario": scenario,
    "link": link,
    "table": table,
    "workbook": workbook,
    "sheet": lambda: workbook("xl/worksheets/sheet1.xml"),
    "styles": lambda: workbook("xl/styles.xml"),
    "mapping": mapping,
    "feed": feed,
    "answer": answer,
}


def fuzz(name: str, runs: int) -> None:
    """Fuzz one reader in this process, until the runs are done or something is found; never returns."""
    import atheris

    with atheris.instrument_imports(include=FOLLOWED):
        from qdecon.errors import QdeconError

        reader, samples = READERS[name]()

    def one(body: bytes) -> None:
        try:
            reader(body)
        except QdeconError as error:
            if not (error.what and error.where and error.remedy):
                raise AssertionError(f"no place or remedy: {error!r}") from error

    corpus = Path(tempfile.mkdtemp(prefix="qdecon-corpus-"))
    for number, sample in enumerate(samples):
        (corpus / str(number)).write_bytes(sample)
        one(sample)
    FOUND.mkdir(parents=True, exist_ok=True)
    atheris.Setup([name, f"-runs={runs}", *LIMITS, f"-artifact_prefix={FOUND}/{name}-", str(corpus)], one)
    atheris.Fuzz()


def main() -> int:
    """Fuzz the readers named, each in a process of its own, and tell how each ended."""
    parser = argparse.ArgumentParser(prog="python -m tools.fuzz")
    parser.add_argument("reader", nargs="*", metavar="reader", help="default: all")
    parser.add_argument("--runs", type=int, default=RUNS, help=f"inputs in all (default: {RUNS:,})")
    parser.add_argument("--here", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    names = options.reader or list(READERS)
    if unknown := set(names) - set(READERS):
        parser.error(f"no reader {', '.join(sorted(unknown))}; choose {', '.join(READERS)}")
    each = -(-options.runs // len(names))
    if options.here:
        fuzz(names[0], each)
    failed = 0
    for name in names:
        command = [sys.executable, "-m", "tools.fuzz", "--here", "--runs", str(each), name]
        done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
        sound = done.returncode == 0
        failed += not sound
        stats = [line.split() for line in done.stderr.splitlines() if line.startswith("stat::")]
        values = {line[0].removeprefix("stat::").rstrip(":"): line[-1] for line in stats}
        runs, peak = values.get("number_of_executed_units", "?"), values.get("peak_rss_mb", "?")
        slowest = values.get("slowest_unit_time_sec", "?")
        print(
            f"{name:14}{'sound' if sound else 'FOUND':8}{runs:>8} inputs, slowest {slowest} s, peak {peak} MB",
            flush=True,
        )
        if not sound:
            print(done.stderr[-3000:])
    return min(failed, 1)


if __name__ == "__main__":
    sys.exit(main())
