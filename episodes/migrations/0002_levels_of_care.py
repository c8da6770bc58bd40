"""Codes of the ASAM levels of care, fourth and third edition, with labels of our own."""

from django.db import migrations

# edition, code, label, residential
LEVELS = [
    (4, "1.0", "Long-term remission monitoring", False),
    (4, "1.5", "Outpatient", False),
    (4, "1.7", "Medically managed outpatient", False),
    (4, "2.1", "Intensive outpatient", False),
    (4, "2.5", "High-intensity outpatient", False),
    (4, "2.7", "Medically managed intensive outpatient", False),
    (4, "3.1", "Low-intensity residential", True),
    (4, "3.5", "High-intensity residential", True),
    (4, "3.7", "Medically managed residential", True),
    (4, "4", "Medically managed inpatient", True),
    (3, "0.5", "Early intervention", False),
    (3, "1", "Outpatient", False),
    (3, "2.1", "Intensive outpatient", False),
    (3, "2.5", "Partial hospitalization", False),
    (3, "3.1", "Low-intensity residential", True),
    (3, "3.3", "Population-specific residential", True),
    (3, "3.5", "High-intensity residential", True),
    (3, "3.7", "Medically monitored inpatient", True),
    (3, "4", "Medically managed inpatient", True),
    (3, "OTP", "Opioid treatment program", False),
    (3, "1-WM", "Ambulatory withdrawal management", False),
    (3, "2-WM", "Ambulatory withdrawal management, extended", False),
    (3, "3.2-WM", "Clinically managed withdrawal management", True),
    (3, "3.7-WM", "Medically monitored withdrawal management", True),
    (3, "4-WM", "Medically managed withdrawal management", True),
]


def add_levels(apps, schema_editor):
    level_of_care = apps.get_model("episodes", "LevelOfCare")
    for position, (edition, code, label, is_residential) in enumerate(LEVELS, 1):
        level_of_care.objects.get_or_create(
            edition=edition,
            code=code,
            defaults={"label": label, "is_residential": is_residential, "position": position},
        )


class Migration(migrations.Migration):
    dependencies = [("episodes", "0001_initial")]
    operations = [migrations.RunPython(add_levels, migrations.RunPython.noop)]
