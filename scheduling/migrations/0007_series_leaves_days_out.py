import django.contrib.postgres.fields
from django.db import migrations, models

import core.migrating


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0006_answers_that_move_and_days_of_mail'),
    ]

    operations = [
        core.migrating.InOneStep(
            operations=[
                migrations.RemoveConstraint(
                    model_name='appointment',
                    name='appointment_once_per_occurrence',
                ),
                migrations.AddField(
                    model_name='historicalseries',
                    name='left_out',
                    field=django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), blank=True, default=list, help_text='Days of it without a visit.', size=None),
                ),
                migrations.AddField(
                    model_name='series',
                    name='left_out',
                    field=django.contrib.postgres.fields.ArrayField(base_field=models.DateField(), blank=True, default=list, help_text='Days of it without a visit.', size=None),
                ),
                migrations.AddConstraint(
                    model_name='appointment',
                    constraint=models.UniqueConstraint(condition=models.Q(('series__isnull', False), models.Q(models.Q(('status', 'cancelled'), _negated=True), ('is_exception', True), _connector='OR')), fields=('series', 'occurrence_on'), name='appointment_once_per_occurrence'),
                ),
            ],
        ),
    ]
