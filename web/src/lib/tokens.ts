// What bots are made for, and how a token stands.
import type { Token } from "../api/types.ts";

export interface Purpose {
  key: string;
  name: string;
  scopes: string[];
  grants?: { role: string }[];
}

/** The usual wishes, from least to most. */
export const purposes: Purpose[] = [
  { key: "report", name: "Report deployments", scopes: ["report:write", "repo:create"] },
  { key: "deploy", name: "Deploy: read directories, report deployments", scopes: ["dir:read", "report:write", "repo:create"] },
  { key: "push", name: "Push directories from CI", scopes: ["dir:read", "dir:push", "repo:create"] },
  { key: "read", name: "Look: read everything, change nothing", scopes: ["cloud:read", "dir:read", "schema:read"] },
  { key: "admin", name: "Administer, tokens included", scopes: [], grants: [{ role: "ADMIN" }] },
];

export type TokenState = "active" | "expired" | "revoked";

export function stateOf(token: Pick<Token, "expiresAt" | "revokedAt">, now: number): TokenState {
  if (token.revokedAt !== null) return "revoked";
  return token.expiresAt !== null && Date.parse(token.expiresAt) <= now ? "expired" : "active";
}

/** The instant `days` from now, null for a token without end. */
export function expiryAfter(days: number, now: number): string | null {
  return days === 0 ? null : new Date(now + days * 86_400_000).toISOString();
}

/** What may be done with a token, in few words. */
export function rightsOf(token: Pick<Token, "scopes" | "grants">): string {
  return [...token.grants.map(({ role }) => role.toLowerCase()), ...token.scopes].join(", ") || "nothing";
}
