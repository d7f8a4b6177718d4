// GraphQL documents of the pages; the types of their answers stand in types.ts.
import { actorFields, contextFields, databaseFields, environments, pageFields, repoFields, rowFields } from "./selections.ts";

export const reposDocument = `query Repos($input: ReposInput) { repos(input: $input) { repos { ${repoFields} } ${pageFields} } }`;

export const repoDocument = `query Repo($input: RepoInput!) { repo(input: $input) { ${repoFields} } }`;

export const repoFilesDocument = `query RepoFiles($input: RepoInput!, $tag: String) {
  repo(input: $input) { files(tag: $tag) { name version desc hash content firstTag databases } }
}`;

const tagFields = `tags { name version hash link pushedAt ${actorFields} context ${contextFields} }`;

export const repoTagsDocument = `query RepoTags($input: RepoInput!, $search: String, $page: PageInput) {
  repo(input: $input) { slug tags(search: $search, page: $page) { ${tagFields} ${pageFields} } }
}`;

export const databasesDocument = `query Databases($input: DatabasesInput) {
  databases(input: $input) { databases { ${databaseFields} } ${pageFields} }
  ${environments}
}`;

export const divergenceDocument = `query Divergence($input: DivergenceInput!) {
  divergence(input: $input) { environments { envName versions {
    version databases unknown odd clustersTotal clusters { hash databases since named { id name since } }
  } } }
}`;

export const traceDocument = `query Trace($input: TraceInput!) {
  trace(input: $input) {
    version ephemeralLeftOut pushes { time tag version ${actorFields} context ${contextFields} }
    ciRuns { id status createdAt context ${contextFields} }
    environments { name total reached failed firstAt lastAt ephemeralHours migrations { ${rowFields} } }
  }
}`;

export const databaseMergeDocument = `query DatabaseMerge($input: MergeDatabasesInput!) {
  databaseMerge(input: $input) { database { name } into { name url } deployments setEntries drifts plans snapshots }
}`;
export const mergeDatabasesDocument = `mutation MergeDatabases($input: MergeDatabasesInput!) { mergeDatabases(input: $input) { into { id } } }`;
export const unmergeDatabaseDocument = `mutation UnmergeDatabase($id: ID!) { unmergeDatabase(id: $id) { database { id } } }`;
export const splitDatabasesDocument = `mutation SplitDatabases($input: SplitDatabasesInput!) { splitDatabases(input: $input) { id } }`;

export const databaseDocument = `query Database($input: DatabaseInput!, $page: PageInput) {
  database(input: $input) {
    ${databaseFields} repo { slug reportOnly } migrations(input: { page: $page }) { migrations { ${rowFields} } ${pageFields} }
  }
}`;

export const migrationsDocument = `query Migrations($input: MigrationsInput) {
  migrations(input: $input) { migrations { ${rowFields} } ${pageFields} }
  ${environments}
}`;

const runFields = `fromVersion toVersion currentVersion log atlasVersion dirTag dirHash
  context { triggerType triggerVersion } runContext ${contextFields} ${actorFields} masked { policy values statements } downPlan { id status }
  policyViolations { policy message }
  set { id databaseName } previous { id targetsTotal } next { id targetsTotal } repo { slug reportOnly latestVersion }`;

export const deploymentDocument = `query Deployment($id: ID!) {
  migration(id: $id) {
    ${rowFields} ${runFields}
    files { name version desc content startTime endTime skipped applied error { stmt text }
      checks { name start end checks { stmt error } error { stmt text } }
      slowest { number seconds rowsAffected lockWaitSeconds } }
    database { id name status currentVersion latestVersion pendingFiles url }
  }
}`;

export const setDocument = `query DeploymentSet($id: ID!, $statuses: [MigrationStatus!], $page: PageInput) {
  migration(id: $id) {
    ${rowFields} ${runFields} notStarted
    steps { text startTime endTime error log { text children { text children { text } } } }
    targets(statuses: $statuses, page: $page) { migrations { ${rowFields} database { id url } } ${pageFields} }
    failed: targets(statuses: [FAILED], page: { pageSize: 100 }) { migrations { ${rowFields} database { id url } } ${pageFields} }
  }
}`;

const planFields = `id status repo { slug } envName database { id name } fromVersion toVersion createdAt createdBy { name kind } expiresAt`;

export const plansDocument = `query Plans($input: MigratePlansInput) {
  migratePlans(input: $input) { plans { ${planFields} } ${pageFields} }
}`;

export const planDocument = `query Plan($id: ID!) {
  migratePlan(id: $id) {
    ${planFields} files { name version stmts } decisions { ${actorFields} approved comment time } migration { id status }
  }
}`;

export const tokensDocument = `query Tokens($input: PageInput) {
  tokens(input: $input) {
    tokens { id prefix lastFour owner { name kind } scopes grants { role } createdAt expiresAt lastUsedAt lastUsedIP revokedAt }
    ${pageFields}
  }
}`;

export const createBotDocument = `mutation CreateBot($input: CreateBotInput!) { createBot(input: $input) { secret token { id prefix lastFour } } }`;

export const revokeTokenDocument = `mutation RevokeToken($id: ID!) { revokeToken(id: $id) { success } }`;

/** What the command palette offers for a word. */
export const findDocument = `query Find($search: String) {
  repos(input: { search: $search, page: { pageSize: 5 } }) { repos { slug name } }
  databases(input: { search: $search, page: { pageSize: 5 } }) { databases { id name envName repoName } }
}`;

export const repoStateDocument = `query RepoState($input: RepoInput!, $tag: String) {
  repo(input: $input) { state(tag: $tag) { hcl hash version } }
}`;

export const ciRunDocument = `query CiRun($id: ID!) {
  ciRun(id: $id) { id status createdAt base payload fromHCL toHCL context ${contextFields} repo { slug } }
}`;

export const drawingDocument = `query Drawing($id: ID!) { drawing(id: $id) { id driver hcl sql createdAt createdBy { name } } }`;

export const declarativePlanDocument = `query DeclarativePlan($id: ID!) {
  declarativePlan(id: $id) { id name schemaSlug status fromHash toHash migration url fromDesc toDesc createdAt createdBy { name kind } approvedAt
    approvedBy { name } context ${contextFields} }
}`;

export const instanceDocument = `query Instance($id: ID!, $page: PageInput) {
  instance(id: $id) { id extID url schemas exclude lastSeen latest { hash time hcl }
    snapshots(page: $page) { snapshots { id hash time } ${pageFields} } }
}`;

const webhookFields = `id repo type url hasSecret events envs statuses enabled disabledReason failingSince createdAt`;
const deliveryFields = `id guid event time attempt delivered nextAttempt status request response error`;

export const webhooksDocument = `query Webhooks { webhooks { ${webhookFields} } }`;

export const webhookDocument = `query Webhook($input: WebhookDeliveriesInput!) {
  webhooks { ${webhookFields} }
  webhookDeliveries(input: $input) { deliveries { ${deliveryFields} } ${pageFields} }
}`;

export const createWebhookDocument = `mutation CreateWebhook($input: WebhookInput!) { createWebhook(input: $input) { id } }`;

export const updateWebhookDocument = `mutation UpdateWebhook($id: ID!, $input: WebhookInput!) { updateWebhook(id: $id, input: $input) { id } }`;

export const deleteWebhookDocument = `mutation DeleteWebhook($id: ID!) { deleteWebhook(id: $id) { success } }`;

export const pingWebhookDocument = `mutation PingWebhook($id: ID!) { pingWebhook(id: $id) { id } }`;

export const redeliverWebhookDocument = `mutation RedeliverWebhook($id: ID!) { redeliverWebhook(deliveryID: $id) { id } }`;
const tokenFields = "id prefix lastFour owner { name kind } scopes grants { role } createdAt expiresAt lastUsedAt lastUsedIP revokedAt";

export const accountDocument = `query Account { account {
  name email hasPassword hasApp recoveryCodesLeft passkeys { id name createdAt lastUsedAt }
  sessions { id createdAt expiresAt lastUsedAt lastUsedIP userAgent isCurrent } tokens { ${tokenFields} }
} }`;

export const updateAccountDocument = `mutation UpdateAccount($input: UpdateAccountInput!) { updateAccount(input: $input) { id } }`;
export const setPasswordDocument = `mutation SetPassword($input: SetPasswordInput!) { setPassword(input: $input) { success } }`;
export const proposeAppDocument = `mutation ProposeApp($password: String!) { proposeApp(password: $password) { secret uri } }`;
export const confirmAppDocument = `mutation ConfirmApp($code: String!) { confirmApp(code: $code) { codes } }`;
export const removeAppDocument = `mutation RemoveApp($password: String!) { removeApp(password: $password) { success } }`;
export const proposePasskeyDocument = `mutation ProposePasskey($password: String!) { proposePasskey(password: $password) { options } }`;
export const confirmPasskeyDocument = `mutation ConfirmPasskey($input: ConfirmPasskeyInput!) { confirmPasskey(input: $input) { id } }`;
export const renamePasskeyDocument = `mutation RenamePasskey($input: RenamePasskeyInput!) { renamePasskey(input: $input) { id } }`;
export const removePasskeyDocument = `mutation RemovePasskey($id: ID!, $password: String!) { removePasskey(id: $id, password: $password) { success } }`;
export const endSessionDocument = `mutation EndSession($id: ID!) { endSession(id: $id) { success } }`;
export const createTokenDocument = `mutation CreateToken($input: CreateTokenInput!) { createToken(input: $input) { secret } }`;

const memberFields = "id name email roles grants { role repo project envName } joinedAt lastSeen";

export const membersDocument = `query Members($input: PageInput) { members(input: $input) { members { ${memberFields} } ${pageFields} } }`;
export const botsDocument = `query Bots($input: PageInput) { bots(input: $input) {
  bots { id name createdAt createdBy { kind id name } tokens { revokedAt } } ${pageFields}
} }`;
export const inviteMemberDocument = `mutation InviteMember($input: InviteMemberInput!) { inviteMember(input: $input) { id inviteURL } }`;
export const updateMemberDocument = `mutation UpdateMember($input: UpdateMemberInput!) { updateMember(input: $input) { id } }`;
export const resetMemberDocument = `mutation ResetMember($id: ID!) { resetMember(id: $id) { id inviteURL } }`;
export const removeMemberDocument = `mutation RemoveMember($id: ID!) { removeMember(id: $id) { success } }`;
export const removeBotDocument = `mutation RemoveBot($id: ID!) { removeBot(id: $id) { success } }`;

export const deviceDocument = `query Device($userCode: String!) { device(userCode: $userCode) { userCode client ip requestedAt } }`;
export const decideDeviceDocument = `mutation DecideDevice($input: DecideDeviceInput!) { decideDevice(input: $input) { success } }`;

export const auditDocument = `query Audit($input: AuditLogInput) {
  auditLog(input: $input) {
    entries { seq time ${actorFields} ip userAgent action object before after requestID prevHash hash }
    pageInfo { total endCursor hasNextPage }
  }
  newest: auditLog(input: { page: { pageSize: 1 } }) { entries { seq time hash } pageInfo { total } }
}`;

const stageFields = "name envs requires coverage soak approvals onViolation freezes { from until weekly reason }";
const policies = `promotionPolicies { id repo stages { ${stageFields} } }`;

export const rulesDocument = `query Rules {
  environments { name rank protected databases failed pending ephemeralHours }
  ephemeralEnvironments { glob hours environments }
  ${policies}
  repos(input: { page: { pageSize: 100 } }) { repos { slug } }
}`;

export const updateEnvironmentDocument = `mutation UpdateEnvironment($input: UpdateEnvironmentInput!) { updateEnvironment(input: $input) { name } }`;
export const setEphemeralDocument = `mutation SetEphemeral($input: SetEphemeralEnvironmentsInput!) { setEphemeralEnvironments(input: $input) { glob } }`;
export const deleteEphemeralDocument = `mutation DeleteEphemeral($glob: String!) { deleteEphemeralEnvironments(glob: $glob) { success } }`;
export const setPolicyDocument = `mutation SetPolicy($input: SetPromotionPolicyInput!) { setPromotionPolicy(input: $input) { id } }`;
export const deletePolicyDocument = `mutation DeletePolicy($id: ID!) { deletePromotionPolicy(id: $id) { success } }`;

export const checkDeploymentDocument = `query CheckDeployment($input: CheckDeploymentInput!) {
  checkDeployment(input: $input) { allowed reasons { policy message violation details } }
}`;

const decidedFields = `${planFields} decisions { ${actorFields} approved comment time }`;
const declarativeFields = `id name schemaSlug createdAt createdBy { name kind } approvedAt approvedBy { name kind }`;

export const waitingDocument = `query WaitingForApproval($page: PageInput) {
  promotionPolicies { stages { approvals } }
  waitingVersions(input: { page: $page }) {
    versions { repo stage version approvals needed envs approvedBy { name kind } pushedBy { name kind } since } ${pageFields}
  }
  migratePlans(input: { status: [PENDING_USER], page: $page }) { plans { ${decidedFields} } ${pageFields} }
  declarativePlans(input: { status: PENDING, page: $page }) { plans { ${declarativeFields} } ${pageFields} }
}`;

const decidedPlans = `migratePlans(input: { status: [APPROVED, ABORTED, APPLIED], page: $page }) { plans { ${decidedFields} } ${pageFields} }
  declarativePlans(input: { status: APPROVED, page: $page }) { plans { ${declarativeFields} } ${pageFields} }`;

export const givenDocument = `query GivenApprovals($page: PageInput) {
  ${decidedPlans}
}`;

/** With versions, which only the audit log tells of. */
export const givenToVersionsDocument = `query GivenApprovalsToVersions($page: PageInput) {
  ${decidedPlans}
  auditLog(input: { actions: ["policy.approve"], page: $page }) { entries { seq time ${actorFields} object after } ${pageFields} }
}`;

export const approveVersionDocument = `mutation ApproveVersion($input: ApproveVersionInput!) { approveVersion(input: $input) { approvals needed } }`;
export const approvePlanDocument = `mutation ApprovePlan($input: DecideMigratePlanInput!) { approveMigratePlan(input: $input) { status } }`;
export const abortPlanDocument = `mutation AbortPlan($input: DecideMigratePlanInput!) { abortMigratePlan(input: $input) { status } }`;
export const approveDeclarativePlanDocument = `mutation ApproveDeclarativePlan($input: ApproveDeclarativePlanInput!) {
  approveDeclarativePlan(input: $input) { status }
}`;
