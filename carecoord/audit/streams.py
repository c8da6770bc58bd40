"""What is sealed: which table, and how a line of it reads."""

from collections.abc import Callable
from dataclasses import dataclass

from django.db import connection

MOMENT = "to_char({0} AT TIME ZONE 'UTC', 'YYYY-MM-DD\"T\"HH24:MI:SS.US')"
Taker = Callable[[bytes], None]


@dataclass(frozen=True)
class Stream:
    """An append-only table. `formats`: number → the expressions that make a line, the id first.

    A format is never changed. When a column is added, or another order wanted, it gets the next number, and the
    blocks sealed under the old one are read as ever.
    """

    name: str
    label: str
    table: str
    formats: dict[int, tuple[str, ...]]
    dated_by_us: bool = True  # whether `at` is the moment of writing, so that an old one in a new block is suspect

    @property
    def newest_format(self) -> int:
        return max(self.formats)

    def read(self, first_id: int | None, last_id: int, format_number: int, take: Taker) -> None:
        """Give every line in the range to `take`, by id, as PostgreSQL's COPY writes it."""
        columns = ", ".join(self.formats[format_number])
        lowest = "" if first_id is None else f"id >= {int(first_id)} AND "
        rows = f"SELECT {columns} FROM {self.table} WHERE {lowest}id <= {int(last_id)} ORDER BY id"  # noqa: S608
        with connection.cursor() as cursor:
            cursor.copy_expert(f"COPY ({rows}) TO STDOUT", _Sink(take))


class _Sink:
    """A file as COPY wants it: one write for each line."""

    def __init__(self, take: Taker) -> None:
        self.write = take


READ_LOG = Stream(
    "read-log",
    "Read log",
    "accounts_accessevent",
    {
        1: (
            "id", MOMENT.format("at"), "user_id", "facility_id", "patient_id", "action", "data_class", "target",
            "outcome", "code",
        )
    },
)  # fmt: skip
DISCLOSURES = Stream(
    "disclosures",
    "Disclosures",
    "records_disclosure",
    {
        1: (
            "id", "uuid", "patient_id", "facility_id", MOMENT.format("at"), "by_id", "basis", "consent_id",
            "request_id", "recipient_name", "recipient_affiliation", "recipient_address", "partner_id", "purpose",
            "purpose_words", "data_classes::text", "description", "channel", "notice", "packet_id", "packet_sha256",
            "emergency", "corrects_id", "sent",
        )
    },
    dated_by_us=False,
)  # fmt: skip
WRITES = Stream(
    "writes",
    "Witness log",
    "accounts_rowversion",
    {1: ("id", MOMENT.format("at"), '"table"', "row_id", "op", "version", "columns::text", "author_id")},
)
STREAMS = (READ_LOG, DISCLOSURES, WRITES)
