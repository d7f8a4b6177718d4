// Documents of the first screen; those of the other pages are loaded with them.
import { databaseFields, environments, pageFields, repoFields, rowFields } from "./selections.ts";

export const meDocument = `query Me { me { name org orgName kind roles grants { role repo project envName } scopes expiresAt } }`;

export const homeDocument = `query Home {
  ${environments}
  pending: databases(input: { statuses: [PENDING], ephemeral: false, sort: LAG, order: DESC, page: { pageSize: 8 } }) { databases { ${databaseFields} } ${pageFields} }
  failures: migrations(input: { statuses: [FAILED], page: { pageSize: 5 } }) { migrations { ${rowFields} } ${pageFields} }
  recent: migrations(input: { page: { pageSize: 8 } }) { migrations { ${rowFields} } ${pageFields} }
  repos(input: { sort: LAST_PUSH, order: DESC, page: { pageSize: 6 } }) { repos { ${repoFields} } ${pageFields} }
}`;
