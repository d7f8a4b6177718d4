import { useSearch } from "wouter-preact";
import { repoDocument } from "../api/documents.ts";
import { useLive } from "../api/live.ts";
import { useRemote } from "../api/remote.ts";
import type { Repo } from "../api/types.ts";
import { Facts } from "../components/facts.tsx";
import { Origin } from "../components/origin.tsx";
import { PageHead } from "../components/page-head.tsx";
import { Loaded } from "../components/state.tsx";
import { Badge } from "../components/status.tsx";
import { Tabs } from "../components/tabs.tsx";
import { Time } from "../components/time.tsx";
import { words } from "../lib/format.ts";
import { oneOf } from "../lib/query.ts";
import { text } from "../text.ts";
import { DatabasesTab } from "./repo-databases.tsx";
import { DeploymentsTab } from "./repo-deployments.tsx";
import { FilesTab } from "./repo-files.tsx";
import { SchemasTab } from "./repo-schemas.tsx";
import { SetupTab } from "./repo-setup.tsx";
import { StateTab } from "./repo-state.tsx";
import { TagsTab } from "./repo-tags.tsx";
import { TraceTab } from "./repo-trace.tsx";

const tabKeys = ["files", "tags", "databases", "divergence", "trace", "deployments", "setup"] as const;

function isSchema(repo: Repo): boolean {
  return repo.type === "SCHEMA";
}

function RepoFacts({ repo }: { repo: Repo }) {
  return (
    <Facts
      rows={[
        ["Latest version", <code>{repo.latestVersion ?? "-"}</code>],
        ["Driver", repo.driver.toLowerCase()],
        ["Address", <code>{repo.url}</code>],
        ["Last push", repo.lastPush === null ? null : <Time value={repo.lastPush.time} ago />],
        ["Pushed by", repo.lastPush === null ? null : <Origin actor={repo.lastPush.actor} context={repo.lastPush.context} />],
        ["Description", repo.description],
      ]}
    />
  );
}

function RepoTab({ repo, tab }: { repo: Repo; tab: (typeof tabKeys)[number] }) {
  switch (tab) {
    case "files":
      return isSchema(repo) ? <StateTab repo={repo} /> : <FilesTab repo={repo} />;
    case "tags":
      return <TagsTab repo={repo} />;
    case "databases":
      return <DatabasesTab repo={repo} />;
    case "divergence":
      return <SchemasTab repo={repo} />;
    case "trace":
      return <TraceTab repo={repo} />;
    case "deployments":
      return <DeploymentsTab repo={repo} />;
    case "setup":
      return <SetupTab repo={repo} />;
  }
}

/** A repository by slug or number. */
export function RepoPage({ by }: { by: { slug: string } | { id: string } }) {
  const search = useSearch();
  const tab = oneOf(search, "tab", tabKeys) ?? "files";
  const [remote, reload] = useRemote<{ repo: Repo }>(repoDocument, { input: by });
  const id = remote.state === "ready" ? remote.value.repo.id : "";
  useLive(reload, (change) => change.repo === id);
  return (
    <Loaded remote={remote} reload={reload}>
      {({ repo }) => {
        const databases = repo.databasesFailed + repo.databasesPending + repo.databasesSynced;
        return (
          <>
            <PageHead title={repo.slug} trail={[["Repositories", "/repos"]]}>
              <Badge tone="idle">{words(repo.type)}</Badge>
              {repo.databasesFailed > 0 && <Badge tone="bad" mark="✕">{`${repo.databasesFailed} failed`}</Badge>}
              {repo.databasesPending > 0 && <Badge tone="wait" mark="…">{`${repo.databasesPending} pending`}</Badge>}
            </PageHead>
            {repo.reportOnly && <p class="notice">{isSchema(repo) ? text.repo.reportOnlySchema : text.repo.reportOnly}</p>}
            <RepoFacts repo={repo} />
            <Tabs
              label="Parts of this repository"
              current={tab}
              tabs={[
                { key: "files", name: isSchema(repo) ? "Schema" : "Files" },
                { key: "tags", name: "Tags" },
                { key: "databases", name: "Databases", count: databases },
                { key: "divergence", name: "Divergence" },
                { key: "trace", name: "Trace" },
                { key: "deployments", name: "Deployments" },
                { key: "setup", name: "Set up" },
              ]}
            />
            <RepoTab repo={repo} tab={tab} />
          </>
        );
      }}
    </Loaded>
  );
}
