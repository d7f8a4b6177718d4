import type { ComponentChildren } from "preact";
import { Link, useSearch } from "wouter-preact";
import type { PageInfo } from "../api/types.ts";
import { withQuery } from "../lib/query.ts";

export interface Column<Row> {
  head: string;
  cell: (row: Row) => ComponentChildren;
  numeric?: boolean;
}

export function Table<Row>({ caption, columns, rows, rowKey }: { caption: string; columns: Column<Row>[]; rows: Row[]; rowKey: (row: Row) => string }) {
  return (
    <div class="table-frame" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.head} scope="col" class={column.numeric === true ? "numeric" : ""}>
                {column.head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) => (
                <td key={column.head} class={column.numeric === true ? "numeric" : ""}>
                  {column.cell(row)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Pager({ info, path }: { info: PageInfo; path: string }) {
  const search = useSearch();
  const last = Math.max(1, Math.ceil(info.total / info.pageSize));
  if (last === 1) return <p class="soft pager">{info.total} in total</p>;
  const to = (page: number): string => path + withQuery(search, { page: page === 1 ? "" : String(page) });
  return (
    <nav class="pager" aria-label="Pages">
      {info.page > 1 ? <Link href={to(info.page - 1)}>Previous</Link> : <span class="soft">Previous</span>}
      <span>
        Page {info.page} of {last}, {info.total} in total
      </span>
      {info.page < last ? <Link href={to(info.page + 1)}>Next</Link> : <span class="soft">Next</span>}
    </nav>
  );
}
