"""How the course is written, translated and built."""
