// What waits for somebody's yes, and why a version may not go on.
import type { PolicyReason, WaitingVersion } from "../api/types.ts";
import { shellWord } from "./advice.ts";

export function approveVersionCommand({ repo, stage, version }: Pick<WaitingVersion, "repo" | "stage" | "version">): string {
  return `rhumb cloud policy approve --repo ${shellWord(repo)} --stage ${shellWord(stage)} --version ${shellWord(version)}`;
}

// ------------------------------------------------------------------------------- why it may not go on

export type ReasonKind = "approvals" | "content" | "coverage" | "freeze" | "protection" | "soak" | "other";

const kinds: [RegExp, ReasonKind][] = [
  [/ has \d+ of \d+ approvals for /, "approvals"],
  [/ has other content than /, "content"],
  [/ has not passed in /, "coverage"],
  [/^deployments to .* are frozen( until |, since )/, "freeze"],
  [/, which is protected$/, "protection"],
  [/ has been in .* are required$/, "soak"],
];

export function kindOf({ message }: Pick<PolicyReason, "message">): ReasonKind {
  return kinds.find(([pattern]) => pattern.test(message))?.[1] ?? "other";
}
