"""Undo of changes as well: what an import said of contracts that were there goes, where nobody went on with them."""

from django.conf import settings
from django.db import migrations

# Which of these contracts anybody but this import changed since it first told of them. The timeline decides, since the
# application may not rewrite that. It outlives a step back, in which what takes back contracts goes on asking it.
CHANGED_SINCE = """
CREATE OR REPLACE FUNCTION imports_contract_changed_since(import_id bigint, tenant bigint, account bigint, contract bigint)
RETURNS boolean LANGUAGE sql STABLE SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT coalesce(max(e.id) FILTER (WHERE e.facts->'import_id' IS DISTINCT FROM to_jsonb(import_id))
        > min(e.id) FILTER (WHERE e.facts->'import_id' = to_jsonb(import_id)), false)
    FROM accounts_event e
    WHERE e.tenant_id = tenant AND e.account_id = account AND e.facts->'contract_id' = to_jsonb(contract)
        AND e.kind IN ('contract.signed', 'contract.renewed', 'contract.edited', 'contract.amended', 'contract.ended')
$$;
"""
# As before, but a change that was itself taken back keeps no contract: its version moved on, its timeline didn't.
NEW_ONES = """
CREATE OR REPLACE FUNCTION take_back_contracts(import_id bigint, records bigint[]) RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH mine AS (
        SELECT c.tenant_id, c.id, c.account_id FROM imports_import i
        JOIN imports_record r ON r.tenant_id = i.tenant_id AND r.job_id = i.id
        JOIN accounts_contract c ON c.tenant_id = i.tenant_id AND c.id = r.target_id
        WHERE i.tenant_id = current_setting('app.tenant_id')::bigint AND i.id = import_id AND i.stage = 'undoing'
            AND r.id = ANY(records) AND r.noun = 'contract' AND r.verdict = 'create' AND r.done
            AND c.created_at >= i.created_at
            AND NOT imports_contract_changed_since(i.id, i.tenant_id, c.account_id, c.id)
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
# The owner's rights, so the tenant is an explicit condition. Only while the import is being taken back, only what it
# told itself of contracts that nobody changed since, and only the movements for which those events answer.
CHANGES = """
CREATE FUNCTION take_back_contract_changes(import_id bigint, records bigint[]) RETURNS SETOF bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
    WITH mine AS (
        SELECT DISTINCT c.tenant_id, c.id, c.account_id FROM imports_import i
        JOIN imports_record r ON r.tenant_id = i.tenant_id AND r.job_id = i.id
        JOIN accounts_contract c ON c.tenant_id = i.tenant_id AND c.id = r.target_id
        WHERE i.tenant_id = current_setting('app.tenant_id')::bigint AND i.id = import_id AND i.stage = 'undoing'
            AND r.id = ANY(records) AND r.noun = 'contract' AND r.verdict = 'change' AND r.done
            AND NOT imports_contract_changed_since(i.id, i.tenant_id, c.account_id, c.id)
    ), untold AS (
        DELETE FROM accounts_event e USING mine WHERE e.tenant_id = mine.tenant_id AND e.account_id = mine.account_id
            AND e.kind IN ('contract.edited', 'contract.amended', 'contract.ended')
            AND e.facts->'import_id' = to_jsonb(import_id) AND e.facts->'contract_id' = to_jsonb(mine.id)
        RETURNING mine.tenant_id, mine.id AS contract, e.facts->'movements' AS movements
    ), unmoved AS (
        DELETE FROM accounts_revenuemovement m USING untold u, jsonb_array_elements(u.movements) own
        WHERE m.tenant_id = u.tenant_id AND m.contract_id = u.contract AND to_jsonb(m.id) = own.value
    )
    SELECT id FROM mine
$$;
"""
SINCE = "imports_contract_changed_since(bigint, bigint, bigint, bigint)"
NAME = "take_back_contract_changes(bigint, bigint[])"


def rights(apps: object, schema_editor: object) -> None:
    execute = schema_editor.execute  # type: ignore[attr-defined]
    execute(f"REVOKE ALL ON FUNCTION {SINCE} FROM PUBLIC")
    execute(f"REVOKE ALL ON FUNCTION {NAME} FROM PUBLIC")
    execute(f'GRANT EXECUTE ON FUNCTION {NAME} TO "{settings.DATABASE_APP_ROLE}"')


class Migration(migrations.Migration):
    dependencies = [("imports", "0008_keep_no_file_for_ever")]

    operations = [
        migrations.RunSQL(CHANGED_SINCE + NEW_ONES + CHANGES, f"DROP FUNCTION {NAME};"),
        migrations.RunPython(rights, migrations.RunPython.noop),
    ]
