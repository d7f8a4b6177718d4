#!/usr/bin/env python3
"""The house rules that a machine can check; ends with `N passed, N failed`.

Layers (every #include against the rooms its target may use), header form, line length, file names,
TODOs without an issue, links in docs, and words that have no place in the project.
"""
import os
import re
import subprocess
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
LINE_LENGTH_MAX = 110
SOURCE = re.compile(r"^(src|tests|bench)/.*\.(cc|h)$")
INCLUDE = re.compile(r'^\s*#include "([^"]+)/[^/"]+"', re.M)
LIBRARY = re.compile(r"rhumb_library\(\s*NAME\s+(\S+)(.*?)\)", re.S)
LONG_LITERAL = re.compile(r'R?"[^"]{24,}"|",\s*"|// NOLINT\(')
TODO = re.compile(r"TODO(?!\(#\d+\))")
LINK = re.compile(r"\]\(([^)#:]+)(?:#[^)]*)?\)")


def tracked_files():
    listed = subprocess.run(["git", "ls-files", "-co", "--exclude-standard"], cwd=ROOT,
                            capture_output=True, text=True, check=True).stdout.split("\n")
    return [path for path in listed if path and os.path.isfile(os.path.join(ROOT, path))]


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8", errors="replace") as f:
        return f.read()


def declared_rooms(files):
    """{room: rooms it names in DEPENDS}"""
    rooms = {}
    for path in files:
        if path.startswith("src/") and path.endswith("CMakeLists.txt"):
            for name, body in LIBRARY.findall(read(path)):
                depends = re.search(r"DEPENDS\s+([a-z_/\s]+)", body)
                rooms[name] = set(depends.group(1).split()) if depends else set()
    return rooms


def test_rooms(files, order):
    """{room: rooms that its tests alone link, by TEST_LINKS}"""
    flat = {"rhumb_" + room.replace("/", "_"): room for room in order}
    rooms = {}
    for path in files:
        if path.startswith("src/") and path.endswith("CMakeLists.txt"):
            for name, body in LIBRARY.findall(read(path)):
                links = re.search(r"TEST_LINKS\s+([A-Za-z_:\-\s]+)", body)
                words = links.group(1).split() if links else ()
                rooms[name] = {flat[word] for word in words if word in flat}
    return rooms


def room_of(folder, rooms):
    """The room a folder is in, itself or the nearest above it; None: no room."""
    while folder and folder not in rooms:
        folder = os.path.dirname(folder)
    return folder or None


def is_test(path):
    name = os.path.basename(path)
    return name.endswith("_test.cc") or name.startswith("test_")


def reachable(room, rooms):
    seen, todo = set(), [room]
    while todo:
        for other in rooms.get(todo.pop(), ()):
            if other not in seen:
                seen.add(other)
                todo.append(other)
    return seen | {room}


def check_layers(files):
    """Includes stay within what the room declares, and declarations only point down the house."""
    rooms = declared_rooms(files)
    order = re.search(r"set\(rooms(.*?)\)", read("src/CMakeLists.txt"), re.S).group(1).split()
    for room, depends in rooms.items():
        for other in depends:
            if order.index(other) >= order.index(room):
                yield f"src/{room}/CMakeLists.txt: {room} stands below {other} and may not use it"
    allowed = {room: reachable(room, rooms) for room in rooms}
    linked = test_rooms(files, order)
    for path in files:
        folder = os.path.dirname(path)[len("src/"):] if path.startswith("src/") else ""
        room = room_of(folder, rooms)
        if room and SOURCE.match(path):
            for folder in INCLUDE.findall(read(path)):
                used = room_of(folder, rooms)
                in_test = is_test(path) and used in linked[room]
                if used in order and used not in allowed[room] and not in_test:
                    yield f"{path}: includes {used}, which {room} does not declare"


def check_headers(files):
    """Headers begin with #pragma once."""
    for path in files:
        if SOURCE.match(path) and path.endswith(".h") and not read(path).startswith("#pragma once\n"):
            yield f"{path}: does not begin with #pragma once"


def check_lines(files):
    """No line of ours is longer than the screen, but for tables of recorded texts."""
    for path in files:
        if SOURCE.match(path):
            for number, line in enumerate(read(path).split("\n"), 1):
                if len(line) > LINE_LENGTH_MAX and not LONG_LITERAL.search(line):
                    yield f"{path}:{number}: {len(line)} characters, at most {LINE_LENGTH_MAX}"


def check_names(files):
    """Source files are named in snake_case."""
    for path in files:
        if SOURCE.match(path) and not re.fullmatch(r"[a-z0-9_]+\.(cc|h)", os.path.basename(path)):
            yield f"{path}: the name is not snake_case"


def check_todos(files):
    """A TODO names its issue."""
    for path in files:
        if SOURCE.match(path) and TODO.search(read(path)):
            yield f"{path}: a TODO without an issue number"


def lists_above(path):
    """The CMakeLists.txt nearest above a file, and the file's name in it; nothing: none stands above."""
    folder = os.path.dirname(path)
    while folder:
        lists = os.path.join(folder, "CMakeLists.txt")
        if os.path.exists(os.path.join(ROOT, lists)):
            return lists, os.path.relpath(path, folder)
        folder = os.path.dirname(folder)
    return None, path


def check_built(files):
    """Every source file is named in the CMakeLists.txt nearest above it."""
    for path in files:
        if SOURCE.match(path) and path.endswith(".cc"):
            lists, name = lists_above(path)
            if not lists or not re.search(rf"(?<![\w/]){re.escape(name)}\b", read(lists)):
                yield f"{path}: no CMakeLists.txt above it names it"


def check_links(files):
    """Relative links in Markdown lead somewhere."""
    for path in files:
        if path.endswith(".md"):
            for target in LINK.findall(read(path)):
                if not os.path.exists(os.path.join(ROOT, os.path.dirname(path), target)):
                    yield f"{path}: link to {target}, which does not exist"


def check_operations(_files):
    """Every operation of the API has a test, and the page that names them is as it should be."""
    made = subprocess.run([sys.executable, os.path.join(ROOT, "tests", "operations.py")], capture_output=True,
                          text=True, check=False)
    if made.returncode != 0:
        yield made.stderr.strip()
    elif made.stdout != read("docs/api-operations.md"):
        yield "docs/api-operations.md is not what tests/operations.py --write makes"


CHECKS = [check_layers, check_headers, check_lines, check_names, check_todos, check_built, check_links,
          check_operations]


def main():
    files = tracked_files()
    failed = 0
    for check in CHECKS:
        problems = list(check(files))
        failed += bool(problems)
        for problem in problems:
            print(problem)
    print(f"{len(CHECKS) - failed} passed, {failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
