import { useState } from "preact/hooks";
import { request } from "../api/client.ts";
import { approveDeclarativePlanDocument, approveVersionDocument, waitingDocument } from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { DecidedPlanRow, DeclarativePlanRow, DeploymentAnswer, PromotionPolicy, RankedEnvironment, Repo } from "../api/types.ts";
import { WaitingDeclarativePlanTable, WaitingPlanTable, WaitingVersionTable } from "../components/approval-tables.tsx";
import { DecideDialog, type Decision } from "../components/decide-dialog.tsx";
import { Field, Form } from "../components/form.tsx";
import { useMe } from "../components/me.ts";
import { Empty, Loaded } from "../components/state.tsx";
import { approveVersionCommand, candidatesOf, checksDocument, checksVariables, waitingOf, type Candidate, type WaitingVersion } from "../lib/approvals.ts";
import { given } from "../lib/query.ts";
import { mayApprove, mayApproveIn } from "../lib/rights.ts";
import { approvalText } from "../text-policies.ts";
import { planDecision } from "./plan-decision.ts";

const candidatesMax = 100;

interface Waiting {
  environments: Pick<RankedEnvironment, "name">[];
  promotionPolicies: PromotionPolicy[];
  repos: { repos: Pick<Repo, "slug" | "type" | "reportOnly" | "latestVersion">[] };
  migratePlans: { plans: DecidedPlanRow[] };
  declarativePlans: { plans: DeclarativePlanRow[] };
}

type Decide = (decision: Decision) => void;

function versionDecision(version: Pick<Candidate, "repo" | "stage" | "version">): Decision {
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

function Versions({ rows, isCut, decide }: { rows: WaitingVersion[]; isCut: boolean; decide: Decide }) {
  const me = useMe();
  return (
    <section aria-labelledby="versions">
      <h2 id="versions">Versions</h2>
      <p class="soft">{approvalText.versions}</p>
      {rows.length > 0 && <WaitingVersionTable rows={rows} isAllowed={({ repo }) => mayApproveIn(me, repo)} onApprove={(row) => decide(versionDecision(row))} />}
      {isCut && <p class="soft">{approvalText.tooMany(candidatesMax)}</p>}
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

function Lists({ waiting, versions, isCut, decide }: { waiting: Waiting; versions: WaitingVersion[]; isCut: boolean; decide: Decide }) {
  const plans = waiting.migratePlans.plans;
  const declarativePlans = waiting.declarativePlans.plans;
  const takesApprovals = waiting.promotionPolicies.some(({ stages }) => stages.some(({ approvals }) => approvals > 0));
  const isEmpty = versions.length + plans.length + declarativePlans.length === 0;
  return (
    <>
      {isEmpty && (
        <Empty title={approvalText.emptyTitle} command="rhumb cloud policy set --repo app --file promotion.hcl">
          <p>{approvalText.empty}</p>
        </Empty>
      )}
      {takesApprovals && <Versions rows={versions} isCut={isCut} decide={decide} />}
      {plans.length > 0 && <Plans rows={plans} decide={decide} />}
      {declarativePlans.length > 0 && <DeclarativePlans rows={declarativePlans} decide={decide} />}
    </>
  );
}

/** Asks the registry about each version that may lack approvals. */
function Checked({ waiting, candidates, decide }: { waiting: Waiting; candidates: Candidate[]; decide: Decide }) {
  const asked = candidates.slice(0, candidatesMax);
  const [remote, reload] = useRemote<Record<string, DeploymentAnswer>>(checksDocument(asked), checksVariables(asked));
  return (
    <Loaded remote={remote} reload={reload}>
      {(answers) => <Lists waiting={waiting} versions={waitingOf(asked, answers)} isCut={candidates.length > asked.length} decide={decide} />}
    </Loaded>
  );
}

export function WaitingTab() {
  const [decision, setDecision] = useState<Decision | null>(null);
  // What was asked about is asked about again after a decision.
  const [round, setRound] = useState(0);
  const [remote, reload] = useRemote<Waiting>(waitingDocument);
  return (
    <>
      <Loaded remote={remote} reload={reload}>
        {(waiting) => {
          const candidates = candidatesOf(waiting.promotionPolicies, waiting.repos.repos, waiting.environments);
          return candidates.length === 0 ? (
            <Lists waiting={waiting} versions={[]} isCut={false} decide={setDecision} />
          ) : (
            <Checked key={round} waiting={waiting} candidates={candidates} decide={setDecision} />
          );
        }}
      </Loaded>
      {decision !== null && (
        <DecideDialog
          decision={decision}
          onClose={() => setDecision(null)}
          onDone={() => {
            setDecision(null);
            setRound(round + 1);
            reload();
          }}
        />
      )}
    </>
  );
}
