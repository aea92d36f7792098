"""How Jupyter looks in a workbook: what its user settings say, and which notebooks are trusted."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kamlib.words import LANGUAGES

LOCALES: Mapping[str, str] = {"en": "en", "zh": "zh_CN"}
"""What Jupyter calls our languages."""


def user_settings(lang: str) -> dict[str, dict[str, Any]]:
    """Return what is set for a trainee, by the name of the plugin it is for.

    Args:
        lang: a language of the workbook, in which Jupyter itself then speaks.

    """
    if lang not in LANGUAGES:
        raise ValueError(f"no such language: {lang!r}; there are {', '.join(LANGUAGES)}")
    return {
        "@jupyterlab/translation-extension:plugin": {"locale": LOCALES[lang]},
        # Known before any notebook is open, so that the page does not first show what it then hides.
        "@jupyter-notebook/application-extension:top": {"visible": "no"},
        "@jupyter-notebook/notebook-extension:close-tab": {"promptForConfirmation": False},
        "@jupyter-notebook/notebook-extension:scroll-output": {"autoScrollOutputs": False},
        "@jupyterlab/apputils-extension:notification": {
            "checkForUpdates": False,
            "doNotDisturbMode": True,
            "fetchNews": "false",
        },
        "@jupyterlab/notebook-extension:tracker": {
            "enableKernelInitNotification": False,
            "scrollPastEnd": False,
            "windowingMode": "none",
        },
    }


def write_user_settings(folder: Path, lang: str) -> list[Path]:
    """Write a trainee's settings and return the files; other settings in them are kept.

    Args:
        folder: what `JUPYTERLAB_SETTINGS_DIR` names when the workbook is started.
        lang: a language of the workbook.

    """
    written = []
    for plugin, values in user_settings(lang).items():
        extension, _, name = plugin.partition(":")
        path = folder / extension / f"{name}.jupyterlab-settings"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(_kept(path) | values, indent=2) + "\n", "utf-8")
        written.append(path)
    return written


def _kept(path: Path) -> dict[str, Any]:
    try:
        found = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError):
        return {}  # none yet, or damaged by hand
    return found if isinstance(found, dict) else {}


def trust(notebooks: list[Path]) -> None:
    """Sign notebooks of the workbook, so that figures in them may run when they are opened.

    The signatures lie in Jupyter's data folder (`JUPYTER_DATA_DIR`).

    Args:
        notebooks: files that came with the workbook and are as they were packed.

    """
    import nbformat
    from nbformat.sign import NotebookNotary

    notary = NotebookNotary()
    for path in notebooks:
        notary.sign(nbformat.read(path, as_version=4))
    notary.store.close()
