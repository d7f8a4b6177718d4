import type { DatabaseStatus, MigrationStatus, PlanStatus } from "../api/types.ts";
import { words } from "../lib/format.ts";

export type Tone = "ok" | "wait" | "bad" | "idle";

const looks: Record<DatabaseStatus | MigrationStatus | PlanStatus, { tone: Tone; mark: string }> = {
  SYNCED: { tone: "ok", mark: "✓" },
  PASSED: { tone: "ok", mark: "✓" },
  PENDING: { tone: "wait", mark: "…" },
  RUNNING: { tone: "wait", mark: "▸" },
  PENDING_USER: { tone: "wait", mark: "…" },
  APPROVED: { tone: "ok", mark: "✓" },
  APPLIED: { tone: "ok", mark: "✓" },
  FAILED: { tone: "bad", mark: "✕" },
  ABORTED: { tone: "bad", mark: "■" },
  NO_ACTION: { tone: "idle", mark: "–" },
  DRY_RUN: { tone: "idle", mark: "○" },
};

export function lookOf(value: DatabaseStatus | MigrationStatus | PlanStatus): { tone: Tone; mark: string } {
  return looks[value] ?? { tone: "idle", mark: "?" };
}

export function Badge({ tone, mark, children }: { tone: Tone; mark?: string; children: string }) {
  return (
    <span class={`status status-${tone}`}>
      {mark !== undefined && <span aria-hidden="true">{mark}</span>}
      {children}
    </span>
  );
}

/** A status as word, mark and colour: none of the three is needed to read it. */
export function Status({ value }: { value: DatabaseStatus | MigrationStatus | PlanStatus }) {
  return <Badge {...lookOf(value)}>{words(value)}</Badge>;
}
