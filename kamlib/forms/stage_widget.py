"""How a part of a stage lives in a notebook: the widget that asks the desk, and one that waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import ipywidgets  # type: ignore[import-untyped]

from kamlib.forms.page_widget import PageWidget, page_widget
from kamlib.forms.stage import StageDesk


def live(desk: StageDesk) -> PageWidget:
    """Return a part of a stage as a widget that asks `desk`."""
    return _part(desk.page(), desk.answer)


def _part(page: dict[str, Any], answer: Callable[[object], dict[str, Any]]) -> PageWidget:
    return page_widget("stage.js", "stage.css", page, lambda asked, _: (answer(asked), []))


class Waiting(ipywidgets.VBox):  # type: ignore[misc]
    """A question of a closed stage: one sentence, until the stage opens and the question is there."""

    def __init__(self, page: dict[str, Any], ready: Callable[[], Any]) -> None:
        """Take what is shown while it is closed; `ready` returns the question's widget, or None."""
        self._ready = ready
        self._there = False
        super().__init__(children=[_part(page, self._look)])
        self.add_class("kam-waiting")

    def _look(self, asked: object) -> dict[str, Any]:
        number = asked.get("seq") if isinstance(asked, dict) else None
        found = None if self._there else self._ready()
        if found is not None:
            self._there = True  # whoever asks again must not get another form in place of this one
            self.children = [found]
        return {"ack": number}
