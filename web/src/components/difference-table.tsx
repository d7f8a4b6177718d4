import type { Difference } from "../lib/difference.ts";
import { Table, type Column } from "./table.tsx";

function Side({ value, kind }: { value: string | null; kind: "before" | "after" }) {
  if (value === null) return <span class="soft">-</span>;
  return <code class={`side side-${kind}`}>{value}</code>;
}

const columns: Column<Difference>[] = [
  { head: "What", cell: (row) => <code>{row.path === "" ? "(all of it)" : row.path}</code> },
  { head: "Before", cell: (row) => <Side value={row.before} kind="before" /> },
  { head: "After", cell: (row) => <Side value={row.after} kind="after" /> },
];

/** What was changed, member by member; columns with nothing in them are left out. */
export function DifferenceTable({ caption, rows }: { caption: string; rows: Difference[] }) {
  const [hasBefore, hasAfter] = [rows.some(({ before }) => before !== null), rows.some(({ after }) => after !== null)];
  const shown = columns.filter(({ head }) => (head !== "Before" || hasBefore) && (head !== "After" || hasAfter));
  return <Table caption={caption} columns={shown} rows={rows} rowKey={(row) => row.path} />;
}
