// Selections that several documents share.

export const rowFields = `id repoName type kind envName databaseName targetsSucceeded targetsTotal version status startedAt completedAt error`;
export const pageFields = `pageInfo { page pageSize total }`;
export const actorFields = `actor { name kind }`;
export const contextFields = `{ repo branch commit url username }`;
export const repoFields = `id slug name title type driver url description reportOnly createdAt latestVersion
  databasesSynced databasesPending databasesFailed lastPush { time tag version ${actorFields} context ${contextFields} }`;
export const databaseFields = `id extID name repoName envName status currentVersion latestVersion pendingFiles lagSeconds
  lastDeploymentTime url schema driver unknownVersion duplicateOf mergedInto ephemeral firstSeen lastReport atlasVersion`;
export const environments = `environments { name databases failed pending ephemeralHours }`;
