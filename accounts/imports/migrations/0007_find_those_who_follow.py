"""The rows that follow a refused one, by its number: the next of them speaks instead."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("imports", "0006_leave_room_for_verdicts")]

    operations = [
        migrations.AddIndex(
            model_name="record",
            index=models.Index(
                fields=["tenant", "job", "noun", "leader"],
                condition=models.Q(leader__isnull=False),
                name="imports_record_by_leader",
            ),
        ),
    ]
