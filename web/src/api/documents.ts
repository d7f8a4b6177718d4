// GraphQL documents of the pages.

const rowFields = `id repoName type kind envName databaseName targetsSucceeded targetsTotal version status startedAt completedAt error`;
const pageFields = `pageInfo { page pageSize total }`;
const repoFields = `id slug name title type driver url reportOnly latestVersion databasesSynced databasesPending databasesFailed
  lastPush { time tag version actor { name kind } }`;
const databaseFields = `id extID name repoName envName status currentVersion latestVersion pendingFiles lastDeploymentTime url schema
  driver unknownVersion duplicateOf firstSeen lastReport atlasVersion`;

export const meDocument = `query Me { me { name org orgName kind roles scopes } }`;

export const homeDocument = `query Home {
  environments { name }
  synced: databases(input: { statuses: [SYNCED], page: { pageSize: 1 } }) { ${pageFields} }
  pending: databases(input: { statuses: [PENDING], page: { pageSize: 10 } }) { databases { ${databaseFields} } ${pageFields} }
  failed: databases(input: { statuses: [FAILED], page: { pageSize: 10 } }) { databases { ${databaseFields} } ${pageFields} }
  failures: migrations(input: { statuses: [FAILED], page: { pageSize: 5 } }) { migrations { ${rowFields} } ${pageFields} }
  recent: migrations(input: { page: { pageSize: 10 } }) { migrations { ${rowFields} } ${pageFields} }
  repos(input: { sort: LAST_PUSH, order: DESC, page: { pageSize: 5 } }) { repos { ${repoFields} } ${pageFields} }
}`;

export const reposDocument = `query Repos($input: ReposInput) { repos(input: $input) { repos { ${repoFields} } ${pageFields} } }`;

export const repoDocument = `query Repo($input: RepoInput!) {
  repo(input: $input) { ${repoFields} tags { tags { name version hash pushedAt actor { name kind } } ${pageFields} } }
}`;

export const repoFilesDocument = `query RepoFiles($input: RepoInput!) {
  repo(input: $input) { files { name version desc hash content firstTag databases } }
}`;

export const databasesDocument = `query Databases($input: DatabasesInput) {
  databases(input: $input) { databases { ${databaseFields} } ${pageFields} }
}`;

export const databaseDocument = `query Database($input: DatabaseInput!) {
  database(input: $input) { ${databaseFields} migrations { migrations { ${rowFields} } ${pageFields} } }
}`;

export const migrationsDocument = `query Migrations($input: MigrationsInput) {
  migrations(input: $input) { migrations { ${rowFields} } ${pageFields} }
}`;

const fileFields = `name version desc content startTime endTime skipped applied error { stmt text }
  checks { name checks { stmt error } error { stmt text } }`;

export const migrationDocument = `query Migration($id: ID!) {
  migration(id: $id) {
    ${rowFields} fromVersion toVersion currentVersion log atlasVersion dirTag dirHash notStarted
    context { triggerType triggerVersion } actor { name kind } masked { policy values statements }
    files { ${fileFields} } steps { text startTime endTime error log { text } }
    set { id } previous { id } next { id } database { id name status currentVersion }
    repo { slug latestVersion }
    targets(page: { pageSize: 100 }) { migrations { ${rowFields} } ${pageFields} }
  }
}`;

export const environmentsDocument = `query Environments { environments { name } }`;

export const tokensDocument = `query Tokens($input: PageInput) {
  tokens(input: $input) { tokens { id prefix lastFour owner { name kind } scopes createdAt expiresAt lastUsedAt revokedAt } ${pageFields} }
}`;

export const createBotDocument = `mutation CreateBot($input: CreateBotInput!) { createBot(input: $input) { secret token { id prefix lastFour } } }`;

export const revokeTokenDocument = `mutation RevokeToken($id: ID!) { revokeToken(id: $id) { success } }`;
