import assert from "node:assert/strict";
import test from "node:test";
import { parseEvent } from "../api/client.ts";
import { formatAgo, formatDuration, formatUtc, plural } from "./format.ts";
import { pageOf, withQuery } from "./query.ts";

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

test("ages are relative to now", () => {
  const now = Date.parse("2026-05-14T08:30:00Z");
  assert.equal(formatAgo("2026-05-14T08:29:50Z", now), "just now");
  assert.equal(formatAgo("2026-05-14T08:25:00Z", now), "5 minutes ago");
  assert.equal(formatAgo("2026-05-13T08:30:00Z", now), "yesterday");
  assert.equal(formatAgo("not a time", now), "not a time");
});

test("the tooltip is UTC", () => assert.equal(formatUtc("2026-05-14T10:30:00+02:00"), "2026-05-14 08:30:00 UTC"));

test("plural", () => assert.deepEqual([plural(1, "file", "files"), plural(0, "file", "files")], ["1 file", "0 files"]));

test("events are read field by field", () => {
  assert.deepEqual(parseEvent("event: migration\ndata: {\ndata: }"), { event: "migration", data: "{\n}" });
  assert.equal(parseEvent(": keep-alive"), null);
});

test("queries keep what is not changed and lose what is emptied", () => {
  assert.equal(withQuery("env=a&page=3", { page: "1" }), "?env=a&page=1");
  assert.equal(withQuery("env=a&status=FAILED", { env: "" }), "?status=FAILED");
  assert.equal(withQuery("", {}), "");
  assert.equal(pageOf("page=4"), 4);
  assert.equal(pageOf("page=x"), 1);
});
