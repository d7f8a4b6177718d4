"""What changed in the C++ sources: the common part of tools/format and tools/lint."""
import os
import re
import subprocess

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
SOURCE = re.compile(r"^(src|tests|bench)/.*\.(cc|h)$")
HUNK = re.compile(r"^@@ -\S+ \+(\d+)(?:,(\d+))? @@")


def git(*arguments):
    return subprocess.run(["git", *arguments], cwd=ROOT, capture_output=True, text=True, errors="replace",
                          check=True).stdout


def source_files():
    """Every C++ file of ours, whether git knows it yet or not."""
    listed = git("ls-files", "-co", "--exclude-standard").split("\n")
    return sorted(path for path in listed
                  if SOURCE.match(path) and os.path.isfile(os.path.join(ROOT, path)))


def changed_lines(base):
    """{path: [(first, last), ...]} of lines added or changed since the branch left `base`.

    Files that git does not know yet stand with None: every line of them is new.
    """
    since = git("merge-base", base, "HEAD").strip()
    lines, path = {}, None
    for line in git("diff", "-U0", "--no-ext-diff", "--diff-filter=d", since).split("\n"):
        if line.startswith("+++ "):
            path = line[len("+++ b/"):]
        elif path and SOURCE.match(path):
            hunk = HUNK.match(line)
            if hunk:
                first, count = int(hunk.group(1)), int(hunk.group(2) or 1)
                if count:
                    lines.setdefault(path, []).append((first, first + count - 1))
    for path in git("ls-files", "-o", "--exclude-standard").split("\n"):
        if SOURCE.match(path):
            lines[path] = None
    return lines
