import { useState } from "preact/hooks";
import { useSearch } from "wouter-preact";
import { request } from "../api/client.ts";
import { approveDeclarativePlanDocument, approveVersionDocument, waitingDocument } from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { DecidedPlanRow, DeclarativePlanRow, PageInfo, PromotionStage, WaitingVersion } from "../api/types.ts";
import { WaitingDeclarativePlanTable, WaitingPlanTable, WaitingVersionTable } from "../components/approval-tables.tsx";
import { DecideDialog, type Decision } from "../components/decide-dialog.tsx";
import { Field, Form } from "../components/form.tsx";
import { useMe } from "../components/me.ts";
import { Empty, Loaded } from "../components/state.tsx";
import { LongestPager } from "../components/table.tsx";
import { approveVersionCommand } from "../lib/approvals.ts";
import { given, pageOf } from "../lib/query.ts";
import { mayApprove, mayApproveIn } from "../lib/rights.ts";
import { approvalText } from "../text-policies.ts";
import { planDecision } from "./plan-decision.ts";

interface Waiting {
  promotionPolicies: { stages: Pick<PromotionStage, "approvals">[] }[];
  waitingVersions: { versions: WaitingVersion[]; pageInfo: PageInfo };
  migratePlans: { plans: DecidedPlanRow[]; pageInfo: PageInfo };
  declarativePlans: { plans: DeclarativePlanRow[]; pageInfo: PageInfo };
}

type Decide = (decision: Decision) => void;

function versionDecision(version: Pick<WaitingVersion, "repo" | "stage" | "version">): Decision {
  const { repo, stage, version: name } = version;
  return {
    title: `Let ${name} of ${repo} into ${stage}?`,
    verb: "Approve",
    takesComment: true,
    command: approveVersionCommand(version),
    act: async (comment) => void (await request(approveVersionDocument, { input: given({ repo, stage, version: name, comment }) })),
  };
}

/** A version that is not the latest one; the comment is asked for as with the others. */
function OtherVersion({ decide }: { decide: Decide }) {
  const ask = async ({ repo = "", stage = "", version = "" }: Record<string, string>): Promise<void> =>
    decide(versionDecision({ repo: repo.trim(), stage: stage.trim(), version: version.trim() }));
  return (
    <Form label="Approve another version" submit="Approve" className="filters" onSubmit={ask}>
      <Field label="Repository" name="repo" autoComplete="off" required />
      <Field label="Stage" name="stage" autoComplete="off" required />
      <Field label="Version" name="version" autoComplete="off" required />
    </Form>
  );
}

function Versions({ rows, decide }: { rows: WaitingVersion[]; decide: Decide }) {
  const me = useMe();
  return (
    <section aria-labelledby="versions">
      <h2 id="versions">Versions</h2>
      <p class="soft">{approvalText.versions}</p>
      {rows.length > 0 && <WaitingVersionTable rows={rows} isAllowed={({ repo }) => mayApproveIn(me, repo)} onApprove={(row) => decide(versionDecision(row))} />}
      {mayApprove(me) && (
        <>
          <h3>{approvalText.older}</h3>
          <OtherVersion decide={decide} />
        </>
      )}
    </section>
  );
}

function Plans({ rows, decide }: { rows: DecidedPlanRow[]; decide: Decide }) {
  const me = useMe();
  const ask =
    (isRefusal: boolean) =>
    ({ id }: DecidedPlanRow): void =>
      decide(planDecision(id, isRefusal));
  return (
    <section aria-labelledby="plans">
      <h2 id="plans">Reverts</h2>
      <WaitingPlanTable rows={rows} isAllowed={({ repo, envName }) => mayApproveIn(me, repo.slug, envName)} onApprove={ask(false)} onReject={ask(true)} />
    </section>
  );
}

function DeclarativePlans({ rows, decide }: { rows: DeclarativePlanRow[]; decide: Decide }) {
  const me = useMe();
  const decision = ({ schemaSlug, name }: DeclarativePlanRow): Decision => ({
    title: `Approve plan ${name} of ${schemaSlug}?`,
    verb: "Approve",
    takesComment: false,
    act: async () => void (await request(approveDeclarativePlanDocument, { input: { schemaSlug, name } })),
  });
  return (
    <section aria-labelledby="declarative-plans">
      <h2 id="declarative-plans">Plans of schemas</h2>
      <WaitingDeclarativePlanTable rows={rows} isAllowed={({ schemaSlug }) => mayApproveIn(me, schemaSlug)} onApprove={(row) => decide(decision(row))} />
    </section>
  );
}

function Lists({ waiting, decide }: { waiting: Waiting; decide: Decide }) {
  const { versions } = waiting.waitingVersions;
  const { plans } = waiting.migratePlans;
  const declarativePlans = waiting.declarativePlans.plans;
  const takesApprovals = waiting.promotionPolicies.some(({ stages }) => stages.some(({ approvals }) => approvals > 0));
  const infos = [waiting.waitingVersions, waiting.migratePlans, waiting.declarativePlans].map(({ pageInfo }) => pageInfo);
  return (
    <>
      {infos.every(({ total }) => total === 0) && (
        <Empty title={approvalText.emptyTitle} command="rhumb cloud policy set --repo app --file promotion.hcl">
          <p>{approvalText.empty}</p>
        </Empty>
      )}
      {takesApprovals && <Versions rows={versions} decide={decide} />}
      {plans.length > 0 && <Plans rows={plans} decide={decide} />}
      {declarativePlans.length > 0 && <DeclarativePlans rows={declarativePlans} decide={decide} />}
      <LongestPager infos={infos} />
    </>
  );
}

export function WaitingTab() {
  const [decision, setDecision] = useState<Decision | null>(null);
  const page = pageOf(useSearch());
  const [remote, reload] = useRemote<Waiting>(waitingDocument, { page: { page } });
  return (
    <>
      <Loaded remote={remote} reload={reload}>
        {(waiting) => <Lists waiting={waiting} decide={setDecision} />}
      </Loaded>
      {decision !== null && (
        <DecideDialog
          decision={decision}
          onClose={() => setDecision(null)}
          onDone={() => {
            setDecision(null);
            reload();
          }}
        />
      )}
    </>
  );
}
