import core.migrating
import datetime
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0001_initial'),
    ]

    operations = [
        core.migrating.InOneStep(
            operations=[
                migrations.AddField(
                    model_name='facility',
                    name='mail_from',
                    field=models.TimeField(default=datetime.time(8, 0), help_text='Reminders go from then on, never before 08:00.', verbose_name='mail from'),
                ),
                migrations.AddField(
                    model_name='facility',
                    name='mail_until',
                    field=models.TimeField(default=datetime.time(20, 0), help_text='Reminders go until then, never after 20:00.', verbose_name='mail until'),
                ),
                migrations.AddField(
                    model_name='facility',
                    name='video_base_url',
                    field=models.URLField(blank=True, help_text='Where private rooms for telehealth are: a random name is put after it.', verbose_name='video service'),
                ),
                migrations.AddField(
                    model_name='historicalfacility',
                    name='mail_from',
                    field=models.TimeField(default=datetime.time(8, 0), help_text='Reminders go from then on, never before 08:00.', verbose_name='mail from'),
                ),
                migrations.AddField(
                    model_name='historicalfacility',
                    name='mail_until',
                    field=models.TimeField(default=datetime.time(20, 0), help_text='Reminders go until then, never after 20:00.', verbose_name='mail until'),
                ),
                migrations.AddField(
                    model_name='historicalfacility',
                    name='video_base_url',
                    field=models.URLField(blank=True, help_text='Where private rooms for telehealth are: a random name is put after it.', verbose_name='video service'),
                ),
                migrations.AddConstraint(
                    model_name='facility',
                    constraint=models.CheckConstraint(condition=models.Q(('mail_from__gte', datetime.time(8, 0)), ('mail_until__lte', datetime.time(20, 0)), ('mail_from__lt', models.F('mail_until'))), name='facility_mail_by_day', violation_error_message='Reminders go between 08:00 and 20:00.'),
                ),
            ],
        ),
    ]
