import type { ReportStep, StepLog } from "../api/types.ts";
import { place } from "../lib/chart.ts";
import { formatDuration } from "../lib/format.ts";
import { SpanBar } from "./chart.tsx";
import { Badge } from "./status.tsx";

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

/** The steps of a set in the order they began, each with its place in time. */
export function Steps({ steps, run }: { steps: ReportStep[]; run: { startedAt: string; completedAt: string | null } }) {
  const last = steps.at(-1);
  const end = run.completedAt ?? last?.endTime ?? last?.startTime ?? run.startedAt;
  return (
    <ol class="steps">
      {steps.map((step, i) => (
        <li key={i} class={step.error ? "bad" : ""}>
          <details open={step.error}>
            <summary>
              <Badge tone={step.error ? "bad" : "ok"} mark={step.error ? "✕" : "✓"}>
                {step.error ? "failed" : "done"}
              </Badge>
              <span class="step-text">{step.text}</span>
              <span class="soft file-time">{formatDuration(step.startTime, step.endTime)}</span>
              <SpanBar span={place({ from: step.startTime, to: step.endTime }, run.startedAt, end)} tone={step.error ? "bad" : "ok"} />
            </summary>
            <Lines log={step.log} />
          </details>
        </li>
      ))}
    </ol>
  );
}
