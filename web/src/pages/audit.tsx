import { useEffect, useState } from "preact/hooks";
import { Link, useLocation, useSearch } from "wouter-preact";
import { fetchCheckpoints, saveExport } from "../api/audit.ts";
import { toApiError, type ApiError } from "../api/client.ts";
import { auditDocument } from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { AuditEntry, CursorInfo } from "../api/types.ts";
import { AuditList } from "../components/audit-list.tsx";
import { Command } from "../components/command.tsx";
import { Facts } from "../components/facts.tsx";
import { DayFilter, SelectFilter, TextFilter } from "../components/filters.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Empty, Failure, Loaded } from "../components/state.tsx";
import { Table } from "../components/table.tsx";
import { Time } from "../components/time.tsx";
import { auditFilters, exportCommand, verifyCommand, type Checkpoint, type ExportFormat } from "../lib/audit.ts";
import { plural } from "../lib/format.ts";
import { given, valueOf, withQuery } from "../lib/query.ts";
import { auditActions, auditText } from "../text-audit.ts";

const checkpointsShown = 5;

interface Log {
  auditLog: { entries: AuditEntry[]; pageInfo: CursorInfo };
  newest: { entries: Pick<AuditEntry, "seq" | "time" | "hash">[]; pageInfo: { total: number } };
}

function Filters() {
  return (
    <div class="filters" role="search">
      <TextFilter name="actor" label="Who" />
      <SelectFilter name="action" label="Action" options={auditActions} />
      <TextFilter name="object" label="Object" />
      <DayFilter name="from" label="From" />
      <DayFilter name="to" label="To" />
    </div>
  );
}

/** Older entries begin behind the last one that is shown, so that new ones move nothing. */
function Older({ info }: { info: CursorInfo }) {
  const [path] = useLocation();
  const search = useSearch();
  return (
    <nav class="pager" aria-label="Pages of this list">
      {valueOf(search, "after") === "" ? <span class="soft">Newest</span> : <Link href={path + withQuery(search, { after: "" })}>Newest</Link>}
      <span>{plural(info.total, "entry", "entries")} in total</span>
      {info.hasNextPage ? <Link href={path + withQuery(search, { after: info.endCursor ?? "" })}>Older</Link> : <span class="soft">Older</span>}
    </nav>
  );
}

function Export({ onError }: { onError: (error: ApiError | null) => void }) {
  const search = useSearch();
  const [isBusy, setBusy] = useState(false);
  const save = (format: ExportFormat) => async (): Promise<void> => {
    setBusy(true);
    onError(null);
    await saveExport(search, format).catch((failure: unknown) => onError(toApiError(failure)));
    setBusy(false);
  };
  return (
    <section aria-labelledby="export">
      <h2 id="export">Export</h2>
      <p class="soft">{auditText.export}</p>
      <Command>{exportCommand(search)}</Command>
      <div class="filters">
        <button type="button" disabled={isBusy} onClick={() => void save("jsonl")()}>
          Save as JSON lines
        </button>
        <button type="button" disabled={isBusy} onClick={() => void save("csv")()}>
          Save as CSV
        </button>
      </div>
    </section>
  );
}

function Checkpoints({ checkpoints }: { checkpoints: Checkpoint[] }) {
  if (checkpoints.length === 0) {
    return (
      <>
        <p class="soft">{auditText.noCheckpoint}</p>
        <Command>rhumb audit checkpoint --data /var/lib/rhumb</Command>
      </>
    );
  }
  return (
    <>
      <p class="soft">{auditText.checkpoints}</p>
      <Table
        caption="Checkpoints"
        rows={checkpoints.slice(0, checkpointsShown)}
        rowKey={(row) => `${row.seq}`}
        columns={[
          { head: "Signed", cell: (row) => <Time value={row.time} ago /> },
          { head: "Entry", cell: (row) => row.seq, numeric: true },
          { head: "Hash", cell: (row) => <code>{row.hash}</code> },
        ]}
      />
      {checkpoints.length > checkpointsShown && <p class="soft">{checkpoints.length} in total</p>}
    </>
  );
}

function Chain({ newest, total, checkpoints }: { newest: Log["newest"]["entries"][0] | undefined; total: number; checkpoints: Checkpoint[] | null }) {
  return (
    <section aria-labelledby="chain">
      <h2 id="chain">State of the chain</h2>
      <Facts
        rows={[
          ["Entries", String(total)],
          ["Newest entry", newest?.seq],
          ["Written", newest === undefined ? null : <Time value={newest.time} ago />],
          ["Its hash", newest === undefined ? null : <code>{newest.hash}</code>],
        ]}
      />
      <p class="soft">{auditText.chain}</p>
      <Command>{verifyCommand(newest)}</Command>
      {checkpoints !== null && <Checkpoints checkpoints={checkpoints} />}
    </section>
  );
}

/** Who did what, and that nothing of it was changed since. */
export function AuditPage() {
  const search = useSearch();
  const filters = auditFilters(search);
  const after = valueOf(search, "after");
  const [remote, reload] = useRemote<Log>(auditDocument, { input: { ...filters, page: given({ pageSize: 50, after }) } });
  const [checkpoints, setCheckpoints] = useState<Checkpoint[] | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const isAllowed = remote.state === "ready";
  useEffect(() => {
    if (isAllowed) void fetchCheckpoints().then(setCheckpoints, (failure: unknown) => setError(toApiError(failure)));
  }, [isAllowed]);
  return (
    <>
      <PageHead title="Audit log" />
      <p class="soft">{auditText.lead}</p>
      <Filters />
      {error !== null && <Failure error={error} />}
      <Loaded remote={remote} reload={reload}>
        {({ auditLog: { entries, pageInfo }, newest }) => (
          <>
            {entries.length === 0 ? (
              <Empty title={Object.keys(filters).length > 0 ? auditText.noMatch : auditText.emptyTitle} />
            ) : (
              <>
                <AuditList entries={entries} />
                <Older info={pageInfo} />
              </>
            )}
            <Chain newest={newest.entries[0]} total={newest.pageInfo.total} checkpoints={checkpoints} />
            <Export onError={setError} />
          </>
        )}
      </Loaded>
    </>
  );
}
