"""What a notebook of the workbook calls: `form("unit.item")`, `stage("S1")`, `activity(…)`, `start()`."""

from kamlib.forms.activity import activity
from kamlib.forms.form import form
from kamlib.forms.stage import stage
from kamlib.forms.start_widget import start

__all__ = ["activity", "form", "stage", "start"]
