import { Link } from "wouter-preact";
import { homeDocument } from "../api/first-documents.ts";
import { useLive } from "../api/live.ts";
import { useRemote } from "../api/remote.ts";
import type { Databases, Environment, Migrations, Repos } from "../api/types.ts";
import { DatabaseTable } from "../components/database-table.tsx";
import { EnvironmentTable } from "../components/environment-table.tsx";
import { MigrationTable } from "../components/migration-table.tsx";
import { PageHead } from "../components/page-head.tsx";
import { RepoTable } from "../components/repo-table.tsx";
import { Loaded } from "../components/state.tsx";
import { sumUp } from "../lib/counts.ts";
import { text } from "../text.ts";
import { lazyPages } from "./lazy-pages.ts";

const GettingStarted = lazyPages.page((pages) => pages.GettingStarted);

interface Home {
  environments: Environment[];
  pending: Databases;
  failures: Migrations;
  recent: Migrations;
  repos: Repos["repos"];
}

function Cards({ environments }: { environments: Environment[] }) {
  const { failed, pending, synced } = sumUp(environments);
  const cards: [string, number, string, string][] = [
    ["Failed databases", failed, failed > 0 ? "bad" : "", "/databases?status=FAILED"],
    ["Pending databases", pending, pending > 0 ? "wait" : "", "/databases?status=PENDING"],
    ["Synced databases", synced, "", "/databases?status=SYNCED"],
  ];
  return (
    <div class="cards">
      {cards.map(([name, count, tone, href]) => (
        <Link key={name} href={href} class={`card ${tone}`}>
          <strong>{count}</strong> {name}
        </Link>
      ))}
    </div>
  );
}

/** The way to the rest of a list of which only the start is shown. */
function More({ of, total, shown, href }: { of: string; total: number; shown: number; href: string }) {
  if (total <= shown) return null;
  return (
    <Link href={href}>
      All {total} {of}
    </Link>
  );
}

function Overview({ home }: { home: Home }) {
  const pushed = home.repos.filter(({ lastPush }) => lastPush !== null);
  return (
    <>
      <Cards environments={home.environments} />
      <section>
        <h2>Failed deployments</h2>
        {home.failures.migrations.length === 0 ? (
          <p class="soft">{text.home.quiet}</p>
        ) : (
          <MigrationTable caption="Failed deployments" rows={home.failures.migrations} without={["Status", "Duration"]} withError />
        )}
        <More of="failed deployments" total={home.failures.pageInfo.total} shown={home.failures.migrations.length} href="/migrations?status=FAILED" />
      </section>
      <section>
        <h2>Databases by environment</h2>
        <EnvironmentTable environments={home.environments} />
      </section>
      <section>
        <h2>Pending databases</h2>
        {home.pending.databases.length === 0 ? (
          <p class="soft">{text.home.synced}</p>
        ) : (
          <DatabaseTable caption="Pending databases" rows={home.pending.databases} />
        )}
        <More of="pending databases" total={home.pending.pageInfo.total} shown={home.pending.databases.length} href="/databases?status=PENDING" />
      </section>
      {pushed.length > 0 && (
        <section>
          <h2>Recent pushes</h2>
          <RepoTable caption="Recent pushes" rows={pushed} without={["Type", "Driver"]} />
        </section>
      )}
      <section>
        <h2>Recent deployments</h2>
        <MigrationTable caption="Recent deployments" rows={home.recent.migrations} />
      </section>
    </>
  );
}

export function HomePage() {
  const [remote, reload] = useRemote<Omit<Home, "repos"> & { repos: Repos }>(homeDocument);
  useLive(reload, () => true);
  return (
    <>
      <PageHead title="Home" />
      <Loaded remote={remote} reload={reload}>
        {({ repos, ...home }) => (repos.pageInfo.total === 0 ? <GettingStarted /> : <Overview home={{ ...home, repos: repos.repos }} />)}
      </Loaded>
    </>
  );
}
