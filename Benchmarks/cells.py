"""Measured cells: a file each, so that an interrupted measurement goes on where it was; standard library only.

A cell's file holds its key, which is everything that its figures depend on. A cell whose key is another one now,
because the binary was built again or an option changed, is measured again.
"""

import functools
import hashlib
import json
import os
import pathlib
import platform
import sys
import time


class Cells:
    """The cells of one folder, by name."""

    def __init__(self, folder, again=False):
        self.folder, self.again = pathlib.Path(folder), again
        self.folder.mkdir(parents=True, exist_ok=True)
        self.kept = []

    def path(self, name):
        return self.folder / f"{name}.json"

    def read(self, name):
        """The file's content; None where there is none, or half of one."""
        try:
            content = json.loads(self.path(name).read_text())
        except (OSError, ValueError):
            return None
        return content if isinstance(content, dict) and {"key", "content"} <= content.keys() else None

    def measure(self, name, key, body):
        """The cell's content: what is there where it was measured under the same key, else what `body` measures."""
        # Keys are compared as they are read back.
        key = json.loads(json.dumps(key))
        found = self.read(name)
        if found and not self.again:
            changed = sorted(field for field in found["key"].keys() | key.keys()
                             if found["key"].get(field) != key.get(field))
            if not changed:
                self.kept.append((name, found.get("measured", "")))
                return found["content"]
            print(f"{name}: measured again, as {', '.join(changed)} changed", file=sys.stderr)
        content = body()
        self.write(name, key, content)
        return content

    def write(self, name, key, content):
        """Whole or not at all, so that an interrupted run leaves no half of a cell."""
        path = self.path(name)
        temporary = path.with_suffix(".part")
        with temporary.open("w") as file:
            json.dump({"key": key, "measured": time.strftime("%Y-%m-%d %H:%M"), "content": content}, file, indent=1)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)

    def tell_kept(self):
        """Says on standard error what was not measured again."""
        if self.kept:
            times = sorted(time for _, time in self.kept)
            print(f"{len(self.kept)} cells were there already, measured {times[0]} to {times[-1]}; "
                  "--again measures them again", file=sys.stderr)


@functools.cache
def digest(path):
    """The file's SHA-256."""
    digest = hashlib.sha256()
    with pathlib.Path(path).open("rb") as file:
        while block := file.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def sources(*names):
    """One digest of files of this folder: figures depend on the programs that measure them too."""
    folder = pathlib.Path(__file__).resolve().parent
    return hashlib.sha256("".join(digest(folder / name) for name in names).encode()).hexdigest()


def machine():
    """What a figure depends on besides the programs."""
    model = platform.machine()
    try:
        lines = pathlib.Path("/proc/cpuinfo").read_text().splitlines()
        model = next(line.split(":", 1)[1].strip() for line in lines if line.startswith("model name"))
    except (OSError, StopIteration):
        pass
    return f"{model}, {os.cpu_count()} processors"
