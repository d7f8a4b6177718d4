import { useSearch } from "wouter-preact";
import { plansDocument } from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { PageInfo, PlanRow } from "../api/types.ts";
import { PageHead } from "../components/page-head.tsx";
import { PlanTable } from "../components/plan-table.tsx";
import { Empty, Loaded } from "../components/state.tsx";
import { Pager } from "../components/table.tsx";
import { pageOf } from "../lib/query.ts";
import { text } from "../text.ts";

/** Reverts that were asked for, the newest first. */
export function PlansPage() {
  const search = useSearch();
  const [remote, reload] = useRemote<{ migratePlans: { plans: PlanRow[]; pageInfo: PageInfo } }>(plansDocument, { input: { page: { page: pageOf(search) } } });
  return (
    <>
      <PageHead title="Plans" />
      <p class="soft">{text.plans.lead}</p>
      <Loaded remote={remote} reload={reload}>
        {({ migratePlans: { plans, pageInfo } }) =>
          pageInfo.total === 0 ? (
            <Empty title={text.plans.emptyTitle} command="rhumb cloud repo update --slug <repository> --protect-down">
              <p>{text.plans.empty}</p>
            </Empty>
          ) : (
            <>
              <PlanTable rows={plans} />
              <Pager info={pageInfo} />
            </>
          )
        }
      </Loaded>
    </>
  );
}
