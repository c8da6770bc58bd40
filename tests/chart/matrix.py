"""Who gets what at this app's addresses."""

from tests.access_matrix import Row, of_patient
from tests.records.matrix import of_consent
from tests.records.matrix_consents import WRITERS, of_active
from tests.records.matrix_leaving import CLERK, SEES_ALL, of_release

WHO_KNOWS_THE_NAME = "clinical intake patient-care treatment activities clerk clinician"

MATRIX: list[Row] = [
    Row("chart:patient_detail", args=of_patient, allowed=WHO_KNOWS_THE_NAME, forbidden="privacy"),
    Row("chart:patient_as_of", args=of_patient, allowed=WHO_KNOWS_THE_NAME, forbidden="privacy"),
    Row("chart:patient_changes", args=of_patient, allowed=WHO_KNOWS_THE_NAME, forbidden="privacy"),
    Row("chart:patient_timeline", args=of_patient, allowed=WHO_KNOWS_THE_NAME, forbidden="privacy"),
    Row("chart:release_detail", args=of_release, **SEES_ALL),
    Row("chart:release_preview", args=of_release, **CLERK),
    Row("chart:release_send", args=of_release, method="post", **CLERK),
    Row("chart:release_packet", args=of_release, **CLERK),
    Row("chart:consent_revoke", args=of_active, **WRITERS),
    Row("chart:consent_revoke", args=of_active, method="post", **WRITERS),
    Row("chart:channel_revoke", args=of_consent, **WRITERS),
    Row("chart:channel_revoke", args=of_consent, method="post", **WRITERS),
]
