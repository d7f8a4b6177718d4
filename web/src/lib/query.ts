// The URL is the state of a list: filters and page live in its query.

export function withQuery(current: string, changes: Record<string, string>): string {
  const query = new URLSearchParams(current);
  for (const [key, value] of Object.entries(changes)) {
    if (value === "") query.delete(key);
    else query.set(key, value);
  }
  const text = query.toString();
  return text === "" ? "" : `?${text}`;
}

export function pageOf(current: string): number {
  const page = Number.parseInt(new URLSearchParams(current).get("page") ?? "1", 10);
  return Number.isInteger(page) && page > 0 ? page : 1;
}

export function valueOf(current: string, key: string): string {
  return new URLSearchParams(current).get(key) ?? "";
}
