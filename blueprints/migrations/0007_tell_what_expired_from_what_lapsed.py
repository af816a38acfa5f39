"""What was over while the circuit breaker held it is no match that chance drew."""

from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('blueprints', '0006_seal_secrets_and_keep_confirmations'),
    ]

    operations = [
        migrations.AlterField(
            model_name='match',
            name='fate',
            field=models.CharField(choices=[('waiting', 'Waits for its turn'), ('started', 'Run started'), ('logged', 'Logged in the shadow'), ('held_out', 'Left alone for comparison'), ('cooling', 'Too soon after the last one'), ('tripped', 'Stopped by the circuit breaker'), ('before', 'Held already when the play was switched on'), ('lapsed', 'Over before its turn came'), ('dropped', 'Dropped by a person'), ('expired', 'Over while the circuit breaker held it')], default='waiting', max_length=8),
        ),
    ]
