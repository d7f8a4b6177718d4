import { useState } from "preact/hooks";
import { Link, Redirect, useSearch } from "wouter-preact";
import { repoTagsDocument } from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { Repo, Tag, Tags } from "../api/types.ts";
import { TextFilter } from "../components/filters.tsx";
import { Origin } from "../components/origin.tsx";
import { Empty, Loaded, Missing } from "../components/state.tsx";
import { Pager, Table, type Column } from "../components/table.tsx";
import { Time } from "../components/time.tsx";
import { shortHash } from "../lib/format.ts";
import { repoPath, tagIdOf } from "../lib/paths.ts";
import { pageOf, valueOf } from "../lib/query.ts";
import { text } from "../text.ts";

function columnsOf(slug: string): Column<Tag>[] {
  return [
    {
      head: "Tag",
      cell: (row) => (
        <Link href={repoPath(slug, `?tag=${encodeURIComponent(row.name)}`)} title={row.name}>
          {shortHash(row.name)}
        </Link>
      ),
    },
    { head: "Version", cell: (row) => <code>{row.version ?? "-"}</code> },
    { head: "Directory hash", cell: (row) => <code title={row.hash}>{shortHash(row.hash)}</code> },
    { head: "Pushed", cell: (row) => <Time value={row.pushedAt} ago /> },
    { head: "By", cell: (row) => <Origin actor={row.actor} context={row.context} /> },
  ];
}

export function TagsTab({ repo }: { repo: Repo }) {
  const search = useSearch();
  const word = valueOf(search, "search");
  const [remote, reload] = useRemote<{ repo: { tags: Tags } }>(repoTagsDocument, {
    input: { slug: repo.slug },
    search: word === "" ? null : word,
    page: { page: pageOf(search) },
  });
  return (
    <>
      <div class="filters" role="search">
        <TextFilter />
      </div>
      <Loaded remote={remote} reload={reload}>
        {({ repo: { tags } }) =>
          tags.tags.length === 0 && word === "" ? (
            <Empty title={text.repo.noTags} command={`rhumb migrate push ${repo.slug}:$(git rev-parse HEAD)`} />
          ) : (
            <>
              <Table caption="Tags" columns={columnsOf(repo.slug)} rows={tags.tags} rowKey={(row) => row.name} />
              <Pager info={tags.pageInfo} />
            </>
          )
        }
      </Loaded>
    </>
  );
}

/** Finds the name of a tag that a link gives by number, and goes to its files. */
export function TagByIdPage({ repoId, tagId }: { repoId: string; tagId: string }) {
  const [page, setPage] = useState(1);
  const pageSize = 100;
  const [remote, reload] = useRemote<{ repo: { slug: string; tags: Tags } }>(repoTagsDocument, { input: { id: repoId }, page: { page, pageSize } });
  return (
    <Loaded remote={remote} reload={reload}>
      {({ repo: { slug, tags } }) => {
        const tag = tags.tags.find(({ link }) => tagIdOf(link) === tagId);
        if (tag !== undefined) return <Redirect to={repoPath(slug, `?tag=${encodeURIComponent(tag.name)}`)} replace />;
        if (tags.pageInfo.page === page && page * pageSize < tags.pageInfo.total) setPage(page + 1);
        return page * pageSize < tags.pageInfo.total ? null : <Missing reason="tag not found" />;
      }}
    </Loaded>
  );
}
