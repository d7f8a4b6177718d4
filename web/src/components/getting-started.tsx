import { deploySnippet, projectSnippet, pushSnippet } from "../lib/snippets.ts";
import { text } from "../text.ts";
import { Command } from "./command.tsx";

/** The first page of an empty registry. */
export function GettingStarted() {
  return (
    <div class="empty">
      <h2>{text.home.emptyTitle}</h2>
      <p>{text.home.empty}</p>
      <h3>1. Push a migration directory</h3>
      <Command>{pushSnippet(window.location.origin, "app")}</Command>
      <h3>2. Read it from the registry, in atlas.hcl</h3>
      <Command>{projectSnippet("app", false)}</Command>
      <h3>3. Deploy</h3>
      <Command>{deploySnippet(window.location.origin)}</Command>
    </div>
  );
}
