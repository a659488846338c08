"""Start-up: `import qdecon` and the whole scorecard, as ratios to what their dependencies cost in the same run.

Every command runs as a fresh process, interleaved with the others; medians of the runs are compared.

    python benchmarks/startup.py [runs]
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time

COMMANDS = {
    "import pandas": ["-c", "import pandas"],
    "import qdecon": ["-c", "import qdecon"],
    "import qdecon, load": ["-c", "import qdecon; qdecon.load()"],
    "import pandas, scipy.stats": ["-c", "import pandas, scipy.stats"],
    "qdecon scorecard": ["-m", "qdecon", "scorecard"],
}


def seconds(arguments: list[str]) -> float:
    """Wall time of one fresh process."""
    start = time.perf_counter()
    subprocess.run([sys.executable, *arguments], check=True, capture_output=True)
    return time.perf_counter() - start


def main() -> None:
    """Print medians and the two ratios."""
    runs = int(sys.argv[1]) if len(sys.argv) > 1 else 11
    measured: dict[str, list[float]] = {name: [] for name in COMMANDS}
    for _ in range(runs):
        for name, arguments in COMMANDS.items():
            measured[name].append(seconds(arguments))
    medians = {name: statistics.median(values) for name, values in measured.items()}
    for name, median in medians.items():
        print(f"{name:28} {median:.3f} s (median of {runs})")
    print(f"import qdecon / import pandas: {medians['import qdecon'] / medians['import pandas']:.2f} (at most 1.25)")
    ratio = medians["qdecon scorecard"] / medians["import pandas, scipy.stats"]
    print(f"qdecon scorecard / import pandas, scipy.stats: {ratio:.2f} (at most 3)")


if __name__ == "__main__":
    main()
