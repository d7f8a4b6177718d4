import { useSearch } from "wouter-preact";
import { instanceDocument } from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { Instance } from "../api/types.ts";
import { Facts } from "../components/facts.tsx";
import { PageHead } from "../components/page-head.tsx";
import { SourceText } from "../components/source-text.tsx";
import { Loaded } from "../components/state.tsx";
import { Pager, Table, type Column } from "../components/table.tsx";
import { Time } from "../components/time.tsx";
import { shortHash } from "../lib/format.ts";
import { pageOf } from "../lib/query.ts";

type Row = Instance["snapshots"]["snapshots"][number];

const columns: Column<Row>[] = [
  { head: "Snapshot", cell: (row) => row.id },
  { head: "Hash", cell: (row) => <code title={row.hash}>{shortHash(row.hash)}</code> },
  { head: "Taken", cell: (row) => <Time value={row.time} ago /> },
];

/** A database that is watched, with what its schema was at which time. */
export function InstancePage({ id }: { id: string }) {
  const page = pageOf(useSearch());
  const [remote, reload] = useRemote<{ instance: Instance }>(instanceDocument, { id, page: { page } });
  return (
    <Loaded remote={remote} reload={reload}>
      {({ instance }) => (
        <>
          <PageHead title={`Instance ${instance.id}`} trail={[]} />
          <Facts
            rows={[
              ["URL", <code>{instance.url}</code>],
              ["External id", instance.extID],
              ["Schemas", instance.schemas.join(", ")],
              ["Left out", instance.exclude.join(", ")],
              ["Last seen", <Time value={instance.lastSeen} ago />],
            ]}
          />
          <section>
            <h2>Snapshots</h2>
            <Table caption="Snapshots" columns={columns} rows={instance.snapshots.snapshots} rowKey={(row) => row.id} />
            <Pager info={instance.snapshots.pageInfo} />
          </section>
          <SourceText name="Schema" value={instance.latest?.hcl ?? null} />
        </>
      )}
    </Loaded>
  );
}
