import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { planDocument } from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { Plan } from "../api/types.ts";
import { Command } from "../components/command.tsx";
import { DecideDialog, type Decision } from "../components/decide-dialog.tsx";
import { Facts } from "../components/facts.tsx";
import { useMe } from "../components/me.ts";
import { PageHead } from "../components/page-head.tsx";
import { Loaded } from "../components/state.tsx";
import { Status } from "../components/status.tsx";
import { Time } from "../components/time.tsx";
import { plural } from "../lib/format.ts";
import { databasePath, repoPath } from "../lib/paths.ts";
import { mayApproveIn } from "../lib/rights.ts";
import { text } from "../text.ts";
import { planDecision } from "./plan-decision.ts";

/** Yes or no, for those who may say it. */
function Decide({ plan, onDone }: { plan: Plan; onDone: () => void }) {
  const [decision, setDecision] = useState<Decision | null>(null);
  const done = (): void => {
    setDecision(null);
    onDone();
  };
  return (
    <div class="filters">
      <button type="button" class="primary" onClick={() => setDecision(planDecision(plan.id, false))}>
        Approve
      </button>
      <button type="button" class="danger" onClick={() => setDecision(planDecision(plan.id, true))}>
        Reject
      </button>
      {decision !== null && <DecideDialog decision={decision} onClose={() => setDecision(null)} onDone={done} />}
    </div>
  );
}

/** What can be done with it now. */
function NextStep({ plan, reload }: { plan: Plan; reload: () => void }) {
  const isApprover = mayApproveIn(useMe(), plan.repo.slug, plan.envName);
  if (plan.status === "PENDING_USER") {
    return (
      <section class="notice notice-wait">
        {isApprover && <Decide plan={plan} onDone={reload} />}
        <p>{text.plans.pending}</p>
        <Command>{`rhumb cloud plan approve --id ${plan.id}`}</Command>
        <p>{text.plans.abort}</p>
        <Command>{`rhumb cloud plan abort --id ${plan.id}`}</Command>
      </section>
    );
  }
  if (plan.status === "APPROVED") return <p class="notice">{text.plans.approved}</p>;
  return plan.status === "ABORTED" ? <p class="notice">{text.plans.aborted}</p> : null;
}

function PlanFacts({ plan }: { plan: Plan }) {
  return (
    <Facts
      rows={[
        ["Repository", <Link href={repoPath(plan.repo.slug)}>{plan.repo.slug}</Link>],
        ["Environment", plan.envName],
        ["Database", plan.database === null ? null : <Link href={databasePath(plan.database.id)}>{plan.database.name}</Link>],
        ["From version", <code>{plan.fromVersion}</code>],
        ["To version", <code>{plan.toVersion === "" ? "-" : plan.toVersion}</code>],
        ["Asked by", plan.createdBy?.name],
        ["Asked", <Time value={plan.createdAt} ago />],
        ["Expires", plan.expiresAt === null ? null : <Time value={plan.expiresAt} />],
        ["Deployment", plan.migration === null ? null : <Link href={`/deployments/${plan.migration.id}`}>deployment {plan.migration.id}</Link>],
      ]}
    />
  );
}

function Decisions({ plan }: { plan: Plan }) {
  if (plan.decisions.length === 0) return null;
  return (
    <section>
      <h2>Decisions</h2>
      <ul>
        {plan.decisions.map((decision) => (
          <li key={decision.time}>
            {decision.actor.name} {decision.approved ? "approved" : "aborted"} it <Time value={decision.time} ago />
            {decision.comment !== null && `: ${decision.comment}`}
          </li>
        ))}
      </ul>
    </section>
  );
}

export function PlanPage({ id }: { id: string }) {
  const [remote, reload] = useRemote<{ migratePlan: Plan }>(planDocument, { id });
  return (
    <Loaded remote={remote} reload={reload}>
      {({ migratePlan: plan }) => (
        <>
          <PageHead title={`Plan ${plan.id}`} trail={[["Plans", "/plans"]]}>
            <Status value={plan.status} />
          </PageHead>
          <NextStep plan={plan} reload={reload} />
          <PlanFacts plan={plan} />
          <section>
            <h2>{plural(plan.files.length, "version")} to revert</h2>
            {plan.files.map((file) => (
              <section key={file.version}>
                <h3>
                  <code>{file.name}</code>
                </h3>
                <pre class="log" tabIndex={0} aria-label={`Statements of ${file.name}`}>
                  {file.stmts.join("\n")}
                </pre>
              </section>
            ))}
          </section>
          <Decisions plan={plan} />
        </>
      )}
    </Loaded>
  );
}
