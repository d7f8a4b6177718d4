// The URL is the state of a list: filters, order and page live in its query.

export function withQuery(current: string, changes: Record<string, string>): string {
  const query = new URLSearchParams(current);
  for (const [key, value] of Object.entries(changes)) {
    if (value === "") query.delete(key);
    else query.set(key, value);
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

export function valueOf(current: string, key: string): string {
  return new URLSearchParams(current).get(key) ?? "";
}

export function pageOf(current: string, key = "page"): number {
  const page = Number.parseInt(valueOf(current, key) || "1", 10);
  return Number.isInteger(page) && page > 0 ? page : 1;
}

/** The member `key` of the query if it is one of `known`, so that a stale link is no broken request. */
export function oneOf<T extends string>(current: string, key: string, known: readonly T[]): T | undefined {
  const value = valueOf(current, key);
  return known.find((candidate) => candidate === value);
}

/** The first instant of a local day `YYYY-MM-DD`, `days` later, as the registry reads times. */
export function dayStart(day: string, days = 0): string | undefined {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(day);
  if (match === null) return undefined;
  const date = new Date(Number(match[1]), Number(match[2]) - 1, Number(match[3]) + days);
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

/** An input without the members nobody has asked for. */
export function given(members: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined && value !== ""));
}

const databaseOrders = ["NAME", "ENV", "STATUS", "LAG", "LAST_DEPLOYMENT"] as const;

/** The order of a list of databases as the URL asks for it. */
export function databaseOrder(current: string): Record<string, unknown> {
  return given({ sort: oneOf(current, "sort", databaseOrders), order: oneOf(current, "order", ["DESC"] as const) });
}

/** The filters of a list of deployments; the last day counts in full. */
export function migrationFilters(current: string, statuses: readonly string[]): Record<string, unknown> {
  const status = oneOf(current, "status", statuses);
  return given({
    name: valueOf(current, "name"),
    repo: valueOf(current, "repo"),
    envName: valueOf(current, "env"),
    version: valueOf(current, "version"),
    triggerType: valueOf(current, "trigger"),
    statuses: status && [status],
    from: dayStart(valueOf(current, "from")),
    to: dayStart(valueOf(current, "to"), 1),
  });
}
