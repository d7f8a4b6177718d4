import { Link, Redirect } from "wouter-preact";
import { deploymentDocument } from "../api/documents.ts";
import { useLive } from "../api/live.ts";
import { useRemote } from "../api/remote.ts";
import type { Migration } from "../api/types.ts";
import { AdviceView } from "../components/advice.tsx";
import { DeployedFileView } from "../components/deployed-file.tsx";
import { PageHead } from "../components/page-head.tsx";
import { RunFacts, RunLog, RunNeighbours } from "../components/run-facts.tsx";
import { Loaded } from "../components/state.tsx";
import { Badge, Status } from "../components/status.tsx";
import { advise } from "../lib/advice.ts";
import { plural, words } from "../lib/format.ts";
import { databasePath, migrationPath } from "../lib/paths.ts";
import { text } from "../text.ts";

/** Says that texts of this page are not what the database saw. */
function MaskedNotice({ masked }: { masked: NonNullable<Migration["masked"]> }) {
  const parts = [masked.values > 0 && plural(masked.values, "value"), masked.statements > 0 && plural(masked.statements, "statement")].filter(Boolean);
  if (parts.length === 0) return null;
  return (
    <p class="notice">
      The client masked {parts.join(" and ")} before it sent this report ({words(masked.policy)}). The registry never saw what stood there.
    </p>
  );
}

/** Says what the run was executed against. */
function ViolationNotice({ violations }: { violations: Migration["policyViolations"] }) {
  return (
    <div class="notice notice-bad" role="note">
      <strong>{text.deployment.violation}</strong>
      <ul>
        {violations.map(({ policy, message }) => (
          <li key={message}>
            {policy}: {message}
          </li>
        ))}
      </ul>
    </div>
  );
}

function DatabaseNow({ database }: { database: NonNullable<Migration["database"]> }) {
  return (
    <section>
      <h2>The database now</h2>
      <p>
        <Link href={databasePath(database.id)}>{database.name}</Link> <Status value={database.status} /> at version{" "}
        <code>{database.currentVersion ?? "-"}</code>
        {database.latestVersion !== null && database.latestVersion !== database.currentVersion && (
          <>
            , latest is <code>{database.latestVersion}</code>
          </>
        )}
        .
      </p>
    </section>
  );
}

function Deployment({ run }: { run: Migration }) {
  return (
    <>
      {run.status === "DRY_RUN" && <p class="notice">{text.deployment.dryRun}</p>}
      {run.status === "FAILED" && run.kind === "DOWN" && run.error !== null && <p class="notice notice-bad">{run.error}</p>}
      {run.status === "FAILED" && run.kind !== "DOWN" && <AdviceView advice={advise(run)} error={run.error} />}
      {run.policyViolations.length > 0 && <ViolationNotice violations={run.policyViolations} />}
      <RunFacts run={run}>
        {[
          ["Database", run.database === null ? run.databaseName : <Link href={databasePath(run.database.id)}>{run.database.name}</Link>],
          ["Direction", run.kind === "DOWN" ? text.deployment.reverted : null],
          ["Plan", run.downPlan === null ? null : <Link href={`/plans/${run.downPlan.id}`}>plan {run.downPlan.id}</Link>],
          ["Part of", run.set === null ? null : <Link href={`/deployments/sets/${run.set.id}`}>deployment set {run.set.id}</Link>],
        ]}
      </RunFacts>
      {run.masked !== null && <MaskedNotice masked={run.masked} />}
      <section>
        <h2>{plural(run.files.length, "file")}</h2>
        {run.files.length === 0 && <p class="soft">{text.deployment.noFiles}</p>}
        {run.files.map((file) => (
          <DeployedFileView key={file.name} file={file} run={run} />
        ))}
      </section>
      {run.database !== null && <DatabaseNow database={run.database} />}
      <RunLog log={run.log} empty={text.deployment.noLog} />
      <RunNeighbours run={run} />
    </>
  );
}

export function DeploymentPage({ id }: { id: string }) {
  const [remote, reload] = useRemote<{ migration: Migration }>(deploymentDocument, { id });
  const isRunning = remote.state === "ready" && remote.value.migration.status === "RUNNING";
  useLive(reload, (change) => change.id === id, isRunning);
  return (
    <Loaded remote={remote} reload={reload}>
      {({ migration: run }) => {
        if (run.targetsTotal !== null) return <Redirect to={migrationPath(run)} replace />;
        return (
          <>
            <PageHead
              title={`Deployment ${run.id}`}
              trail={[
                ["Migrations", "/migrations"],
                [run.repoName, `/migrations?repo=${encodeURIComponent(run.repoName)}`],
              ]}
            >
              <Status value={run.status} />
              {run.status === "DRY_RUN" && run.error !== null && <Badge tone="bad">with an error</Badge>}
            </PageHead>
            <Deployment run={run} />
          </>
        );
      }}
    </Loaded>
  );
}
