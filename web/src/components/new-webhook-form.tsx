import { useRef, useState } from "preact/hooks";
import { wishOf, type WebhookWish } from "../lib/webhooks.ts";
import { unusualEvents, webhookEvents, webhookText, webhookTypes } from "../text-webhooks.ts";

function EventChoice() {
  return (
    <fieldset class="choices">
      <legend>Tell when</legend>
      {webhookEvents.map(([name, meaning]) => (
        <label key={name} title={name}>
          <input type="checkbox" name="event" value={name} defaultChecked={!unusualEvents.includes(name)} /> {meaning}
        </label>
      ))}
    </fieldset>
  );
}

/** Asks where to tell of what. */
export function NewWebhookForm({ onCreate }: { onCreate: (wish: WebhookWish) => Promise<boolean> }) {
  const form = useRef<HTMLFormElement>(null);
  const [isBusy, setBusy] = useState(false);
  const [type, setType] = useState("GENERIC");
  const onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    if (form.current === null) return;
    setBusy(true);
    const isMade = await onCreate(wishOf(new FormData(form.current)));
    if (isMade) form.current?.reset();
    setBusy(false);
  };
  const isMail = type === "EMAIL";
  return (
    <form ref={form} class="filters" aria-label="New webhook" onSubmit={(event) => void onSubmit(event)}>
      <label class="filter">
        Tell
        <select name="type" onChange={(event) => setType(event.currentTarget.value)}>
          {webhookTypes.map(([value, name]) => (
            <option key={value} value={value}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label class="filter">
        Address
        <input name="url" type="text" required autoComplete="off" placeholder={isMail ? "mailto:dba@example.com" : "https://..."} />
      </label>
      {!isMail && (
        <label class="filter">
          {type === "WORKPLACE" ? "Access token" : "Secret to sign with"}
          <input name="secret" type="password" autoComplete="off" required={type === "WORKPLACE"} />
        </label>
      )}
      <label class="filter">
        Repository
        <input name="repo" type="text" autoComplete="off" placeholder="every one" />
      </label>
      <label class="filter">
        Environments
        <input name="envs" type="text" autoComplete="off" placeholder="every one, or prod*" />
      </label>
      <EventChoice />
      <p class="soft">{webhookText.secret}</p>
      <button type="submit" class="primary" disabled={isBusy}>
        Add webhook
      </button>
    </form>
  );
}
