import { Link } from "wouter-preact";
import { declarativePlanDocument } from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { DeclarativePlan } from "../api/types.ts";
import { Facts } from "../components/facts.tsx";
import { Origin } from "../components/origin.tsx";
import { PageHead } from "../components/page-head.tsx";
import { SourceText } from "../components/source-text.tsx";
import { Loaded } from "../components/state.tsx";
import { Badge } from "../components/status.tsx";
import { Time } from "../components/time.tsx";
import { words } from "../lib/format.ts";
import { repoPath } from "../lib/paths.ts";

/** The SQL from one state of a schema to another. */
export function DeclarativePlanPage({ id }: { id: string }) {
  const [remote, reload] = useRemote<{ declarativePlan: DeclarativePlan }>(declarativePlanDocument, { id });
  return (
    <Loaded remote={remote} reload={reload}>
      {({ declarativePlan: plan }) => (
        <>
          <PageHead title={plan.name} trail={[[plan.schemaSlug, repoPath(plan.schemaSlug)]]}>
            <Badge tone={plan.status === "APPROVED" ? "ok" : "wait"}>{words(plan.status)}</Badge>
          </PageHead>
          <Facts
            rows={[
              ["Schema", <Link href={repoPath(plan.schemaSlug)}>{plan.schemaSlug}</Link>],
              ["Address", <code>{plan.url}</code>],
              ["From", plan.fromDesc],
              ["From hash", <code>{plan.fromHash}</code>],
              ["To", plan.toDesc],
              ["To hash", <code>{plan.toHash}</code>],
              ["Pushed by", <Origin actor={plan.createdBy} context={plan.context} />],
              ["Pushed", <Time value={plan.createdAt} ago />],
              ["Approved by", plan.approvedBy.map((actor) => actor.name).join(", ")],
              ["Approved", plan.approvedAt === null ? null : <Time value={plan.approvedAt} ago />],
            ]}
          />
          <SourceText name="Migration" value={plan.migration} />
        </>
      )}
    </Loaded>
  );
}
