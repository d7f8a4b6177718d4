import { Link } from "wouter-preact";
import { ciRunDocument } from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { CiRun } from "../api/types.ts";
import { CiStatus } from "../components/ci-status.tsx";
import { Facts } from "../components/facts.tsx";
import { Origin } from "../components/origin.tsx";
import { PageHead } from "../components/page-head.tsx";
import { SourceText } from "../components/source-text.tsx";
import { Loaded } from "../components/state.tsx";
import { Time } from "../components/time.tsx";
import { repoPath } from "../lib/paths.ts";

/** What a linter reported from a pipeline. */
export function CiRunPage({ id }: { id: string }) {
  const [remote, reload] = useRemote<{ ciRun: CiRun }>(ciRunDocument, { id });
  return (
    <Loaded remote={remote} reload={reload}>
      {({ ciRun: run }) => (
        <>
          <PageHead title={`CI run ${run.id}`} trail={[]}>
            <CiStatus value={run.status} />
          </PageHead>
          <Facts
            rows={[
              ["Repository", run.repo === null ? null : <Link href={repoPath(run.repo.slug)}>{run.repo.slug}</Link>],
              ["Reported", <Time value={run.createdAt} ago />],
              ["Origin", run.context === null ? null : <Origin actor={null} context={run.context} />],
              ["Compared with", run.base === null ? null : <code>{run.base}</code>],
            ]}
          />
          <SourceText name="Report" value={JSON.stringify(run.payload, null, 2)} />
          <SourceText name="Schema before" value={run.fromHCL} />
          <SourceText name="Schema after" value={run.toHCL} />
        </>
      )}
    </Loaded>
  );
}
