// Builds the front end into dist/ (hashed names, no external asset), or the unit tests into dist-test/.
import { build } from "esbuild";
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";

const forTests = process.argv.includes("--tests");

async function testFiles(folder) {
  const found = [];
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) found.push(...(await testFiles(path)));
    else if (entry.name.endsWith(".test.ts")) found.push(path);
  }
  return found;
}

const shared = {
  bundle: true,
  format: "esm",
  target: "es2022",
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "warning",
};

if (forTests) {
  await rm("dist-test", { recursive: true, force: true });
  await build({
    ...shared,
    entryPoints: await testFiles("src"),
    outdir: "dist-test",
    entryNames: "[name]",
    platform: "node",
    external: ["node:*"],
    outExtension: { ".js": ".mjs" },
  });
} else {
  await rm("dist", { recursive: true, force: true });
  await mkdir("dist", { recursive: true });
  const result = await build({
    ...shared,
    entryPoints: ["src/main.tsx", "src/styles/main.css"],
    outdir: "dist/assets",
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    minify: true,
    splitting: true,
    metafile: true,
  });
  const output = (entry) =>
    Object.entries(result.metafile.outputs).find(([, meta]) => meta.entryPoint === entry)?.[0].replace("dist/", "/");
  const script = output("src/main.tsx");
  // What the first script imports is fetched beside it, not after it.
  const preloads = result.metafile.outputs[`dist${script}`].imports
    .filter(({ kind }) => kind === "import-statement")
    .map(({ path }) => `<link rel="modulepreload" href="${path.replace("dist/", "/")}">`);
  const page = (await readFile("src/index.html", "utf8"))
    .replace("@PRELOADS@", preloads.join("\n"))
    .replace("@SCRIPT@", script)
    .replace("@STYLE@", output("src/styles/main.css"));
  await writeFile("dist/index.html", page);
  await writeFile("dist/favicon.svg", await readFile("static/favicon.svg"));
}
