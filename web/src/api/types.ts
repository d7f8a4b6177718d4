// The parts of the registry's GraphQL schema that pages select, by the schema's own names.

export type DatabaseStatus = "SYNCED" | "PENDING" | "FAILED";
export type MigrationStatus = "PASSED" | "FAILED" | "NO_ACTION" | "DRY_RUN" | "RUNNING" | "ABORTED";

export interface PageInfo {
  page: number;
  pageSize: number;
  total: number;
}

export interface Me {
  name: string;
  org: string;
  orgName: string;
  kind: string;
  roles: string[];
  scopes: string[];
}

export interface Actor {
  name: string;
  kind: string;
}

export interface Push {
  time: string;
  tag: string | null;
  version: string | null;
  actor: Actor | null;
}

export interface Repo {
  id: string;
  slug: string;
  name: string;
  title: string;
  type: string;
  driver: string;
  url: string;
  reportOnly: boolean;
  latestVersion: string | null;
  lastPush: Push | null;
  databasesSynced: number;
  databasesPending: number;
  databasesFailed: number;
}

export interface Tag {
  name: string;
  version: string | null;
  hash: string;
  pushedAt: string;
  actor: Actor | null;
}

export interface DirFile {
  name: string;
  version: string;
  desc: string;
  hash: string;
  content: string;
  firstTag: string | null;
  databases: number;
}

export interface Database {
  id: string;
  extID: string;
  name: string;
  repoName: string;
  envName: string;
  status: DatabaseStatus;
  currentVersion: string | null;
  latestVersion: string | null;
  pendingFiles: number | null;
  lastDeploymentTime: string | null;
  url: string;
  schema: string;
  driver: string;
  unknownVersion: boolean;
  duplicateOf: string | null;
  firstSeen: string;
  lastReport: string;
  atlasVersion: string | null;
}

export interface StmtError {
  stmt: string;
  text: string;
}

export interface FileChecks {
  name: string;
  checks: { stmt: string; error: string | null }[];
  error: StmtError | null;
}

export interface DeployedFile {
  name: string;
  version: string;
  desc: string;
  content: string;
  startTime: string;
  endTime: string;
  skipped: number;
  applied: number;
  checks: FileChecks[];
  error: StmtError | null;
}

export interface ReportStep {
  text: string;
  startTime: string;
  endTime: string | null;
  error: boolean;
  log: { text: string | null }[];
}

export interface MigrationRow {
  id: string;
  repoName: string;
  type: string;
  kind: string;
  envName: string;
  databaseName: string;
  targetsSucceeded: number | null;
  targetsTotal: number | null;
  version: string | null;
  status: MigrationStatus;
  startedAt: string;
  completedAt: string | null;
  error: string | null;
}

export interface Migration extends MigrationRow {
  fromVersion: string | null;
  toVersion: string | null;
  currentVersion: string | null;
  log: string | null;
  atlasVersion: string | null;
  dirTag: string | null;
  dirHash: string | null;
  context: { triggerType: string | null; triggerVersion: string | null } | null;
  actor: Actor | null;
  masked: { policy: string; values: number; statements: number } | null;
  files: DeployedFile[];
  steps: ReportStep[];
  notStarted: string[];
  set: { id: string } | null;
  database: { id: string; name: string; status: DatabaseStatus; currentVersion: string | null } | null;
  previous: { id: string } | null;
  next: { id: string } | null;
  repo: { slug: string; latestVersion: string | null };
  targets: { migrations: MigrationRow[]; pageInfo: PageInfo };
}

export interface Environment {
  name: string;
}

export interface Token {
  id: string;
  prefix: string;
  lastFour: string;
  owner: Actor;
  scopes: string[];
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
  revokedAt: string | null;
}
