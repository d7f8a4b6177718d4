"""What a schema of PostgreSQL holds, as its catalog describes it.

The client of the distribution writes no dump of servers newer than itself, so this asks the functions that a dump
is made of. Names of the schema are replaced, so that two schemas of the same content have the same text.
"""

# Every query gives lines of (what, name, text); {schema} is the name of a schema.
QUERIES = {
    "relation": """SELECT concat(c.relkind, ' ', c.relname), concat_ws(' ', c.relpersistence, c.relrowsecurity,
        c.relforcerowsecurity, c.reloptions, c.relacl, obj_description(c.oid, 'pg_class'))
        FROM pg_class c WHERE c.relnamespace = '{schema}'::regnamespace""",
    "column": """SELECT c.relname || '.' || a.attname, concat_ws(' ', a.attnum, format_type(a.atttypid, a.atttypmod),
        CASE WHEN a.attnotnull THEN 'not null' END, pg_get_expr(d.adbin, d.adrelid), a.attidentity, a.attgenerated,
        a.attcollation::regcollation, a.attacl, col_description(c.oid, a.attnum))
        FROM pg_attribute a JOIN pg_class c ON c.oid = a.attrelid
        LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
        WHERE c.relnamespace = '{schema}'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
        AND c.relkind <> 'i'""",
    "constraint": """SELECT conrelid::regclass || '.' || conname, pg_get_constraintdef(oid) || ' ' || convalidated
        FROM pg_constraint WHERE connamespace = '{schema}'::regnamespace""",
    "index": """SELECT i.indexrelid::regclass::text, pg_get_indexdef(i.indexrelid) || ' ' || i.indisvalid
        FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
        WHERE c.relnamespace = '{schema}'::regnamespace""",
    "view": """SELECT relname, pg_get_viewdef(oid) FROM pg_class
        WHERE relnamespace = '{schema}'::regnamespace AND relkind IN ('v', 'm')""",
    "function": """SELECT oid::regprocedure::text, concat_ws(' ', pg_get_functiondef(oid), proacl,
        obj_description(oid, 'pg_proc'))
        FROM pg_proc WHERE pronamespace = '{schema}'::regnamespace AND prokind <> 'a'""",
    "trigger": """SELECT t.tgname, concat(pg_get_triggerdef(t.oid), ' ', t.tgenabled)
        FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = '{schema}'::regnamespace AND NOT t.tgisinternal""",
    "policy": """SELECT p.polname, concat_ws(' ', p.polrelid::regclass, p.polcmd, p.polpermissive,
        pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
        FROM pg_policy p JOIN pg_class c ON c.oid = p.polrelid
        WHERE c.relnamespace = '{schema}'::regnamespace""",
    "type": """SELECT t.typname, concat_ws(' ', t.typtype, format_type(t.typbasetype, t.typtypmod),
        (SELECT string_agg(e.enumlabel, ',' ORDER BY e.enumsortorder) FROM pg_enum e WHERE e.enumtypid = t.oid))
        FROM pg_type t WHERE t.typnamespace = '{schema}'::regnamespace AND t.typtype <> 'b'""",
    "sequence": """SELECT s.seqrelid::regclass::text, concat_ws(' ', s.seqtypid::regtype, s.seqstart,
        s.seqincrement, s.seqmax, s.seqmin, s.seqcycle)
        FROM pg_sequence s JOIN pg_class c ON c.oid = s.seqrelid
        WHERE c.relnamespace = '{schema}'::regnamespace""",
}
OWN_TABLE = "atlas_schema_revisions"


def describe(sql, schema):
    """`sql` runs a statement and gives its rows as text. -> text, the table of our history left out"""
    union = "\nUNION ALL ".join(f"SELECT '{what}', x.* FROM ({query.format(schema=schema)}) x (name, text)"
                                for what, query in QUERIES.items())
    rows = sql("SET search_path = pg_catalog; SELECT * FROM (" + union + ") o (what, name, text) "
               f"WHERE name NOT LIKE '%{OWN_TABLE}%' AND coalesce(text, '') NOT LIKE '%{OWN_TABLE}%' ORDER BY 1, 2, 3")
    return rows.replace(schema, "SCHEMA")
