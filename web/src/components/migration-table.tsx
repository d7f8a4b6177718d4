import { Link } from "wouter-preact";
import type { MigrationRow } from "../api/types.ts";
import { formatDuration } from "../lib/format.ts";
import { Status } from "./status.tsx";
import { Table, type Column } from "./table.tsx";
import { Time } from "./time.tsx";

export function migrationPath(row: { id: string; targetsTotal?: number | null }): string {
  return row.targetsTotal === null || row.targetsTotal === undefined ? `/deployments/${row.id}` : `/deployments/sets/${row.id}`;
}

const columns: Column<MigrationRow>[] = [
  { head: "Id", cell: (row) => <Link href={migrationPath(row)}>{row.id}</Link> },
  { head: "Status", cell: (row) => <Status value={row.status} /> },
  { head: "Repository", cell: (row) => <Link href={`/repos/${row.repoName}`}>{row.repoName}</Link> },
  { head: "Environment", cell: (row) => row.envName },
  { head: "Database", cell: (row) => row.databaseName },
  { head: "Targets", cell: (row) => (row.targetsTotal === null ? "-" : `${row.targetsSucceeded ?? 0}/${row.targetsTotal}`), numeric: true },
  { head: "Version", cell: (row) => <code>{row.version ?? "-"}</code> },
  { head: "Duration", cell: (row) => formatDuration(row.startedAt, row.completedAt), numeric: true },
  { head: "Started", cell: (row) => <Time value={row.startedAt} /> },
];

export function MigrationTable({ rows, caption }: { rows: MigrationRow[]; caption: string }) {
  return <Table caption={caption} columns={columns} rows={rows} rowKey={(row) => row.id} />;
}
