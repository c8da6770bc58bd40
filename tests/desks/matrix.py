"""Who gets what at this app's addresses."""

from tests.access_matrix import EVERYBODY, Row, desk_row, of_patient

ON_THE_PATH = "clinical intake patient-care treatment activities clerk clinician"

MATRIX: list[Row] = [
    desk_row("desks:roles_preview", allowed="clinical privacy technical"),
    desk_row("desks:home"),
    desk_row("desks:overdue"),
    desk_row("desks:due_today"),
    desk_row("desks:waiting"),
    desk_row("desks:search", f"{ON_THE_PATH} privacy"),
    desk_row("desks:search", f"{ON_THE_PATH} privacy", method="post", data={"q": "riv"}),
    desk_row("desks:palette"),
    desk_row("desks:palette", EVERYBODY, method="post", data={"q": "task"}),
    desk_row("desks:patient_list", ON_THE_PATH),
    Row(
        "desks:first_slots",
        allowed="intake patient-care treatment",
        forbidden="clinical activities clerk clinician privacy",
        args=of_patient,
    ),
]
