"""Import of FHIR R4: real files from elsewhere, twice the same as once, whole or not at all."""

import csv
import json
import tarfile
from io import BytesIO, StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from intake.models import Coverage
from patients.models import Condition, Patient
from scheduling.models import Appointment, AppointmentParticipant
from staff.models import Practitioner

pytestmark = pytest.mark.django_db


def run(*paths: Path, facility: str = "main", **options) -> dict:
    out, err = StringIO(), StringIO()
    call_command("import_fhir", *[str(path) for path in paths], facility=facility, stdout=out, stderr=err, **options)
    return json.loads(out.getvalue().splitlines()[-1]) | {"lines": err.getvalue().splitlines()}


def bundle(*resources: dict, kind: str = "transaction") -> str:
    rows = [{"fullUrl": f"urn:uuid:{r['id']}", "resource": r, "request": {"method": "POST"}} for r in resources]
    return json.dumps({"resourceType": "Bundle", "type": kind, "entry": rows})


def person(**fields) -> dict:
    name = [{"use": "official", "family": "D'Ávila", "given": ["Zoë", "May"]}]
    return {"resourceType": "Patient", "id": "p1", "name": name, "gender": "female", **fields}


def condition(of: str = "urn:uuid:p1", **fields) -> dict:
    code = {"coding": [{"system": "http://hl7.org/fhir/sid/icd-10-cm", "code": "F10.20", "display": "x"}]}
    return {"resourceType": "Condition", "id": "c1", "subject": {"reference": of}, "code": code, **fields}


@pytest.fixture
def write(tmp_path):
    def write_file(text: str, name: str = "a.json") -> Path:
        path = tmp_path / name
        path.write_text(text, encoding="utf-8")
        return path

    return write_file


@pytest.mark.slow
def test_150_people_arrive_byte_for_byte_and_twice_is_once(facility, shared_data):
    folder = shared_data / "fhir/synthea"
    first = run(folder / "supporting", folder / "synthea_A.tar.xz")
    assert (first["failed"], first["created"]["Patient"], first["unresolved"]) == (0, 150, {})
    rows = list(csv.DictReader((folder / "manifest_A.csv").open(encoding="utf-8")))
    people = {row.record_number: row for row in Patient.objects.prefetch_related("telecoms", "addresses")}
    for row in rows:
        patient = people[row["mrn"]]
        address, phone = patient.addresses.all()[0], patient.telecoms.all()[0].value
        assert [patient.family_name, patient.given_name, patient.prefix] == [row["family"], row["given"], row["prefix"]]
        assert [str(patient.birth_date), patient.gender, phone] == [row["birthDate"], row["gender"], row["phone"]]
        assert [address.line, address.city, address.state] == [row["address_line"], row["city"], row["state"]]
        assert address.postal_code == row["postalCode"]
        assert patient.deceased == (row["deceased"] == "True")
    second = run(folder / "supporting", folder / "synthea_A.tar.xz")
    assert (second["created"], second["updated"], Patient.objects.count()) == ({}, {}, 150)


def test_the_official_examples_do_not_stop_it(facility, shared_data):
    summary = run(shared_data / "fhir/r4-examples")
    assert (summary["files"], summary["failed"]) == (216, 0)
    assert summary["created"]["Patient"] == 22


def test_references_by_address_by_identifier_and_by_condition(facility, write):
    npi = {"system": "http://hl7.org/fhir/sid/us-npi", "value": "9999999999"}
    doctor = {"resourceType": "Practitioner", "id": "d1", "identifier": [npi], "name": [{"family": "Haines"}]}
    run(write(bundle(doctor), "1.json"))
    asked = f"Practitioner?identifier={npi['system']}|{npi['value']}"
    team = {"resourceType": "CareTeam", "id": "t1", "subject": {"reference": "urn:uuid:p1"}}
    team["participant"] = [{"member": {"reference": asked}}, {"member": {"reference": "Practitioner/d1"}}]
    run(write(bundle(person(), team), "2.json"))
    assert {line.practitioner for line in Patient.objects.get().outside_care_team.all()} == {Practitioner.objects.get()}


def test_a_reference_to_a_later_file_waits_for_it(facility, write, tmp_path):
    write(json.dumps(condition("Patient/p1")), "1.json")
    write(json.dumps(person()), "2.json")
    assert run(tmp_path)["created"] == {"Condition": 1, "Patient": 1}


def test_what_belongs_to_nobody_is_counted_and_not_kept(facility, write):
    summary = run(write(json.dumps(condition("Patient/nobody"))))
    assert (summary["unresolved"], Condition.objects.count()) == ({"Condition": 1}, 0)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{"resourceType": "Bundle", "entry": [', "no complete JSON"),
        ('{"hello": 1}', "no resourceType"),
        (bundle(person(), condition(onsetDateTime="yesterday")), "no valid FHIR R4"),
        (bundle(person(), {"resourceType": "Coverage", "id": "x", "status": "active"}), "no valid FHIR R4"),
    ],
)
def test_a_broken_file_gives_one_line_and_leaves_nothing(facility, write, tmp_path, text, says):
    write(text, "1-broken.json")
    write(json.dumps(person(id="p2")), "2-good.json")
    summary = run(tmp_path)
    assert (summary["failed"], len(summary["lines"])) == (1, 1)
    assert summary["lines"][0].startswith("1-broken.json: ")
    assert says in summary["lines"][0]
    assert Patient.objects.count() == 1
    assert Condition.objects.count() == 0


def test_a_broken_line_tells_nothing_of_the_content(facility, write):
    summary = run(write(bundle(person(birthDate="1990-99-99"))))
    assert "Ávila" not in summary["lines"][0]


def test_lines_archives_and_folders_are_read(facility, tmp_path):
    (tmp_path / "a.ndjson").write_text("\n".join(json.dumps(person(id=f"n{n}")) for n in range(3)))
    with tarfile.open(tmp_path / "b.tar.xz", "w:xz") as archive:
        content = json.dumps(person(id="t1")).encode()
        member = tarfile.TarInfo("inside/c.json")
        member.size = len(content)
        archive.addfile(member, BytesIO(content))
    assert run(tmp_path)["created"] == {"Patient": 4}


def test_a_truncated_archive_is_one_clear_error(facility, tmp_path):
    (tmp_path / "b.tar.xz").write_bytes(b"\xfd7zXZ\x00 not whole")
    with pytest.raises(CommandError, match="broken or cut short"):
        run(tmp_path)


def test_a_change_updates_and_keeps_history(facility, write):
    run(write(json.dumps(person())))
    summary = run(write(json.dumps(person(gender="other"))))
    patient = Patient.objects.get()
    assert summary["updated"] == {"Patient": 1}
    assert (patient.gender, patient.history.count(), patient.history.first().history_change_reason) == (
        "other",
        2,
        "fhir-import",
    )


def test_a_dry_run_keeps_nothing(facility, write):
    assert run(write(json.dumps(person())), dry_run=True)["created"] == {"Patient": 1}
    assert Patient.objects.count() == 0


def test_a_partial_birth_date_is_not_made_up(facility, write):
    run(write(json.dumps(person(birthDate="1970-04"))))
    assert Patient.objects.get().birth_date is None


def test_coverage_and_appointment_are_kept(facility, write):
    coverage = {"resourceType": "Coverage", "id": "v1", "status": "active", "subscriberId": "AB-77"}
    coverage |= {"beneficiary": {"reference": "urn:uuid:p1"}, "payor": [{"display": "Plan of the Valley"}]}
    visit = {"resourceType": "Appointment", "id": "a1", "status": "booked", "start": "2027-01-04T14:00:00Z"}
    visit |= {"end": "2027-01-04T14:30:00Z"}
    visit["participant"] = [{"actor": {"reference": "urn:uuid:p1"}, "status": "accepted"}]
    run(write(bundle(person(), coverage, visit)))
    assert (Coverage.objects.get().payer_name, Coverage.objects.get().member_id) == ("Plan of the Valley", "AB-77")
    assert (Appointment.objects.get().external, AppointmentParticipant.objects.count()) == (True, 0)


def test_the_same_record_number_at_another_system_gets_one_of_ours(facility, write):
    number = {"type": {"coding": [{"code": "MR"}]}, "system": "urn:a", "value": "77"}
    run(write(bundle(person(identifier=[number]), person(id="p2", identifier=[number | {"system": "urn:b"}]))))
    numbers = sorted(Patient.objects.values_list("record_number", flat=True))
    assert numbers[0] == "77"
    assert numbers[1].startswith("CC-")


def test_an_unknown_facility_is_a_clear_error(db, write):
    with pytest.raises(CommandError, match="no facility"):
        run(write("{}"), facility="nowhere")
