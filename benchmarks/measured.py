"""What one command costs: CPU seconds and peak memory, of it and of every process it started."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Cost:
    """What a command used."""

    cpu: float
    """CPU seconds, user and system, with all children that ended before it did."""
    system: float
    """The part of them that the operating system took, most of it to make files and folders."""
    peak: float
    """Megabytes (MiB) of memory of its largest process at its largest."""
    said: str
    """The last line it printed."""


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str], log: Path) -> Cost:
    """Run a command in a folder and return what it cost; what it says goes to `log`.

    Raises `RuntimeError` with the end of the log where it fails.
    """
    # A process counts the memory of the one that started it towards its own peak, so a small one
    # starts it: this module.
    small = [sys.executable, "-m", "benchmarks.measured", str(log), *command]
    done = subprocess.run(
        small, cwd=folder, env=dict(environment), stdout=subprocess.PIPE, check=True
    )
    usage = json.loads(done.stdout)
    lines = log.read_text("utf-8", "replace").splitlines()
    if usage["status"] != 0:
        raise RuntimeError("\n".join([f"{' '.join(command)} failed:", *lines[-20:]]))
    return Cost(usage["cpu"], usage["system"], usage["peak"], lines[-1] if lines else "")


def main(log: str, command: Sequence[str]) -> None:
    """Run the command and print its usage as JSON."""
    with open(log, "w", encoding="utf-8") as said:
        process = subprocess.Popen(command, stdout=said, stderr=subprocess.STDOUT)
        _, status, usage = os.wait4(process.pid, 0)
    unit = 1024**2 if sys.platform == "darwin" else 1024
    report = {
        "status": status,
        "cpu": usage.ru_utime + usage.ru_stime,
        "system": usage.ru_stime,
        "peak": usage.ru_maxrss / unit,
    }
    print(json.dumps(report))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2:])
