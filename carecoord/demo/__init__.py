"""The demo: two invented facilities and everybody in them. Nobody here is or resembles anyone."""
