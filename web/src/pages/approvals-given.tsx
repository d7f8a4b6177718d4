import { Link, useSearch } from "wouter-preact";
import { approvedVersionsDocument, givenDocument } from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { AuditEntry, DecidedPlanRow, DeclarativePlanRow, PageInfo } from "../api/types.ts";
import { DecidedPlanTable, DeclarativePlanTable } from "../components/approval-tables.tsx";
import { useMe } from "../components/me.ts";
import { Loaded } from "../components/state.tsx";
import { Pager, Table } from "../components/table.tsx";
import { Time } from "../components/time.tsx";
import { repoPath } from "../lib/paths.ts";
import { pageOf } from "../lib/query.ts";
import { mayAdminister } from "../lib/rights.ts";
import { approvalText } from "../text-policies.ts";

interface Given {
  migratePlans: { plans: DecidedPlanRow[]; pageInfo: PageInfo };
  declarativePlans: { plans: DeclarativePlanRow[]; pageInfo: PageInfo };
}

type ApprovalEntry = Pick<AuditEntry, "seq" | "time" | "actor" | "object"> & { after: { stage: string; version: string; comment: string | null } };

/** The one of the lists that goes on for longest; all of them turn their pages together. */
function longest(infos: PageInfo[]): PageInfo {
  return infos.reduce((one, other) => (other.total > one.total ? other : one));
}

function ApprovedVersions({ page }: { page: number }) {
  const [remote, reload] = useRemote<{ auditLog: { entries: ApprovalEntry[]; pageInfo: PageInfo } }>(approvedVersionsDocument, { page: { page } });
  return (
    <Loaded remote={remote} reload={reload}>
      {({ auditLog: { entries } }) =>
        entries.length === 0 ? (
          <p class="soft">{approvalText.noneGiven}</p>
        ) : (
          <Table
            caption="Versions that were approved"
            rows={entries}
            rowKey={(row) => row.seq}
            columns={[
              { head: "Repository", cell: ({ object }) => <Link href={repoPath(object.replace("repo/", ""))}>{object.replace("repo/", "")}</Link> },
              { head: "Version", cell: (row) => <code>{row.after.version}</code> },
              { head: "Stage", cell: (row) => row.after.stage },
              { head: "Approved by", cell: (row) => row.actor.name },
              { head: "Approved", cell: (row) => <Time value={row.time} ago /> },
              { head: "Comment", cell: (row) => <span class="cut">{row.after.comment ?? "-"}</span> },
            ]}
          />
        )
      }
    </Loaded>
  );
}

function Plans({ migratePlans, declarativePlans }: Given) {
  return (
    <>
      <section aria-labelledby="plans">
        <h2 id="plans">Reverts</h2>
        {migratePlans.plans.length === 0 ? <p class="soft">{approvalText.noneGiven}</p> : <DecidedPlanTable rows={migratePlans.plans} />}
      </section>
      {declarativePlans.plans.length > 0 && (
        <section aria-labelledby="declarative-plans">
          <h2 id="declarative-plans">Plans of schemas</h2>
          <DeclarativePlanTable caption="Plans that were approved" rows={declarativePlans.plans} onApprove={null} />
        </section>
      )}
      <Pager info={longest([migratePlans.pageInfo, declarativePlans.pageInfo])} />
    </>
  );
}

/** What was decided, the newest first. */
export function GivenTab() {
  const page = pageOf(useSearch());
  const [remote, reload] = useRemote<Given>(givenDocument, { page: { page } });
  return (
    <>
      <section aria-labelledby="versions">
        <h2 id="versions">Versions</h2>
        {mayAdminister(useMe()) ? <ApprovedVersions page={page} /> : <p class="soft">{approvalText.givenVersions}</p>}
      </section>
      <Loaded remote={remote} reload={reload}>
        {(lists) => <Plans {...lists} />}
      </Loaded>
    </>
  );
}
