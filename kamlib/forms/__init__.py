"""What a trainee touches in a notebook: `form("unit.item")` asks a question, `start()` shows the way."""

from kamlib.forms.form import form
from kamlib.forms.start_widget import start

__all__ = ["form", "start"]
