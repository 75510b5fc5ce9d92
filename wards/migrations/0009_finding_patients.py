"""Names as they are searched: without case, accents, blanks and hyphens; the family name first, and the given name."""

from django.db import migrations

FOLDED = """
CREATE FUNCTION spinewatch_folded(said text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
    SELECT regexp_replace(
        translate(
            replace(replace(replace(replace(
                lower(regexp_replace(normalize(said, NFKD), '[\\u0300-\\u036f]', '', 'g')),
            'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
        'øłđðıħ', 'olddih'),
    '[\\s,.''’‘`´‐-―-]', '', 'g')
$$
"""


class Migration(migrations.Migration):
    dependencies = [("wards", "0008_staff_ends")]
    operations = [
        migrations.RunSQL(FOLDED, "DROP FUNCTION spinewatch_folded(text)"),
        migrations.RunSQL(
            "CREATE INDEX patients_by_family_name ON wards_patient"
            " (spinewatch_folded(family_name || given_name) text_pattern_ops);"
            "CREATE INDEX patients_by_given_name ON wards_patient"
            " (spinewatch_folded(given_name || family_name) text_pattern_ops)",
            "DROP INDEX patients_by_family_name; DROP INDEX patients_by_given_name",
        ),
    ]
