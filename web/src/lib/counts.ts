import type { Environment } from "../api/types.ts";

export interface StatusCounts {
  failed: number;
  pending: number;
  synced: number;
}

export function countsOf(environment: Environment): StatusCounts {
  const { databases, failed, pending } = environment;
  return { failed, pending, synced: databases - failed - pending };
}

/** Environments that come and go are in no sum. */
export function sumUp(environments: Environment[]): StatusCounts {
  const lasting = environments.filter(({ ephemeralHours }) => ephemeralHours === null);
  return lasting.map(countsOf).reduce(
    (sum, one) => ({ failed: sum.failed + one.failed, pending: sum.pending + one.pending, synced: sum.synced + one.synced }),
    { failed: 0, pending: 0, synced: 0 },
  );
}
