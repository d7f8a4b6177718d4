import { Link } from "wouter-preact";
import type { DecidedPlanRow, DeclarativePlanRow } from "../api/types.ts";
import type { WaitingVersion } from "../lib/approvals.ts";
import { plural } from "../lib/format.ts";
import { repoPath } from "../lib/paths.ts";
import { withQuery } from "../lib/query.ts";
import { Status } from "./status.tsx";
import { Table, type Column } from "./table.tsx";
import { Time } from "./time.tsx";

/** What can be decided in a row, or null when the caller may not. */
type Act<Row> = ((row: Row) => void) | null;

function actionColumn<Row>(verbs: [verb: string, act: Act<Row>][], nameOf: (row: Row) => string): Column<Row>[] {
  const allowed = verbs.filter((each): each is [string, (row: Row) => void] => each[1] !== null);
  if (allowed.length === 0) return [];
  return [
    {
      head: "Action",
      cell: (row) => (
        <span class="row-actions">
          {allowed.map(([verb, act]) => (
            <button key={verb} type="button" aria-label={`${verb} ${nameOf(row)}`} onClick={() => act(row)}>
              {verb}
            </button>
          ))}
        </span>
      ),
    },
  ];
}

function checkPath({ repo, env, version }: WaitingVersion): string {
  return `/environments${withQuery("?tab=check", { repo, env, version })}`;
}

export function WaitingVersionTable({ rows, onApprove }: { rows: WaitingVersion[]; onApprove: Act<WaitingVersion> }) {
  const columns: Column<WaitingVersion>[] = [
    { head: "Repository", cell: (row) => <Link href={repoPath(row.repo)}>{row.repo}</Link> },
    { head: "Version", cell: (row) => <code>{row.version}</code> },
    { head: "Stage", cell: (row) => row.stage },
    { head: "Approvals", cell: (row) => `${row.given} of ${row.needed}` },
    { head: "Also in its way", cell: (row) => <Link href={checkPath(row)}>{row.others.length === 0 ? "nothing" : plural(row.others.length, "reason")}</Link> },
  ];
  const actions = actionColumn<WaitingVersion>([["Approve", onApprove]], (row) => `version ${row.version} of ${row.repo} for ${row.stage}`);
  return <Table caption="Versions that wait" columns={[...columns, ...actions]} rows={rows} rowKey={(row) => `${row.repo} ${row.stage}`} />;
}

const planColumns: Column<DecidedPlanRow>[] = [
  { head: "Plan", cell: (row) => <Link href={`/plans/${row.id}`}>{row.id}</Link> },
  { head: "Repository", cell: (row) => <Link href={repoPath(row.repo.slug)}>{row.repo.slug}</Link> },
  { head: "Environment", cell: (row) => row.envName },
  { head: "From", cell: (row) => <code>{row.fromVersion}</code> },
  { head: "To", cell: (row) => <code>{row.toVersion === "" ? "-" : row.toVersion}</code> },
];

export function WaitingPlanTable({ rows, onApprove, onReject }: { rows: DecidedPlanRow[]; onApprove: Act<DecidedPlanRow>; onReject: Act<DecidedPlanRow> }) {
  const columns: Column<DecidedPlanRow>[] = [
    ...planColumns,
    { head: "Asked by", cell: (row) => row.createdBy?.name ?? "-" },
    { head: "Approvals", cell: (row) => row.decisions.filter(({ approved }) => approved).length, numeric: true },
    { head: "Expires", cell: (row) => <Time value={row.expiresAt} /> },
  ];
  const actions = actionColumn<DecidedPlanRow>(
    [
      ["Approve", onApprove],
      ["Reject", onReject],
    ],
    (row) => `plan ${row.id}`,
  );
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

export function DeclarativePlanTable({ caption, rows, onApprove }: { caption: string; rows: DeclarativePlanRow[]; onApprove: Act<DeclarativePlanRow> }) {
  const isGiven = rows.some(({ approvedAt }) => approvedAt !== null);
  const columns: Column<DeclarativePlanRow>[] = [
    { head: "Plan", cell: (row) => <Link href={`/schemas/${encodeURIComponent(row.schemaSlug)}/plans/${row.id}`}>{row.name}</Link> },
    { head: "Schema", cell: (row) => <Link href={repoPath(row.schemaSlug)}>{row.schemaSlug}</Link> },
    { head: "Made by", cell: (row) => row.createdBy?.name ?? "-" },
    { head: "Made", cell: (row) => <Time value={row.createdAt} /> },
  ];
  if (isGiven) {
    columns.push({ head: "Approved by", cell: (row) => row.approvedBy.map(({ name }) => name).join(", ") || "-" });
    columns.push({ head: "Approved", cell: (row) => <Time value={row.approvedAt} /> });
  }
  const actions = actionColumn<DeclarativePlanRow>([["Approve", onApprove]], (row) => `plan ${row.name}`);
  return <Table caption={caption} columns={[...columns, ...actions]} rows={rows} rowKey={(row) => row.id} />;
}
