import { Link } from "wouter-preact";
import type { DatabaseStatus, Environment } from "../api/types.ts";
import { countsOf } from "../lib/counts.ts";
import { StatusBar } from "./chart.tsx";
import { EphemeralBadge } from "./ephemeral-badge.tsx";
import { Table, type Column } from "./table.tsx";

function Count({ environment, status, count }: { environment: Environment; status: DatabaseStatus; count: number }) {
  if (count === 0) return <span class="soft">0</span>;
  return <Link href={`/databases?env=${encodeURIComponent(environment.name)}&status=${status}`}>{count}</Link>;
}

const columns: Column<Environment>[] = [
  {
    head: "Environment",
    cell: (row) => (
      <>
        <Link href={`/databases?env=${encodeURIComponent(row.name)}`}>{row.name}</Link>{" "}
        <EphemeralBadge hours={row.ephemeralHours} />
      </>
    ),
  },
  { head: "Share", cell: (row) => <StatusBar {...countsOf(row)} /> },
  { head: "Failed", cell: (row) => <Count environment={row} status="FAILED" count={row.failed} />, numeric: true },
  { head: "Pending", cell: (row) => <Count environment={row} status="PENDING" count={row.pending} />, numeric: true },
  { head: "Synced", cell: (row) => <Count environment={row} status="SYNCED" count={countsOf(row).synced} />, numeric: true },
];

/** Environment by status: the numbers, and their share as a picture. */
export function EnvironmentTable({ environments }: { environments: Environment[] }) {
  return <Table caption="Databases by environment and status" columns={columns} rows={environments} rowKey={(row) => row.name} />;
}
