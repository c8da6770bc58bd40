"""Who gets what at this app's addresses."""

from tests.access_matrix import Row, of_patient

WHO_KNOWS_THE_NAME = "clinical intake patient-care treatment activities clerk clinician"

MATRIX: list[Row] = [
    Row("chart:patient_detail", args=of_patient, allowed=WHO_KNOWS_THE_NAME, forbidden="privacy"),
    Row("chart:patient_timeline", args=of_patient, allowed=WHO_KNOWS_THE_NAME, forbidden="privacy"),
]
