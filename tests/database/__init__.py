"""PostgreSQL as tests use it: they alone may empty what is append-only."""
