import assert from "node:assert/strict";
import test from "node:test";
import { destinations } from "./palette.ts";

const pages = [
  { name: "Home", kind: "page", path: "/" },
  { name: "Databases", kind: "page", path: "/databases" },
];

test("without a word every page is offered", () => assert.deepEqual(destinations(" ", pages, null), pages));

test("pages first, then what the registry found", () => {
  const found = {
    repos: { repos: [{ slug: "team/data", name: "data" }] },
    databases: { databases: [{ id: "7", name: "data-eu", envName: "prod", repoName: "data" }] },
  };
  assert.deepEqual(
    destinations("DATA", pages, found).map(({ path }) => path),
    ["/databases", "/repos/team/data", "/databases/7"],
  );
});

test("a number is a deployment", () => assert.equal(destinations("42", pages, null)[0]?.path, "/deployments/42"));
