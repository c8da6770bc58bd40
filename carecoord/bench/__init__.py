"""`make bench`: the figures of docs/performance.md, measured on a database of its own.

The unit is F: one signed-in page with one indexed query. What counts is processor time, of the web workers and
their database connections together, of the page in units of F, both asked by turns in the same run. A run in which
F itself moves by more than 15 % tells nothing and says so.
"""
