import { useSearch } from "wouter-preact";
import { databasesDocument } from "../api/documents.ts";
import { useLive } from "../api/live.ts";
import { useRemote } from "../api/remote.ts";
import { databaseStatuses, type Databases, type Environment } from "../api/types.ts";
import { DatabaseTable } from "../components/database-table.tsx";
import { SelectFilter, TextFilter } from "../components/filters.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Empty, Loaded } from "../components/state.tsx";
import { Pager } from "../components/table.tsx";
import { databaseOrder, given, oneOf, pageOf, valueOf } from "../lib/query.ts";
import { deploySnippet } from "../lib/snippets.ts";
import { text } from "../text.ts";

export function DatabasesPage() {
  const search = useSearch();
  const status = oneOf(search, "status", databaseStatuses);
  const filters = given({
    search: valueOf(search, "search"),
    envName: valueOf(search, "env"),
    repo: valueOf(search, "repo"),
    statuses: status && [status],
  });
  const [remote, reload] = useRemote<{ databases: Databases; environments: Environment[] }>(databasesDocument, {
    input: { ...filters, ...databaseOrder(search), page: { page: pageOf(search) } },
  });
  useLive(reload, () => true);
  const names = remote.state === "ready" ? remote.value.environments.map(({ name }) => name) : [];
  return (
    <>
      <PageHead title="Databases" />
      <div class="filters" role="search">
        <TextFilter />
        <SelectFilter name="env" label="Environment" options={names} />
        <SelectFilter name="status" label="Status" options={databaseStatuses} />
        <TextFilter name="repo" label="Repository" />
      </div>
      <Loaded remote={remote} reload={reload}>
        {({ databases: { databases, pageInfo } }) => {
          if (databases.length > 0) {
            return (
              <>
                <DatabaseTable caption="Databases" rows={databases} isSortable />
                <Pager info={pageInfo} />
              </>
            );
          }
          if (Object.keys(filters).length > 0) return <Empty title={text.databases.noMatch} />;
          return (
            <Empty title={text.databases.emptyTitle} command={deploySnippet(window.location.origin)}>
              <p>{text.databases.empty}</p>
            </Empty>
          );
        }}
      </Loaded>
    </>
  );
}
