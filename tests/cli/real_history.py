"""The migrations of a real application, from ../shared/data."""

import glob
import os
import re

from harness import SHARED, Skipped


def authelia(folder):
    """Its files for one engine, under names of this layout. -> {file name: (version, text)}"""
    found = sorted(glob.glob(os.path.join(SHARED, "data", "authelia", folder, "*.up.sql")))
    if not found:
        raise Skipped(f"no ../shared/data/authelia/{folder} (RHUMB_SHARED names the folder)")
    files = {}
    for path in found:
        version, name = re.fullmatch(r"V(\d+)\.(\w+)\.up\.sql", os.path.basename(path)).groups()
        with open(path, encoding="utf-8") as f:
            files[f"{version}_{name}.sql"] = (version, f.read().rstrip() + "\n")
    return files
