#include "driver/postgres/catalog_sql.h"

// The server itself knows what a schema holds and how each kind of object is named in statements:
// every object depends on its schema (pg_depend), and pg_identify_object gives its kind and
// identity as DROP wants them. So a kind of object that a later release brings is seen and dropped
// as well. Source: PostgreSQL 15 manual 9.26.5 and 53.18.
namespace rhumb::driver::postgres {

std::string_view user_schemas_sql() {
  return "SELECT n.nspname::text COLLATE \"C\" FROM pg_catalog.pg_namespace n "
         "WHERE n.nspname NOT LIKE 'pg\\_%' AND n.nspname <> 'information_schema' "
         "AND n.nspname <> 'crdb_internal' "
         "AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.objid = n.oid "
         "AND d.classid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.deptype = 'e') "
         "ORDER BY 1";
}

std::string_view schema_objects_sql() {
  return "SELECT CASE t.typtype WHEN 'e' THEN 'enum' WHEN 'd' THEN 'domain' ELSE o.type END, "
         "coalesce(c.relname, p.proname, t.typname, o.name, o.identity), o.type, o.identity "
         "FROM pg_catalog.pg_namespace n "
         "JOIN pg_catalog.pg_depend d ON d.refobjid = n.oid "
         "AND d.refclassid = 'pg_catalog.pg_namespace'::pg_catalog.regclass AND d.deptype = 'n' "
         "AND d.classid <> 'pg_catalog.pg_extension'::pg_catalog.regclass "
         "CROSS JOIN LATERAL pg_catalog.pg_identify_object(d.classid, d.objid, 0) o "
         "LEFT JOIN pg_catalog.pg_class c ON c.oid = d.objid "
         "AND d.classid = 'pg_catalog.pg_class'::pg_catalog.regclass "
         "LEFT JOIN pg_catalog.pg_proc p ON p.oid = d.objid "
         "AND d.classid = 'pg_catalog.pg_proc'::pg_catalog.regclass "
         "LEFT JOIN pg_catalog.pg_type t ON t.oid = d.objid "
         "AND d.classid = 'pg_catalog.pg_type'::pg_catalog.regclass "
         "WHERE n.nspname = $1 AND NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend e "
         "WHERE e.classid = d.classid AND e.objid = d.objid AND e.deptype = 'e') "
         "ORDER BY o.type <> 'table', o.type COLLATE \"C\", 2";
}

std::string_view database_objects_sql() {
  return "SELECT o.catalog, o.oid, i.type, i.identity FROM ("
         "SELECT 0 AS rank, 'pg_event_trigger' AS catalog, oid FROM pg_catalog.pg_event_trigger "
         "UNION ALL SELECT 1, 'pg_publication', oid FROM pg_catalog.pg_publication "
         "UNION ALL SELECT 2, 'pg_foreign_server', oid FROM pg_catalog.pg_foreign_server "
         "UNION ALL SELECT 3, 'pg_foreign_data_wrapper', oid "
         "FROM pg_catalog.pg_foreign_data_wrapper "
         "UNION ALL SELECT 4, 'pg_cast', oid FROM pg_catalog.pg_cast WHERE oid >= 16384 "
         "UNION ALL SELECT 5, 'pg_namespace', oid FROM pg_catalog.pg_namespace "
         "WHERE nspname NOT LIKE 'pg\\_%' AND nspname <> 'information_schema' "
         "UNION ALL SELECT 6, 'pg_language', oid FROM pg_catalog.pg_language WHERE oid >= 16384 "
         "UNION ALL SELECT 7, 'pg_extension', oid FROM pg_catalog.pg_extension) o "
         "CROSS JOIN LATERAL pg_catalog.pg_identify_object("
         "('pg_catalog.' || o.catalog)::pg_catalog.regclass, o.oid, 0) i "
         "WHERE NOT EXISTS (SELECT 1 FROM pg_catalog.pg_depend d WHERE d.objid = o.oid "
         "AND d.classid = ('pg_catalog.' || o.catalog)::pg_catalog.regclass AND d.deptype = 'e') "
         "ORDER BY o.rank, o.oid";
}

}  // namespace rhumb::driver::postgres
