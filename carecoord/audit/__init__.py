"""The proof that the audit is whole: sealed blocks, the trigger's witness log, and rights that only append.

Here and not in an app, because it speaks of tables of every floor.
"""
