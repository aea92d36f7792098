"""The font that every figure is drawn with, and how it was made."""
