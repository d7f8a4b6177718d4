import { useSearch } from "wouter-preact";
import { reposDocument } from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { Repos } from "../api/types.ts";
import { SelectFilter, TextFilter } from "../components/filters.tsx";
import { PageHead } from "../components/page-head.tsx";
import { RepoTable } from "../components/repo-table.tsx";
import { Empty, Loaded } from "../components/state.tsx";
import { Pager } from "../components/table.tsx";
import { given, oneOf, pageOf, valueOf } from "../lib/query.ts";
import { pushSnippet } from "../lib/snippets.ts";
import { text } from "../text.ts";

const orders = ["SLUG", "LAST_PUSH", "FAILED", "PENDING"] as const;

export function ReposPage() {
  const search = useSearch();
  const filters = given({ search: valueOf(search, "search"), archived: valueOf(search, "archived") === "yes" ? true : undefined });
  const input = { ...filters, ...given({ sort: oneOf(search, "sort", orders), order: oneOf(search, "order", ["DESC"]) }), page: { page: pageOf(search) } };
  const [remote, reload] = useRemote<{ repos: Repos }>(reposDocument, { input });
  const isFiltered = Object.keys(filters).length > 0;
  return (
    <>
      <PageHead title="Repositories" />
      <div class="filters" role="search">
        <TextFilter />
        <SelectFilter name="archived" label="Archived" options={["yes"]} />
      </div>
      <Loaded remote={remote} reload={reload}>
        {({ repos: { repos, pageInfo } }) => {
          if (repos.length === 0) {
            return isFiltered ? (
              <Empty title={text.repos.noMatch} />
            ) : (
              <Empty title={text.repos.emptyTitle} command={pushSnippet(window.location.origin, "app")}>
                <p>{text.repos.empty}</p>
              </Empty>
            );
          }
          return (
            <>
              <RepoTable caption="Repositories" rows={repos} isSortable />
              <Pager info={pageInfo} />
            </>
          );
        }}
      </Loaded>
    </>
  );
}
