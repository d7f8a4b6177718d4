import { useEffect, useRef, useState } from "preact/hooks";
import { request, storeToken, toApiError } from "../api/client.ts";
import { meDocument } from "../api/first-documents.ts";
import { Command } from "../components/command.tsx";
import { text } from "../text.ts";

/** Asks for a token and stays at the address one came for. */
export function LoginPage({ onDone }: { onDone: () => void }) {
  const field = useRef<HTMLInputElement>(null);
  const [error, setError] = useState("");
  const [isBusy, setBusy] = useState(false);
  useEffect(() => {
    document.title = "Log in · Rhumb";
    field.current?.focus();
  }, []);
  const onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const form = new FormData(event.currentTarget as HTMLFormElement);
    const token = String(form.get("token")).trim();
    if (token === "") return setError(text.login.empty);
    setBusy(true);
    try {
      await request(meDocument, {}, token);
      storeToken(token, form.get("remember") !== null);
      onDone();
    } catch (failure) {
      setError(toApiError(failure).message);
      setBusy(false);
      field.current?.select();
    }
  };
  return (
    <main class="login">
      <h1>
        <img src="/favicon.svg" alt="" width="28" height="28" /> Log in to Rhumb
      </h1>
      <p>{text.login.lead}</p>
      <form onSubmit={(event) => void onSubmit(event)} noValidate>
        <label class="field">
          Token
          <input
            ref={field}
            name="token"
            type="password"
            autoComplete="current-password"
            spellcheck={false}
            aria-invalid={error !== ""}
            aria-describedby="login-error"
          />
        </label>
        <p id="login-error" role="alert" class="bad">
          {error}
        </p>
        <label class="check">
          <input type="checkbox" name="remember" /> {text.login.remember}
        </label>
        <button type="submit" class="primary" disabled={isBusy}>
          Log in
        </button>
      </form>
      <p class="soft">{text.login.more}</p>
      <Command>rhumb cloud token create --bot me --scope cloud:read</Command>
    </main>
  );
}
