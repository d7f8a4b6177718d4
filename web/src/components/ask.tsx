import { Command } from "./command.tsx";
import { Dialog } from "./dialog.tsx";

/** Something that is asked about before it is done. */
export interface Question {
  title: string;
  text: string;
  verb: string;
  /** The same from the command line. */
  command?: string;
  act: () => Promise<void>;
}

export function Ask({ question, onClose, onYes }: { question: Question; onClose: () => void; onYes: () => void }) {
  return (
    <Dialog label={question.title} onClose={onClose}>
      <h2>{question.title}</h2>
      <p>{question.text}</p>
      {question.command !== undefined && <Command>{question.command}</Command>}
      <form method="dialog" class="actions">
        <button type="submit">Cancel</button>
        <button type="button" class="danger" onClick={onYes}>
          {question.verb}
        </button>
      </form>
    </Dialog>
  );
}
