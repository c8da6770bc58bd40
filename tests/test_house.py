"""What import-linter cannot see: the rules of docs/architecture.md, each with the sentence to read."""

import ast
import re
from io import StringIO
from pathlib import Path

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import models

from core.models import Record

ROOT = Path(__file__).resolve().parent.parent
FLOORS = (
    "core accounts staff patients episodes records scheduling intake careplans activities "
    "chart|desks|oversight|fhir carecoord"
).split()
FLOOR_OF = {app: height for height, names in enumerate(FLOORS) for app in names.split("|")}
# Templates of these link to every floor: the frames and what reads across everything.
READ_ACROSS = {"chart", "desks", "oversight", "fhir", "carecoord", "_ui"}
PHI_WITHOUT_HISTORY = {
    "patients.SearchKey": "a copy, written anew from rows that have history",
    "patients.PatientGrant": "a copy of the sort key, kept by trigger",
    "records.Disclosure": "appended once, never changed: PostgreSQL refuses it",
    "fhir.ImportedResource": "bookkeeping, written anew at each import",
}
OURS = [model for model in apps.get_models() if model._meta.app_label in FLOOR_OF]
WRITTEN = [model for model in OURS if not model.__name__.startswith("Historical")]


def python_files(*names: str) -> list[Path]:
    return [path for app in FLOOR_OF for name in names for path in (ROOT / app).rglob(name)]


@pytest.mark.parametrize("model", WRITTEN, ids=lambda model: model._meta.label)
def test_every_model_says_which_fields_tell_something_about_a_patient(model):
    declared = vars(model).get("phi_fields")
    assert declared is not None, f"{model._meta.label} must declare phi_fields."
    names = {field.name for field in model._meta.get_fields()}
    assert set(declared) <= names, f"{model._meta.label}.phi_fields names a field that is not there."


@pytest.mark.parametrize("model", WRITTEN, ids=lambda model: model._meta.label)
def test_what_tells_something_about_a_patient_has_history(model):
    if model.phi_fields and model._meta.label not in PHI_WITHOUT_HISTORY:
        assert issubclass(model, Record), f"{model._meta.label} holds PHI: make it a core.models.Record."


@pytest.mark.parametrize("model", OURS, ids=lambda model: model._meta.label)
def test_foreign_keys_point_down(model):
    for field in model._meta.get_fields():
        target = getattr(field, "related_model", None)
        if isinstance(field, (models.ForeignKey, models.ManyToManyField)) and target._meta.app_label in FLOOR_OF:
            above = FLOOR_OF[target._meta.app_label] > FLOOR_OF[model._meta.app_label]
            assert not above, f"{model._meta.label}.{field.name} points up to {target._meta.label}."


@pytest.mark.parametrize("model", [m for m in WRITTEN if issubclass(m, Record)], ids=lambda m: m._meta.label)
def test_save_is_never_overridden(model):
    assert "save" not in vars(model), f"{model._meta.label}.save: what a write does belongs in a service."


def test_views_touch_no_orm():
    found = [
        f"{path.relative_to(ROOT)}: {match.group(0)}"
        for path in python_files("views.py", "views/*.py")
        for match in re.finditer(r"\.objects\b|\bModel\.|\.save\(|\bget_object_or_404\b", path.read_text())
    ]
    assert found == [], "Views load through the door and selectors, and write through services."


def test_no_answer_reads_on_after_its_transaction():
    found = [path.name for path in python_files("*.py") if "StreamingHttpResponse" in path.read_text()]
    assert found == [], "An answer that streams from the database reads after its lines were committed."


def knows_http_or_celery(node: ast.AST) -> bool:
    """A parameter or import named request, any Http request or response, a task that is started."""
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Attribute) and node.func.attr in {"delay", "apply_async"}
    if isinstance(node, ast.arg):
        return node.arg == "request"
    if isinstance(node, ast.alias):
        names = {node.name, node.asname or ""}
        return "request" in names or any(name.startswith(("HttpRequest", "HttpResponse")) for name in names)
    name = node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""
    return name.startswith(("HttpRequest", "HttpResponse"))


def test_services_and_selectors_know_no_request():
    found = [
        f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
        for path in python_files("services.py", "services/*.py", "selectors.py", "selectors/*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if knows_http_or_celery(node)
    ]
    assert found == [], "Services know no request, no HTTP and no Celery."


def test_only_audit_saves_records():
    pattern = re.compile(r"^\s*(?!audit\b)\w+(\.\w+)*\.save\(\)|\.save\(update_fields", re.MULTILINE)
    found = [
        f"{path.relative_to(ROOT)}: {match.group(0).strip()}"
        for path in python_files("services.py", "services/*.py", "admin.py", "tasks.py")
        for match in pattern.finditer(path.read_text())
    ]
    assert found == [], "Write through core.audit.save, so that history has an author."


def test_no_import_inside_a_function():
    found = []
    for path in python_files("*.py"):
        tree = ast.parse(path.read_text())
        for node in ast.walk(tree):
            if isinstance(node, ast.FunctionDef) and "migrations" not in path.parts:
                inner = [child for child in ast.walk(node) if isinstance(child, (ast.Import, ast.ImportFrom))]
                found += [f"{path.relative_to(ROOT)}:{child.lineno}" for child in inner]
    assert found == []


def test_template_links_point_down():
    found = []
    for path in (ROOT / "templates").rglob("*.html"):
        owner = path.relative_to(ROOT / "templates").parts[0]
        if owner in READ_ACROSS or owner not in FLOOR_OF:
            continue
        for app in re.findall(r"{%\s*url\s+['\"](\w+):", path.read_text()):
            if FLOOR_OF.get(app, 0) > FLOOR_OF[owner]:
                found.append(f"{path.relative_to(ROOT)} links up to {app}")
    assert found == [], "A screen lives in the lowest app that can import everything it shows."


def test_templates_carry_no_inline_style_or_script():
    found = []
    for path in (ROOT / "templates").rglob("*.html"):
        text = path.read_text()
        if re.search(r"\sstyle=|\son(click|change|load|submit|input)=|<script(?![^>]*\bsrc=)", text):
            found.append(str(path.relative_to(ROOT)))
    assert found == [], "The content security policy would refuse it."


def test_patient_pages_have_an_address_with_the_patient():
    """A view that loads a patient takes `patient_pk`, so its address names the patient."""
    found = [
        f"{path.relative_to(ROOT)}:{node.name}"
        for path in python_files("views.py", "views/*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        and "get_patient(" in ast.unparse(node)
        and "patient_pk" not in [argument.arg for argument in node.args.args]
        and not node.name.startswith("_")
    ]
    assert found == []


@pytest.mark.django_db
def test_no_migration_is_missing():
    call_command(
        "makemigrations",
        "--check",
        "--dry-run",
        *sorted(FLOOR_OF.keys() - {"core", "chart", "desks", "carecoord"}),
        stdout=StringIO(),
    )
