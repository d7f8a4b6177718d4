// How to get out of a failure: what the database looks like now, and the next commands to run.
// Source: reporting of `migrate apply`, where `currentVersion` tells what a failed run left behind.
import type { DeployedFile, Migration, MigrationRow } from "../api/types.ts";
import { plural } from "./format.ts";

export interface Advice {
  title: string;
  sentences: string[];
  commands: string[];
}

type Failed = Pick<Migration, "envName" | "error" | "files" | "fromVersion" | "currentVersion" | "dirTag"> & {
  repo: { slug: string; reportOnly: boolean };
  database: { url: string } | null;
};

export function hasFailed(file: DeployedFile): boolean {
  return file.error !== null || failedCheck(file) !== undefined;
}

export function failedCheck(file: DeployedFile): { stmt: string; error: string } | undefined {
  for (const group of file.checks) {
    for (const check of group.checks) if (check.error !== null) return { stmt: check.stmt, error: check.error };
    if (group.error !== null) return { stmt: group.error.stmt, error: group.error.text };
  }
  return undefined;
}

/** How many of a file's statements this run left in the database: the failing one is counted as applied. */
export function succeededStatements(file: DeployedFile): number {
  return file.error === null ? file.applied : Math.max(0, file.applied - 1);
}

/** A word of a shell command; quoted when the shell would read it otherwise. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}

export function applyCommand(run: Pick<Failed, "envName" | "dirTag" | "repo">, url: string): string {
  const tag = run.dirTag === null || run.dirTag === "" ? "" : `?tag=${run.dirTag}`;
  const parts = ["rhumb migrate apply", "--env", shellWord(run.envName)];
  if (!run.repo.reportOnly) parts.push("--dir", shellWord(`atlas://${run.repo.slug}${tag}`));
  if (url !== "") parts.push("--url", shellWord(url));
  return parts.join(" ");
}

/** After a file was repaired the tag of the failed run still names the broken one: deploy the head. */
function repairCommands(run: Failed): string[] {
  const push = run.repo.reportOnly ? [] : [`rhumb migrate push ${shellWord(run.repo.slug)} --env ${shellWord(run.envName)}`];
  return ["rhumb migrate hash", ...push, applyCommand({ ...run, dirTag: null }, run.database?.url ?? "")];
}

function adviseFile(run: Failed, file: DeployedFile): Advice {
  const check = failedCheck(file);
  if (check !== undefined && file.error === null) {
    return {
      title: "A check before the file did not hold",
      sentences: [
        `No statement of ${file.name} was executed. Make the check hold in the database, or change the file if the check is wrong; then deploy again.`,
      ],
      commands: [applyCommand(run, run.database?.url ?? "")],
    };
  }
  const done = succeededStatements(file) + file.skipped;
  if (run.currentVersion === file.version && done > 0) {
    return {
      title: "The file is half applied",
      sentences: [
        `${plural(done, "statement")} of ${file.name} ${done === 1 ? "is" : "are"} in the database. Leave what is done unchanged in the file.`,
        "Repair the failing statement, or what it stumbled over in the database. The next run goes on with that statement.",
      ],
      commands: repairCommands(run),
    };
  }
  const at = run.currentVersion === file.version ? run.fromVersion : run.currentVersion;
  return {
    title: "The file was rolled back",
    sentences: [
      `Nothing of ${file.name} is in the database; it is ${at === null || at === "" ? "as empty as before" : `at version ${at}`}.`,
      "Repair the file, or what it stumbled over in the database, then deploy again.",
    ],
    commands: repairCommands(run),
  };
}

export function advise(run: Failed): Advice {
  const file = run.files.find(hasFailed);
  if (file !== undefined) return adviseFile(run, file);
  if ((run.error ?? "").includes("checksum")) {
    return {
      title: "The directory does not match its checksum file",
      sentences: ["Nothing was executed. Look at what changed in the directory; if it is meant, hash it anew and deploy again."],
      commands: repairCommands(run),
    };
  }
  return {
    title: "The run ended before the first file",
    sentences: ["Nothing was executed. See what the database needs, remove the cause named above, then deploy again."],
    commands: [applyCommand(run, run.database?.url ?? "").replace("migrate apply", "migrate status"), applyCommand(run, run.database?.url ?? "")],
  };
}

type SetRun = Pick<Failed, "envName" | "dirTag" | "repo"> & { notStarted: string[] };
type SetTarget = Pick<MigrationRow, "status"> & { database: { url: string } | null };

/** One command for each target that failed or never had its turn. */
export function rerunCommands(set: SetRun, targets: SetTarget[]): string[] {
  const failed = targets.filter((target) => target.status === "FAILED").map((target) => target.database?.url ?? "");
  return [...new Set([...failed, ...set.notStarted])].filter((url) => url !== "").map((url) => applyCommand(set, url));
}

export interface SetCounts {
  planned: number;
  succeeded: number;
  failed: number;
  notStarted: number;
}

/** `failed` counts the entries that failed; what has no entry was not started. */
export function countSet(set: { targetsTotal: number | null; targetsSucceeded: number | null }, failed: number): SetCounts {
  const planned = set.targetsTotal ?? 0;
  const succeeded = set.targetsSucceeded ?? 0;
  return { planned, succeeded, failed, notStarted: Math.max(0, planned - succeeded - failed) };
}
