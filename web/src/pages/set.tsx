import { useSearch } from "wouter-preact";
import { setDocument } from "../api/documents.ts";
import { useLive } from "../api/live.ts";
import { useRemote } from "../api/remote.ts";
import { migrationStatuses, type MigrationSet } from "../api/types.ts";
import { StatusBar } from "../components/chart.tsx";
import { Command } from "../components/command.tsx";
import { SelectFilter } from "../components/filters.tsx";
import { PageHead } from "../components/page-head.tsx";
import { RunFacts, RunLog, RunNeighbours } from "../components/run-facts.tsx";
import { Loaded } from "../components/state.tsx";
import { Status } from "../components/status.tsx";
import { Steps } from "../components/steps.tsx";
import { Pager } from "../components/table.tsx";
import { TargetTable } from "../components/target-table.tsx";
import { applyCommand, countSet, rerunCommands } from "../lib/advice.ts";
import { plural } from "../lib/format.ts";
import { oneOf, pageOf } from "../lib/query.ts";
import { text } from "../text.ts";

const commandsShown = 20;
const urlsShown = 50;

function Progress({ run }: { run: MigrationSet }) {
  const { planned, succeeded, failed, notStarted } = countSet(run, run.failed.pageInfo.total);
  const cards: [string, number, string][] = [
    ["planned", planned, ""],
    ["succeeded", succeeded, ""],
    ["failed", failed, failed > 0 ? "bad" : ""],
    [run.status === "RUNNING" ? "to go" : "not started", notStarted, notStarted > 0 ? "wait" : ""],
  ];
  return (
    <section aria-label="Progress">
      <StatusBar failed={failed} pending={notStarted} synced={succeeded} />
      <div class="cards" role="status">
        {cards.map(([name, count, tone]) => (
          <div key={name} class={`card ${tone}`}>
            <strong>{count}</strong> {name}
          </div>
        ))}
      </div>
    </section>
  );
}

function Rerun({ run }: { run: MigrationSet }) {
  const commands = rerunCommands(run, run.failed.migrations);
  const isLong = commands.length > commandsShown;
  return (
    <section class="notice notice-bad" aria-label="How to go on">
      {run.error !== null && run.error !== "" && <pre class="error-text">{run.error}</pre>}
      <h2>Run again what is missing</h2>
      {!isLong && <p>{text.set.rerun}</p>}
      {commands.length > 0 && !isLong && <Command>{commands.join("\n")}</Command>}
      <p>{isLong ? text.set.tooMany(commands.length) : text.set.rerunAll}</p>
      <Command>{`${applyCommand(run, "")} --continue-on-error`}</Command>
    </section>
  );
}

/** Targets that never had their turn; the run knows them by URL only. */
function NotStarted({ urls }: { urls: string[] }) {
  return (
    <>
      <h3>{plural(urls.length, "target")} not started</h3>
      <p class="soft">{text.set.notStarted}</p>
      <ul class="plain">
        {urls.slice(0, urlsShown).map((url, i) => (
          <li key={i}>
            <code>{url}</code>
          </li>
        ))}
      </ul>
      {urls.length > urlsShown && <p class="soft">and {urls.length - urlsShown} more</p>}
    </>
  );
}

function Targets({ run }: { run: MigrationSet }) {
  return (
    <section>
      <div class="head">
        <h2>Targets</h2>
        <SelectFilter name="status" label="Status" options={["FAILED", "PASSED", "NO_ACTION", "DRY_RUN"]} />
      </div>
      {run.targets.migrations.length === 0 ? <p class="soft">{text.set.noTargets}</p> : <TargetTable rows={run.targets.migrations} />}
      <Pager info={run.targets.pageInfo} />
      {run.notStarted.length > 0 && run.status !== "RUNNING" && <NotStarted urls={run.notStarted} />}
    </section>
  );
}

export function SetPage({ id }: { id: string }) {
  const search = useSearch();
  const status = oneOf(search, "status", migrationStatuses);
  const [remote, reload] = useRemote<{ migration: MigrationSet }>(setDocument, {
    id,
    statuses: status === undefined ? null : [status],
    page: { page: pageOf(search), pageSize: 50 },
  });
  const isRunning = remote.state === "ready" && remote.value.migration.status === "RUNNING";
  useLive(reload, (change) => change.id === id || change.set === id, isRunning);
  return (
    <Loaded remote={remote} reload={reload}>
      {({ migration: run }) => (
        <>
          <PageHead title={`Deployment set ${run.id}`} trail={[["Migrations", "/migrations"]]}>
            <Status value={run.status} />
            {isRunning && <span class="soft">{text.set.running}</span>}
          </PageHead>
          <Progress run={run} />
          {run.status === "FAILED" && <Rerun run={run} />}
          <RunFacts run={run} />
          <Targets run={run} />
          <section>
            <h2>Steps</h2>
            <Steps steps={run.steps} run={run} />
          </section>
          {run.log !== null && run.log !== "" && <RunLog log={run.log} empty="" />}
          <RunNeighbours run={run} />
        </>
      )}
    </Loaded>
  );
}
