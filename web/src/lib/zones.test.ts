import assert from "node:assert/strict";
import { test } from "node:test";
import { cutZone, isZoneName, timeZones, withZone } from "./zones.ts";

test("weekly hours and their zone are cut apart and put together again", () => {
  const cases: [string, string, string][] = [
    ["Fri 16:00 - Mon 08:00", "Fri 16:00 - Mon 08:00", "UTC"],
    ["Fri 16:00 - Mon 08:00 Europe/Berlin", "Fri 16:00 - Mon 08:00", "Europe/Berlin"],
    ["Fri 16:00 - Mon 08:00 America/Port-au-Prince", "Fri 16:00 - Mon 08:00", "America/Port-au-Prince"],
    ["Fri 16:00 - Mon 08:00 Etc/GMT+5", "Fri 16:00 - Mon 08:00", "Etc/GMT+5"],
    ["", "", "UTC"],
  ];
  for (const [weekly, hours, zone] of cases) {
    assert.deepEqual(cutZone(weekly), { hours, zone });
    assert.equal(withZone({ hours, zone }), weekly);
  }
  assert.equal(withZone({ hours: " Fri 16:00 - Mon 08:00 ", zone: " " }), "Fri 16:00 - Mon 08:00");
});

test("zones have names", () => {
  for (const zone of ["UTC", "Europe/Berlin", "America/Argentina/Buenos_Aires", "Etc/GMT+5"]) assert.ok(isZoneName(zone), zone);
  for (const zone of ["", "+01:00", "europe/berlin", "Europe/", "Europe//Berlin", "Europe/Ber lin"]) assert.ok(!isZoneName(zone), zone);
});

test("UTC comes first, once", () => {
  assert.equal(timeZones()[0], "UTC");
  assert.equal(timeZones().filter((zone) => zone === "UTC").length, 1);
  assert.ok(timeZones().includes("Europe/Berlin"));
});
