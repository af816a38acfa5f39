"""Every account's state is written each night: with room beside it, none of its eleven indexes is."""

from django.db import migrations

ROOM = "ALTER TABLE accounts_accountstate SET (fillfactor = 50)"
USUAL = "ALTER TABLE accounts_accountstate RESET (fillfactor)"


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_read_facts_fast'),
    ]

    operations = [
        migrations.RunSQL(ROOM, USUAL),
    ]
