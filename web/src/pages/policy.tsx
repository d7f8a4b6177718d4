import { useLocation } from "wouter-preact";
import { request } from "../api/client.ts";
import { rulesDocument, setPolicyDocument } from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { PromotionStage } from "../api/types.ts";
import { useMe } from "../components/me.ts";
import { PageHead } from "../components/page-head.tsx";
import { PolicyForm } from "../components/policy-form.tsx";
import { Loaded } from "../components/state.tsx";
import { given } from "../lib/query.ts";
import { mayAdminister } from "../lib/rights.ts";
import { policyText } from "../text-policies.ts";
import type { Rules } from "./environments.tsx";
import { NotFoundPage } from "./not-found.tsx";

/** A policy to change, or under the number `new` one to write. */
export function PolicyPage({ id }: { id: string }) {
  const [, navigate] = useLocation();
  const isAdmin = mayAdminister(useMe());
  const [remote, reload] = useRemote<Rules>(rulesDocument);
  const save = async ({ repo, stages }: { repo: string | null; stages: PromotionStage[] }): Promise<void> => {
    await request(setPolicyDocument, { input: given({ repo: repo ?? undefined, stages }) });
    navigate("/environments");
  };
  return (
    <Loaded remote={remote} reload={reload}>
      {({ promotionPolicies, repos }) => {
        const policy = promotionPolicies.find((each) => each.id === id);
        if (policy === undefined && id !== "new") return <NotFoundPage />;
        return (
          <>
            <PageHead title={policy === undefined ? "New policy" : `Policy of ${policy.repo ?? policyText.everyRepo}`} trail={[["Environments", "/environments"]]} />
            {isAdmin ? (
              <PolicyForm policy={policy} policies={promotionPolicies} repos={repos.repos.map(({ slug }) => slug)} onSave={save} />
            ) : (
              <p class="notice">{policyText.readOnly}</p>
            )}
          </>
        );
      }}
    </Loaded>
  );
}
