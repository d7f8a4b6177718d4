import { Link } from "wouter-preact";
import type { Repo } from "../api/types.ts";
import { words } from "../lib/format.ts";
import { repoPath } from "../lib/paths.ts";
import { StatusBar } from "./chart.tsx";
import { Origin } from "./origin.tsx";
import { Badge } from "./status.tsx";
import { chooseColumns, Table, type Column, type ColumnChoice } from "./table.tsx";
import { Time } from "./time.tsx";

const columns: Column<Repo>[] = [
  {
    head: "Repository",
    cell: (row) => (
      <>
        <Link href={repoPath(row.slug)}>{row.slug}</Link> {row.reportOnly && <Badge tone="idle">report only</Badge>}
      </>
    ),
    sort: "SLUG",
  },
  { head: "Type", cell: (row) => words(row.type) },
  { head: "Driver", cell: (row) => row.driver.toLowerCase() || "-" },
  { head: "Latest version", cell: (row) => <code>{row.latestVersion ?? "-"}</code> },
  {
    head: "Databases",
    cell: (row) => <StatusBar failed={row.databasesFailed} pending={row.databasesPending} synced={row.databasesSynced} />,
  },
  { head: "Failed", cell: (row) => row.databasesFailed, numeric: true, sort: "FAILED" },
  { head: "Pending", cell: (row) => row.databasesPending, numeric: true, sort: "PENDING" },
  { head: "Synced", cell: (row) => row.databasesSynced, numeric: true },
  { head: "Last push", cell: (row) => <Time value={row.lastPush?.time ?? null} />, sort: "LAST_PUSH" },
  { head: "By", cell: (row) => (row.lastPush === null ? "-" : <Origin actor={row.lastPush.actor} context={row.lastPush.context} />) },
];

export function RepoTable({ rows, caption, ...choice }: { rows: Repo[]; caption: string } & ColumnChoice) {
  return <Table caption={caption} columns={chooseColumns(columns, choice)} rows={rows} rowKey={(row) => row.id} />;
}
