import { Link } from "wouter-preact";
import type { Database } from "../api/types.ts";
import { formatLag } from "../lib/format.ts";
import { databasePath, repoPath } from "../lib/paths.ts";
import { Badge, Status } from "./status.tsx";
import { chooseColumns, Table, type Column, type ColumnChoice } from "./table.tsx";
import { Time } from "./time.tsx";

const columns: Column<Database>[] = [
  { head: "Name", cell: (row) => <Link href={databasePath(row.id)}>{row.name}</Link>, sort: "NAME" },
  {
    head: "Status",
    cell: (row) => (
      <>
        <Status value={row.status} /> {row.unknownVersion && <Badge tone="wait">unknown version</Badge>}
      </>
    ),
    sort: "STATUS",
  },
  {
    head: "Environment",
    cell: (row) => (
      <>
        {row.envName} {row.ephemeral && <Badge tone="idle">ephemeral</Badge>}
      </>
    ),
    sort: "ENV",
  },
  { head: "Repository", cell: (row) => <Link href={repoPath(row.repoName)}>{row.repoName}</Link> },
  { head: "Current version", cell: (row) => <code>{row.currentVersion ?? "-"}</code> },
  { head: "Latest version", cell: (row) => <code>{row.latestVersion ?? "-"}</code> },
  { head: "Behind", cell: (row) => formatLag(row.pendingFiles, row.lagSeconds), numeric: true, sort: "LAG" },
  { head: "Last deployment", cell: (row) => <Time value={row.lastDeploymentTime} />, sort: "LAST_DEPLOYMENT" },
];

export function DatabaseTable({ rows, caption, ...choice }: { rows: Database[]; caption: string } & ColumnChoice) {
  return <Table caption={caption} columns={chooseColumns(columns, choice)} rows={rows} rowKey={(row) => row.id} />;
}
