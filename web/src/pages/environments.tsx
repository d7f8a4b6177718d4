import { useSearch } from "wouter-preact";
import { rulesDocument } from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { EphemeralRule, PromotionPolicy, RankedEnvironment } from "../api/types.ts";
import { PageHead } from "../components/page-head.tsx";
import { Loaded } from "../components/state.tsx";
import { Tabs } from "../components/tabs.tsx";
import { oneOf } from "../lib/query.ts";
import { policyText } from "../text-policies.ts";
import { CheckTab } from "./environments-check.tsx";
import { RulesTab } from "./environments-rules.tsx";

export interface Rules {
  environments: RankedEnvironment[];
  ephemeralEnvironments: EphemeralRule[];
  promotionPolicies: PromotionPolicy[];
  repos: { repos: { slug: string }[] };
}

/** Environments in their order, and which versions they take. */
export function EnvironmentsPage() {
  const tab = oneOf(useSearch(), "tab", ["rules", "check"] as const) ?? "rules";
  const [remote, reload] = useRemote<Rules>(rulesDocument);
  return (
    <>
      <PageHead title="Environments" />
      <p class="soft">{policyText.lead}</p>
      <Tabs
        label="Parts of this page"
        current={tab}
        tabs={[
          { key: "rules", name: "Environments and policies" },
          { key: "check", name: "Check a version" },
        ]}
      />
      <Loaded remote={remote} reload={reload}>
        {(rules) => (tab === "check" ? <CheckTab rules={rules} /> : <RulesTab rules={rules} reload={reload} />)}
      </Loaded>
    </>
  );
}
