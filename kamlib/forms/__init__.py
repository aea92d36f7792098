"""What a trainee touches in a notebook: `form("unit.item")` shows a question and keeps its answer."""

from kamlib.forms.form import form

__all__ = ["form"]
