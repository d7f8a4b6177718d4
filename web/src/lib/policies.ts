// Promotion policies: their stages as a picture and as a file.
import type { Freeze, PromotionPolicy, PromotionStage } from "../api/types.ts";
import { shellWord } from "./advice.ts";
import { formatUtc, plural } from "./format.ts";
import { cutZone } from "./zones.ts";

/** `prod-*` against `prod-eu`, as the registry reads it: `*` is any text, `?` any character. */
export function fitsGlob(glob: string, name: string): boolean {
  const pattern = glob.replace(/[.+^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*").replaceAll("?", ".");
  return new RegExp(`^${pattern}$`, "s").test(name);
}

/** The stage that an environment is in: the first one that fits. */
export function stageOf(stages: PromotionStage[], env: string): PromotionStage | undefined {
  return stages.find(({ envs }) => envs.some((glob) => fitsGlob(glob, env)));
}

/** The policy a repository is under: its own, or the one of every other. */
export function policyOf(policies: PromotionPolicy[], slug: string): PromotionPolicy | undefined {
  return policies.find(({ repo }) => repo === slug) ?? policies.find(({ repo }) => repo === null);
}

/** Stages in columns: each stands to the right of all that it requires. */
export function columnsOf(stages: PromotionStage[]): PromotionStage[][] {
  const places = new Map<string, number>();
  const columns: PromotionStage[][] = [];
  for (const stage of stages) {
    const place = Math.max(-1, ...stage.requires.map((name) => places.get(name) ?? -1)) + 1;
    places.set(stage.name, place);
    (columns[place] ??= []).push(stage);
  }
  return columns;
}

function freezeText({ from, until, weekly }: Freeze): string {
  if (weekly !== null) {
    const { hours, zone } = cutZone(weekly);
    return `${hours} ${zone}`;
  }
  return `from ${formatUtc(from ?? "")} until ${formatUtc(until ?? "")}`;
}

function coverageText(coverage: string): string {
  if (coverage === "ALL") return "in all databases";
  return coverage === "ANY" ? "in a database" : `in ${coverage} of the databases`;
}

/** What lets a version into a stage, a line each. */
export function rulesOf(stage: PromotionStage): string[] {
  const rules = stage.requires.map((name) => `passed in ${name} ${coverageText(stage.coverage)}${stage.soak === null ? "" : `, at least ${stage.soak} ago`}`);
  if (stage.approvals > 0) rules.push(plural(stage.approvals, "approval"));
  for (const freeze of stage.freezes) rules.push(`not ${freezeText(freeze)}${freeze.reason === null ? "" : ` (${freeze.reason})`}`);
  return rules;
}

// -------------------------------------------------------------------------------------- as a file

/** A text of HCL: quotes, line breaks and the starts of templates are escaped. */
export function hclText(text: string): string {
  const escapes: Record<string, string> = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "${": "$${", "%{": "%%{" };
  return `"${text.replace(/[\\"\n\t]|[$%]\{/g, (found) => escapes[found] ?? found)}"`;
}

const listText = (texts: string[]): string => `[${texts.map(hclText).join(", ")}]`;

type Attribute = [name: string, value: string];

function attributeLines(attributes: Attribute[], indent: string): string[] {
  const width = Math.max(...attributes.map(([name]) => name.length));
  return attributes.map(([name, value]) => `${indent}${name.padEnd(width)} = ${value}`);
}

function freezeLines(freeze: Freeze): string[] {
  const members = (["weekly", "from", "until", "reason"] as const).filter((name) => (freeze[name] ?? "") !== "");
  return ["  freeze {", ...attributeLines(members.map((name): Attribute => [name, hclText(freeze[name] ?? "")]), "    "), "  }"];
}

function stageLines(stage: PromotionStage): string[] {
  const attributes: Attribute[] = [["env", listText(stage.envs)]];
  if (stage.requires.length > 0) attributes.push(["requires", listText(stage.requires)]);
  if (stage.coverage !== "ALL") attributes.push(["coverage", hclText(stage.coverage)]);
  if (stage.soak !== null) attributes.push(["soak", hclText(stage.soak)]);
  if (stage.approvals > 0) attributes.push(["approvals", String(stage.approvals)]);
  if (stage.onViolation !== "FAIL") attributes.push(["on_violation", stage.onViolation]);
  return [`stage ${hclText(stage.name)} {`, ...attributeLines(attributes, "  "), ...stage.freezes.flatMap(freezeLines), "}"];
}

/** A policy as `rhumb cloud policy set` reads it. */
export function policyFile(stages: PromotionStage[]): string {
  return `${stages.flatMap(stageLines).join("\n")}\n`;
}

const ofRepo = (repo: string | null): string => (repo === null ? "" : ` --repo ${shellWord(repo)}`);

/** What a form is about to do, as a command. */
export function policySetCommand(repo: string | null, stages: PromotionStage[]): string {
  return `rhumb cloud policy set${ofRepo(repo)} --file - <<'END'\n${policyFile(stages)}END`;
}

export function policyRemoveCommand({ id, repo }: Pick<PromotionPolicy, "id" | "repo">): string {
  return `rhumb cloud policy rm${repo === null ? ` --id ${id}` : ofRepo(repo)}`;
}

export function policyCheckCommand(question: { repo: string; env: string; version: string }): string {
  return `rhumb cloud policy check --repo ${shellWord(question.repo)} --env ${shellWord(question.env)} --version ${shellWord(question.version)}`;
}

export interface EphemeralWish {
  glob: string;
  hours: number;
}

export function ephemeralCommand({ glob, hours }: EphemeralWish): string {
  return `rhumb cloud env ephemeral set --glob ${shellWord(glob)} --ttl ${hours}h`;
}

export function ephemeralRemoveCommand(glob: string): string {
  return `rhumb cloud env ephemeral rm --glob ${shellWord(glob)}`;
}

export interface EnvironmentWish {
  name: string;
  rank?: number;
  protected: boolean;
}

export function environmentCommand({ name, rank, protected: isProtected }: EnvironmentWish): string {
  return `rhumb cloud env update --name ${shellWord(name)}${rank === undefined ? "" : ` --rank ${rank}`} --protected=${isProtected}`;
}
