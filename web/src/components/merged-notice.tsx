import { useState } from "preact/hooks";
import { Link } from "wouter-preact";
import { request, toApiError, type ApiError } from "../api/client.ts";
import { unmergeDatabaseDocument } from "../api/documents.ts";
import { databasePath } from "../lib/paths.ts";
import { mayAdminister } from "../lib/rights.ts";
import { text } from "../text.ts";
import { Ask, type Question } from "./ask.tsx";
import { useMe } from "./me.ts";
import { Failure } from "./state.tsx";

/** This row stands for another database, and can be taken out again. */
export function MergedNotice({ id, into, onBack }: { id: string; into: string; onBack: () => void }) {
  const [isAsked, setAsked] = useState(false);
  const [error, setError] = useState<ApiError | null>(null);
  const mayDecide = mayAdminister(useMe());
  const act = async (): Promise<void> => {
    setAsked(false);
    setError(null);
    await request(unmergeDatabaseDocument, { id }).then(onBack, (failure: unknown) => setError(toApiError(failure)));
  };
  const question: Question = { title: "Take the merge back", text: text.databases.unmerge, verb: "Take it back", command: `rhumb cloud database unmerge --id ${id}`, act };
  return (
    <section class="notice notice-wait" aria-label="Merged">
      <p>
        {text.databases.merged} <Link href={databasePath(into)}>Go there</Link>
      </p>
      {error !== null && <Failure error={error} />}
      {mayDecide && (
        <div class="actions">
          <button type="button" onClick={() => setAsked(true)}>
            Take the merge back
          </button>
        </div>
      )}
      {isAsked && <Ask question={question} onClose={() => setAsked(false)} onYes={() => void question.act()} />}
    </section>
  );
}
