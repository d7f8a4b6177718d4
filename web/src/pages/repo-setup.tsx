import type { Repo } from "../api/types.ts";
import { Command } from "../components/command.tsx";
import { deploySnippet, projectSnippet, pushSnippet } from "../lib/snippets.ts";

/** What to copy into a project to push and deploy this directory. */
export function SetupTab({ repo }: { repo: Repo }) {
  const { origin } = window.location;
  return (
    <>
      <section>
        <h2>Deploy, in atlas.hcl</h2>
        <Command>{projectSnippet(repo.slug, repo.reportOnly)}</Command>
        <Command>{deploySnippet(origin)}</Command>
      </section>
      <section>
        <h2>Push</h2>
        <Command>{pushSnippet(origin, repo.slug)}</Command>
      </section>
    </>
  );
}
