// The audit log: its filters, its export and the checkpoints of its chain.
import { shellWord } from "./advice.ts";
import { dayStart, given, valueOf } from "./query.ts";

/** What the page asks for; the last day counts in full. */
export function auditFilters(search: string): Record<string, unknown> {
  const action = valueOf(search, "action");
  return given({
    actor: valueOf(search, "actor"),
    actions: action === "" ? undefined : action.split(","),
    object: valueOf(search, "object"),
    from: dayStart(valueOf(search, "from")),
    to: dayStart(valueOf(search, "to"), 1),
  });
}

export type ExportFormat = "jsonl" | "csv";

/** The filters as the export takes them, which is one list of words for HTTP and command line. */
function exportWords(search: string): [string, string][] {
  return Object.entries(auditFilters(search)).map(([name, value]) => (name === "actions" ? ["action", (value as string[]).join(",")] : [name, String(value)]));
}

export function exportPath(search: string, format: ExportFormat): string {
  return `/audit/export?${new URLSearchParams([["format", format], ...exportWords(search)]).toString()}`;
}

export function exportCommand(search: string): string {
  const flags = exportWords(search).map(([name, value]) => ` --${name} ${shellWord(value)}`);
  return `rhumb audit export --data /var/lib/rhumb${flags.join("")} -o audit.jsonl`;
}

export interface Checkpoint {
  seq: number;
  hash: string;
  time: string;
}

/** Checkpoints as the registry lists them, one a line; the newest first. */
export function parseCheckpoints(lines: string): Checkpoint[] {
  return lines
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line) as Checkpoint)
    .reverse();
}

/** Checks the whole log, and that it holds the entry that is the newest now. */
export function verifyCommand(newest: { seq: string; hash: string } | undefined): string {
  const checkpoint = newest === undefined ? "" : ` --checkpoint ${newest.seq}:${newest.hash}`;
  return `rhumb audit verify --data /var/lib/rhumb${checkpoint}`;
}

export function isRefusal({ action }: { action: string }): boolean {
  return action === "request.refused" || action === "login.fail" || action === "policy.block";
}
