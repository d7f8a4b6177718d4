import { Link } from "wouter-preact";
import type { PromotionStage, RankedEnvironment } from "../api/types.ts";
import { stageOf } from "../lib/policies.ts";
import { EphemeralBadge } from "./ephemeral-badge.tsx";
import { Badge } from "./status.tsx";
import { Table, type Column } from "./table.tsx";

interface RankedEnvironmentTableProps {
  rows: RankedEnvironment[];
  /** Of the policy of every repository; none, when there is no such policy. */
  stages: PromotionStage[];
  onChange: ((row: RankedEnvironment) => void) | null;
}

/** Environments in their order, with their stage. */
export function RankedEnvironmentTable({ rows, stages, onChange }: RankedEnvironmentTableProps) {
  const columns: Column<RankedEnvironment>[] = [
    {
      head: "Environment",
      cell: (row) => (
        <>
          <Link href={`/databases?env=${encodeURIComponent(row.name)}`}>{row.name}</Link> <EphemeralBadge hours={row.ephemeralHours} />
        </>
      ),
    },
    { head: "Place", cell: (row) => row.rank ?? "-", numeric: true },
    { head: "Protection", cell: (row) => (row.protected ? <Badge tone="ok">protected</Badge> : <span class="soft">none</span>) },
    { head: "Databases", cell: (row) => row.databases, numeric: true },
    { head: "Failed", cell: (row) => row.failed, numeric: true },
    { head: "Pending", cell: (row) => row.pending, numeric: true },
  ];
  if (stages.length > 0) columns.push({ head: "Stage", cell: (row) => stageOf(stages, row.name)?.name ?? <span class="soft">none</span> });
  if (onChange !== null) {
    columns.push({
      head: "Action",
      cell: (row) => (
        <button type="button" aria-label={`Change ${row.name}`} onClick={() => onChange(row)}>
          Change
        </button>
      ),
    });
  }
  return <Table caption="Environments" columns={columns} rows={rows} rowKey={(row) => row.name} />;
}
