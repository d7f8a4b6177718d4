import { useSearch } from "wouter-preact";
import { useMe } from "../components/me.ts";
import { PageHead } from "../components/page-head.tsx";
import { Tabs } from "../components/tabs.tsx";
import { oneOf } from "../lib/query.ts";
import { mayApprove } from "../lib/rights.ts";
import { approvalText } from "../text-policies.ts";
import { GivenTab } from "./approvals-given.tsx";
import { WaitingTab } from "./approvals-waiting.tsx";

/** What waits for somebody's yes, and what was decided. */
export function ApprovalsPage() {
  const tab = oneOf(useSearch(), "tab", ["waiting", "given"] as const) ?? "waiting";
  return (
    <>
      <PageHead title="Approvals" />
      <p class="soft">{approvalText.lead}</p>
      {!mayApprove(useMe()) && <p class="notice">{approvalText.readOnly}</p>}
      <Tabs
        label="Parts of this page"
        current={tab}
        tabs={[
          { key: "waiting", name: "Waiting" },
          { key: "given", name: "Decided" },
        ]}
      />
      {tab === "waiting" ? <WaitingTab /> : <GivenTab />}
    </>
  );
}
