"""How often a back-test was tried, so that what kills its worker is given up; and those that are kept."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('backtests', '0001_replay_the_past'),
        ('blueprints', '0007_tell_what_expired_from_what_lapsed'),
    ]

    operations = [
        migrations.AddField(
            model_name='backtest',
            name='attempts',
            field=models.PositiveSmallIntegerField(db_default=0, default=0, editable=False),
        ),
        migrations.AddField(
            model_name='backtest',
            name='kept',
            field=models.BooleanField(db_default=False, default=False, editable=False, help_text='Stays, however old.'),
        ),
        migrations.AddIndex(
            model_name='backtest',
            index=models.Index(
                condition=models.Q(('kept', False)), fields=['tenant', 'done_at'], name='backtests_to_forget'
            ),
        ),
    ]
