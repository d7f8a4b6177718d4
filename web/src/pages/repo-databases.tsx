import { useSearch } from "wouter-preact";
import { databasesDocument } from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import { databaseStatuses, type Databases, type Environment, type Repo } from "../api/types.ts";
import { DatabaseTable } from "../components/database-table.tsx";
import { SelectFilter, TextFilter } from "../components/filters.tsx";
import { DatabaseMatrix } from "../components/matrix.tsx";
import { Empty, Loaded } from "../components/state.tsx";
import { Pager } from "../components/table.tsx";
import { databaseOrder, given, oneOf, pageOf, valueOf } from "../lib/query.ts";
import { deploySnippet } from "../lib/snippets.ts";
import { text } from "../text.ts";

const matrixMax = 100;

export function DatabasesTab({ repo }: { repo: Repo }) {
  const search = useSearch();
  const status = oneOf(search, "status", databaseStatuses);
  const filters = given({ envName: valueOf(search, "env"), search: valueOf(search, "search"), statuses: status && [status] });
  const [remote, reload] = useRemote<{ databases: Databases; environments: Environment[] }>(databasesDocument, {
    input: { repo: repo.slug, ...filters, ...databaseOrder(search), page: { page: pageOf(search), pageSize: matrixMax } },
  });
  const names = remote.state === "ready" ? remote.value.environments.map(({ name }) => name) : [];
  return (
    <>
      <div class="filters" role="search">
        <TextFilter />
        <SelectFilter name="env" label="Environment" options={names} />
        <SelectFilter name="status" label="Status" options={databaseStatuses} />
      </div>
      <Loaded remote={remote} reload={reload}>
        {({ databases: { databases, pageInfo } }) =>
          databases.length === 0 ? (
            <Empty title={Object.keys(filters).length > 0 ? text.databases.noMatch : text.repo.noDatabases} command={deploySnippet(window.location.origin)} />
          ) : (
            <>
              <DatabaseMatrix databases={databases} />
              <DatabaseTable caption="Databases of this repository" rows={databases} isSortable without={["Repository"]} />
              <Pager info={pageInfo} />
            </>
          )
        }
      </Loaded>
    </>
  );
}
