"""What a check found: where, and what is wrong, in words."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal[
    "edited", "deleted", "inserted", "replaced", "back-dated", "chain", "signature", "missing", "anchor", "trigger",
    "function", "rights",
]  # fmt: skip


@dataclass(frozen=True)
class Finding:
    """One thing that is not as it was sealed, or not as it was set up."""

    kind: Kind
    where: str
    words: str
    block: int | None = None

    def __str__(self) -> str:
        place = self.where if self.block is None else f"{self.where}, block {self.block}"
        return f"{place}: {self.words}"
