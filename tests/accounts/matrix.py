"""Who gets what at this app's addresses."""

from tests.access_matrix import EVERYBODY, Row, desk_row

MATRIX: list[Row] = [
    desk_row("accounts:profile"),
    desk_row("accounts:my_access"),
    # About no patient, yet 404 for a stranger alike: one switches only to where one works.
    Row(
        "accounts:facility_switch",
        allowed=EVERYBODY,
        method="post",
        data=lambda world: {"facility": world.facility.uuid},
    ),
]
