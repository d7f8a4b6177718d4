import { useState } from "preact/hooks";
import { Link, useLocation } from "wouter-preact";
import { request, toApiError, type ApiError } from "../api/client.ts";
import { databaseMergeDocument, mergeDatabasesDocument, splitDatabasesDocument } from "../api/documents.ts";
import { useRemote } from "../api/remote.ts";
import type { DatabaseMerge } from "../api/types.ts";
import { databasePath } from "../lib/paths.ts";
import { mayAdminister } from "../lib/rights.ts";
import { text } from "../text.ts";
import { Ask, type Question } from "./ask.tsx";
import { Command } from "./command.tsx";
import { Dialog } from "./dialog.tsx";
import { Facts } from "./facts.tsx";
import { useMe } from "./me.ts";
import { Failure, Loaded } from "./state.tsx";

interface MergeDialogProps {
  id: string;
  into: string;
  onConfirm: () => void;
  onClose: () => void;
}

function MergeDialog({ id, into, onConfirm, onClose }: MergeDialogProps) {
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
            <Command>{`rhumb cloud database merge --id ${id} --into ${into}`}</Command>
            <form method="dialog" class="actions">
              <button type="submit">Cancel</button>
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

function splitQuestion(id: string, from: string, act: () => Promise<void>): Question {
  return { title: "Keep two databases apart", text: text.databases.split, verb: "Keep apart", command: `rhumb cloud database split --id ${id} --from ${from}`, act };
}

/** Another database has the same identifier: they are one, or two that stay so. */
export function DuplicateNotice({ id, other, onSplit }: { id: string; other: string; onSplit: () => void }) {
  const [asked, setAsked] = useState<"merge" | "split" | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [, goTo] = useLocation();
  const mayDecide = mayAdminister(useMe());
  const close = (): void => setAsked(null);
  const act = async (document: string, input: Record<string, string>, done: () => void): Promise<void> => {
    close();
    setError(null);
    await request(document, { input }).then(done, (failure: unknown) => setError(toApiError(failure)));
  };
  const merge = (): Promise<void> => act(mergeDatabasesDocument, { id, into: other }, () => goTo(databasePath(other)));
  const split = splitQuestion(id, other, () => act(splitDatabasesDocument, { id, from: other }, onSplit));
  return (
    <section class="notice notice-wait" aria-label="Same identifier">
      <p>
        {text.databases.duplicate} <Link href={databasePath(other)}>See the other one</Link>
      </p>
      {error !== null && <Failure error={error} />}
      {mayDecide && (
        <div class="actions">
          <button type="button" onClick={() => setAsked("merge")}>
            Merge into the other one
          </button>
          <button type="button" onClick={() => setAsked("split")}>
            They are different
          </button>
        </div>
      )}
      {asked === "merge" && <MergeDialog id={id} into={other} onClose={close} onConfirm={() => void merge()} />}
      {asked === "split" && <Ask question={split} onClose={close} onYes={() => void split.act()} />}
    </section>
  );
}
