import { Link } from "wouter-preact";
import type { Database } from "../api/types.ts";
import { Status } from "./status.tsx";
import { Table, type Column } from "./table.tsx";
import { Time } from "./time.tsx";

const columns: Column<Database>[] = [
  { head: "Name", cell: (row) => <Link href={`/databases/${row.id}`}>{row.name}</Link> },
  { head: "Status", cell: (row) => <Status value={row.status} /> },
  { head: "Environment", cell: (row) => row.envName },
  { head: "Repository", cell: (row) => <Link href={`/repos/${row.repoName}`}>{row.repoName}</Link> },
  { head: "Current version", cell: (row) => <code>{row.currentVersion ?? "-"}</code> },
  { head: "Latest version", cell: (row) => <code>{row.latestVersion ?? "-"}</code> },
  { head: "Pending files", cell: (row) => row.pendingFiles ?? "-", numeric: true },
  { head: "Last deployment", cell: (row) => <Time value={row.lastDeploymentTime} /> },
];

export function DatabaseTable({ rows, caption }: { rows: Database[]; caption: string }) {
  return <Table caption={caption} columns={columns} rows={rows} rowKey={(row) => row.id} />;
}
