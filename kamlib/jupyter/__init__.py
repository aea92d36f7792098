"""What the Jupyter server loads when it starts: how notebooks are cleaned and trusted on saving."""

from __future__ import annotations

from typing import Any

HOOK = "kamlib.jupyter.hooks.strip_widgets"
"""What is called before a notebook is saved, as the server's settings name it."""


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "kamlib.jupyter"}]


def _link_jupyter_server_extension(server: Any) -> None:
    # As a setting rather than a registered hook: whatever contents manager is made later has it.
    # A hook that somebody chose for themselves is kept; ours is then added to it on loading.
    server.config.FileContentsManager.setdefault("pre_save_hook", HOOK)


def _load_jupyter_server_extension(server: Any) -> None:
    from kamlib.jupyter.hooks import may_sign, strip_widgets

    manager = server.contents_manager
    notary = manager.notary
    safe = notary.check_cells
    notary.check_cells = lambda notebook: may_sign(notebook) and safe(notebook)
    if getattr(manager, "pre_save_hook", None) is not strip_widgets:
        manager.register_pre_save_hook(strip_widgets)
