import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { toApiError } from "../api/client.ts";

interface FieldProps {
  label: string;
  hint?: string | undefined;
  /** What is wrong with it. */
  error?: string | undefined;
  /** Told of every change, where the form does not read it at its end. */
  onValue?: (value: string) => void;
}

/** A text to fill in, with its label. */
export function Field({ label, hint, error, onValue, ...input }: FieldProps & preact.JSX.HTMLAttributes<HTMLInputElement> & Record<string, unknown>) {
  const noteId = useId();
  const isWrong = error !== undefined;
  return (
    <label class="field">
      {label}
      <input
        {...input}
        {...(onValue === undefined ? {} : { onInput: (event: preact.JSX.TargetedInputEvent<HTMLInputElement>) => onValue(event.currentTarget.value) })}
        aria-invalid={isWrong ? "true" : undefined}
        aria-describedby={isWrong ? noteId : undefined}
      />
      {hint !== undefined && !isWrong && <span class="soft">{hint}</span>}
      {isWrong && (
        <span class="field-error" id={noteId}>
          {error}
        </span>
      )}
    </label>
  );
}

interface FormProps {
  label: string;
  submit: string;
  className?: string;
  /** What was filled in, by name; a failure is shown, and the form emptied after success. */
  onSubmit: (values: Record<string, string>) => Promise<void>;
  children?: ComponentChildren;
}

/** A form that says what went wrong beside its button. */
export function Form({ label, submit, className, onSubmit, children }: FormProps) {
  const [error, setError] = useState("");
  const [isBusy, setBusy] = useState(false);
  const send = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = event.currentTarget as HTMLFormElement;
    const values = Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value)]));
    setBusy(true);
    setError("");
    try {
      await onSubmit(values);
      form.reset();
    } catch (failure) {
      setError(toApiError(failure).message);
    }
    setBusy(false);
  };
  return (
    <form class={className} aria-label={label} onSubmit={(event) => void send(event)}>
      {children}
      <p role="alert" class="bad">
        {error}
      </p>
      <button type="submit" class="primary" disabled={isBusy}>
        {submit}
      </button>
    </form>
  );
}

/** The frame of a page that stands for itself, before one is logged in. */
export function Gate({ title, children }: { title: string; children: ComponentChildren }) {
  return (
    <main class="login">
      <h1>
        <img src="/favicon.svg" alt="" width="28" height="28" /> {title}
      </h1>
      {children}
    </main>
  );
}
