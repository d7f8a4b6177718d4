import { useEffect, useState } from "preact/hooks";
import { useLocation } from "wouter-preact";
import { redeemSetup, storeToken, toApiError } from "../api/client.ts";
import { Command } from "../components/command.tsx";
import { text } from "../text.ts";

/** The one-time page of the first person. */
export function SetupPage({ code, onDone }: { code: string; onDone: () => void }) {
  const [, navigate] = useLocation();
  const [token, setToken] = useState("");
  const [error, setError] = useState("");
  useEffect(() => {
    document.title = "Set up · Rhumb";
  }, []);
  const onSubmit = async (event: SubmitEvent): Promise<void> => {
    event.preventDefault();
    const name = String(new FormData(event.currentTarget as HTMLFormElement).get("name")).trim();
    try {
      setToken(await redeemSetup(code, name));
    } catch (failure) {
      setError(toApiError(failure).message);
    }
  };
  const enter = (): void => {
    storeToken(token, false);
    onDone();
    navigate("/", { replace: true });
  };
  return (
    <main class="login">
      <h1>
        <img src="/favicon.svg" alt="" width="28" height="28" /> Set up Rhumb
      </h1>
      {token === "" ? (
        <form onSubmit={(event) => void onSubmit(event)}>
          <p>{text.setup.lead}</p>
          <label class="field">
            Your name
            <input name="name" type="text" autoComplete="name" required maxLength={200} aria-describedby="setup-error" />
          </label>
          <p id="setup-error" role="alert" class="bad">
            {error}
          </p>
          <button type="submit" class="primary">
            Make my token
          </button>
        </form>
      ) : (
        <>
          <p role="status">{text.setup.shownOnce}</p>
          <Command>{token}</Command>
          <button type="button" class="primary" onClick={enter}>
            I have kept it, go on
          </button>
        </>
      )}
    </main>
  );
}
