"""The consent to be written to takes a name of its own: `Consent` is from now on the one of 42 CFR 2.31."""

from django.db import migrations, models
from django.db.models import Q


# RenameModel leaves the names of indexes and constraints, which the new table of that name needs for its own.
RENAME = """
DO $$ DECLARE found record; BEGIN
    FOR found IN SELECT conrelid::regclass AS place, conname AS name FROM pg_constraint
        WHERE conrelid IN ('records_{new}'::regclass, 'records_historical{new}'::regclass)
          AND conname ~ '^records_(historical)?{old}_' LOOP
        EXECUTE format('ALTER TABLE %s RENAME CONSTRAINT %I TO %I', found.place, found.name,
                       left(replace(found.name, '{old}_', '{new}_'), 63));
    END LOOP;
    FOR found IN SELECT indexrelid::regclass AS place, relname AS name FROM pg_index
        JOIN pg_class ON pg_class.oid = indexrelid
        WHERE indrelid IN ('records_{new}'::regclass, 'records_historical{new}'::regclass)
          AND relname ~ '^records_(historical)?{old}_' LOOP
        EXECUTE format('ALTER INDEX %s RENAME TO %I', found.place, left(replace(found.name, '{old}_', '{new}_'), 63));
    END LOOP;
END $$;
"""


class Migration(migrations.Migration):
    dependencies = [("records", "0002_papers_never_change")]
    operations = [
        migrations.RemoveConstraint("consent", "consent_one_active"),
        migrations.RemoveConstraint("consent", "consent_active_has_address_and_notice"),
        migrations.RenameModel("Consent", "ChannelConsent"),
        migrations.RenameModel("HistoricalConsent", "HistoricalChannelConsent"),
        migrations.RunSQL(RENAME.replace("{old}", "consent").replace("{new}", "channelconsent"), migrations.RunSQL.noop),
        migrations.AddConstraint(
            "channelconsent",
            models.UniqueConstraint(
                fields=["patient", "facility", "category"],
                condition=Q(status="active"),
                name="channel_consent_one_active",
            ),
        ),
        migrations.AddConstraint(
            "channelconsent",
            models.CheckConstraint(
                condition=~Q(status="active") | Q(contact_point__isnull=False, risk_notice_at__isnull=False),
                name="channel_consent_has_address_and_notice",
            ),
        ),
    ]
