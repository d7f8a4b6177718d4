import { Link } from "wouter-preact";
import type { TargetRow } from "../api/types.ts";
import { formatDuration } from "../lib/format.ts";
import { databasePath } from "../lib/paths.ts";
import { Status } from "./status.tsx";
import { Table, type Column } from "./table.tsx";

const columns: Column<TargetRow>[] = [
  { head: "Id", cell: (row) => <Link href={`/deployments/${row.id}`}>{row.id}</Link> },
  { head: "Status", cell: (row) => <Status value={row.status} /> },
  { head: "Database", cell: (row) => (row.database === null ? row.databaseName : <Link href={databasePath(row.database.id)}>{row.databaseName}</Link>) },
  { head: "Version", cell: (row) => <code>{row.version ?? "-"}</code> },
  { head: "Duration", cell: (row) => formatDuration(row.startedAt, row.completedAt), numeric: true },
  { head: "Error", cell: (row) => <span class="cut">{row.error ?? ""}</span> },
  { head: "URL", cell: (row) => <code>{row.database?.url ?? "-"}</code> },
];

/** What a set did to each database. */
export function TargetTable({ rows }: { rows: TargetRow[] }) {
  return <Table caption="Targets" columns={columns} rows={rows} rowKey={(row) => row.id} />;
}
