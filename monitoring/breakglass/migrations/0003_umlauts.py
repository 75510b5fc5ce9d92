"""Names are searched without telling ü, ue and u apart, nor ä or æ, ae and a, nor ö or ø, oe and o: Mueller is Müller.

What begins alike still begins alike when folded, so that the beginning of a name finds it.
"""

from django.db import migrations

BEFORE = """
    regexp_replace(
        translate(
            replace(replace(replace(replace(
                lower(regexp_replace(normalize(said, NFKD), '[\\u0300-\\u036f]', '', 'g')),
            'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
        'øłđðıħ', 'olddih'),
    '[\\s,.''’‘`´‐-―-]', '', 'g')
"""  # as wards 0009 made it
NOW = f"regexp_replace({BEFORE}, '([aou])e', '\\1', 'g')"

FUNCTION = """
CREATE OR REPLACE FUNCTION spinewatch_folded(said text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT {}
$$;
"""
WITHOUT = "DROP INDEX patients_by_family_name; DROP INDEX patients_by_given_name;"
WITH = (
    "CREATE INDEX patients_by_family_name ON wards_patient"
    " (spinewatch_folded(family_name || given_name) text_pattern_ops);"
    "CREATE INDEX patients_by_given_name ON wards_patient"
    " (spinewatch_folded(given_name || family_name) text_pattern_ops)"
)


class Migration(migrations.Migration):
    dependencies = [("breakglass", "0002_kept"), ("wards", "0009_finding_patients")]
    operations = [
        migrations.RunSQL(WITHOUT + FUNCTION.format(NOW) + WITH, WITHOUT + FUNCTION.format(BEFORE) + WITH),
    ]
