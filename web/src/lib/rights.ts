// What somebody may do here, as far as the pages can tell; the registry decides.
import type { Me } from "../api/types.ts";

type Held = Pick<Me, "roles" | "scopes">;

export function mayAdminister({ roles }: Held): boolean {
  return roles.includes("ADMIN") || roles.includes("OWNER");
}

export function mayApprove(held: Held): boolean {
  return mayAdminister(held) || held.roles.includes("APPROVER") || held.scopes.includes("plan:approve");
}
