"""Who gets what at this app's addresses."""

from tests.access_matrix import Row

MATRIX: list[Row] = [
    Row("healthz", about_patient=False, public=True, answers=frozenset({200, 503})),
    Row("verify_packet", about_patient=False, public=True, answers=frozenset({200, 422, 429})),
    Row("verify_packet", about_patient=False, public=True, method="post", answers=frozenset({200, 422, 429})),
]
