#!/usr/bin/env python3
"""Which tests prove which operation of the registry's API.

    tests/operations.py [--write]     prints docs/api-operations.md, or writes it

A test proves an operation whose name it sends. An operation without a test is an error.
"""

import glob
import os
import re
import sys

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
PAGE = os.path.join(ROOT, "docs", "api-operations.md")
TESTS = ["src/registry/**/*_test.cc", "tests/cli/*_test.py", "tests/registry/*.py", "web/e2e/*.mjs"]
# They ask for every operation and prove its rights and its bounds, not what it does.
OF_ALL = {"tests/cli/permissions_test.py", "tests/cli/generated_requests_test.py"}
HEAD = """# The operations of the API, and the tests that prove them

Made by `tests/operations.py --write`; a check of the house holds it against the tests. Beside these, [permissions](permissions.md) asks
for each operation with every role, and `tests/cli/generated_requests_test.py` with right and wrong values of every type.
"""


def read(path):
    with open(os.path.join(ROOT, path), encoding="utf-8") as file:
        return file.read()


def operations():
    """-> {"Query": names, "Mutation": names}, in the order of the schema"""
    schema = read("src/registry/api/registry.graphql")
    roots = re.findall(r"^type (Query|Mutation) \{\n(.*?)^\}", schema, re.S | re.M)
    return {root: re.findall(r"^  (\w+)[(:]", body, re.M) for root, body in roots}


def test_texts():
    paths = sorted(os.path.relpath(path, ROOT) for pattern in TESTS
                   for path in glob.glob(os.path.join(ROOT, pattern), recursive=True))
    return {path: read(path) for path in paths if path not in OF_ALL}


def is_asked_for(name, text):
    """`name(`, `name {` or `{ name }` in a document; the first letter in either case."""
    either = f"[{name[0]}{name[0].upper()}]{name[1:]}"
    return re.search(rf"(?<![\w.]){either}\s*[({{]|\{{ {either} \}}", text) is not None


def lines():
    texts = test_texts()
    for root, names in operations().items():
        yield f"\n## {root}\n\n| operation | tests |\n|---|---|"
        for name in names:
            tests = [path for path, text in texts.items() if is_asked_for(name, text)]
            yield f"| `{name}` | {', '.join(f'`{path}`' for path in tests) or 'NONE'} |"


def page():
    return HEAD + "\n".join(lines()) + "\n"


def main():
    text = page()
    if "| NONE |" in text:
        sys.stderr.write("".join(f"no test: {line}\n" for line in text.splitlines() if "| NONE |" in line))
    if sys.argv[1:] == ["--write"]:
        with open(PAGE, "w", encoding="utf-8") as file:
            file.write(text)
    else:
        print(text, end="")
    return 1 if "| NONE |" in text else 0


if __name__ == "__main__":
    sys.exit(main())
