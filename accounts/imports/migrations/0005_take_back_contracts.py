"""Undo through one narrow door: the ledger and the timeline are append-only, but for what an import brought itself."""

from django.conf import settings
from django.db import migrations

# The owner's rights, so the tenant is an explicit condition; search_path is pinned. Only while the import is being
# taken back, only contracts that it created and nobody changed since, only the events that it told. The application
# may rewrite records and contracts, but not the timeline: so that must say as well that this import brought them.
FUNCTION = """
CREATE FUNCTION take_back_contracts(import_id bigint, records bigint[]) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH mine AS (
        SELECT c.tenant_id, c.id, c.account_id FROM imports_import i
        JOIN imports_record r ON r.tenant_id = i.tenant_id AND r.job_id = i.id
        JOIN accounts_contract c ON c.tenant_id = i.tenant_id AND c.id = r.target_id
        WHERE i.tenant_id = current_setting('app.tenant_id')::bigint AND i.id = import_id AND i.stage = 'undoing'
            AND r.id = ANY(records) AND r.noun = 'contract' AND r.verdict = 'create' AND r.done
            AND c.version = 1 AND c.created_at >= i.created_at
            AND EXISTS (SELECT FROM accounts_event e WHERE e.tenant_id = i.tenant_id AND e.account_id = c.account_id
                AND e.kind IN ('contract.signed', 'contract.renewed')
                AND e.facts->>'import_id' = i.id::text AND e.facts->>'contract_id' = c.id::text)
    ), untold AS (
        DELETE FROM accounts_event e USING mine WHERE e.tenant_id = mine.tenant_id AND e.account_id = mine.account_id
            AND e.kind IN ('contract.signed', 'contract.renewed', 'contract.ended')
            AND e.facts->>'import_id' = import_id::text AND e.facts->>'contract_id' = mine.id::text
    ), unmoved AS (
        DELETE FROM accounts_revenuemovement m USING mine
        WHERE m.tenant_id = mine.tenant_id AND m.contract_id = mine.id
    )
    SELECT count(*) FROM mine
$$;
"""
NAME = "take_back_contracts(bigint, bigint[])"


def rights(apps: object, schema_editor: object) -> None:
    schema_editor.execute(f"REVOKE ALL ON FUNCTION {NAME} FROM PUBLIC")  # type: ignore[attr-defined]
    schema_editor.execute(f'GRANT EXECUTE ON FUNCTION {NAME} TO "{settings.DATABASE_APP_ROLE}"')  # type: ignore[attr-defined]


class Migration(migrations.Migration):
    dependencies = [("imports", "0004_find_accounts_of_an_import")]

    operations = [
        migrations.RunSQL(FUNCTION, f"DROP FUNCTION {NAME};"),
        migrations.RunPython(rights, migrations.RunPython.noop),
    ]
