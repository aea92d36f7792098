"""How a part of a stage lives in a notebook: the widget that asks the desk, and one that waits."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import anywidget
import ipywidgets  # type: ignore[import-untyped]
import traitlets

from kamlib.forms.assets import joined
from kamlib.forms.stage import StageDesk


class StageWidget(anywidget.AnyWidget):
    """The page's end of a part of a stage."""

    _esm = joined("asking.js", "stage.js")
    _css = joined("start.css", "stage.css")
    page = traitlets.Dict().tag(sync=True)

    def __init__(self, page: dict[str, Any], answer: Callable[[object], dict[str, Any]]) -> None:
        """Take what is shown, and who answers what is asked."""
        super().__init__(page=page)
        self._answer = answer
        self.on_msg(self._receive)

    def _receive(self, _widget: object, asked: object, _buffers: object) -> None:
        told = self._answer(asked)
        if "page" in told and told["page"] != self.page:
            self.page = told["page"]  # for a browser that draws it again later
        self.send(told)


def live(desk: StageDesk) -> StageWidget:
    """Return a part of a stage as a widget that asks `desk`."""
    return StageWidget(desk.page(), desk.answer)


class Waiting(ipywidgets.VBox):  # type: ignore[misc]
    """A question of a closed stage: one sentence, until the stage opens and the question is there."""

    def __init__(self, page: dict[str, Any], ready: Callable[[], Any]) -> None:
        """Take what is shown while it is closed; `ready` returns the question's widget, or None."""
        self._ready = ready
        self._there = False
        super().__init__(children=[StageWidget(page, self._look)])
        self.add_class("kam-waiting")

    def _look(self, asked: object) -> dict[str, Any]:
        number = asked.get("seq") if isinstance(asked, dict) else None
        found = None if self._there else self._ready()
        if found is not None:
            self._there = True  # whoever asks again must not get another form in place of this one
            self.children = [found]
        return {"ack": number}
