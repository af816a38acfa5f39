"""Search through one narrow door: trigram conditions aren't leakproof, so row-level security keeps them off the index."""

from django.conf import settings
from django.db import migrations

INDEX = """
CREATE INDEX accounts_account_trigram ON accounts_account
    USING gin ((lower(name) || ' ' || lower(domain) || ' ' || lower(coalesce(external_id, ''))) gin_trgm_ops);
CREATE INDEX accounts_contact_trigram ON accounts_contact
    USING gin ((lower(name) || ' ' || lower(email)) gin_trgm_ops);
"""

# The owner's rights, so the tenant is an explicit condition; search_path is pinned; only ids come out.
FUNCTIONS = """
CREATE FUNCTION search_accounts(words text, most integer) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT id FROM accounts_account
    WHERE tenant_id = current_setting('app.tenant_id')::bigint AND archived_at IS NULL
      AND (lower(name) || ' ' || lower(domain) || ' ' || lower(coalesce(external_id, '')))
          LIKE '%' || replace(replace(replace(lower(words), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%'
    LIMIT most
$$;
CREATE FUNCTION search_contacts(words text, most integer) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, public AS $$
    SELECT id FROM accounts_contact
    WHERE tenant_id = current_setting('app.tenant_id')::bigint
      AND (lower(name) || ' ' || lower(email))
          LIKE '%' || replace(replace(replace(lower(words), '\\', '\\\\'), '%', '\\%'), '_', '\\_') || '%'
    LIMIT most
$$;
"""


def rights(apps: object, schema_editor: object) -> None:
    for name in ("search_accounts(text, integer)", "search_contacts(text, integer)"):
        schema_editor.execute(f"REVOKE ALL ON FUNCTION {name} FROM PUBLIC")  # type: ignore[attr-defined]
        schema_editor.execute(f'GRANT EXECUTE ON FUNCTION {name} TO "{settings.DATABASE_APP_ROLE}"')  # type: ignore[attr-defined]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0002_book")]

    operations = [
        migrations.RunSQL(INDEX, "DROP INDEX accounts_account_trigram; DROP INDEX accounts_contact_trigram;"),
        migrations.RunSQL(
            FUNCTIONS, "DROP FUNCTION search_accounts(text, integer); DROP FUNCTION search_contacts(text, integer);"
        ),
        migrations.RunPython(rights, migrations.RunPython.noop),
    ]
