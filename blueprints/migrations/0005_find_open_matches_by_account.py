"""Open matches are found by their account, as a sweep asks."""

from accounts.tenancy.operations import Together
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('accounts', '0009_read_facts_fast'),
        ('blueprints', '0004_hear_and_take_turns'),
    ]

    operations = [
        Together([
            migrations.RemoveConstraint(
                model_name='match',
                name='blueprints_match_one_open',
            ),
            migrations.AddConstraint(
                model_name='match',
                constraint=models.UniqueConstraint(condition=models.Q(('closed_at', None), ('event', None)), fields=('tenant', 'account', 'play'), name='blueprints_match_one_open'),
            ),
        ]),
    ]
