import { useState } from "preact/hooks";
import { environmentCommand, type EnvironmentWish } from "../lib/policies.ts";
import { policyText } from "../text-policies.ts";
import { Command } from "./command.tsx";
import { Field } from "./form.tsx";
import { useRefusals } from "./refusals.ts";

interface EnvironmentFormProps {
  label: string;
  submit: string;
  /** What is there already; without it a name is asked for. */
  known?: { name: string; rank: number | null; protected: boolean };
  onSave: (wish: EnvironmentWish) => Promise<void>;
}

/** Gives an environment its place and its protection. */
export function EnvironmentForm({ label, submit, known, onSave }: EnvironmentFormProps) {
  const [name, setName] = useState(known?.name ?? "");
  const [rank, setRank] = useState(known?.rank?.toString() ?? "");
  const [isProtected, setProtected] = useState(known?.protected ?? false);
  const { errors, isBusy, send } = useRefusals(["name", "rank"]);
  const wish: EnvironmentWish = { name: name.trim(), ...(rank === "" ? {} : { rank: Number(rank) }), protected: isProtected };
  return (
    <form class="fields" aria-label={label} onSubmit={(event) => void send(event, () => onSave(wish))}>
      {known === undefined && <Field label="Name" value={name} required autoComplete="off" error={errors.name} onValue={setName} />}
      <Field label="Place among the environments" type="number" value={rank} hint="0 comes first" error={errors.rank} onValue={setRank} />
      <label class="check">
        <input type="checkbox" checked={isProtected} onChange={(event) => setProtected(event.currentTarget.checked)} /> Protected: runs need a permit
      </label>
      <p role="alert" class="bad">
        {errors.form}
      </p>
      <button type="submit" class="primary" disabled={isBusy}>
        {submit}
      </button>
      {wish.name !== "" && (
        <div class="wide">
          <p class="soft">{policyText.command}</p>
          <Command>{environmentCommand(wish)}</Command>
        </div>
      )}
    </form>
  );
}
