import { useSearch } from "wouter-preact";
import { migrationsDocument } from "../api/documents.ts";
import { useLive } from "../api/live.ts";
import { useRemote } from "../api/remote.ts";
import { migrationStatuses, type Environment, type Migrations } from "../api/types.ts";
import { DayFilter, SelectFilter, TextFilter } from "../components/filters.tsx";
import { MigrationTable } from "../components/migration-table.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Empty, Loaded } from "../components/state.tsx";
import { Pager } from "../components/table.tsx";
import { migrationFilters, pageOf } from "../lib/query.ts";
import { deploySnippet } from "../lib/snippets.ts";
import { text } from "../text.ts";

const triggers = ["CLI", "KUBERNETES", "TERRAFORM", "GITHUB_ACTION", "CIRCLECI_ORB", "GITLAB", "BITBUCKET", "AZURE_DEVOPS"];

function Filters({ environments }: { environments: string[] }) {
  return (
    <div class="filters" role="search">
      <TextFilter name="name" label="Database" />
      <TextFilter name="repo" label="Repository" />
      <SelectFilter name="status" label="Status" options={migrationStatuses} />
      <SelectFilter name="env" label="Environment" options={environments} />
      <TextFilter name="version" label="Version" />
      <SelectFilter name="trigger" label="Trigger" options={triggers} />
      <DayFilter name="from" label="From" />
      <DayFilter name="to" label="To" />
    </div>
  );
}

export function MigrationsPage() {
  const search = useSearch();
  const filters = migrationFilters(search, migrationStatuses);
  const [remote, reload] = useRemote<{ migrations: Migrations; environments: Environment[] }>(migrationsDocument, {
    input: { ...filters, page: { page: pageOf(search) } },
  });
  const isRunning = remote.state === "ready" && remote.value.migrations.migrations.some(({ status }) => status === "RUNNING");
  useLive(reload, () => true, isRunning);
  return (
    <>
      <PageHead title="Migrations" />
      <Filters environments={remote.state === "ready" ? remote.value.environments.map(({ name }) => name) : []} />
      <Loaded remote={remote} reload={reload}>
        {({ migrations: { migrations, pageInfo } }) => {
          if (migrations.length > 0) {
            return (
              <>
                <MigrationTable caption="Deployments" rows={migrations} />
                <Pager info={pageInfo} />
              </>
            );
          }
          if (Object.keys(filters).length > 0) return <Empty title={text.migrations.noMatch} />;
          return (
            <Empty title={text.migrations.emptyTitle} command={deploySnippet(window.location.origin)}>
              <p>{text.migrations.empty}</p>
            </Empty>
          );
        }}
      </Loaded>
    </>
  );
}
