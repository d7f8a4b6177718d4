// The parts of the registry's GraphQL schema that pages select, by the schema's own names.

export const databaseStatuses = ["FAILED", "PENDING", "SYNCED"] as const;
export type DatabaseStatus = (typeof databaseStatuses)[number];
export const migrationStatuses = ["FAILED", "PASSED", "NO_ACTION", "DRY_RUN", "RUNNING", "ABORTED"] as const;
export type MigrationStatus = (typeof migrationStatuses)[number];

export interface PageInfo {
  page: number;
  pageSize: number;
  total: number;
}

/** How a list goes on that is read from one entry to the next. */
export interface CursorInfo {
  total: number;
  endCursor: string | null;
  hasNextPage: boolean;
}

export interface Me {
  name: string;
  org: string;
  orgName: string;
  kind: string;
  roles: string[];
  grants: Grant[];
  scopes: string[];
  expiresAt: string | null;
}

/** A role, everywhere or in what the globs fit. */
export interface Grant {
  role: string;
  repo: string | null;
  project: string | null;
  envName: string | null;
}

export interface Actor {
  name: string;
  kind: string;
}

/** Where a push or a run came from. */
export interface RunContext {
  repo: string | null;
  branch: string | null;
  commit: string | null;
  url: string | null;
  username: string | null;
}

export interface Push {
  time: string;
  tag: string | null;
  version: string | null;
  actor: Actor | null;
  context: RunContext | null;
}

export interface Repo {
  id: string;
  slug: string;
  name: string;
  title: string;
  type: string;
  driver: string;
  url: string;
  description: string | null;
  reportOnly: boolean;
  createdAt: string;
  latestVersion: string | null;
  lastPush: Push | null;
  databasesSynced: number;
  databasesPending: number;
  databasesFailed: number;
}

export interface Repos {
  repos: Repo[];
  pageInfo: PageInfo;
}

export interface Tag {
  name: string;
  version: string | null;
  hash: string;
  link: string;
  pushedAt: string;
  actor: Actor | null;
  context: RunContext | null;
}

export interface Tags {
  tags: Tag[];
  pageInfo: PageInfo;
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
  lagSeconds: number | null;
  lastDeploymentTime: string | null;
  url: string;
  schema: string;
  driver: string;
  unknownVersion: boolean;
  duplicateOf: string | null;
  mergedInto: string | null;
  ephemeral: boolean;
  firstSeen: string;
  lastReport: string;
  atlasVersion: string | null;
}

export interface Databases {
  databases: Database[];
  pageInfo: PageInfo;
}

/** What goes from one database to another. */
export interface DatabaseMerge {
  database: { name: string };
  into: { name: string; url: string };
  deployments: number;
  setEntries: number;
  drifts: number;
  plans: number;
  snapshots: number;
}

/** Databases of one schema. */
export interface SchemaCluster {
  hash: string;
  databases: number;
  since: string;
  /** None in the largest cluster of a version. */
  named: { id: string; name: string; since: string }[];
}

/** Databases on one version, by what their schemas are. */
export interface VersionDivergence {
  version: string | null;
  databases: number;
  unknown: number;
  odd: number;
  clustersTotal: number;
  clusters: SchemaCluster[];
}

export interface EnvironmentDivergence {
  envName: string;
  versions: VersionDivergence[];
}

/** How far a version has come in one environment. */
export interface TraceEnvironment {
  name: string;
  total: number;
  reached: number;
  failed: number;
  firstAt: string | null;
  lastAt: string | null;
  ephemeralHours: number | null;
  migrations: MigrationRow[];
}

export interface Trace {
  version: string;
  pushes: Push[];
  ciRuns: { id: string; status: string; createdAt: string; context: RunContext | null }[];
  environments: TraceEnvironment[];
  ephemeralLeftOut: number;
}

export interface StmtError {
  stmt: string;
  text: string;
}

export interface FileChecks {
  name: string;
  start: string;
  end: string;
  checks: { stmt: string; error: string | null }[];
  error: StmtError | null;
}

/** How one statement ran. */
export interface StatementFigures {
  number: number;
  seconds: number;
  rowsAffected: number;
  /** null: the database does not tell. */
  lockWaitSeconds: number | null;
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
  /** The statements that took longest, the slowest first. */
  slowest: StatementFigures[];
}

export interface StepLog {
  text: string | null;
  children?: StepLog[];
}

export interface ReportStep {
  text: string;
  startTime: string;
  endTime: string | null;
  error: boolean;
  log: StepLog[];
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

export interface Migrations {
  migrations: MigrationRow[];
  pageInfo: PageInfo;
}

interface Run extends MigrationRow {
  fromVersion: string | null;
  toVersion: string | null;
  currentVersion: string | null;
  log: string | null;
  atlasVersion: string | null;
  dirTag: string | null;
  dirHash: string | null;
  context: { triggerType: string | null; triggerVersion: string | null } | null;
  runContext: RunContext | null;
  actor: Actor | null;
  masked: { policy: string; values: number; statements: number } | null;
  downPlan: { id: string; status: PlanStatus } | null;
  policyViolations: { policy: string; message: string }[];
  set: { id: string; databaseName: string } | null;
  previous: { id: string; targetsTotal: number | null } | null;
  next: { id: string; targetsTotal: number | null } | null;
  repo: { slug: string; reportOnly: boolean; latestVersion: string | null };
}

/** A run over one database. */
export interface Migration extends Run {
  files: DeployedFile[];
  database: Pick<Database, "id" | "name" | "status" | "currentVersion" | "latestVersion" | "pendingFiles" | "url"> | null;
}

export interface TargetRow extends MigrationRow {
  database: { id: string; url: string } | null;
}

/** A run over several databases. */
export interface MigrationSet extends Run {
  notStarted: string[];
  steps: ReportStep[];
  targets: { migrations: TargetRow[]; pageInfo: PageInfo };
  failed: { migrations: TargetRow[]; pageInfo: PageInfo };
}

export interface Environment {
  name: string;
  databases: number;
  failed: number;
  pending: number;
  /** After so many hours without a report its databases are archived; null: it stays. */
  ephemeralHours: number | null;
}

export const planStatuses = ["PENDING_USER", "APPROVED", "ABORTED", "APPLIED"] as const;
export type PlanStatus = (typeof planStatuses)[number];

/** A revert that was asked for. */
export interface PlanRow {
  id: string;
  status: PlanStatus;
  repo: { slug: string };
  envName: string;
  database: { id: string; name: string } | null;
  fromVersion: string;
  toVersion: string;
  createdAt: string;
  createdBy: Actor | null;
  expiresAt: string | null;
}

export interface PlanDecision {
  actor: Actor;
  approved: boolean;
  comment: string | null;
  time: string;
}

export interface DecidedPlanRow extends PlanRow {
  decisions: PlanDecision[];
}

export interface Plan extends DecidedPlanRow {
  files: { name: string; version: string; stmts: string[] }[];
  migration: { id: string; status: MigrationStatus } | null;
}

export interface Token {
  id: string;
  prefix: string;
  lastFour: string;
  owner: Actor;
  scopes: string[];
  grants: { role: string }[];
  createdAt: string;
  expiresAt: string | null;
  lastUsedAt: string | null;
  lastUsedIP: string | null;
  revokedAt: string | null;
}

export interface Member {
  id: string;
  name: string;
  email: string;
  roles: string[];
  grants: Grant[];
  joinedAt: string | null;
  lastSeen: string | null;
  inviteURL?: string | null;
}

export interface Bot {
  id: string;
  name: string;
  createdAt: string;
  createdBy: Actor | null;
  tokens: { revokedAt: string | null }[];
}

export interface LoginSession {
  id: string;
  createdAt: string;
  expiresAt: string;
  lastUsedAt: string;
  lastUsedIP: string;
  userAgent: string;
  isCurrent: boolean;
}

export interface Passkey {
  id: string;
  name: string;
  createdAt: string;
  lastUsedAt: string | null;
}

export interface Account {
  name: string;
  email: string;
  hasPassword: boolean;
  hasApp: boolean;
  recoveryCodesLeft: number;
  passkeys: Passkey[];
  sessions: LoginSession[];
  tokens: Token[];
}

export interface SchemaState {
  hcl: string;
  hash: string | null;
  version: string | null;
}

export interface CiRun {
  id: string;
  status: string;
  createdAt: string;
  base: string | null;
  payload: unknown;
  fromHCL: string | null;
  toHCL: string | null;
  context: RunContext | null;
  repo: { slug: string } | null;
}

export interface Drawing {
  id: string;
  driver: string;
  hcl: string | null;
  sql: string | null;
  createdAt: string;
  createdBy: { name: string };
}

export interface DeclarativePlan {
  id: string;
  name: string;
  schemaSlug: string;
  status: string;
  fromHash: string;
  toHash: string;
  migration: string;
  url: string;
  fromDesc: string | null;
  toDesc: string | null;
  createdAt: string;
  createdBy: Actor | null;
  approvedAt: string | null;
  approvedBy: { name: string }[];
  context: RunContext | null;
}

export type DeclarativePlanRow = Pick<DeclarativePlan, "id" | "name" | "schemaSlug" | "createdAt" | "createdBy" | "approvedAt" | "approvedBy">;

export interface Instance {
  id: string;
  extID: string | null;
  url: string;
  schemas: string[];
  exclude: string[];
  lastSeen: string;
  latest: { hash: string; time: string; hcl: string } | null;
  snapshots: { snapshots: { id: string; hash: string; time: string }[]; pageInfo: PageInfo };
}

/** Somebody who is told of what happens. */
export interface Webhook {
  id: string;
  repo: string | null;
  type: string;
  url: string;
  hasSecret: boolean;
  events: string[];
  envs: string[];
  statuses: string[];
  enabled: boolean;
  disabledReason: string | null;
  failingSince: string | null;
  createdAt: string;
}

/** One message to a webhook, as it was last tried. */
export interface WebhookDelivery {
  id: string;
  guid: string;
  event: string;
  time: string;
  attempt: number;
  delivered: boolean;
  nextAttempt: string | null;
  status: number | null;
  request: string;
  response: string | null;
  error: string | null;
}

export interface AuditEntry {
  seq: string;
  time: string;
  actor: Actor;
  ip: string | null;
  userAgent: string | null;
  action: string;
  object: string;
  before: unknown;
  after: unknown;
  requestID: string;
  prevHash: string;
  hash: string;
}

/** An environment with its place and its protection. */
export interface RankedEnvironment extends Environment {
  rank: number | null;
  protected: boolean;
}

/** Environments that come and go: after so many hours of silence. */
export interface EphemeralRule {
  glob: string;
  hours: number;
  environments: number;
}

export type PolicyAction = "FAIL" | "WARN";

export interface Freeze {
  from: string | null;
  until: string | null;
  weekly: string | null;
  reason: string | null;
}

export interface PromotionStage {
  name: string;
  envs: string[];
  requires: string[];
  coverage: string;
  soak: string | null;
  approvals: number;
  onViolation: PolicyAction;
  freezes: Freeze[];
}

export interface PromotionPolicy {
  id: string;
  /** null: the one of every repository without its own. */
  repo: string | null;
  stages: PromotionStage[];
}

/** The latest version of a directory, in a stage that wants more approvals of it. */
export interface WaitingVersion {
  repo: string;
  stage: string;
  version: string;
  approvals: number;
  needed: number;
  /** Known environments of the stage, or its globs. */
  envs: string[];
  approvedBy: Actor[];
  /** Who may not approve it. */
  pushedBy: Actor | null;
  since: string;
}

export interface PolicyReason {
  policy: string;
  message: string;
  violation: PolicyAction;
  details: string[];
}

export interface DeploymentAnswer {
  allowed: boolean;
  reasons: PolicyReason[];
}
