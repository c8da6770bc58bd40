"""Papers as PDF: what they say is text and never markup, and a screen reader finds its way."""

from datetime import date
from io import BytesIO

import pytest
import typst
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader

from core.pdf import render_pdf

TEMPLATE = "records/pdf/document.typ"


def paper(**more):
    data = {"title": "Care plan", "facility": {"name": "Harbor House", "lines": ["12 Water Street", "Albany, NY"]}}
    data |= {"person": {"name": "Marisol Rivera", "facts": [("Record", "H-10023")]}, "printed": "Mon 23 Nov 14:30"}
    return data | {"sections": [{"heading": "Needs", "body": "Sleep.\n  Work."}]} | more


def words(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages).split())


def test_a_paper_carries_letterhead_person_words_and_page_number():
    text = words(render_pdf(TEMPLATE, paper()))
    for said in ("Harbor House", "12 Water Street", "Care plan", "Marisol Rivera", "H-10023", "Needs", "Work."):
        assert said in text
    assert "Page 1 of 1" in text
    assert "Printed Mon 23 Nov 14:30" in text


def test_a_paper_is_tagged_titled_and_in_its_language():
    root = PdfReader(BytesIO(render_pdf(TEMPLATE, paper(title="Plan de cuidado", lang="es")))).trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "es"
    assert "/StructTreeRoot" in root
    assert b"pdfuaid:part" in root["/Metadata"].get_object().get_data()


def test_what_people_typed_is_never_markup():
    body = '#read("/etc/passwd") *bold* $x$ <label> @ref \\ // gone? [x] `raw` #set page(fill: red)'
    text = words(render_pdf(TEMPLATE, paper(sections=[{"heading": "#eval", "body": body}])))
    assert body.split("`")[0].strip() in text
    assert "#eval" in text


def test_letters_that_no_font_has_are_still_a_paper():
    pdf = render_pdf(TEMPLATE, paper(title="王小明", sections=[{"heading": "", "body": "العربية \x00 🙂 end"}]))
    assert "end" in words(pdf)


def test_dates_reach_the_paper_and_long_papers_number_their_pages():
    sections = [{"heading": f"Part {number}", "body": "Words.\n" * 20} for number in range(12)]
    text = words(render_pdf(TEMPLATE, paper(sections=sections, facts=[("On", date(2026, 11, 23))], sha256="ab" * 32)))
    assert "2026-11-23" in text
    assert "Page 2 of" in text
    assert "abababab" in text


def test_a_drawn_signature_is_drawn():
    stroke = '<path d="M5 30 L60 5 L95 30" stroke="#000" fill="none"/>'
    drawing = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 100 40">{stroke}</svg>'
    signed = {
        "name": "Marisol Rivera",
        "role": "Patient",
        "method": "Drawn",
        "at": "Mon 23 Nov 14:30",
        "drawing": drawing,
    }
    text = words(render_pdf(TEMPLATE, paper(signatures=[signed, signed | {"drawing": "", "witness": "Ana Ruiz"}])))
    assert "Before Ana Ruiz" in text


def test_a_wrong_template_says_so():
    with pytest.raises(typst.TypstError):
        render_pdf(TEMPLATE, {"title": "Without a facility"})


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=80))
def test_no_text_breaks_a_paper(text):
    assert render_pdf(TEMPLATE, paper(title=f"T{text}", sections=[{"heading": text, "body": text}])).startswith(b"%PDF")
