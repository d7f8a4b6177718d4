// Texts for people from what the registry says.

export function formatDuration(from: string, to: string | null): string {
  if (to === null) return "-";
  return formatMilliseconds(Date.parse(to) - Date.parse(from));
}

export function formatMilliseconds(ms: number): string {
  if (Number.isNaN(ms) || ms < 0) return "-";
  if (ms < 10 && !Number.isInteger(ms)) return `${ms.toFixed(2)} ms`;
  if (Math.round(ms) < 1000) return `${Math.round(ms)} ms`;
  if (ms < 60_000) return `${(ms / 1000).toFixed(1)} s`;
  const minutes = Math.floor(ms / 60_000);
  if (minutes < 60) return `${minutes} min ${Math.floor((ms % 60_000) / 1000)} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

const units: [Intl.RelativeTimeFormatUnit, number][] = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["day", 86_400],
  ["hour", 3600],
  ["minute", 60],
];

export function formatAgo(time: string, now: number): string {
  const seconds = Math.round((Date.parse(time) - now) / 1000);
  if (Number.isNaN(seconds)) return time;
  const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  for (const [unit, size] of units) {
    if (Math.abs(seconds) >= size) return relative.format(Math.trunc(seconds / size), unit);
  }
  return "just now";
}

/** `2026-05-14 08:30:00 UTC`, for the tooltip of a time. */
export function formatUtc(time: string): string {
  const date = new Date(time);
  return Number.isNaN(date.getTime()) ? time : `${date.toISOString().slice(0, 19).replace("T", " ")} UTC`;
}

/** `2026-05-14 10:30` in the zone of the person who looks. */
export function formatLocal(time: string): string {
  const date = new Date(time);
  if (Number.isNaN(date.getTime())) return time;
  const two = (number: number): string => String(number).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())} ${two(date.getHours())}:${two(date.getMinutes())}`;
}

export function plural(count: number, one: string, many = `${one}s`): string {
  return `${count} ${count === 1 ? one : many}`;
}

/** `DRY_RUN` as `dry run`. */
export function words(constant: string): string {
  return constant.toLowerCase().replaceAll("_", " ");
}

/** The start of a directory hash or commit, enough to tell two apart. */
export function shortHash(hash: string): string {
  if (/^[0-9a-f]{40}$/.test(hash)) return hash.slice(0, 7);
  return /^(h1:)?[0-9A-Za-z+/]{43}=$/.test(hash) ? hash.replace("h1:", "").slice(0, 8) : hash;
}

/** How far a database is behind its directory: `2 files, 3 days`. */
export function formatLag(files: number | null, seconds: number | null): string {
  const days = Math.floor((seconds ?? 0) / 86_400);
  const parts = [files === null || files === 0 ? "" : plural(files, "file"), days === 0 ? "" : plural(days, "day")].filter((part) => part !== "");
  return parts.length === 0 ? "-" : parts.join(", ");
}
