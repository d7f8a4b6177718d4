// GraphQL documents of the pages; the types of their answers stand in types.ts.

const rowFields = `id repoName type kind envName databaseName targetsSucceeded targetsTotal version status startedAt completedAt error`;
const pageFields = `pageInfo { page pageSize total }`;
const actorFields = `actor { name kind }`;
const contextFields = `{ repo branch commit url username }`;
const repoFields = `id slug name title type driver url description reportOnly createdAt latestVersion
  databasesSynced databasesPending databasesFailed lastPush { time tag version ${actorFields} context ${contextFields} }`;
const databaseFields = `id extID name repoName envName status currentVersion latestVersion pendingFiles lagSeconds
  lastDeploymentTime url schema driver unknownVersion duplicateOf firstSeen lastReport atlasVersion`;
const environments = `environments { name databases failed pending }`;

export const meDocument = `query Me { me { name org orgName kind roles scopes expiresAt } }`;

export const homeDocument = `query Home {
  ${environments}
  pending: databases(input: { statuses: [PENDING], sort: LAG, order: DESC, page: { pageSize: 8 } }) { databases { ${databaseFields} } ${pageFields} }
  failures: migrations(input: { statuses: [FAILED], page: { pageSize: 5 } }) { migrations { ${rowFields} } ${pageFields} }
  recent: migrations(input: { page: { pageSize: 8 } }) { migrations { ${rowFields} } ${pageFields} }
  repos(input: { sort: LAST_PUSH, order: DESC, page: { pageSize: 6 } }) { repos { ${repoFields} } ${pageFields} }
}`;

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
  context { triggerType triggerVersion } runContext ${contextFields} ${actorFields} masked { policy values statements }
  set { id databaseName } previous { id targetsTotal } next { id targetsTotal } repo { slug reportOnly latestVersion }`;

export const deploymentDocument = `query Deployment($id: ID!) {
  migration(id: $id) {
    ${rowFields} ${runFields}
    files { name version desc content startTime endTime skipped applied error { stmt text }
      checks { name start end checks { stmt error } error { stmt text } } }
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

/** What the command palette offers for a word. */
export const findDocument = `query Find($search: String) {
  repos(input: { search: $search, page: { pageSize: 5 } }) { repos { slug name } }
  databases(input: { search: $search, page: { pageSize: 5 } }) { databases { id name envName repoName } }
}`;

export const tokensDocument = `query Tokens($input: PageInput) {
  tokens(input: $input) {
    tokens { id prefix lastFour owner { name kind } scopes grants { role } createdAt expiresAt lastUsedAt lastUsedIP revokedAt }
    ${pageFields}
  }
}`;

export const createBotDocument = `mutation CreateBot($input: CreateBotInput!) { createBot(input: $input) { secret token { id prefix lastFour } } }`;

export const revokeTokenDocument = `mutation RevokeToken($id: ID!) { revokeToken(id: $id) { success } }`;
