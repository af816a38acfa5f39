"""An account that is taken back takes along what was known of it."""

from importlib import import_module

from django.db import migrations

BEFORE = import_module("accounts.imports.migrations.0003_take_back_what_was_imported").TAKE_BACK.replace(
    "CREATE FUNCTION", "CREATE OR REPLACE FUNCTION"
)
STATE = "        DELETE FROM accounts_accountstate s WHERE s.tenant_id = here AND s.account_id = ANY (ids);\n"
FACTS = """        DELETE FROM accounts_accountfacts k WHERE k.tenant_id = here AND k.account_id = ANY (ids);
        DELETE FROM accounts_pastfacts p WHERE p.tenant_id = here AND p.account_id = ANY (ids);
        DELETE FROM accounts_touched t WHERE t.tenant_id = here AND t.account_id = ANY (ids);
"""
AFTER = BEFORE.replace("accounts_accountstate}'", "accounts_accountstate,accounts_accountfacts}'").replace(
    STATE, STATE + FACTS
)


class Migration(migrations.Migration):
    dependencies = [
        ("imports", "0009_take_back_changes_of_contracts"),
        ("accounts", "0008_keep_past_facts"),
    ]

    operations = [migrations.RunSQL(AFTER, BEFORE)]
