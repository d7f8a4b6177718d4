import { Link } from "wouter-preact";
import type { Database } from "../api/types.ts";
import { words } from "../lib/format.ts";
import { databasePath } from "../lib/paths.ts";
import { lookOf } from "./status.tsx";

function byEnvironment(databases: Database[]): [string, Database[]][] {
  const groups = new Map<string, Database[]>();
  for (const database of databases) groups.set(database.envName, [...(groups.get(database.envName) ?? []), database]);
  return [...groups].sort(([a], [b]) => a.localeCompare(b));
}

/** One square for each database, a row for each environment. */
export function DatabaseMatrix({ databases }: { databases: Database[] }) {
  return (
    <dl class="matrix">
      {byEnvironment(databases).map(([envName, members]) => (
        <div key={envName}>
          <dt>{envName}</dt>
          <dd>
            {members.map((database) => {
              const { tone, mark } = lookOf(database.status);
              const label = `${database.name}: ${words(database.status)}`;
              return (
                <Link key={database.id} href={databasePath(database.id)} class={`cell status-${tone}`} title={label} aria-label={label}>
                  {mark}
                </Link>
              );
            })}
          </dd>
        </div>
      ))}
    </dl>
  );
}
