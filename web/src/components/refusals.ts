import { useState } from "preact/hooks";
import { toApiError } from "../api/client.ts";

interface Refusals {
  /** By field; what belongs to none is `form`. */
  errors: Record<string, string>;
  isBusy: boolean;
  send: (event: SubmitEvent, work: () => Promise<void>) => Promise<void>;
}

/** Sends a form; what the registry refuses begins with the name of one of the `fields`, and goes there. */
export function useRefusals(fields: string[]): Refusals {
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [isBusy, setBusy] = useState(false);
  const send: Refusals["send"] = async (event, work) => {
    event.preventDefault();
    setBusy(true);
    setErrors({});
    await work().catch((failure: unknown) => {
      const { message } = toApiError(failure);
      setErrors({ [fields.find((field) => message.startsWith(`${field} `)) ?? "form"]: message });
    });
    setBusy(false);
  };
  return { errors, isBusy, send };
}
