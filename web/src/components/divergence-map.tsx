import { Link } from "wouter-preact";
import type { EnvironmentDivergence, SchemaCluster, VersionDivergence } from "../api/types.ts";
import { shortHash } from "../lib/format.ts";
import { databasePath } from "../lib/paths.ts";
import { SchemaBar } from "./chart.tsx";
import { Badge } from "./status.tsx";
import { Table, type Column } from "./table.tsx";
import { Time } from "./time.tsx";

interface OddDatabase {
  id: string;
  name: string;
  since: string;
  hash: string;
}

const columns: Column<OddDatabase>[] = [
  { head: "Database", cell: (row) => <Link href={databasePath(row.id)}>{row.name}</Link> },
  { head: "Schema", cell: (row) => <code title={row.hash}>{shortHash(row.hash)}</code> },
  { head: "Differs since", cell: (row) => <Time value={row.since} ago /> },
];

const oddOf = (clusters: SchemaCluster[]): OddDatabase[] => clusters.flatMap(({ hash, named }) => named.map((database) => ({ ...database, hash })));

function Version({ envName, version }: { envName: string; version: VersionDivergence }) {
  const [common, ...others] = version.clusters;
  const odd = oddOf(others);
  const name = version.version ?? "none";
  return (
    <section class="divergence">
      <h3>
        Version <code>{name}</code> {common !== undefined && <Badge tone="ok" mark="✓">{`${common.databases} alike`}</Badge>}{" "}
        {version.odd > 0 && <Badge tone="bad" mark="✕">{`${version.odd} odd`}</Badge>}{" "}
        {version.unknown > 0 && <Badge tone="idle" mark="?">{`${version.unknown} unknown`}</Badge>}
      </h3>
      <SchemaBar common={common?.databases ?? 0} others={others.map(({ databases }) => databases)} unknown={version.unknown} />
      {common !== undefined && (
        <p class="soft">
          Most have <code title={common.hash}>{shortHash(common.hash)}</code>, seen first <Time value={common.since} />.
        </p>
      )}
      {odd.length > 0 && <Table caption={`Odd databases of ${envName} on ${name}`} columns={columns} rows={odd} rowKey={(row) => row.id} />}
      {odd.length < version.odd && (
        <p class="soft">
          {version.odd - odd.length} more, of {version.clustersTotal} schemas in all.
        </p>
      )}
    </section>
  );
}

/** Which databases differ from the others on their version: a bar and the odd ones for each. */
export function DivergenceMap({ environments }: { environments: EnvironmentDivergence[] }) {
  return (
    <>
      {environments.map(({ envName, versions }) => (
        <section key={envName} aria-label={`Schemas of ${envName}`}>
          <h2>{envName}</h2>
          {versions.map((version) => (
            <Version key={version.version ?? ""} envName={envName} version={version} />
          ))}
        </section>
      ))}
    </>
  );
}
