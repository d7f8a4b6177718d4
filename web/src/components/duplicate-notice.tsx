import { useState } from "preact/hooks";
import { Link, useLocation } from "wouter-preact";
import { request, toApiError, type ApiError } from "../api/client.ts";
import { databaseMergeDocument, mergeDatabasesDocument, splitDatabasesDocument } from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { DatabaseMerge } from "../api/types.ts";
import { databasePath } from "../lib/paths.ts";
import { text } from "../text.ts";
import { Dialog } from "./dialog.tsx";
import { Facts } from "./facts.tsx";
import { Failure, Loaded } from "./state.tsx";

interface Choice {
  onConfirm: () => void;
  onClose: () => void;
}

function MergeDialog({ id, into, onConfirm, onClose }: Choice & { id: string; into: string }) {
  const [remote, reload] = useRemote<{ databaseMerge: DatabaseMerge }>(databaseMergeDocument, { input: { id, into } });
  return (
    <Dialog label="Merge two databases" onClose={onClose}>
      <Loaded remote={remote} reload={reload}>
        {({ databaseMerge: merge }) => (
          <>
            <h2>
              Merge {merge.database.name} into {merge.into.name}?
            </h2>
            <p>{text.databases.merge}</p>
            <Facts
              rows={[
                ["Other URL", <code>{merge.into.url}</code>],
                ["Deployments", merge.deployments],
                ["Entries of sets", merge.setEntries],
                ["Drifts", merge.drifts],
                ["Plans", merge.plans],
                ["Snapshots", merge.snapshots],
              ]}
            />
            <form method="dialog" class="actions">
              <button type="submit">Leave them</button>
              <button type="button" class="danger" onClick={onConfirm}>
                Merge
              </button>
            </form>
          </>
        )}
      </Loaded>
    </Dialog>
  );
}

function SplitDialog({ onConfirm, onClose }: Choice) {
  return (
    <Dialog label="Keep two databases apart" onClose={onClose}>
      <h2>Are they different databases?</h2>
      <p>{text.databases.split}</p>
      <form method="dialog" class="actions">
        <button type="submit">Leave them</button>
        <button type="button" class="primary" onClick={onConfirm}>
          Keep apart
        </button>
      </form>
    </Dialog>
  );
}

/** Another database has the same identifier: they are one, or two that stay so. */
export function DuplicateNotice({ id, other, onSplit }: { id: string; other: string; onSplit: () => void }) {
  const [asked, setAsked] = useState<"merge" | "split" | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [, goTo] = useLocation();
  const close = (): void => setAsked(null);
  const act = (document: string, input: Record<string, string>, done: () => void): void => {
    close();
    setError(null);
    request(document, { input }).then(done, (failure: unknown) => setError(toApiError(failure)));
  };
  return (
    <section class="notice notice-wait" aria-label="Same identifier">
      <p>
        {text.databases.duplicate} <Link href={databasePath(other)}>See the other one</Link>
      </p>
      {error !== null && <Failure error={error} />}
      <div class="actions">
        <button type="button" onClick={() => setAsked("merge")}>
          Merge into the other one
        </button>
        <button type="button" onClick={() => setAsked("split")}>
          They are different
        </button>
      </div>
      {asked === "merge" && (
        <MergeDialog id={id} into={other} onClose={close} onConfirm={() => act(mergeDatabasesDocument, { id, into: other }, () => goTo(databasePath(other)))} />
      )}
      {asked === "split" && <SplitDialog onClose={close} onConfirm={() => act(splitDatabasesDocument, { id, from: other }, onSplit)} />}
    </section>
  );
}
