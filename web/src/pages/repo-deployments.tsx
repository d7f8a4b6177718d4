import { useSearch } from "wouter-preact";
import { migrationsDocument } from "../api/documents.ts";
import { useLive } from "../api/live.ts";
import { useRemote } from "../api/remote.ts";
import { migrationStatuses, type Environment, type Migrations, type Repo } from "../api/types.ts";
import { SelectFilter, TextFilter } from "../components/filters.tsx";
import { MigrationTable } from "../components/migration-table.tsx";
import { Empty, Loaded } from "../components/state.tsx";
import { Pager } from "../components/table.tsx";
import { migrationFilters, pageOf } from "../lib/query.ts";
import { deploySnippet } from "../lib/snippets.ts";
import { text } from "../text.ts";

export function DeploymentsTab({ repo }: { repo: Repo }) {
  const search = useSearch();
  const [remote, reload] = useRemote<{ migrations: Migrations; environments: Environment[] }>(migrationsDocument, {
    input: { ...migrationFilters(search, migrationStatuses), repo: repo.slug, page: { page: pageOf(search) } },
  });
  useLive(reload, (change) => change.repo === repo.id);
  const names = remote.state === "ready" ? remote.value.environments.map(({ name }) => name) : [];
  return (
    <>
      <div class="filters" role="search">
        <TextFilter name="name" label="Database" />
        <SelectFilter name="status" label="Status" options={migrationStatuses} />
        <SelectFilter name="env" label="Environment" options={names} />
        <TextFilter name="version" label="Version" />
      </div>
      <Loaded remote={remote} reload={reload}>
        {({ migrations: { migrations, pageInfo } }) =>
          migrations.length === 0 ? (
            <Empty title={text.repo.noDeployments} command={deploySnippet(window.location.origin)} />
          ) : (
            <>
              <MigrationTable caption="Deployments of this repository" rows={migrations} without={["Repository"]} />
              <Pager info={pageInfo} />
            </>
          )
        }
      </Loaded>
    </>
  );
}
