"""Since when and until when a relation is in force."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0006_rare_lines_are_found'),
        ('patients', '0004_restrictions_emergencies_merges'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='GrantPeriod',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('role', models.CharField(blank=True, choices=[('clinical', 'Clinical coordinator'), ('intake', 'Intake coordinator'), ('patient-care', 'Patient care coordinator'), ('treatment', 'Treatment coordinator'), ('activities', 'Therapeutic activities coordinator'), ('physician-services', 'Physician services coordinator'), ('clerk', 'Health information clerk'), ('clinician', 'Clinician'), ('privacy', 'Privacy officer'), ('technical', 'Technical administrator')], max_length=20)),
                ('relation', models.CharField(choices=[('on_care_team', 'On the care team'), ('open_handoff', 'An open hand-off'), ('booked', 'A booking'), ('shared_plan', 'A plan shared for acknowledgement'), ('enrolled', 'Enrolled in a program'), ('request_in_hand', 'A request in hand')], max_length=20)),
                ('starts_at', models.DateTimeField()),
                ('ends_at', models.DateTimeField(null=True)),
                ('until', models.DateTimeField(help_text='When it was to end by itself.', null=True)),
                ('facility', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='accounts.facility')),
                ('patient', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='grant_periods', to='patients.patient')),
                ('user', models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'indexes': [models.Index(fields=['patient', 'starts_at'], name='patients_gr_patient_453f4b_idx')],
            },
        ),
    ]
