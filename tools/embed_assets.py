#!/usr/bin/env python3
"""Turns the built front end into one assembler file and one table for the linker.

    tools/embed_assets.py web/dist OUTPUT_FOLDER

Each file is compressed once, here, and included by the assembler as it is; its ETag is the SHA-256 of
its content. A folder that does not exist gives an empty table: a registry without pages.
"""
import gzip
import hashlib
import os
import re
import sys

CONTENT_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".json": "application/json",
    ".txt": "text/plain; charset=utf-8",
}
HASHED_NAME = re.compile(r"-[0-9A-Z]{8}\.\w+$")


def files_below(folder):
    for parent, _, names in sorted(os.walk(folder)):
        for name in sorted(names):
            if not name.startswith("."):
                yield os.path.join(parent, name)


def main():
    source, output = sys.argv[1:]
    os.makedirs(output, exist_ok=True)
    assembler = ['    .section .rodata, "a"']
    declarations, rows = [], []
    for number, path in enumerate(files_below(source)):
        with open(path, "rb") as f:
            content = f.read()
        packed = os.path.abspath(os.path.join(output, f"{number}.gz"))
        with open(packed, "wb") as f:
            f.write(gzip.compress(content, 9, mtime=0))
        symbol = f"rhumb_asset_{number}"
        assembler += [f"    .global {symbol}", f"    .global {symbol}_end", f"{symbol}:",
                      f'    .incbin "{packed}"', f"{symbol}_end:"]
        declarations.append(f"extern const char {symbol}[];\nextern const char {symbol}_end[];")
        url = "/" + os.path.relpath(path, source)
        content_type = CONTENT_TYPES.get(os.path.splitext(path)[1], "application/octet-stream")
        etag = hashlib.sha256(content).hexdigest()[:16]
        immutable = "true" if HASHED_NAME.search(url) else "false"
        rows.append(f'    {{"{url}", {symbol}, {symbol}_end, "{content_type}", '
                    f'"\\"{etag}\\"", {immutable}}},')
    assembler.append('    .section .note.GNU-stack, "", %progbits')
    write(os.path.join(output, "assets.S"), "\n".join(assembler) + "\n")
    write(os.path.join(output, "asset_table.cc"), TABLE.format(
        declarations="\n".join(declarations), rows="\n".join(rows), count=len(rows)))


TABLE = """#include "main/asset_table.h"

extern "C" {{
{declarations}
}}

namespace rhumb {{
namespace {{

constexpr EmbeddedAsset kNone = {{"", nullptr, nullptr, "", "", false}};
const EmbeddedAsset kAssets[] = {{
{rows}
    kNone,
}};

}}  // namespace

std::span<const EmbeddedAsset> embedded_assets() {{ return {{kAssets, {count}}}; }}

}}  // namespace rhumb
"""


def write(path, text):
    with open(path, "w", encoding="utf-8") as f:
        f.write(text)


if __name__ == "__main__":
    main()
