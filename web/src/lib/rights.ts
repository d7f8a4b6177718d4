// What somebody may do here, as far as the pages can tell; the registry decides.
import type { Me } from "../api/types.ts";
import { fitsGlob } from "./policies.ts";

export type Held = Pick<Me, "roles" | "grants" | "scopes">;

const approvers = ["APPROVER", "ADMIN", "OWNER"];

export function mayAdminister({ roles }: Pick<Held, "roles">): boolean {
  return roles.includes("ADMIN") || roles.includes("OWNER");
}

/** Whether there is anything that they may approve. */
export function mayApprove({ grants, scopes }: Pick<Held, "grants" | "scopes">): boolean {
  return scopes.includes("plan:approve") || grants.some(({ role }) => approvers.includes(role));
}

/**
 * Whether they may approve something of a repository, in an environment where it has one. A page does
 * not know what project a repository is of: a grant for a project counts.
 */
export function mayApproveIn({ grants, scopes }: Pick<Held, "grants" | "scopes">, repo: string, env = ""): boolean {
  const fits = (glob: string | null, name: string): boolean => glob === null || fitsGlob(glob, name);
  return mayApprove({ scopes, grants: grants.filter((grant) => fits(grant.repo, repo) && fits(grant.envName, env)) });
}
