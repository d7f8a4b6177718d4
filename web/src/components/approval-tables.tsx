import { Link } from "wouter-preact";
import type { DecidedPlanRow, DeclarativePlanRow, WaitingVersion } from "../api/types.ts";
import { repoPath } from "../lib/paths.ts";
import { withQuery } from "../lib/query.ts";
import { Status } from "./status.tsx";
import { Table, type Column } from "./table.tsx";
import { Time } from "./time.tsx";

/** What can be decided in a row: what it is called, and the verbs that the caller may use on it. */
interface Choice<Row> {
  rows: Row[];
  nameOf: (row: Row) => string;
  isAllowed: (row: Row) => boolean;
  verbs: [verb: string, act: (row: Row) => void][];
}

/** No column where nothing is allowed. */
function actionColumn<Row>({ rows, nameOf, isAllowed, verbs }: Choice<Row>): Column<Row>[] {
  if (!rows.some(isAllowed)) return [];
  const actions = (row: Row) => (
    <span class="row-actions">
      {verbs.map(([verb, act]) => (
        <button key={verb} type="button" aria-label={`${verb} ${nameOf(row)}`} onClick={() => act(row)}>
          {verb}
        </button>
      ))}
    </span>
  );
  return [{ head: "Action", cell: (row) => (isAllowed(row) ? actions(row) : "-") }];
}

interface Waiting<Row> {
  rows: Row[];
  isAllowed: (row: Row) => boolean;
  onApprove: (row: Row) => void;
}

function checkPath({ repo, envs, version }: WaitingVersion): string {
  // A pattern fits itself.
  return `/environments${withQuery("?tab=check", { repo, env: envs[0] ?? "", version })}`;
}

function approvalsText({ approvals, needed, approvedBy }: WaitingVersion): string {
  return `${approvals} of ${needed}${approvedBy.length === 0 ? "" : ` (${approvedBy.map(({ name }) => name).join(", ")})`}`;
}

export function WaitingVersionTable({ rows, isAllowed, onApprove }: Waiting<WaitingVersion>) {
  const columns: Column<WaitingVersion>[] = [
    { head: "Repository", cell: (row) => <Link href={repoPath(row.repo)}>{row.repo}</Link> },
    { head: "Version", cell: (row) => <code>{row.version}</code> },
    { head: "Stage", cell: (row) => row.stage },
    { head: "Approvals", cell: approvalsText },
    { head: "Environments", cell: (row) => row.envs.join(", ") },
    { head: "Pushed by", cell: (row) => row.pushedBy?.name ?? "-" },
    { head: "Pushed", cell: (row) => <Time value={row.since} ago /> },
    { head: "Also in its way", cell: (row) => <Link href={checkPath(row)}>Check</Link> },
  ];
  const nameOf = (row: WaitingVersion): string => `version ${row.version} of ${row.repo} for ${row.stage}`;
  const actions = actionColumn({ rows, isAllowed, nameOf, verbs: [["Approve", onApprove]] });
  return <Table caption="Versions that wait" columns={[...columns, ...actions]} rows={rows} rowKey={(row) => `${row.repo} ${row.stage}`} />;
}

const planColumns: Column<DecidedPlanRow>[] = [
  { head: "Plan", cell: (row) => <Link href={`/plans/${row.id}`}>{row.id}</Link> },
  { head: "Repository", cell: (row) => <Link href={repoPath(row.repo.slug)}>{row.repo.slug}</Link> },
  { head: "Environment", cell: (row) => row.envName },
  { head: "From", cell: (row) => <code>{row.fromVersion}</code> },
  { head: "To", cell: (row) => <code>{row.toVersion === "" ? "-" : row.toVersion}</code> },
];

export function WaitingPlanTable({ rows, isAllowed, onApprove, onReject }: Waiting<DecidedPlanRow> & { onReject: (row: DecidedPlanRow) => void }) {
  const columns: Column<DecidedPlanRow>[] = [
    ...planColumns,
    { head: "Asked by", cell: (row) => row.createdBy?.name ?? "-" },
    { head: "Approvals", cell: (row) => row.decisions.filter(({ approved }) => approved).length, numeric: true },
    { head: "Expires", cell: (row) => <Time value={row.expiresAt} /> },
  ];
  const verbs: Choice<DecidedPlanRow>["verbs"] = [
    ["Approve", onApprove],
    ["Reject", onReject],
  ];
  const actions = actionColumn({ rows, isAllowed, nameOf: ({ id }) => `plan ${id}`, verbs });
  return <Table caption="Reverts that wait" columns={[...columns, ...actions]} rows={rows} rowKey={(row) => row.id} />;
}

export function DecidedPlanTable({ rows }: { rows: DecidedPlanRow[] }) {
  const columns: Column<DecidedPlanRow>[] = [
    ...planColumns,
    { head: "Status", cell: (row) => <Status value={row.status} /> },
    { head: "Decided by", cell: (row) => row.decisions.map(({ actor, approved }) => `${actor.name}${approved ? "" : " (no)"}`).join(", ") || "-" },
    { head: "Decided", cell: (row) => <Time value={row.decisions[row.decisions.length - 1]?.time ?? null} /> },
    { head: "Comment", cell: (row) => <span class="cut">{row.decisions.map(({ comment }) => comment).filter(Boolean).join("; ") || "-"}</span> },
  ];
  return <Table caption="Reverts that were decided" columns={columns} rows={rows} rowKey={(row) => row.id} />;
}

const declarativeColumns: Column<DeclarativePlanRow>[] = [
  { head: "Plan", cell: (row) => <Link href={`/schemas/${encodeURIComponent(row.schemaSlug)}/plans/${row.id}`}>{row.name}</Link> },
  { head: "Schema", cell: (row) => <Link href={repoPath(row.schemaSlug)}>{row.schemaSlug}</Link> },
  { head: "Made by", cell: (row) => row.createdBy?.name ?? "-" },
  { head: "Made", cell: (row) => <Time value={row.createdAt} /> },
];

export function WaitingDeclarativePlanTable({ rows, isAllowed, onApprove }: Waiting<DeclarativePlanRow>) {
  const actions = actionColumn({ rows, isAllowed, nameOf: ({ name }) => `plan ${name}`, verbs: [["Approve", onApprove]] });
  return <Table caption="Plans that wait" columns={[...declarativeColumns, ...actions]} rows={rows} rowKey={(row) => row.id} />;
}

export function ApprovedDeclarativePlanTable({ rows }: { rows: DeclarativePlanRow[] }) {
  const columns: Column<DeclarativePlanRow>[] = [
    ...declarativeColumns,
    { head: "Approved by", cell: (row) => row.approvedBy.map(({ name }) => name).join(", ") || "-" },
    { head: "Approved", cell: (row) => <Time value={row.approvedAt} /> },
  ];
  return <Table caption="Plans that were approved" columns={columns} rows={rows} rowKey={(row) => row.id} />;
}
