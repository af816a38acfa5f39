from django.db import migrations

# Unnamed, the schema of temporary tables comes first: one of them could pass for the real table.
SAFE = "; ".join(
    f"ALTER FUNCTION {name}(text, integer) SET search_path = pg_catalog, public, pg_temp"
    for name in ("search_accounts", "search_contacts")
)


class Migration(migrations.Migration):
    dependencies = [("accounts", "0004_mail_invitations_from_their_rows")]

    operations = [migrations.RunSQL(SAFE, migrations.RunSQL.noop)]
