"""Which months may go is decided where they are dropped: whoever asks for fewer gets no more than nobody keeps."""

from django.conf import settings
from django.db import migrations

# A tenant that says nothing keeps what the installation said when it was migrated last; asking for less than that
# drops nothing of theirs, asking for more keeps more.
DROP = """
CREATE OR REPLACE FUNCTION usage_drop_months(kept integer) RETURNS integer
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    longest CONSTANT integer := greatest(kept, 1, (SELECT max(raw_months) FROM usage_intake),
        (SELECT {months} WHERE EXISTS (SELECT FROM accounts_tenant t WHERE NOT EXISTS (
            SELECT FROM usage_intake i WHERE i.tenant_id = t.id AND i.raw_months IS NOT NULL))));
    oldest CONSTANT text := 'usage_event_' || to_char(current_date - make_interval(months => longest), 'YYYY_MM');
    gone integer := 0;
    month regclass;
BEGIN
    PERFORM pg_advisory_xact_lock(7204);
    FOR month IN
        SELECT c.oid FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
        WHERE i.inhparent = 'usage_event'::regclass AND c.relname ~ '^usage_event_[0-9]{{4}}_[0-9]{{2}}$'
            AND c.relname < oldest
    LOOP
        EXECUTE format('DROP TABLE %s', month);
        gone := gone + 1;
    END LOOP;
    RETURN gone;
END
$$;
"""


def decide_inside(apps: object, schema_editor: object) -> None:
    schema_editor.execute(DROP.format(months=int(settings.USAGE_RAW_MONTHS)), None)  # type: ignore[attr-defined]


class Migration(migrations.Migration):

    dependencies = [
        ('usage', '0002_lean_tables'),
    ]

    operations = [migrations.RunPython(decide_inside, migrations.RunPython.noop)]
