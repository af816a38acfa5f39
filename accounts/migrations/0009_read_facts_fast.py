"""Facts that hold now lie in their row as they are: every sweep reads them all. Talks are found among many events."""

from django.db import migrations, models

# The rows of one account's facts stay under a page; what is past is compressed, and read seldom.
INLINE = """
ALTER TABLE accounts_accountfacts ALTER COLUMN facts SET STORAGE EXTERNAL;
ALTER TABLE accounts_accountfacts SET (toast_tuple_target = 8160)
"""
USUAL = """
ALTER TABLE accounts_accountfacts ALTER COLUMN facts SET STORAGE EXTENDED;
ALTER TABLE accounts_accountfacts RESET (toast_tuple_target)
"""


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0008_keep_past_facts'),
    ]

    operations = [
        migrations.RunSQL(INLINE, USUAL),
        migrations.AddIndex(
            model_name='event',
            index=models.Index(
                condition=models.Q(("kind__in", ["call.logged", "meeting.logged"])),
                fields=["tenant", "account", "occurred_at"], name="accounts_event_talks",
            ),
        ),
    ]
