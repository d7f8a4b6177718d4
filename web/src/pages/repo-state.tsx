import { useSearch } from "wouter-preact";
import { repoStateDocument } from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { Repo, SchemaState } from "../api/types.ts";
import { SourceText } from "../components/source-text.tsx";
import { Empty, Loaded } from "../components/state.tsx";
import { valueOf } from "../lib/query.ts";
import { text } from "../text.ts";

/** The schema of the latest state, or of the tag in the URL. */
export function StateTab({ repo }: { repo: Repo }) {
  const tag = valueOf(useSearch(), "tag");
  const [remote, reload] = useRemote<{ repo: { state: SchemaState | null } }>(repoStateDocument, {
    input: { slug: repo.slug },
    tag: tag === "" ? null : tag,
  });
  return (
    <Loaded remote={remote} reload={reload}>
      {({ repo: { state } }) =>
        state === null ? <Empty title={text.repo.noState} /> : <SourceText name={`Version ${state.version ?? "-"}`} value={state.hcl} />
      }
    </Loaded>
  );
}
