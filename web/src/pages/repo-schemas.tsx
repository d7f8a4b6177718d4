import { useSearch } from "wouter-preact";
import { divergenceDocument } from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { EnvironmentDivergence, Repo } from "../api/types.ts";
import { DivergenceMap } from "../components/divergence-map.tsx";
import { Loaded } from "../components/state.tsx";
import { given, valueOf } from "../lib/query.ts";
import { text } from "../text.ts";

export function SchemasTab({ repo }: { repo: Repo }) {
  const search = useSearch();
  const input = { repo: repo.slug, ...given({ envName: valueOf(search, "env") }) };
  const [remote, reload] = useRemote<{ divergence: { environments: EnvironmentDivergence[] } }>(divergenceDocument, { input });
  return (
    <Loaded remote={remote} reload={reload}>
      {({ divergence: { environments } }) => (
        <>
          <p class="soft">{text.databases.divergence}</p>
          {environments.length === 0 ? <p>{text.databases.noDivergence}</p> : <DivergenceMap environments={environments} />}
        </>
      )}
    </Loaded>
  );
}
