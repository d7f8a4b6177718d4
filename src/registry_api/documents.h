#pragma once

#include <string_view>

/// The GraphQL documents of our client, word for word.
///
/// Gateways and test servers route by substrings of these texts and count requests, so the wording
/// is fixed: one blank after the keyword, no mutation holds the letters of the other keyword, and
/// each text holds no word that belongs to another operation.
/// Source: spec registry.md 3.3.
namespace rhumb::registry_api {

/// A document and the root field that holds its answer.
struct Document {
  std::string_view field;
  std::string_view text;
};

inline constexpr Document kMe{"me", "query Bot {\n  me {\n    name\n    org\n  }\n}"};
inline constexpr Document kMeVerbose{
    "me",
    "query Bot {\n  me {\n    name\n    org\n    kind\n    orgName\n    roles\n    scopes\n"
    "    expiresAt\n  }\n}"};
inline constexpr Document kDirState{
    "dirState",
    "query dirState($input: DirStateInput!) {\n  dirState(input: $input) {\n    content\n  }\n}"};
inline constexpr Document kDirs{"dirs",
                                "query dirs {\n  dirs {\n    name\n    slug\n    content\n  }\n}"};
inline constexpr Document kDiffSyncDir{
    "diffSyncDir",
    "mutation diffSyncDir($input: DiffSyncDirInput!) {\n  diffSyncDir(input: $input) {\n    url\n"
    "  }\n}"};
inline constexpr Document kPushDir{
    "pushDir",
    "mutation pushDir($input: PushDirInput!) {\n  pushDir(input: $input) {\n    url\n  }\n}"};
inline constexpr Document kReportMigration{
    "reportMigration",
    "mutation ReportMigration($input: ReportMigrationInput!) {\n  reportMigration(input: $input) "
    "{\n"
    "    url\n  }\n}"};
inline constexpr Document kReportMigrationSet{
    "reportMigrationSet",
    "mutation ReportMigrationSet($input: ReportMigrationSetInput!) {\n"
    "  reportMigrationSet(input: $input) {\n    url\n  }\n}"};
inline constexpr Document kBeginMigrationSet{
    "beginMigrationSet",
    "mutation beginMigrationSet($input: BeginMigrationSetInput!) {\n"
    "  beginMigrationSet(input: $input) {\n    url\n  }\n}"};

/// Who reverts: whether that needs an approval, what is known of the target, and the plan.
inline constexpr Document kProtectedFlows{
    "dir",
    "query protectedFlows($input: DirInput!) {\n  dir(input: $input) {\n    protectedFlows {\n"
    "      migrateDown\n    }\n  }\n}"};
inline constexpr Document kMigrateTarget{
    "migrateTargetByExtID",
    "query migrateTargetByExtID($input: MigrateTargetByExtIDInput!) {\n"
    "  migrateTargetByExtID(input: $input) {\n    id\n    currentVersion\n    applied {\n"
    "      name\n      version\n      hash\n      content\n    }\n  }\n}"};
inline constexpr Document kMigratePlan{
    "migratePlanByExtID",
    "query migratePlanByExtID($input: MigratePlanByExtIDInput!) {\n"
    "  migratePlanByExtID(input: $input) {\n    url\n    status\n  }\n}"};
inline constexpr Document kCreateMigrateDownPlan{
    "createMigrateDownPlan",
    "mutation CreateMigrateDownPlan($input: CreateMigrateDownPlanInput!) {\n"
    "  createMigrateDownPlan(input: $input) {\n    url\n  }\n}"};
inline constexpr Document kReportMigrationDown{
    "reportMigrationDown",
    "mutation ReportMigrationDown($input: ReportMigrationDownInput!) {\n"
    "  reportMigrationDown(input: $input) {\n    url\n  }\n}"};

/// Plans of reverts as people see them.
inline constexpr Document kMigratePlans{
    "migratePlans",
    "query migratePlans($input: MigratePlansInput) {\n  migratePlans(input: $input) {\n"
    "    plans {\n      id\n      status\n      url\n      repo {\n        slug\n      }\n"
    "      envName\n      fromVersion\n      toVersion\n      createdAt\n"
    "      createdBy {\n        name\n      }\n      expiresAt\n    }\n    pageInfo {\n"
    "      page\n      pageSize\n      total\n    }\n  }\n}"};
inline constexpr Document kMigratePlanVerbose{
    "migratePlan",
    "query migratePlan($id: ID!) {\n  migratePlan(id: $id) {\n    id\n    status\n    url\n"
    "    repo {\n      slug\n    }\n    database {\n      name\n    }\n    envName\n"
    "    fromVersion\n    toVersion\n    createdAt\n    createdBy {\n      name\n    }\n"
    "    expiresAt\n    files {\n      name\n      version\n      stmts\n    }\n"
    "    decisions {\n      actor {\n        name\n      }\n      approved\n"
    "      comment\n      time\n    }\n    migration {\n      id\n      status\n    }\n"
    "  }\n}"};
inline constexpr Document kApproveMigratePlan{
    "approveMigratePlan",
    "mutation approveMigratePlan($input: DecideMigratePlanInput!) {\n"
    "  approveMigratePlan(input: $input) {\n    id\n    status\n    url\n  }\n}"};
inline constexpr Document kAbortMigratePlan{
    "abortMigratePlan",
    "mutation abortMigratePlan($input: DecideMigratePlanInput!) {\n"
    "  abortMigratePlan(input: $input) {\n    id\n    status\n    url\n  }\n}"};
inline constexpr Document kUpdateRepo{
    "updateRepo",
    "mutation updateRepo($input: UpdateRepoInput!) {\n  updateRepo(input: $input) {\n    slug\n"
    "    name\n    description\n    project\n    link\n    reviewPolicy\n    lockedTags\n"
    "    protectedFlows {\n      migrateDown\n      push\n      moveTag\n      deploy\n"
    "      pushPlan\n      approvePlan\n      approvals\n      selfApproval\n"
    "      expiryHours\n    }\n  }\n}"};
inline constexpr Document kArchiveRepo{
    "archiveRepo",
    "mutation archiveRepo($input: ArchiveInput!) {\n  archiveRepo(input: $input) {\n    slug\n"
    "    archivedAt\n  }\n}"};
inline constexpr Document kDeleteRepo{
    "deleteRepo",
    "mutation deleteRepo($input: DeleteRepoInput!) {\n  deleteRepo(input: $input) {\n"
    "    success\n  }\n}"};

inline constexpr Document kCheckDeployment{
    "checkDeployment",
    "query checkDeployment($input: CheckDeploymentInput!) {\n  checkDeployment(input: $input) {\n"
    "    allowed\n    reasons {\n      policy\n      message\n      violation\n    }\n"
    "    permits {\n      targetID\n      permit\n      expiresAt\n    }\n  }\n}"};

/// For a person: with what a reason consists of.
inline constexpr Document kCheckDeploymentVerbose{
    "checkDeployment",
    "query checkDeployment($input: CheckDeploymentInput!) {\n  checkDeployment(input: $input) {\n"
    "    allowed\n    reasons {\n      policy\n      message\n      violation\n"
    "      details\n    }\n  }\n}"};
inline constexpr Document kPromotionPolicies{
    "promotionPolicies",
    "query promotionPolicies($repo: String) {\n  promotionPolicies(repo: $repo) {\n    id\n"
    "    repo\n    stages {\n      name\n      envs\n      requires\n      coverage\n"
    "      soak\n      approvals\n      onViolation\n      freezes {\n        from\n"
    "        until\n        weekly\n        reason\n      }\n    }\n  }\n}"};
inline constexpr Document kWaitingVersions{
    "waitingVersions",
    "query waitingVersions($input: WaitingVersionsInput) {\n  waitingVersions(input: $input) {\n"
    "    versions {\n      repo\n      stage\n      version\n      approvals\n      needed\n"
    "      envs\n      approvedBy {\n        name\n      }\n      pushedBy {\n        name\n"
    "      }\n      since\n    }\n    pageInfo {\n      page\n      pageSize\n      total\n"
    "    }\n  }\n}"};
inline constexpr Document kSetPromotionPolicy{
    "setPromotionPolicy",
    "mutation setPromotionPolicy($input: SetPromotionPolicyInput!) {\n"
    "  setPromotionPolicy(input: $input) {\n    id\n    repo\n    stages {\n      name\n"
    "    }\n  }\n}"};
inline constexpr Document kDeletePromotionPolicy{
    "deletePromotionPolicy",
    "mutation deletePromotionPolicy($id: ID!) {\n  deletePromotionPolicy(id: $id) {\n"
    "    success\n  }\n}"};
inline constexpr Document kApproveVersion{
    "approveVersion",
    "mutation approveVersion($input: ApproveVersionInput!) {\n  approveVersion(input: $input) {\n"
    "    stage\n    version\n    approvals\n    needed\n  }\n}"};
inline constexpr Document kEnvironments{
    "environments",
    "query environments {\n  environments {\n    name\n    rank\n    protected\n"
    "    databases\n    failed\n    pending\n    ephemeralHours\n  }\n}"};
inline constexpr Document kUpdateEnvironment{
    "updateEnvironment",
    "mutation updateEnvironment($input: UpdateEnvironmentInput!) {\n"
    "  updateEnvironment(input: $input) {\n    name\n    rank\n    protected\n"
    "    databases\n    failed\n    pending\n  }\n}"};
inline constexpr Document kEphemeralEnvironments{
    "ephemeralEnvironments",
    "query ephemeralEnvironments {\n  ephemeralEnvironments {\n    glob\n    hours\n"
    "    environments\n  }\n}"};
inline constexpr Document kSetEphemeralEnvironments{
    "setEphemeralEnvironments",
    "mutation setEphemeralEnvironments($input: SetEphemeralEnvironmentsInput!) {\n"
    "  setEphemeralEnvironments(input: $input) {\n    glob\n    hours\n    environments\n  }\n}"};
inline constexpr Document kDeleteEphemeralEnvironments{
    "deleteEphemeralEnvironments",
    "mutation deleteEphemeralEnvironments($glob: String!) {\n"
    "  deleteEphemeralEnvironments(glob: $glob) {\n    success\n  }\n}"};
inline constexpr Document kTrace{
    "trace",
    "query trace($input: TraceInput!) {\n  trace(input: $input) {\n    version\n"
    "    ephemeralLeftOut\n    environments {\n      name\n      total\n      reached\n"
    "      failed\n      firstAt\n      lastAt\n      ephemeralHours\n    }\n  }\n}"};

inline constexpr Document kDivergence{
    "divergence",
    "query divergence($input: DivergenceInput!) {\n  divergence(input: $input) {\n"
    "    environments {\n      envName\n      versions {\n        version\n        databases\n"
    "        unknown\n        odd\n        clusters {\n          hash\n          databases\n"
    "          since\n          named {\n            id\n            name\n            since\n"
    "          }\n        }\n      }\n    }\n  }\n}"};

inline constexpr Document kRepos{
    "repos",
    "query repos($input: ReposInput) {\n  repos(input: $input) {\n    repos {\n      id\n      "
    "slug\n"
    "      name\n      title\n      type\n      driver\n      url\n      link\n"
    "      databasesSynced\n      databasesPending\n      databasesFailed\n    }\n    pageInfo {\n"
    "      page\n      pageSize\n      total\n    }\n  }\n}"};
inline constexpr Document kRepo{
    "repo",
    "query repo($input: RepoInput!) {\n  repo(input: $input) {\n    id\n    slug\n    name\n"
    "    title\n    type\n    driver\n    url\n    link\n    databasesSynced\n"
    "    databasesPending\n    databasesFailed\n  }\n}"};
inline constexpr Document kCreateRepo{
    "createRepo",
    "mutation createRepo($input: CreateRepoInput!) {\n  createRepo(input: $input) {\n    created\n"
    "    repo {\n      id\n      slug\n      name\n      title\n      type\n      driver\n"
    "      url\n      link\n    }\n  }\n}"};
inline constexpr Document kDatabases{
    "databases",
    "query databases($input: DatabasesInput) {\n  databases(input: $input) {\n    databases {\n"
    "      id\n      extID\n      name\n      repoName\n      envName\n      status\n"
    "      currentVersion\n      lastDeploymentTime\n    }\n    pageInfo {\n      page\n"
    "      pageSize\n      total\n    }\n  }\n}"};
inline constexpr Document kDatabase{
    "database",
    "query database($input: DatabaseInput!) {\n  database(input: $input) {\n    id\n    extID\n"
    "    name\n    repoName\n    envName\n    status\n    currentVersion\n"
    "    lastDeploymentTime\n  }\n}"};
inline constexpr Document kDatabaseMerge{
    "databaseMerge",
    "query databaseMerge($input: MergeDatabasesInput!) {\n  databaseMerge(input: $input) {\n"
    "    database {\n      id\n      name\n    }\n    into {\n      id\n      name\n      status\n"
    "      currentVersion\n    }\n    deployments\n    setEntries\n    drifts\n    plans\n"
    "    instances\n    snapshots\n    former\n  }\n}"};
inline constexpr Document kMergeDatabases{
    "mergeDatabases",
    "mutation mergeDatabases($input: MergeDatabasesInput!) {\n  mergeDatabases(input: $input) {\n"
    "    database {\n      id\n      name\n    }\n    into {\n      id\n      name\n      status\n"
    "      currentVersion\n    }\n    deployments\n    setEntries\n    drifts\n    plans\n"
    "    instances\n    snapshots\n    former\n  }\n}"};
inline constexpr Document kSplitDatabases{
    "splitDatabases",
    "mutation splitDatabases($input: SplitDatabasesInput!) {\n  splitDatabases(input: $input) {\n"
    "    id\n    name\n  }\n}"};
inline constexpr Document kUnmergeDatabase{
    "unmergeDatabase",
    "mutation unmergeDatabase($id: ID!) {\n  unmergeDatabase(id: $id) {\n    database {\n"
    "      id\n      name\n      status\n      currentVersion\n    }\n    from {\n      id\n"
    "      name\n    }\n    deployments\n    setEntries\n    drifts\n  }\n}"};
inline constexpr Document kMigrations{
    "migrations",
    "query migrations($input: MigrationsInput) {\n  migrations(input: $input) {\n    migrations {\n"
    "      id\n      repoName\n      type\n      envName\n      databaseName\n"
    "      targetsSucceeded\n      targetsTotal\n      version\n      status\n"
    "      completedAt\n    }\n    pageInfo {\n      page\n      pageSize\n      total\n    }\n"
    "  }\n}"};
inline constexpr Document kMigration{
    "migration",
    "query migration($id: ID!) {\n  migration(id: $id) {\n    id\n    repoName\n    type\n"
    "    envName\n    databaseName\n    targetsSucceeded\n    targetsTotal\n    version\n"
    "    status\n    completedAt\n  }\n}"};
/// With the log and, for a set, its targets.
inline constexpr Document kMigrationVerbose{
    "migration",
    "query migration($id: ID!) {\n  migration(id: $id) {\n    id\n    repoName\n    type\n"
    "    envName\n    databaseName\n    targetsSucceeded\n    targetsTotal\n    version\n"
    "    status\n    completedAt\n    log\n    targets {\n      migrations {\n        id\n"
    "        databaseName\n        version\n        status\n      }\n    }\n  }\n}"};
inline constexpr Document kCreateBot{
    "createBot",
    "mutation createBot($input: CreateBotInput!) {\n  createBot(input: $input) {\n    secret\n"
    "    token {\n      id\n      prefix\n      lastFour\n      scopes\n      expiresAt\n    }\n"
    "  }\n}"};
inline constexpr Document kCreateToken{
    "createToken",
    "mutation createToken($input: CreateTokenInput!) {\n  createToken(input: $input) {\n    "
    "secret\n"
    "    token {\n      id\n      prefix\n      lastFour\n      scopes\n      expiresAt\n    }\n"
    "  }\n}"};
inline constexpr Document kRevokeToken{
    "revokeToken",
    "mutation revokeToken($id: ID!) {\n  revokeToken(id: $id) {\n    success\n  }\n}"};
inline constexpr Document kRedactValue{
    "redactValue",
    "mutation redactValue($input: RedactValueInput!) {\n  redactValue(input: $input) {\n"
    "    success\n  }\n}"};
inline constexpr Document kTokens{
    "tokens",
    "query tokens($input: PageInput) {\n  tokens(input: $input) {\n    tokens {\n      id\n"
    "      prefix\n      lastFour\n      owner {\n        name\n      }\n      scopes\n"
    "      createdAt\n      expiresAt\n      lastUsedAt\n      revokedAt\n    }\n    pageInfo {\n"
    "      page\n      pageSize\n      total\n    }\n  }\n}"};
inline constexpr Document kWebhooks{
    "webhooks",
    "query webhooks($repo: String) {\n  webhooks(repo: $repo) {\n    id\n    repo\n    type\n    "
    "url\n    hasSecret\n"
    "    events\n    envs\n    statuses\n    enabled\n    disabledReason\n    failingSince\n"
    "    createdAt\n  }\n}"};
inline constexpr Document kCreateWebhook{
    "createWebhook",
    "mutation createWebhook($input: WebhookInput!) {\n  createWebhook(input: $input) {\n    id\n   "
    " repo\n    type\n    url\n    hasSecret\n"
    "    events\n    envs\n    statuses\n    enabled\n    disabledReason\n    failingSince\n"
    "    createdAt\n  }\n}"};
inline constexpr Document kUpdateWebhook{
    "updateWebhook",
    "mutation updateWebhook($id: ID!, $input: WebhookInput!) {\n"
    "  updateWebhook(id: $id, input: $input) {\n    id\n    repo\n    type\n    url\n    "
    "hasSecret\n"
    "    events\n    envs\n    statuses\n    enabled\n    disabledReason\n    failingSince\n"
    "    createdAt\n  }\n}"};
inline constexpr Document kDeleteWebhook{
    "deleteWebhook",
    "mutation deleteWebhook($id: ID!) {\n  deleteWebhook(id: $id) {\n    success\n  }\n}"};
inline constexpr Document kPingWebhook{
    "pingWebhook",
    "mutation pingWebhook($id: ID!) {\n  pingWebhook(id: $id) {\n    id\n    event\n    time\n"
    "    attempt\n    delivered\n    nextAttempt\n    status\n    error\n"
    "  }\n}"};
inline constexpr Document kRedeliverWebhook{
    "redeliverWebhook",
    "mutation redeliverWebhook($deliveryID: ID!) {\n"
    "  redeliverWebhook(deliveryID: $deliveryID) {\n    id\n    event\n    time\n"
    "    attempt\n    delivered\n    nextAttempt\n    status\n    error\n"
    "  }\n}"};
inline constexpr Document kWebhookDeliveries{
    "webhookDeliveries",
    "query webhookDeliveries($input: WebhookDeliveriesInput!) {\n"
    "  webhookDeliveries(input: $input) {\n    deliveries {\n      id\n      guid\n      event\n   "
    "   time\n      attempt\n      delivered\n"
    "      nextAttempt\n      status\n      request\n      response\n      error\n"
    "    }\n    pageInfo {\n      page\n      pageSize\n      total\n    }\n  }\n}"};
inline constexpr Document kAuditLog{
    "auditLog",
    "query auditLog($input: AuditLogInput) {\n  auditLog(input: $input) {\n    entries {\n      "
    "seq\n"
    "      time\n      actor {\n        kind\n        id\n        name\n      }\n      ip\n"
    "      userAgent\n      action\n      object\n      before\n      after\n      requestID\n"
    "      prevHash\n      hash\n    }\n    pageInfo {\n      page\n      pageSize\n      total\n"
    "      endCursor\n      hasNextPage\n    }\n  }\n}"};

}  // namespace rhumb::registry_api
