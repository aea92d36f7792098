"""A kernel that finds its code in our installation alone, never in the folder where it runs."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from jupyter_client.manager import AsyncKernelManager

import kamlib


class CleanKernelManager(AsyncKernelManager):
    """Starts a kernel without the working folder on its path.

    A working folder may hold what trainees handed in: a file named like a module there would
    otherwise be run in its stead.
    """

    async def _async_start_kernel(self, **kw: Any) -> None:
        ours = str(Path(kamlib.__file__).resolve().parents[1])
        # a relative entry would mean the working folder, into which papermill has moved by now
        given = os.environ.get("PYTHONPATH", "").split(os.pathsep)
        known = [ours, *(entry for entry in given if Path(entry).is_absolute())]
        environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(dict.fromkeys(known)),
            "PYTHONSAFEPATH": "1",
        }
        arguments = [
            *kw.pop("extra_arguments", []),
            "--IPKernelApp.ignore_cwd=True",
            "--HistoryManager.enabled=False",
            # it speaks on stderr of the loopback device and of being stopped, which is no news to anybody
            "--IPKernelApp.log_level=50",
        ]
        await super()._async_start_kernel(env=environment, extra_arguments=arguments, **kw)

    start_kernel = _async_start_kernel
