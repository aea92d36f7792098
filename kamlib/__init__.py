"""A workbook that trains key account managers: its subject, its questions, its gradebook."""

__version__ = "0.1.0"
