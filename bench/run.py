"""Runs the benchmarks and writes docs/benchmarks.md; tools/bench calls it.

  bench/run.py [--rounds N] [--output FILE] [subject ...]
"""

import argparse
import datetime
import os
import pathlib
import platform
import re
import subprocess
import sys

import capacity
import clients
import directory
import engines
import execution
import registry
import splitter
import tenants
from harness import BUILD, ROOT, other, say, scratch

SUBJECTS = {"clients": clients, "execution": execution, "directory": directory,
            "tenants": tenants, "engines": engines, "splitter": splitter, "registry": registry, "capacity": capacity}
MARK = {True: "yes", False: "**no**", None: "-"}


def first_line(arguments):
    try:
        done = subprocess.run(arguments, capture_output=True, text=True, check=False)
    except OSError:
        return None
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[0] if lines else None


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":", 1)[1].strip()
    return platform.machine()


def memory_gib():
    text = pathlib.Path("/proc/meminfo").read_text()
    return int(re.search(r"MemTotal:\s+(\d+)", text).group(1)) / 1024 / 1024


def file_system(folder):
    return first_line(["stat", "-f", "-c", "%T", str(folder)]) or "unknown"


def machine(load):
    """What the numbers depend on, as lines."""
    system = next((line.split("=", 1)[1].strip('"\n') for line in open("/etc/os-release")
                   if line.startswith("PRETTY_NAME=")), platform.system())
    lines = [f"{os.cpu_count()} cores of {processor()}, {memory_gib():.0f} GiB",
             f"{system}, Linux {platform.release()}; scratch on "
             f"{file_system(os.environ.get('RHUMB_BENCH_SCRATCH', '/tmp'))}",
             f"{first_line(['c++', '--version'])}; preset release",
             f"load average before the run {load[0]:.1f}, after it {os.getloadavg()[0]:.1f}"]
    tools = {"sqlite3 shell": first_line(["sqlite3", "--version"])}
    for name, arguments in {"migrate": ["-version"], "goose": ["-version"],
                            "dbmate": ["--version"]}.items():
        program = other(name)
        tools[name.replace("migrate", "golang-migrate")] = (
            first_line([program, *arguments]) if program else "not installed, so not compared")
    lines += [f"{name}: {version}" for name, version in tools.items()]
    if deployments := os.environ.get("RHUMB_BENCH_DEPLOYMENTS"):
        lines.append(f"RHUMB_BENCH_DEPLOYMENTS={deployments}")
    return lines


def format_page(title, rows, facts, rounds):
    when = datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC")
    text = [f"# {title}", "",
            "Written by `tools/bench`, which builds the release preset, fetches what it compares "
            "with and runs everything below in one go:", "",
            "    tools/bench              # everything",
            "    tools/bench registry     # one subject: " + ", ".join(SUBJECTS), "",
            f"Each figure is the median of at least {rounds} rounds unless the row says "
            "otherwise; contenders take turns within a round, so a busy moment of the machine "
            "meets all of them. Times are from starting a process to its end, in brackets what it and "
            "its children spent on a processor; memory is the peak resident set. Databases are SQLite files with the default "
            "pragmas unless a row names a server; servers are those of the tests, on this machine, and do not wait for the disk.", "",
            f"Measured {when}:", ""]
    text += [f"* {fact}" for fact in facts]
    text += ["", "| Subject | Rhumb | Beside | Goal | Met |", "|---|---|---|---|---|"]
    text += [f"| {row.subject} | {row.measured} | {row.beside} | {row.goal} | {MARK[row.met]} |"
             for row in rows]
    return "\n".join(text) + "\n"


def parse_arguments():
    parser = argparse.ArgumentParser(prog="tools/bench")
    parser.add_argument("--rounds", type=int, default=5, help="rounds per figure (5)")
    parser.add_argument("--output", type=pathlib.Path, help="file instead of docs/benchmarks.md")
    parser.add_argument("subjects", nargs="*", metavar="subject", help=" ".join(SUBJECTS))
    arguments = parser.parse_args()
    unknown = set(arguments.subjects) - set(SUBJECTS)
    if unknown:
        parser.error(f"no such subject: {', '.join(sorted(unknown))}")
    return arguments


def main():
    arguments = parse_arguments()
    chosen = arguments.subjects or list(SUBJECTS)
    load = os.getloadavg()
    rows = []
    for name in chosen:
        say(f"bench: {name}")
        with scratch() as folder:
            for row in SUBJECTS[name].measure(folder, arguments.rounds):
                say(f"  {row.subject}: {row.measured} | {row.beside} | {row.goal}: {MARK[row.met]}")
                rows.append(row)
    title = "Benchmarks" if chosen == list(SUBJECTS) else "Benchmarks: " + ", ".join(chosen)
    page = format_page(title, rows, machine(load), arguments.rounds)
    output = arguments.output
    if output is None and chosen == list(SUBJECTS):
        output = ROOT / "docs" / "benchmarks.md"
    if output is None:
        sys.stdout.write(page)  # a part of the table must not replace the whole
    else:
        output.write_text(page)
        say(f"bench: wrote {output}")
    missed = sum(row.met is False for row in rows)
    say(f"bench: {len(rows)} figures of {BUILD.name}, {missed} goals missed")


if __name__ == "__main__":
    main()
