import { Link, useSearch } from "wouter-preact";
import { givenDocument, givenToVersionsDocument } from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { AuditEntry, DecidedPlanRow, DeclarativePlanRow, PageInfo } from "../api/types.ts";
import { ApprovedDeclarativePlanTable, DecidedPlanTable } from "../components/approval-tables.tsx";
import { useMe } from "../components/me.ts";
import { Loaded } from "../components/state.tsx";
import { LongestPager, Table, type Column } from "../components/table.tsx";
import { Time } from "../components/time.tsx";
import { repoPath } from "../lib/paths.ts";
import { pageOf } from "../lib/query.ts";
import { mayAdminister } from "../lib/rights.ts";
import { approvalText } from "../text-policies.ts";

type ApprovalEntry = Pick<AuditEntry, "seq" | "time" | "actor" | "object"> & { after: { stage: string; version: string; comment: string | null } };

interface Given {
  migratePlans: { plans: DecidedPlanRow[]; pageInfo: PageInfo };
  declarativePlans: { plans: DeclarativePlanRow[]; pageInfo: PageInfo };
  /** Where the caller may read it. */
  auditLog?: { entries: ApprovalEntry[]; pageInfo: PageInfo };
}

function slugOf({ object }: ApprovalEntry): string {
  return object.replace(/^repo\//, "");
}

const versionColumns: Column<ApprovalEntry>[] = [
  { head: "Repository", cell: (row) => <Link href={repoPath(slugOf(row))}>{slugOf(row)}</Link> },
  { head: "Version", cell: (row) => <code>{row.after.version}</code> },
  { head: "Stage", cell: (row) => row.after.stage },
  { head: "Approved by", cell: (row) => row.actor.name },
  { head: "Approved", cell: (row) => <Time value={row.time} ago /> },
  { head: "Comment", cell: (row) => <span class="cut">{row.after.comment ?? "-"}</span> },
];

function Nothing({ info }: { info: PageInfo }) {
  return <p class="soft">{info.total === 0 ? approvalText.noneGiven : approvalText.noOlder}</p>;
}

function Versions({ log }: { log: Given["auditLog"] }) {
  if (log === undefined) return <p class="soft">{approvalText.givenVersions}</p>;
  if (log.entries.length === 0) return <Nothing info={log.pageInfo} />;
  return <Table caption="Versions that were approved" columns={versionColumns} rows={log.entries} rowKey={(row) => row.seq} />;
}

function Lists({ migratePlans, declarativePlans, auditLog }: Given) {
  const infos = [migratePlans, declarativePlans, auditLog].flatMap((list) => (list === undefined ? [] : [list.pageInfo]));
  return (
    <>
      <section aria-labelledby="versions">
        <h2 id="versions">Versions</h2>
        <Versions log={auditLog} />
      </section>
      <section aria-labelledby="plans">
        <h2 id="plans">Reverts</h2>
        {migratePlans.plans.length === 0 ? <Nothing info={migratePlans.pageInfo} /> : <DecidedPlanTable rows={migratePlans.plans} />}
      </section>
      {declarativePlans.plans.length > 0 && (
        <section aria-labelledby="declarative-plans">
          <h2 id="declarative-plans">Plans of schemas</h2>
          <ApprovedDeclarativePlanTable rows={declarativePlans.plans} />
        </section>
      )}
      <LongestPager infos={infos} />
    </>
  );
}

/** What was decided, the newest first. */
export function GivenTab() {
  const page = pageOf(useSearch());
  const [remote, reload] = useRemote<Given>(mayAdminister(useMe()) ? givenToVersionsDocument : givenDocument, { page: { page } });
  return (
    <Loaded remote={remote} reload={reload}>
      {(lists) => <Lists {...lists} />}
    </Loaded>
  );
}
