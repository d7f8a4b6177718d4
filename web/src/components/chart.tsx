import { stack, type Segment } from "../lib/chart.ts";
import type { Tone } from "./status.tsx";

function Bar({ segments }: { segments: (Segment & { tone: Tone })[] }) {
  return (
    <svg class="chart" viewBox="0 0 100 10" preserveAspectRatio="none" aria-hidden="true" focusable="false">
      <rect class="chart-back" width="100" height="10" />
      {segments
        .filter((segment) => segment.length > 0)
        .map((segment, i) => (
          <rect key={i} class={`chart-${segment.tone}`} x={segment.start * 100} width={segment.length * 100} height="10" />
        ))}
    </svg>
  );
}

/** Counts side by side, worst first. The numbers stand beside it in text. */
export function StatusBar({ failed, pending, synced }: { failed: number; pending: number; synced: number }) {
  const [bad, wait, ok] = stack([failed, pending, synced]);
  const none = { start: 0, length: 0 };
  return (
    <Bar
      segments={[
        { ...(bad ?? none), tone: "bad" },
        { ...(wait ?? none), tone: "wait" },
        { ...(ok ?? none), tone: "ok" },
      ]}
    />
  );
}

/** Databases of one version: the largest schema, the others apart from each other, the unknown. */
export function SchemaBar({ common, others, unknown }: { common: number; others: number[]; unknown: number }) {
  const tones: Tone[] = ["ok", ...others.map((_, i): Tone => (i % 2 === 0 ? "bad" : "wait")), "idle"];
  return <Bar segments={stack([common, ...others, unknown]).map((segment, i) => ({ ...segment, tone: tones[i] ?? "idle" }))} />;
}

/** Where in a run something happened. */
export function SpanBar({ span, tone }: { span: Segment; tone: Tone }) {
  return <Bar segments={[{ ...span, tone }]} />;
}
