"""The wall time of what is booked already, and the one required step as a list."""

from django.db import migrations

WALL = """
UPDATE {table} AS row
   SET time_zone = facility.time_zone,
       wall_date = (row.starts_at AT TIME ZONE facility.time_zone)::date,
       wall_time = (row.starts_at AT TIME ZONE facility.time_zone)::time,
       status_at = row.updated_at
  FROM accounts_facility AS facility
 WHERE facility.id = row.facility_id
"""
STEPS = "UPDATE {table} SET required_steps = ARRAY[required_step] WHERE required_step <> ''"
# A line of history outlives its facility.
ORPHANS = """
UPDATE scheduling_historicalappointment
   SET time_zone = 'UTC', wall_date = (starts_at AT TIME ZONE 'UTC')::date, wall_time = (starts_at AT TIME ZONE 'UTC')::time
 WHERE time_zone IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("scheduling", "0002_series_holds_and_waitlist")]

    operations = [
        migrations.RunSQL(
            [
                WALL.format(table="scheduling_appointment"),
                WALL.format(table="scheduling_historicalappointment"),
                ORPHANS,
                STEPS.format(table="scheduling_appointmenttype"),
                STEPS.format(table="scheduling_historicalappointmenttype"),
            ],
            migrations.RunSQL.noop,
        )
    ]
