import { Link } from "wouter-preact";
import type { MigrationRow, TraceEnvironment } from "../api/types.ts";
import { migrationPath } from "../lib/paths.ts";
import { EphemeralBadge } from "./ephemeral-badge.tsx";
import { Badge, Status } from "./status.tsx";
import { Table, type Column } from "./table.tsx";
import { Time } from "./time.tsx";

const shownMax = 3;

/** The newest deployments that applied a version or tried to. */
function Newest({ rows }: { rows: MigrationRow[] }) {
  if (rows.length === 0) return <>-</>;
  const shown = rows.slice(-shownMax).reverse();
  return (
    <>
      {shown.map((row) => (
        <span key={row.id} class="deployment">
          <Link href={migrationPath(row)}>{row.id}</Link> <Status value={row.status} />{" "}
        </span>
      ))}
      {rows.length > shownMax && <span class="soft">and {rows.length - shownMax} before</span>}
    </>
  );
}

const columns: Column<TraceEnvironment>[] = [
  {
    head: "Environment",
    cell: (row) => (
      <>
        <Link href={`/databases?env=${encodeURIComponent(row.name)}`}>{row.name}</Link> <EphemeralBadge hours={row.ephemeralHours} />
      </>
    ),
  },
  { head: "Reached", cell: (row) => `${row.reached} of ${row.total}`, numeric: true },
  { head: "Failed", cell: (row) => (row.failed > 0 ? <Badge tone="bad" mark="✕">{`${row.failed}`}</Badge> : "-"), numeric: true },
  { head: "First", cell: (row) => <Time value={row.firstAt} /> },
  { head: "Last", cell: (row) => <Time value={row.lastAt} /> },
  { head: "Deployments", cell: (row) => <Newest rows={row.migrations} /> },
];

/** Environments in their order of promotion, and how far a version has come in each. */
export function TraceTable({ rows }: { rows: TraceEnvironment[] }) {
  return <Table caption="Environments" columns={columns} rows={rows} rowKey={(row) => row.name} />;
}
