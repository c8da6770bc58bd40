"""A signature drawn on the screen, with a mouse, in a real browser."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from accounts.roles import Role
from records.choices import is_drawing
from records.models import Signature
from tests import factories
from tests.records import consent_rows

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]
STROKE = [(0.1, 0.7), (0.2, 0.2), (0.3, 0.7), (0.4, 0.2), (0.5, 0.7), (0.7, 0.4)]


def draw(page, canvas):
    box = canvas.bounding_box()
    points = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in STROKE]
    page.mouse.move(*points[0])
    page.mouse.down()
    for point in points[1:]:
        page.mouse.move(*point)
    page.mouse.up()


def test_a_stroke_is_kept_cleared_drawn_anew_and_signed(visit, facility):
    intake = factories.person(Role.INTAKE, facility)
    consent = consent_rows.draft(factories.patient(facility), facility, intake)
    visitor = visit(intake)
    page, kept = visitor.page, visitor.page.locator('input[name="drawing"]')
    page.goto(visitor.home + reverse("records:consent_sign", args=[consent.patient.uuid, consent.uuid]))
    visitor.look()
    page.get_by_label("Full name of the person who signs").fill("Marisol Rivera")
    page.get_by_label("Drawn below").check()
    page.get_by_role("button", name="I agree and sign").click()
    expect(page.get_by_text("Sign in the field, or choose to type the name.").first).to_be_visible()
    assert not Signature.objects.exists()
    page.get_by_label("The typed name is the signature").check()
    canvas = page.locator("canvas")
    canvas.scroll_into_view_if_needed()
    draw(page, canvas)
    assert is_drawing(kept.input_value())
    expect(page.get_by_label("Drawn below")).to_be_checked()
    page.get_by_role("button", name="Begin again").click()
    assert kept.input_value() == ""
    draw(page, canvas)
    drawn = kept.input_value()
    page.get_by_role("button", name="I agree and sign").click()
    expect(page.get_by_text("What it says may leave from now on").first).to_be_visible()
    signature = Signature.objects.get()
    assert (signature.method, signature.drawing, signature.signer_name) == ("drawn", drawn, "Marisol Rivera")
