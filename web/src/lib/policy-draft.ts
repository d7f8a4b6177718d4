// A policy that is being written: what its form holds, what is wrong with it, what it becomes.
import type { Freeze, PolicyAction, PromotionStage } from "../api/types.ts";
import { listOf } from "./webhooks.ts";
import { cutZone, isZoneName, utc, withZone } from "./zones.ts";

export interface FreezeDraft {
  key: number;
  isWeekly: boolean;
  weekly: string;
  /** Whose clocks the weekly hours follow. */
  zone: string;
  /** As a field for a day and a time holds it, in UTC. */
  from: string;
  until: string;
  reason: string;
}

export interface StageDraft {
  key: number;
  name: string;
  envs: string;
  /** Keys, so that a stage may be renamed. */
  requires: number[];
  coverage: string;
  soak: string;
  approvals: string;
  onViolation: PolicyAction;
  freezes: FreezeDraft[];
}

/** What is wrong, by `<key of the stage>.<field>`, `freeze.<key of the freeze>` or `zone.<key of the freeze>`. */
export type DraftErrors = Record<string, string>;

const stagesMax = 50;
const approvalsMax = 100;
const weeklyPattern = /^\s*(mon|tue|wed|thu|fri|sat|sun)\s+([01]\d|2[0-4]):[0-5]\d\s*-\s*(mon|tue|wed|thu|fri|sat|sun)\s+([01]\d|2[0-4]):[0-5]\d\s*$/i;
const coveragePattern = /^(all|any|([1-9]\d?|100)%?)$/i;
const durationPattern = /^(\d+(\.\d*)?(ns|us|µs|ms|s|m|h))+$/;

let lastKey = 0;
const newKey = (): number => ++lastKey;

export function newFreeze(): FreezeDraft {
  return { key: newKey(), isWeekly: true, weekly: "", zone: utc, from: "", until: "", reason: "" };
}

export function newStage(before: StageDraft[]): StageDraft {
  const last = before[before.length - 1];
  const requires = last === undefined ? [] : [last.key];
  return { key: newKey(), name: "", envs: "", requires, coverage: "ALL", soak: "", approvals: "0", onViolation: "FAIL", freezes: [] };
}

/** `2026-12-24T00:00:00Z` as a field shows it. */
function fieldTime(time: string | null): string {
  return time === null ? "" : time.slice(0, 19);
}

function instantOf(field: string): string {
  return `${field}${field.length === 16 ? ":00" : ""}Z`;
}

function freezeDraftOf(freeze: Freeze): FreezeDraft {
  const { hours, zone } = cutZone(freeze.weekly ?? "");
  return {
    key: newKey(),
    isWeekly: freeze.weekly !== null,
    weekly: hours,
    zone,
    from: fieldTime(freeze.from),
    until: fieldTime(freeze.until),
    reason: freeze.reason ?? "",
  };
}

export function draftOf(stages: PromotionStage[]): StageDraft[] {
  const draft: StageDraft[] = [];
  for (const stage of stages) {
    const requires = draft.filter(({ name }) => stage.requires.includes(name)).map(({ key }) => key);
    const freezes = stage.freezes.map(freezeDraftOf);
    const { name, coverage, onViolation } = stage;
    const texts = { envs: stage.envs.join(", "), soak: stage.soak ?? "", approvals: String(stage.approvals) };
    draft.push({ key: newKey(), name, coverage, onViolation, requires, freezes, ...texts });
  }
  return draft;
}

// ---------------------------------------------------------------------------------------- changes

/** What a stage may require stands before it. */
function withoutLater(draft: StageDraft[]): StageDraft[] {
  return draft.map((stage, i) => ({ ...stage, requires: stage.requires.filter((key) => draft.slice(0, i).some((before) => before.key === key)) }));
}

export function changeStage(draft: StageDraft[], key: number, changes: Partial<StageDraft>): StageDraft[] {
  return draft.map((stage) => (stage.key === key ? { ...stage, ...changes } : stage));
}

export function removeStage(draft: StageDraft[], key: number): StageDraft[] {
  return withoutLater(draft.filter((stage) => stage.key !== key));
}

/** One place up. */
export function raiseStage(draft: StageDraft[], key: number): StageDraft[] {
  const place = draft.findIndex((stage) => stage.key === key);
  const [stage, before] = [draft[place], draft[place - 1]];
  if (stage === undefined || before === undefined) return draft;
  return withoutLater([...draft.slice(0, place - 1), stage, before, ...draft.slice(place + 1)]);
}

// -------------------------------------------------------------------------------- what it becomes

function freezeOf({ isWeekly, weekly, zone, from, until, reason }: FreezeDraft): Freeze {
  const span = isWeekly ? { weekly: withZone({ hours: weekly, zone }), from: null, until: null } : { weekly: null, from: instantOf(from), until: instantOf(until) };
  return { ...span, reason: reason.trim() === "" ? null : reason.trim() };
}

/** A part such as `80` is a percentage. */
function coverageOf(coverage: string): string {
  const text = coverage.trim().toUpperCase();
  return /^\d+$/.test(text) ? `${text}%` : text;
}

export function stagesOf(draft: StageDraft[]): PromotionStage[] {
  return draft.map((stage) => ({
    name: stage.name.trim(),
    envs: listOf(stage.envs),
    requires: draft.filter(({ key }) => stage.requires.includes(key)).map(({ name }) => name.trim()),
    coverage: coverageOf(stage.coverage),
    soak: stage.soak.trim() === "" ? null : stage.soak.trim(),
    approvals: Number(stage.approvals),
    onViolation: stage.onViolation,
    freezes: stage.freezes.map(freezeOf),
  }));
}

// ---------------------------------------------------------------------------------- what is wrong

function freezeError({ isWeekly, weekly, from, until }: FreezeDraft): string {
  if (isWeekly) return weeklyPattern.test(weekly) ? "" : "Write it as Fri 16:00 - Mon 08:00.";
  if (from === "" || until === "") return "It needs both times.";
  return from < until ? "" : "It ends before it begins.";
}

function zoneError({ isWeekly, zone }: FreezeDraft): string {
  const isFine = !isWeekly || zone.trim() === "" || isZoneName(zone.trim());
  return isFine ? "" : "Write a zone such as Europe/Berlin.";
}

function stageErrors(stage: StageDraft, before: StageDraft[]): [string, string][] {
  const name = stage.name.trim();
  const approvals = Number(stage.approvals);
  const isCount = stage.approvals.trim() !== "" && Number.isInteger(approvals) && approvals >= 0 && approvals <= approvalsMax;
  const isTaken = before.some((other) => other.name.trim() === name);
  return [
    ["name", name === "" ? "A stage needs a name." : isTaken ? "Another stage has that name." : ""],
    ["envs", listOf(stage.envs).length === 0 ? "It needs at least one environment." : ""],
    ["coverage", coveragePattern.test(stage.coverage.trim()) ? "" : "Write ALL, ANY or a percentage such as 80%."],
    ["soak", stage.soak.trim() === "" || durationPattern.test(stage.soak.trim()) ? "" : "Write a duration such as 24h or 90m."],
    ["approvals", isCount ? "" : `A number from 0 to ${approvalsMax}.`],
  ];
}

/** Everything that the registry would refuse, as far as it can be told here. */
export function draftErrors(draft: StageDraft[]): DraftErrors {
  const errors: [string, string][] = [];
  draft.forEach((stage, i) => {
    for (const [field, error] of stageErrors(stage, draft.slice(0, i))) errors.push([`${stage.key}.${field}`, error]);
    for (const freeze of stage.freezes) errors.push([`freeze.${freeze.key}`, freezeError(freeze)], [`zone.${freeze.key}`, zoneError(freeze)]);
  });
  if (draft.length === 0) errors.push(["form", "A policy needs at least one stage."]);
  if (draft.length > stagesMax) errors.push(["form", `A policy has at most ${stagesMax} stages.`]);
  return Object.fromEntries(errors.filter(([, error]) => error !== ""));
}

const fieldWords: [RegExp, string][] = [
  [/^coverage /, "coverage"],
  [/^soak /, "soak"],
  [/^approvals /, "approvals"],
  [/required stages|^it requires/, "requires"],
  [/freeze|^time zone |^reason |^from|^until/, "freezes"],
  [/environment/, "envs"],
  [/another stage|stage name/, "name"],
];

/** Where a refusal of the registry belongs: `stage "production": soak "x" is none; ...` to the field of that stage. */
export function placeRefusal(message: string, draft: StageDraft[]): DraftErrors {
  if (/^dir ".*" not found$/.test(message)) return { repo: "There is no such repository." };
  const [, name, reason] = /^stage "(.*?)": (.*)$/s.exec(message) ?? [];
  const stage = draft.find((each) => each.name.trim() === name);
  const field = fieldWords.find(([pattern]) => pattern.test(reason ?? ""))?.[1];
  return stage === undefined || field === undefined || reason === undefined ? { form: message } : { [`${stage.key}.${field}`]: reason };
}
