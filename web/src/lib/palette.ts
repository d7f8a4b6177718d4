// What the command palette offers.
import { databasePath, repoPath } from "./paths.ts";

export interface Destination {
  name: string;
  kind: string;
  path: string;
}

export interface Found {
  repos: { repos: { slug: string; name: string }[] };
  databases: { databases: { id: string; name: string; envName: string; repoName: string }[] };
}

/** Pages whose name holds the word, then what the registry found for it. */
export function destinations(word: string, pages: Destination[], found: Found | null): Destination[] {
  const wanted = word.trim().toLowerCase();
  const out = pages.filter((page) => page.name.toLowerCase().includes(wanted));
  if (/^\d+$/.test(wanted)) out.unshift({ name: `Deployment ${wanted}`, kind: "deployment", path: `/deployments/${wanted}` });
  for (const { slug } of found?.repos.repos ?? []) out.push({ name: slug, kind: "repository", path: repoPath(slug) });
  for (const { id, name, envName, repoName } of found?.databases.databases ?? []) {
    out.push({ name, kind: `database of ${repoName}, ${envName}`, path: databasePath(id) });
  }
  return out;
}
