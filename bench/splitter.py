"""Splitting scripts into statements: the C++ micro benchmark, as rows of the table."""

import json
import subprocess

from harness import TOOLS, Row

GOAL = 500e6  # bytes per second


def measure(_folder, rounds):
    done = subprocess.run(
        [TOOLS / "rhumb_splitter_bench", "--benchmark_format=json",
         f"--benchmark_repetitions={rounds}", "--benchmark_report_aggregates_only=true"],
        capture_output=True, text=True, check=True)
    rates = {run["run_name"].removeprefix("split/"): run["bytes_per_second"]
             for run in json.loads(done.stdout)["benchmarks"]
             if run["aggregate_name"] == "median"}
    mixed = rates.pop("mixed_256MiB")
    others = ", ".join(f"{name.replace('_', ' ')} {rate / 1e6:,.0f} MB/s"
                       for name, rate in rates.items())
    yield Row("splitting 256 MiB of mixed statements", f"{mixed / 1e6:,.0f} MB/s", others,
              "500 MB/s", mixed >= GOAL)
