import { Link, useSearch } from "wouter-preact";
import { traceDocument } from "../api/documents.ts";
import { useLive } from "../api/live.ts";
import { useRemote } from "../api/remote.ts";
import type { Repo, Trace } from "../api/types.ts";
import { CiStatus } from "../components/ci-status.tsx";
import { Facts } from "../components/facts.tsx";
import { SwitchFilter, TextFilter } from "../components/filters.tsx";
import { Origin } from "../components/origin.tsx";
import { Empty, Loaded } from "../components/state.tsx";
import { Time } from "../components/time.tsx";
import { TraceTable } from "../components/trace-table.tsx";
import { valueOf } from "../lib/query.ts";
import { pushSnippet } from "../lib/snippets.ts";
import { text } from "../text.ts";

/** Where a version comes from: the first push and CI run that had it. */
function Beginning({ trace }: { trace: Trace }) {
  const push = trace.pushes[0];
  const run = trace.ciRuns[0];
  return (
    <Facts
      rows={[
        ["Version", <code>{trace.version}</code>],
        [
          "CI run",
          run && (
            <>
              <Link href={`/ci-runs/${run.id}`}>{run.id}</Link> <CiStatus value={run.status} />
            </>
          ),
        ],
        ["Pushed", push && <Time value={push.time} ago />],
        ["Pushed by", push && <Origin actor={push.actor} context={push.context} />],
      ]}
    />
  );
}

function Path({ repo, version, isWide }: { repo: Repo; version: string; isWide: boolean }) {
  const input = { repo: repo.slug, version, includeEphemeral: isWide };
  const [remote, reload] = useRemote<{ trace: Trace }>(traceDocument, { input });
  useLive(reload, (change) => change.repo === repo.id);
  return (
    <Loaded remote={remote} reload={reload}>
      {({ trace }) => (
        <>
          <Beginning trace={trace} />
          {trace.environments.length === 0 ? <p>{text.repo.notDeployed}</p> : <TraceTable rows={trace.environments} />}
          {trace.ephemeralLeftOut > 0 && <p class="soft">{text.repo.leftOut(trace.ephemeralLeftOut)}</p>}
        </>
      )}
    </Loaded>
  );
}

/** A version's way through the environments: the latest, or the one in the URL. */
export function TraceTab({ repo }: { repo: Repo }) {
  const search = useSearch();
  const version = valueOf(search, "version") || (repo.latestVersion ?? "");
  return (
    <>
      <div class="filters" role="search">
        <TextFilter name="version" label="Version" />
        <SwitchFilter name="ephemeral" label="Ephemeral environments" />
      </div>
      {version === "" ? (
        <Empty title={text.repo.noTrace} command={pushSnippet(window.location.origin, repo.slug)} />
      ) : (
        <Path repo={repo} version={version} isWide={valueOf(search, "ephemeral") === "true"} />
      )}
    </>
  );
}
