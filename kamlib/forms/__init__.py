"""What a notebook of the workbook calls: `form("unit.item")`, `stage("S1")` and `start()`."""

from kamlib.forms.form import form
from kamlib.forms.stage import stage
from kamlib.forms.start_widget import start

__all__ = ["form", "stage", "start"]
