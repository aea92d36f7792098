"""How hand-ins become marks, feedback and a report."""
