"""The billable ICD-10-CM codes F10 to F19 (edition of April 2026), with labels in plain, person-first words.

Where ICD-10-CM says abuse we say a mild use disorder, where it says dependence a moderate or severe one, which
is how its own index maps the words of DSM-5. The table is `icd10cm_f10_f19.csv` beside this file.
"""

import csv
from pathlib import Path

_TABLE = Path(__file__).with_name("icd10cm_f10_f19.csv")

with _TABLE.open(newline="", encoding="utf-8") as _rows:
    LABELS: dict[str, str] = {row["code"]: row["label"] for row in csv.DictReader(_rows)}

CHOICES: list[str] = [f"{code} {label}" for code, label in LABELS.items()]


def code_of(typed: str) -> str | None:
    """The code in what was typed or picked: `F11.20 Opioid use disorder…`, `f1120` and `F11.20` are the same."""
    first = typed.strip().upper().split(" ", 1)[0]
    dotted = first if "." in first else f"{first[:3]}.{first[3:]}"
    return dotted if dotted in LABELS else None


def label_of(code: str) -> str:
    """`F11.20 Opioid use disorder, moderate or severe`; the bare code when it is none of ours."""
    return f"{code} {LABELS[code]}" if code in LABELS else code
