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

export function sumUp(environments: Environment[]): StatusCounts {
  return environments.map(countsOf).reduce(
    (sum, one) => ({ failed: sum.failed + one.failed, pending: sum.pending + one.pending, synced: sum.synced + one.synced }),
    { failed: 0, pending: 0, synced: 0 },
  );
}
