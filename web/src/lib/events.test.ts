import assert from "node:assert/strict";
import test from "node:test";
import { EventReader, parseEvent } from "./events.ts";

test("events are read field by field", () => {
  assert.deepEqual(parseEvent("event: migration\ndata: {\ndata: }"), { event: "migration", data: "{\n}" });
  assert.deepEqual(parseEvent("data:x"), { event: "message", data: "x" });
  assert.equal(parseEvent(": keep-alive"), null);
  assert.equal(parseEvent("event: nothing"), null);
});

test("chunks may end anywhere", () => {
  const reader = new EventReader();
  assert.deepEqual(reader.push("event: a\nda"), []);
  assert.deepEqual(reader.push('ta: 1\n\n: ping\n\ndata: 2\r\n\r\ndata'), [
    { event: "a", data: "1" },
    { event: "message", data: "2" },
  ]);
  assert.deepEqual(reader.push(": 3\n\n"), [{ event: "message", data: "3" }]);
});
