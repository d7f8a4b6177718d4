import { Link } from "wouter-preact";
import type { MigrationRow } from "../api/types.ts";
import { formatDuration } from "../lib/format.ts";
import { migrationPath, repoPath } from "../lib/paths.ts";
import { Status } from "./status.tsx";
import { chooseColumns, Table, type Column, type ColumnChoice } from "./table.tsx";
import { Time } from "./time.tsx";

const columns: Column<MigrationRow>[] = [
  { head: "Id", cell: (row) => <Link href={migrationPath(row)}>{row.id}</Link> },
  { head: "Status", cell: (row) => <Status value={row.status} /> },
  { head: "Repository", cell: (row) => <Link href={repoPath(row.repoName)}>{row.repoName}</Link> },
  { head: "Environment", cell: (row) => row.envName },
  { head: "Database", cell: (row) => row.databaseName },
  { head: "Targets", cell: (row) => (row.targetsTotal === null ? "-" : `${row.targetsSucceeded ?? 0}/${row.targetsTotal}`), numeric: true },
  { head: "Version", cell: (row) => <code>{row.version ?? "-"}</code> },
  { head: "Duration", cell: (row) => formatDuration(row.startedAt, row.completedAt), numeric: true },
  { head: "Started", cell: (row) => <Time value={row.startedAt} /> },
];

const errorColumn: Column<MigrationRow> = {
  head: "Error",
  cell: (row) => (
    <span class="cut" title={row.error ?? ""}>
      {row.error ?? ""}
    </span>
  ),
};

interface MigrationTableProps extends Pick<ColumnChoice, "without"> {
  rows: MigrationRow[];
  caption: string;
  withError?: boolean;
}

/** Events as the command line lists them. */
export function MigrationTable({ rows, caption, without = [], withError = false }: MigrationTableProps) {
  const shown = chooseColumns(columns, { without });
  return <Table caption={caption} columns={withError ? [...shown, errorColumn] : shown} rows={rows} rowKey={(row) => row.id} />;
}
