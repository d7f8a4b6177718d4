import type { DeployedFile, FileChecks, StatementFigures } from "../api/types.ts";
import { failedCheck, hasFailed } from "../lib/advice.ts";
import { place } from "../lib/chart.ts";
import { formatDuration, formatMilliseconds, plural } from "../lib/format.ts";
import { SpanBar } from "./chart.tsx";
import { CopyButton } from "./command.tsx";
import { Disclosure } from "./disclosure.tsx";
import { Status } from "./status.tsx";
import { Table, type Column } from "./table.tsx";

function Checks({ group }: { group: FileChecks }) {
  return (
    <section>
      <h4>Checks {group.name}</h4>
      <ul class="checks">
        {group.checks.map((check, i) => (
          <li key={i}>
            <Status value={check.error === null ? "PASSED" : "FAILED"} />
            <div>
              <pre>{check.stmt}</pre>
              {check.error !== null && <p class="bad">{check.error}</p>}
            </div>
          </li>
        ))}
      </ul>
      {group.error !== null && <p class="bad">{group.error.text}</p>}
    </section>
  );
}

function lockWait(figures: StatementFigures): string {
  if (figures.lockWaitSeconds === null) return "-";
  return figures.lockWaitSeconds === 0 ? "none seen" : formatMilliseconds(figures.lockWaitSeconds * 1000);
}

function slowestColumns(longest: number): Column<StatementFigures>[] {
  return [
    { head: "Statement", cell: (figures) => figures.number, numeric: true },
    { head: "Time", cell: (figures) => formatMilliseconds(figures.seconds * 1000), numeric: true },
    { head: "Waiting for locks", cell: lockWait, numeric: true },
    { head: "Rows", cell: (figures) => figures.rowsAffected, numeric: true },
    {
      head: "Beside the slowest",
      cell: (figures) => <SpanBar span={{ start: 0, length: longest > 0 ? figures.seconds / longest : 0 }} tone="ok" />,
    },
  ];
}

function Slowest({ statements }: { statements: StatementFigures[] }) {
  const columns = slowestColumns(Math.max(...statements.map((figures) => figures.seconds)));
  return (
    <section aria-label="Slowest statements">
      <h4>Slowest statements</h4>
      <Table caption="Slowest statements" columns={columns} rows={statements} rowKey={(figures) => String(figures.number)} />
    </section>
  );
}

function FileBody({ file }: { file: DeployedFile }) {
  return (
    <>
      {file.error !== null && (
        <section aria-label="Failed statement">
          <h4>Failed statement</h4>
          <pre class="sql">{file.error.stmt}</pre>
          <h4>What the database said</h4>
          <pre class="sql bad">{file.error.text}</pre>
        </section>
      )}
      {file.checks.map((group, i) => (
        <Checks key={i} group={group} />
      ))}
      {file.error === null && failedCheck(file) !== undefined && <p class="soft">No statement of this file was executed.</p>}
      {file.slowest.length > 0 && <Slowest statements={file.slowest} />}
      <section aria-label={`Content of ${file.name}`}>
        <h4>
          Content <CopyButton value={file.content} />
        </h4>
        <pre class="sql">{file.content}</pre>
      </section>
    </>
  );
}

function counts(file: DeployedFile): string {
  const parts = [`${plural(file.applied, "statement")} ${file.error === null ? "applied" : "tried"}`];
  if (file.skipped > 0) parts.push(`${file.skipped} applied by an earlier run`);
  return parts.join(", ");
}

/** One file of a run. Failed ones are open: they are what one comes for. */
export function DeployedFileView({ file, run }: { file: DeployedFile; run: { startedAt: string; completedAt: string | null } }) {
  const failed = hasFailed(file);
  const span = place({ from: file.startTime, to: file.endTime }, run.startedAt, run.completedAt ?? file.endTime);
  const summary = (
    <>
      <Status value={failed ? "FAILED" : "PASSED"} />
      <code class="file-name">{file.name}</code>
      <span class="soft">{counts(file)}</span>
      <span class="soft file-time">{formatDuration(file.startTime, file.endTime)}</span>
      <SpanBar span={span} tone={failed ? "bad" : "ok"} />
    </>
  );
  return (
    <Disclosure class="file" summary={summary} isOpen={failed}>
      {() => <FileBody file={file} />}
    </Disclosure>
  );
}
