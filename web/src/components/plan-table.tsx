import { Link } from "wouter-preact";
import type { PlanRow } from "../api/types.ts";
import { databasePath, repoPath } from "../lib/paths.ts";
import { Status } from "./status.tsx";
import { Table, type Column } from "./table.tsx";
import { Time } from "./time.tsx";

const columns: Column<PlanRow>[] = [
  { head: "Plan", cell: (row) => <Link href={`/plans/${row.id}`}>{row.id}</Link> },
  { head: "Status", cell: (row) => <Status value={row.status} /> },
  { head: "Repository", cell: (row) => <Link href={repoPath(row.repo.slug)}>{row.repo.slug}</Link> },
  { head: "Environment", cell: (row) => row.envName },
  { head: "Database", cell: (row) => row.database !== null && <Link href={databasePath(row.database.id)}>{row.database.name}</Link> },
  { head: "From", cell: (row) => <code>{row.fromVersion}</code> },
  { head: "To", cell: (row) => <code>{row.toVersion === "" ? "-" : row.toVersion}</code> },
  { head: "Asked by", cell: (row) => row.createdBy?.name },
  { head: "Asked", cell: (row) => <Time value={row.createdAt} ago /> },
];

export function PlanTable({ rows }: { rows: PlanRow[] }) {
  return <Table caption="Plans" columns={columns} rows={rows} rowKey={(row) => row.id} />;
}
