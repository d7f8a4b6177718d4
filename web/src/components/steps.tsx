import { Link, useLocation, useSearch } from "wouter-preact";
import type { ReportStep, StepLog } from "../api/types.ts";
import { place } from "../lib/chart.ts";
import { formatDuration } from "../lib/format.ts";
import { valueOf, withQuery } from "../lib/query.ts";
import { SpanBar } from "./chart.tsx";
import { Disclosure } from "./disclosure.tsx";
import { Badge } from "./status.tsx";

const stepsShown = 50;

function Lines({ log }: { log: StepLog[] }) {
  const lines = log.filter((line) => line.text !== null || (line.children ?? []).length > 0);
  if (lines.length === 0) return null;
  return (
    <ul class="step-log">
      {lines.map((line, i) => (
        <li key={i}>
          {line.text !== null && <code>{line.text}</code>}
          <Lines log={line.children ?? []} />
        </li>
      ))}
    </ul>
  );
}

function Step({ step, from, to }: { step: ReportStep; from: string; to: string }) {
  const tone = step.error ? "bad" : "ok";
  const summary = (
    <>
      <Badge tone={tone} mark={step.error ? "✕" : "✓"}>
        {step.error ? "failed" : "done"}
      </Badge>
      <span class="step-text">{step.text}</span>
      <span class="soft file-time">{formatDuration(step.startTime, step.endTime)}</span>
      <SpanBar span={place({ from: step.startTime, to: step.endTime }, from, to)} tone={tone} />
    </>
  );
  return (
    <Disclosure class={step.error ? "file bad" : "file"} summary={summary} isOpen={step.error}>
      {() => <Lines log={step.log} />}
    </Disclosure>
  );
}

/**
 * The steps of a set in the order they began, each with its place in time. Of very many, the first
 * and the failed ones, until `?steps=all`.
 */
export function Steps({ steps, run }: { steps: ReportStep[]; run: { startedAt: string; completedAt: string | null } }) {
  const [path] = useLocation();
  const search = useSearch();
  const last = steps.at(-1);
  const end = run.completedAt ?? last?.endTime ?? last?.startTime ?? run.startedAt;
  const shown = valueOf(search, "steps") === "all" ? steps : steps.filter((step, i) => step.error || i < stepsShown);
  return (
    <>
      <ol class="steps">
        {shown.map((step, i) => (
          <li key={i}>
            <Step step={step} from={run.startedAt} to={end} />
          </li>
        ))}
      </ol>
      {shown.length < steps.length && <Link href={path + withQuery(search, { steps: "all" })}>Show all {steps.length} steps</Link>}
    </>
  );
}
