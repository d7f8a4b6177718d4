import { useState } from "preact/hooks";
import { toApiError } from "../api/client.ts";
import { approvalText } from "../text-policies.ts";
import { Command } from "./command.tsx";
import { Dialog } from "./dialog.tsx";
import { Field } from "./form.tsx";

/** Something that somebody is about to say yes or no to. */
export interface Decision {
  title: string;
  verb: string;
  isRefusal?: boolean;
  /** Whether a reason can be kept with it. */
  takesComment: boolean;
  /** The same from the command line, where it has one. */
  command?: string;
  act: (comment: string) => Promise<void>;
}

/** Asks for the reason of a decision. A refusal of the registry is told here, and the dialog stays. */
export function DecideDialog({ decision, onClose, onDone }: { decision: Decision; onClose: () => void; onDone: () => void }) {
  const [comment, setComment] = useState("");
  const [error, setError] = useState("");
  const [isBusy, setBusy] = useState(false);
  const decide = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    setBusy(true);
    setError("");
    await decision.act(comment.trim()).then(onDone, (failure: unknown) => setError(toApiError(failure).message));
    setBusy(false);
  };
  return (
    <Dialog label={decision.title} onClose={onClose}>
      <h2>{decision.title}</h2>
      <form class="decide" onSubmit={(event) => void decide(event)}>
        {decision.takesComment && (
          <Field label="Comment" hint={approvalText.comment} value={comment} autoComplete="off" onValue={setComment} />
        )}
        {decision.command !== undefined && <Command>{decision.command}</Command>}
        <p role="alert" class="bad">
          {error}
        </p>
        <div class="actions">
          <button type="button" onClick={onClose}>
            Cancel
          </button>
          <button type="submit" class={decision.isRefusal === true ? "danger" : "primary"} disabled={isBusy}>
            {decision.verb}
          </button>
        </div>
      </form>
    </Dialog>
  );
}
