import core.migrating
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('scheduling', '0003_copy_wall_times_and_steps'),
    ]

    operations = [
        core.migrating.InOneStep(
            operations=[
                migrations.RemoveField(
                    model_name='appointmenttype',
                    name='required_step',
                ),
                migrations.RemoveField(
                    model_name='historicalappointmenttype',
                    name='required_step',
                ),
                migrations.AlterField(
                    model_name='appointment',
                    name='time_zone',
                    field=models.CharField(max_length=40),
                ),
                migrations.AlterField(
                    model_name='appointment',
                    name='wall_date',
                    field=models.DateField(),
                ),
                migrations.AlterField(
                    model_name='appointment',
                    name='wall_time',
                    field=models.TimeField(),
                ),
                migrations.AlterField(
                    model_name='historicalappointment',
                    name='time_zone',
                    field=models.CharField(max_length=40),
                ),
                migrations.AlterField(
                    model_name='historicalappointment',
                    name='wall_date',
                    field=models.DateField(),
                ),
                migrations.AlterField(
                    model_name='historicalappointment',
                    name='wall_time',
                    field=models.TimeField(),
                ),
            ],
        ),
    ]
