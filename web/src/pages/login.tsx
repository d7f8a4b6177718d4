import { useEffect, useRef, useState } from "preact/hooks";
import { useLocation, useSearch } from "wouter-preact";
import { ApiError, request, storeToken } from "../api/client.ts";
import { meDocument } from "../api/first-documents.ts";
import { findWays, logIn, logInByPasskey, useSession, type Ways } from "../api/login.ts";
import { hasPasskeys } from "../api/passkeys.ts";
import { Command } from "../components/command.tsx";
import { Field, Form, Gate } from "../components/form.tsx";
import { oneOf, valueOf } from "../lib/query.ts";
import { peopleText } from "../text-people.ts";

/** By e-mail address and password, and by a code where the person has an app. */
function PersonForm({ onDone }: { onDone: () => void }) {
  const [isCodeNeeded, setCodeNeeded] = useState(false);
  const code = useRef<HTMLInputElement>(null);
  useEffect(() => code.current?.focus(), [isCodeNeeded]);
  const enter = async ({ email = "", password = "", code: typed = "" }: Record<string, string>): Promise<void> => {
    try {
      await logIn(email, password, typed);
      onDone();
    } catch (failure) {
      if (failure instanceof ApiError && failure.code === "CODE_NEEDED") setCodeNeeded(true);
      throw failure;
    }
  };
  return (
    <Form label="With your account" submit="Log in" onSubmit={enter}>
      <Field label="E-mail address" name="email" type="email" autoComplete="username" required autofocus />
      <Field label="Password" name="password" type="password" autoComplete="current-password" required />
      {isCodeNeeded && (
        <Field label="Code of your app" hint={peopleText.login.code} name="code" inputMode="numeric" autoComplete="one-time-code" ref={code} required />
      )}
    </Form>
  );
}

/** What a login at an identity provider came to; its way back leads here. */
function useReturn(onDone: () => void): string {
  const [path, navigate] = useLocation();
  const search = useSearch();
  useEffect(() => {
    if (path !== "/login/done") return;
    useSession();
    onDone();
    const to = valueOf(search, "to");
    navigate(to.startsWith("/") ? to : "/", { replace: true });
  }, [path]);
  if (path !== "/login/failed") return "";
  return peopleText.login.failed[oneOf(search, "why", ["refused", "state", "provider"] as const) ?? "provider"];
}

/** The ways beside passwords and tokens, as far as registry and browser have them. */
function OtherWays({ onDone }: { onDone: () => void }) {
  const [ways, setWays] = useState<Ways>({ oidc: null, passkeys: false });
  useEffect(() => void findWays().then(setWays, () => undefined), []);
  const here = window.location.pathname.startsWith("/login/") ? "/" : window.location.pathname + window.location.search;
  const usePasskey = async (): Promise<void> => {
    await logInByPasskey();
    onDone();
  };
  return (
    <>
      {ways.oidc !== null && (
        <p>
          <a href={`/auth/oidc?to=${encodeURIComponent(here)}`}>
            Log in with {ways.oidc}
          </a>
        </p>
      )}
      {ways.passkeys && hasPasskeys() && <Form label="With a passkey" submit="Sign in with a passkey" onSubmit={usePasskey} />}
    </>
  );
}

/** Asks who one is and stays at the address one came for. */
export function LoginPage({ onDone }: { onDone: () => void }) {
  const failed = useReturn(onDone);
  useEffect(() => {
    document.title = "Log in · Rhumb";
  }, []);
  const useToken = async (values: Record<string, string>): Promise<void> => {
    const token = (values["token"] ?? "").trim();
    if (token === "") throw new ApiError(peopleText.login.empty, 0);
    await request(meDocument, {}, token);
    storeToken(token, values["remember"] !== undefined);
    onDone();
  };
  return (
    <Gate title="Log in to Rhumb">
      <p role="alert" class="bad">
        {failed}
      </p>
      <OtherWays onDone={onDone} />
      <PersonForm onDone={onDone} />
      <h2>With a token</h2>
      <p class="soft">{peopleText.login.lead}</p>
      <Form label="With a token" submit="Use this token" onSubmit={useToken}>
        <Field label="Token" name="token" type="password" autoComplete="off" spellcheck={false} />
        <label class="check">
          <input type="checkbox" name="remember" /> {peopleText.login.remember}
        </label>
      </Form>
      <p class="soft">{peopleText.login.more}</p>
      <Command>rhumb cloud token create --bot me --scope cloud:read</Command>
    </Gate>
  );
}
