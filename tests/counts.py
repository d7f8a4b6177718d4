"""How many tests passed, failed and were skipped, as runners of several kinds say it."""
import json
import re
import subprocess
import tempfile

CLOSING_LINE = re.compile(r"^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?", re.M)


class Counts:
    def __init__(self, passed=0, failed=0, skipped=0, note=""):
        self.passed, self.failed, self.skipped, self.note = passed, failed, skipped, note

    def add(self, other):
        self.passed += other.passed
        self.failed += other.failed
        self.skipped += other.skipped

    def __str__(self):
        return f"{self.passed} passed, {self.failed} failed, {self.skipped} skipped"


def closing_counts(output, broken):
    """The counts of a runner that ends in the closing line; a runner without one is one failure."""
    found = CLOSING_LINE.findall(output)
    if not found:
        print(output[-4000:])
        return Counts(failed=1, note="the suite broke")
    passed, failed, skipped = found[-1]
    counts = Counts(int(passed), int(failed), int(skipped or 0))
    if counts.failed or broken:
        print(output[-8000:])
    if broken and not counts.failed:
        counts.failed = 1
    return counts


def run_unit_tests(binary, *options, **process_options):
    """Runs a binary of GoogleTest; one that crashes, or of which a sanitizer spoke, is one failure."""
    with tempfile.NamedTemporaryFile(suffix=".json") as report:
        done = subprocess.run([binary, f"--gtest_output=json:{report.name}", "--gtest_brief=1", *options], text=True,
                              errors="replace", stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **process_options)
        try:
            result = json.load(open(report.name, encoding="utf-8"))
        except ValueError:
            result = None
    counts = unit_counts(result)
    if done.returncode != 0:
        print(done.stdout[-8000:])
        if not counts.failed:
            counts.failed = 1
            print(f"{binary} ended with {done.returncode}")
    return counts


def unit_counts(result):
    counts = Counts()
    for suite in (result or {}).get("testsuites", []):
        for test in suite["testsuite"]:
            if test.get("failures"):
                counts.failed += 1
            elif test.get("result") == "SKIPPED":
                counts.skipped += 1
            elif test.get("status") == "RUN":
                counts.passed += 1
    return counts
