import { Link } from "wouter-preact";
import type { Migration, MigrationSet } from "../api/types.ts";
import { formatDuration, shortHash } from "../lib/format.ts";
import { migrationPath, repoPath } from "../lib/paths.ts";
import { Facts } from "./facts.tsx";
import { Origin } from "./origin.tsx";
import { Time } from "./time.tsx";

function code(value: string | null) {
  return value === null || value === "" ? null : <code>{value}</code>;
}

/** What is known of a run as a whole, of one database or of a set. */
export function RunFacts({ run, children = [] }: { run: Migration | MigrationSet; children?: Parameters<typeof Facts>[0]["rows"] }) {
  const trigger = [run.context?.triggerType, run.context?.triggerVersion].filter(Boolean).join(" ");
  return (
    <Facts
      rows={[
        ["Repository", <Link href={repoPath(run.repo.slug)}>{run.repoName}</Link>],
        ["Environment", run.envName],
        ...children,
        ["From version", code(run.fromVersion)],
        ["To version", code(run.toVersion)],
        ["Version after the run", code(run.currentVersion)],
        ["Tag", run.dirTag === null ? null : <Link href={repoPath(run.repo.slug, `?tag=${encodeURIComponent(run.dirTag)}`)}>{shortHash(run.dirTag)}</Link>],
        ["Started", <Time value={run.startedAt} ago />],
        ["Duration", formatDuration(run.startedAt, run.completedAt)],
        ["Trigger", trigger],
        ["By", <Origin actor={run.actor} context={run.runContext} />],
        ["Client", run.atlasVersion],
        ["Directory hash", code(run.dirHash)],
      ]}
    />
  );
}

export function RunNeighbours({ run }: { run: Migration | MigrationSet }) {
  return (
    <nav class="pager" aria-label="Other deployments">
      {run.previous === null ? <span class="soft">No earlier one</span> : <Link href={migrationPath(run.previous)}>← Previous, {run.previous.id}</Link>}
      {run.next === null ? <span class="soft">No later one</span> : <Link href={migrationPath(run.next)}>Next, {run.next.id} →</Link>}
    </nav>
  );
}

export function RunLog({ log, empty }: { log: string | null; empty: string }) {
  return (
    <section>
      <h2>Log</h2>
      {log === null || log === "" ? (
        <p class="soft">{empty}</p>
      ) : (
        <pre class="log" tabIndex={0} aria-label="Log">
          {log}
        </pre>
      )}
    </section>
  );
}
