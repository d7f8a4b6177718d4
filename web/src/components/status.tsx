import type { DatabaseStatus, MigrationStatus } from "../api/types.ts";

const tones: Record<DatabaseStatus | MigrationStatus, { tone: string; mark: string }> = {
  SYNCED: { tone: "ok", mark: "✓" },
  PASSED: { tone: "ok", mark: "✓" },
  PENDING: { tone: "wait", mark: "…" },
  RUNNING: { tone: "wait", mark: "▶" },
  FAILED: { tone: "bad", mark: "✕" },
  ABORTED: { tone: "bad", mark: "■" },
  NO_ACTION: { tone: "idle", mark: "–" },
  DRY_RUN: { tone: "idle", mark: "○" },
};

/** A status as word, mark and colour: none of the three is needed to read it. */
export function Status({ value }: { value: DatabaseStatus | MigrationStatus }) {
  const { tone, mark } = tones[value] ?? { tone: "idle", mark: "?" };
  return (
    <span class={`status status-${tone}`}>
      <span aria-hidden="true">{mark}</span> {value.replace("_", " ")}
    </span>
  );
}
