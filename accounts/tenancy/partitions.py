"""Tables in months: the application may not create tables, so a function of the owner's makes the month that is asked.

A month is reached through its parent alone, whose policy binds; whoever asks it directly finds no right and no policy.
Rows of a month that nobody asked for lie in the rest and move when it is made.
"""

from __future__ import annotations

from accounts.tenancy.constraints import THIS_TENANT

ISOLATED = """
ALTER TABLE {table} ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table} FORCE ROW LEVEL SECURITY;
CREATE POLICY tenant_isolation ON {table} USING ({this}) WITH CHECK ({this});
CREATE POLICY owner_all ON {table} TO CURRENT_USER USING (true) WITH CHECK (true);
CREATE TABLE {table}_rest PARTITION OF {table} DEFAULT;
ALTER TABLE {table}_rest ENABLE ROW LEVEL SECURITY;
ALTER TABLE {table}_rest FORCE ROW LEVEL SECURITY;
REVOKE ALL ON {table}_rest FROM PUBLIC, "{app}";
"""

ENSURE = """
CREATE FUNCTION {table}_ensure_month(asked date) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    first CONSTANT date := date_trunc('month', asked);
    name CONSTANT text := '{table}_' || to_char(first, 'YYYY_MM');
    since CONSTANT timestamptz := first::timestamp AT TIME ZONE 'UTC';
    until CONSTANT timestamptz := (first + interval '1 month')::timestamp AT TIME ZONE 'UTC';
BEGIN
    IF to_regclass('public.' || name) IS NOT NULL THEN
        RETURN;
    END IF;
    IF asked NOT BETWEEN current_date - 2200 AND current_date + 100 THEN
        RAISE EXCEPTION 'no month is kept for %', asked;
    END IF;
    PERFORM pg_advisory_xact_lock({lock});
    IF to_regclass('public.' || name) IS NOT NULL THEN
        RETURN;
    END IF;
    LOCK TABLE {table} IN SHARE ROW EXCLUSIVE MODE;
    EXECUTE format('CREATE TABLE public.%I (LIKE public.{table} INCLUDING DEFAULTS)', name);
    EXECUTE format('REVOKE ALL ON public.%I FROM PUBLIC, "{app}"', name);
    EXECUTE format('WITH moved AS (DELETE FROM {table} WHERE {column} >= $1 AND {column} < $2 RETURNING *)
        INSERT INTO public.%I SELECT * FROM moved', name) USING since, until;
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE public.%I FORCE ROW LEVEL SECURITY', name);
    EXECUTE format('ALTER TABLE public.{table} ATTACH PARTITION public.%I FOR VALUES FROM (%L) TO (%L)',
        name, since, until);
END
$$;
REVOKE ALL ON FUNCTION {table}_ensure_month(date) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION {table}_ensure_month(date) TO "{app}";
"""


def in_months(table: str, column: str, *, lock: int, app: str) -> str:
    """What makes a partitioned table isolated, with its rest and the function that makes its months."""
    return ISOLATED.format(table=table, this=THIS_TENANT, app=app) + ENSURE.format(
        table=table, column=column, lock=lock, app=app
    )
