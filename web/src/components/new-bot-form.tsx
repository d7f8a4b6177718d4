import { useRef, useState } from "preact/hooks";
import { expiryAfter, purposes } from "../lib/tokens.ts";

export interface BotWish {
  name: string;
  scopes: string[];
  grants?: { role: string }[];
  expiresAt: string | null;
}

const lifetimes: [number, string][] = [
  [30, "30 days"],
  [90, "90 days"],
  [365, "a year"],
  [0, "without end"],
];

/** Asks who the bot is and what it is for; rights follow from the purpose. */
export function NewBotForm({ onCreate }: { onCreate: (wish: BotWish) => Promise<void> }) {
  const form = useRef<HTMLFormElement>(null);
  const [isBusy, setBusy] = useState(false);
  const onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (form.current === null) return;
    const data = new FormData(form.current);
    const purpose = purposes.find(({ key }) => key === data.get("purpose"));
    setBusy(true);
    await onCreate({
      name: String(data.get("name")).trim(),
      scopes: purpose?.scopes ?? [],
      ...(purpose?.grants === undefined ? {} : { grants: purpose.grants }),
      expiresAt: expiryAfter(Number(data.get("days")), Date.now()),
    });
    form.current?.reset();
    setBusy(false);
  };
  return (
    <form ref={form} class="filters new-bot" aria-label="New bot" onSubmit={(event) => void onSubmit(event)}>
      <label class="filter">
        Name of the bot
        <input name="name" type="text" required maxLength={100} autoComplete="off" />
      </label>
      <label class="filter">
        What it is for
        <select name="purpose">
          {purposes.map(({ key, name }) => (
            <option key={key} value={key} selected={key === "deploy"}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="filter">
        Valid for
        <select name="days">
          {lifetimes.map(([days, name]) => (
            <option key={days} value={days} selected={days === 90}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <button type="submit" class="primary" disabled={isBusy}>
        Create bot
      </button>
    </form>
  );
}
