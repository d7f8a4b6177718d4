// What waits for somebody's yes, and why a version may not go on.
import type { DeploymentAnswer, PolicyReason, PromotionPolicy, RankedEnvironment, Repo } from "../api/types.ts";
import { shellWord } from "./advice.ts";
import { policyOf, stageOf } from "./policies.ts";

/** A version that may lack approvals: the registry is asked whether it does. */
export interface Candidate {
  repo: string;
  stage: string;
  env: string;
  version: string;
}

export interface WaitingVersion extends Candidate {
  given: number;
  needed: number;
  /** What else keeps it out. */
  others: PolicyReason[];
}

type PushedRepo = Pick<Repo, "slug" | "type" | "reportOnly" | "latestVersion">;

/** The latest version of each directory that is pushed here, for each stage of its policy that takes approvals. */
export function candidatesOf(policies: PromotionPolicy[], repos: PushedRepo[], environments: Pick<RankedEnvironment, "name">[]): Candidate[] {
  return repos.flatMap(({ slug, type, reportOnly, latestVersion }) => {
    const stages = policyOf(policies, slug)?.stages ?? [];
    if (latestVersion === null || reportOnly || type === "SCHEMA") return [];
    return stages
      .filter(({ approvals }) => approvals > 0)
      .map((stage) => {
        const known = environments.find(({ name }) => stageOf(stages, name) === stage);
        // A pattern fits itself.
        return { repo: slug, stage: stage.name, env: known?.name ?? stage.envs[0] ?? "", version: latestVersion };
      });
  });
}

const approvalsPattern = / has (\d+) of (\d+) approvals for /;

/** One document that asks about all of them. */
export function checksDocument(candidates: Candidate[]): string {
  const numbers = candidates.map((_, i) => i);
  return `query Checks(${numbers.map((i) => `$c${i}: CheckDeploymentInput!`).join(" ")}) {
  ${numbers.map((i) => `c${i}: checkDeployment(input: $c${i}) { allowed reasons { policy message violation details } }`).join("\n  ")}
}`;
}

export function checksVariables(candidates: Candidate[]): Record<string, unknown> {
  return Object.fromEntries(candidates.map(({ repo, env, version }, i) => [`c${i}`, { repo, envName: env, version }]));
}

export function waitingOf(candidates: Candidate[], answers: Record<string, DeploymentAnswer>): WaitingVersion[] {
  return candidates.flatMap((candidate, i) => {
    const reasons = answers[`c${i}`]?.reasons ?? [];
    const missing = reasons.find(({ policy, message }) => policy === candidate.stage && approvalsPattern.test(message));
    const [, given, needed] = approvalsPattern.exec(missing?.message ?? "") ?? [];
    return missing === undefined ? [] : [{ ...candidate, given: Number(given), needed: Number(needed), others: reasons.filter((reason) => reason !== missing) }];
  });
}

export function approveVersionCommand({ repo, stage, version }: Pick<Candidate, "repo" | "stage" | "version">): string {
  return `rhumb cloud policy approve --repo ${shellWord(repo)} --stage ${shellWord(stage)} --version ${shellWord(version)}`;
}

// ------------------------------------------------------------------------------- why it may not go on

export type ReasonKind = "approvals" | "content" | "coverage" | "freeze" | "protection" | "soak" | "other";

const kinds: [RegExp, ReasonKind][] = [
  [approvalsPattern, "approvals"],
  [/ has other content than /, "content"],
  [/ has not passed in /, "coverage"],
  [/^deployments to .* are frozen( until |, since )/, "freeze"],
  [/, which is protected$/, "protection"],
  [/ has been in .* are required$/, "soak"],
];

export function kindOf({ message }: Pick<PolicyReason, "message">): ReasonKind {
  return kinds.find(([pattern]) => pattern.test(message))?.[1] ?? "other";
}
