import { Link, useSearch } from "wouter-preact";
import { databaseDocument } from "../api/documents.ts";
import { useLive } from "../api/live.ts";
import { useRemote } from "../api/remote.ts";
import type { Database, Migrations } from "../api/types.ts";
import { Command } from "../components/command.tsx";
import { DuplicateNotice } from "../components/duplicate-notice.tsx";
import { Facts } from "../components/facts.tsx";
import { MergedNotice } from "../components/merged-notice.tsx";
import { MigrationTable } from "../components/migration-table.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Loaded } from "../components/state.tsx";
import { Status } from "../components/status.tsx";
import { Pager } from "../components/table.tsx";
import { Time } from "../components/time.tsx";
import { applyCommand } from "../lib/advice.ts";
import { formatLag } from "../lib/format.ts";
import { repoPath } from "../lib/paths.ts";
import { pageOf } from "../lib/query.ts";
import { text } from "../text.ts";

type Shown = Database & { repo: { slug: string; reportOnly: boolean }; migrations: Migrations };

function Notices({ database, reload }: { database: Shown; reload: () => void }) {
  return (
    <>
      {database.unknownVersion && <p class="notice notice-wait">{text.databases.unknownVersion}</p>}
      {database.duplicateOf !== null && <DuplicateNotice id={database.id} other={database.duplicateOf} onSplit={reload} />}
      {database.mergedInto !== null && <MergedNotice id={database.id} into={database.mergedInto} onBack={reload} />}
      {database.status === "PENDING" && (
        <section class="notice">
          <p>Bring it to the latest version:</p>
          <Command>{applyCommand({ envName: database.envName, dirTag: null, repo: database.repo }, database.url)}</Command>
        </section>
      )}
    </>
  );
}

function DatabaseFacts({ database }: { database: Shown }) {
  return (
    <Facts
      rows={[
        ["Repository", <Link href={repoPath(database.repo.slug)}>{database.repoName}</Link>],
        ["Environment", database.envName],
        ["Current version", <code>{database.currentVersion ?? "-"}</code>],
        ["Latest version", <code>{database.latestVersion ?? "-"}</code>],
        ["Behind", formatLag(database.pendingFiles, database.lagSeconds)],
        ["Last deployment", <Time value={database.lastDeploymentTime} ago />],
        ["URL", <code>{database.url}</code>],
        ["Schema", database.schema],
        ["Driver", database.driver.toLowerCase()],
        ["First seen", <Time value={database.firstSeen} />],
        ["Last report", <Time value={database.lastReport} />],
        ["Client", database.atlasVersion],
        ["Identifier", <code>{database.extID}</code>],
      ]}
    />
  );
}

export function DatabasePage({ id }: { id: string }) {
  const search = useSearch();
  const [remote, reload] = useRemote<{ database: Shown }>(databaseDocument, { input: { id }, page: { page: pageOf(search) } });
  useLive(reload, () => true);
  return (
    <Loaded remote={remote} reload={reload}>
      {({ database }) => (
        <>
          <PageHead title={database.name} trail={[["Databases", "/databases"]]}>
            <Status value={database.status} />
          </PageHead>
          <Notices database={database} reload={reload} />
          <DatabaseFacts database={database} />
          <section>
            <h2>Deployments</h2>
            <MigrationTable
              caption="Deployments of this database"
              rows={database.migrations.migrations}
              without={["Repository", "Environment", "Database", "Targets"]}
            />
            <Pager info={database.migrations.pageInfo} />
          </section>
        </>
      )}
    </Loaded>
  );
}
