import { useState } from "preact/hooks";
import { ephemeralCommand, type EphemeralWish } from "../lib/policies.ts";
import { policyText } from "../text-policies.ts";
import { Command } from "./command.tsx";
import { Field } from "./form.tsx";
import { useRefusals } from "./refusals.ts";

/** Says which environments come and go. */
export function EphemeralForm({ onSave }: { onSave: (wish: EphemeralWish) => Promise<void> }) {
  const [glob, setGlob] = useState("");
  const [hours, setHours] = useState("72");
  const { errors, isBusy, send } = useRefusals(["glob", "hours"]);
  const wish: EphemeralWish = { glob: glob.trim(), hours: Number(hours) };
  return (
    <form class="fields" aria-label="New ephemeral environments" onSubmit={(event) => void send(event, () => onSave(wish))}>
      <Field label="Names" value={glob} hint="such as pr-*" required autoComplete="off" error={errors.glob} onValue={setGlob} />
      <Field label="Hours of silence" type="number" value={hours} required error={errors.hours} onValue={setHours} />
      <button type="submit" disabled={isBusy}>
        Let them come and go
      </button>
      <p role="alert" class="bad">
        {errors.form}
      </p>
      {wish.glob !== "" && (
        <div class="wide">
          <p class="soft">{policyText.command}</p>
          <Command>{ephemeralCommand(wish)}</Command>
        </div>
      )}
    </form>
  );
}
