"""The shapes of what the intake desk types."""
