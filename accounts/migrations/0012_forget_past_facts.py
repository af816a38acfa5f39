"""Months of what was known are dropped when they are kept no longer; half a year is kept whoever asks."""

from django.conf import settings
from django.db import migrations

# A month is taken off its parent, so whoever reads any month holds the drop up, and all who come after it wait behind:
# it gives up after a fifth of a second, and whoever calls comes back. One month in a call, the oldest first, since a
# month that is dropped locks them all until its transaction ends. One month more than asked stays: in some workspaces
# it is still the day before, and what they count on begins a month earlier than at Greenwich. When no month is left to
# drop, what lies in the rest because its month was never made goes too.
DROP = """
CREATE FUNCTION accounts_pastfacts_drop_months(kept integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp SET lock_timeout = '200ms' AS $$
DECLARE
    first CONSTANT date := date_trunc('month', current_date - make_interval(months => greatest(kept, 6) + 1));
    kept_first CONSTANT text := 'accounts_pastfacts_' || to_char(first, 'YYYY_MM');
    month regclass;
BEGIN
    PERFORM pg_advisory_xact_lock(7206);
    SELECT c.oid INTO month FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = 'accounts_pastfacts'::regclass
        AND c.relname ~ '^accounts_pastfacts_[0-9]{4}_[0-9]{2}$' AND c.relname < kept_first
    ORDER BY c.relname LIMIT 1;
    IF month IS NOT NULL THEN
        EXECUTE format('DROP TABLE %s', month);
        RETURN 1;
    END IF;
    DELETE FROM accounts_pastfacts WHERE valid_to < first::timestamp AT TIME ZONE 'UTC';
    RETURN 0;
EXCEPTION WHEN lock_not_available THEN
    RETURN 0;
END
$$;
REVOKE ALL ON FUNCTION accounts_pastfacts_drop_months(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION accounts_pastfacts_drop_months(integer) TO "%(app)s";
"""


def build(apps: object, schema_editor: object) -> None:
    app = settings.DATABASE_APP_ROLE
    schema_editor.execute(DROP.replace("%(app)s", app), None)  # type: ignore[attr-defined]


def take_down(apps: object, schema_editor: object) -> None:
    schema_editor.execute("DROP FUNCTION accounts_pastfacts_drop_months(integer)")  # type: ignore[attr-defined]


class Migration(migrations.Migration):
    dependencies = [("accounts", "0011_derive_alone")]

    operations = [
        migrations.RunPython(build, take_down),
    ]
