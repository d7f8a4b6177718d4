// What is different between two documents, member by member.

export interface Difference {
  /** `stages[0].soak`; empty: the whole document. */
  path: string;
  /** null: it was not there. */
  before: string | null;
  after: string | null;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : JSON.stringify(value);
}

function join(path: string, member: string): string {
  return path === "" ? member : `${path}.${member}`;
}

/** The values of a document that hold no others, by their paths, in its order. */
function leaves(value: unknown, path = "", out: Map<string, string> = new Map()): Map<string, string> {
  if (Array.isArray(value) && value.length > 0) value.forEach((member, i) => leaves(member, `${path}[${i}]`, out));
  else if (isObject(value) && Object.keys(value).length > 0) {
    for (const [name, member] of Object.entries(value)) leaves(member, join(path, name), out);
  } else if (value !== null && value !== undefined) out.set(path, textOf(value));
  return out;
}

/** Members that are new, gone or other; those of `before` first. What stayed the same is left out. */
export function differences(before: unknown, after: unknown): Difference[] {
  const [old, now] = [leaves(before), leaves(after)];
  const paths = [...old.keys(), ...[...now.keys()].filter((path) => !old.has(path))];
  return paths
    .map((path) => ({ path, before: old.get(path) ?? null, after: now.get(path) ?? null }))
    .filter((each) => each.before !== each.after);
}
