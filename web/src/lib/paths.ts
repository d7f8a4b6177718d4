// Addresses of pages. Slugs may hold slashes, names may hold anything.

export function repoPath(slugOrName: string, query = ""): string {
  return `/repos/${slugOrName.split("/").map(encodeURIComponent).join("/")}${query}`;
}

/** What became of a version in each environment. */
export function tracePath(slug: string, version: string): string {
  return repoPath(slug, `?tab=trace&version=${encodeURIComponent(version)}`);
}

export function databasePath(id: string): string {
  return `/databases/${id}`;
}

export function migrationPath(row: { id: string; targetsTotal?: number | null }): string {
  return row.targetsTotal === null || row.targetsTotal === undefined ? `/deployments/${row.id}` : `/deployments/sets/${row.id}`;
}

/** The number of a tag as its page address ends with it. */
export function tagIdOf(link: string): string {
  return /\/tags\/([^/]+)$/.exec(link)?.[1] ?? "";
}
