import assert from "node:assert/strict";
import test from "node:test";
import { formatAgo, formatDuration, formatLag, formatLocal, formatMilliseconds, formatUtc, plural, shortHash, words } from "./format.ts";
import { migrationPath, repoPath, tagIdOf } from "./paths.ts";
import { dayStart, given, oneOf, pageOf, withQuery } from "./query.ts";

test("durations read in the unit that fits", () => {
  const from = "2026-05-14T08:30:00Z";
  const cases: [string | null, string][] = [
    ["2026-05-14T08:30:00.250Z", "250 ms"],
    ["2026-05-14T08:30:02.500Z", "2.5 s"],
    ["2026-05-14T08:32:05Z", "2 min 5 s"],
    ["2026-05-14T10:31:00Z", "2 h 1 min"],
    ["2026-05-14T08:29:00Z", "-"],
    [null, "-"],
  ];
  for (const [to, want] of cases) assert.equal(formatDuration(from, to), want);
});

test("ages are relative to now and never rounded up", () => {
  const now = Date.parse("2026-05-14T08:30:00Z");
  assert.equal(formatAgo("2026-05-14T08:29:50Z", now), "just now");
  assert.equal(formatAgo("2026-05-14T08:25:00Z", now), "5 minutes ago");
  assert.equal(formatAgo("2026-05-13T08:30:00Z", now), "yesterday");
  assert.equal(formatAgo("2026-05-14T06:31:00Z", now), "1 hour ago");
  assert.equal(formatAgo("not a time", now), "not a time");
});

test("the tooltip is UTC, the text is local", () => {
  assert.equal(formatUtc("2026-05-14T10:30:00+02:00"), "2026-05-14 08:30:00 UTC");
  assert.equal(formatLocal(new Date(2026, 4, 4, 9, 5).toISOString()), "2026-05-04 09:05");
  assert.equal(formatLocal("?"), "?");
});

test("words", () => {
  assert.deepEqual([plural(1, "file"), plural(0, "file"), plural(2, "entry", "entries")], ["1 file", "0 files", "2 entries"]);
  assert.equal(words("DRY_RUN"), "dry run");
  assert.deepEqual([formatLag(2, 3 * 86_400 + 5), formatLag(1, 10), formatLag(0, null), formatLag(null, null)], ["2 files, 3 days", "1 file", "-", "-"]);
  assert.equal(shortHash("267b9d1799a3f37ccc0c4112d33f6b3455b62de8"), "267b9d1");
  assert.equal(shortHash("h1:47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="), "47DEQpj8");
  assert.equal(shortHash("47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="), "47DEQpj8");
  assert.equal(shortHash("v1.2"), "v1.2");
});

test("queries keep what is not changed and lose what is emptied", () => {
  assert.equal(withQuery("env=a&page=3", { page: "1" }), "?env=a&page=1");
  assert.equal(withQuery("env=a&status=FAILED", { env: "" }), "?status=FAILED");
  assert.equal(withQuery("", {}), "");
  assert.equal(pageOf("page=4"), 4);
  assert.equal(pageOf("page=x"), 1);
  assert.equal(pageOf("page=-2"), 1);
});

test("only known values reach the registry", () => {
  assert.equal(oneOf("status=FAILED", "status", ["FAILED", "PASSED"] as const), "FAILED");
  assert.equal(oneOf("status=failed", "status", ["FAILED"] as const), undefined);
  assert.deepEqual(given({ a: "", b: undefined, c: false, d: "x" }), { c: false, d: "x" });
});

test("days begin in the zone of the viewer", () => {
  assert.equal(dayStart("2026-05-14"), new Date(2026, 4, 14).toISOString());
  assert.equal(dayStart("2026-05-31", 1), new Date(2026, 5, 1).toISOString());
  assert.equal(dayStart("14.5.2026"), undefined);
});

test("addresses", () => {
  assert.equal(repoPath("team/app"), "/repos/team/app");
  assert.equal(repoPath("My App?"), "/repos/My%20App%3F");
  assert.equal(migrationPath({ id: "7", targetsTotal: null }), "/deployments/7");
  assert.equal(migrationPath({ id: "7", targetsTotal: 3 }), "/deployments/sets/7");
  assert.equal(tagIdOf("http://127.0.0.1:8484/dirs/3/tags/12"), "12");
  assert.equal(tagIdOf("http://127.0.0.1:8484/dirs/3"), "");
});

test("milliseconds as short as they may be", () => {
  const cases: [number, string][] = [
    [0.0521, "0.05 ms"],
    [9.994, "9.99 ms"],
    [3, "3 ms"],
    [999.6, "1.0 s"],
    [61_000, "1 min 1 s"],
    [-1, "-"],
    [Number.NaN, "-"],
  ];
  for (const [ms, want] of cases) assert.equal(formatMilliseconds(ms), want);
});
