from django.db import migrations, models

import core.migrating

RULES = [
    ('patient-overlap', 'The person is booked elsewhere then'),
    ('practitioner-overlap', 'The practitioner is booked then'),
    ('location-overlap', 'The room is taken then'),
    ('hours', "Outside the practitioner's hours"),
    ('closed', 'The room or the facility is closed then'),
    ('credential', 'The credential does not cover it'),
    ('step', 'A required step is not reached'),
]


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0004_every_appointment_has_a_wall_time'),
    ]

    operations = [
        core.migrating.InOneStep(
            operations=[
                migrations.AlterField(
                    model_name=name,
                    name='rule',
                    field=models.CharField(choices=RULES, max_length=24),
                )
                for name in ('bookingoverride', 'historicalbookingoverride')
            ],
        ),
    ]
