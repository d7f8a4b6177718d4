import type { ComponentChildren } from "preact";
import { Link, useLocation, useSearch } from "wouter-preact";
import type { PageInfo } from "../api/types.ts";
import { valueOf, withQuery } from "../lib/query.ts";

export interface Column<Row> {
  head: string;
  cell: (row: Row) => ComponentChildren;
  numeric?: boolean;
  /** The registry's name of this order; the head becomes a link that sorts. */
  sort?: string;
}

export interface ColumnChoice {
  /** Whether the page reads the order from its URL. */
  isSortable?: boolean;
  /** Heads of columns that would say the same in each row. */
  without?: string[];
}

export function chooseColumns<Row>(columns: Column<Row>[], { isSortable = false, without = [] }: ColumnChoice): Column<Row>[] {
  const chosen = columns.filter((column) => !without.includes(column.head));
  return isSortable ? chosen : chosen.map(({ sort, ...column }) => column);
}

function Head<Row>({ column }: { column: Column<Row> }) {
  const [path] = useLocation();
  const search = useSearch();
  const numeric = column.numeric === true ? "numeric" : undefined;
  if (column.sort === undefined) {
    return (
      <th scope="col" class={numeric}>
        {column.head}
      </th>
    );
  }
  const isSorted = valueOf(search, "sort") === column.sort;
  const isDown = valueOf(search, "order") === "DESC";
  const to = path + withQuery(search, { sort: column.sort, order: isSorted && !isDown ? "DESC" : "", page: "" });
  return (
    <th scope="col" class={numeric} aria-sort={isSorted ? (isDown ? "descending" : "ascending") : undefined}>
      <Link href={to}>
        {column.head}
        <span aria-hidden="true">{isSorted ? (isDown ? " ↓" : " ↑") : ""}</span>
      </Link>
    </th>
  );
}

export function Table<Row>({ caption, columns, rows, rowKey }: { caption: string; columns: Column<Row>[]; rows: Row[]; rowKey: (row: Row) => string }) {
  return (
    <div class="table-frame" tabIndex={0} role="region" aria-label={caption}>
      <table>
        <caption class="visually-hidden">{caption}</caption>
        <thead>
          <tr>
            {columns.map((column) => (
              <Head key={column.head} column={column} />
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={rowKey(row)}>
              {columns.map((column) => (
                <td key={column.head} class={column.numeric === true ? "numeric" : undefined}>
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

/** Lists that turn their pages together, as far as the longest goes. */
export function LongestPager({ infos }: { infos: PageInfo[] }) {
  const longest = infos.reduce((one, other) => (other.total > one.total ? other : one));
  return longest.total > longest.pageSize ? <Pager info={longest} /> : null;
}

export function Pager({ info }: { info: PageInfo }) {
  const [path] = useLocation();
  const search = useSearch();
  const last = Math.max(1, Math.ceil(info.total / info.pageSize));
  if (last === 1) return <p class="soft pager">{info.total} in total</p>;
  const to = (page: number): string => path + withQuery(search, { page: page === 1 ? "" : String(page) });
  return (
    <nav class="pager" aria-label="Pages of this list">
      {info.page > 1 ? <Link href={to(info.page - 1)}>Previous</Link> : <span class="soft">Previous</span>}
      <span>
        Page {info.page} of {last}, {info.total} in total
      </span>
      {info.page < last ? <Link href={to(info.page + 1)}>Next</Link> : <span class="soft">Next</span>}
    </nav>
  );
}
