// What gets one in: everything but the API itself. A session is a cookie that no script sees.
import type { RequestJson } from "../lib/passkeys.ts";
import { peopleText } from "../text-people.ts";
import { ApiError, failureOf, post, storeToken, type Reply } from "./client.ts";
import { usePasskey } from "./passkeys.ts";

const spent = 410;

async function send(path: string, body: unknown, gone: string = peopleText.invite.spent): Promise<Reply> {
  const [response, reply] = await post(path, body);
  if (response.status === spent) throw new ApiError(gone, spent);
  const failure = failureOf(response, reply);
  if (failure !== null) throw failure;
  return reply;
}

/** From now on requests are made by the session that the registry has just begun. */
export function useSession(): void {
  storeToken("", true);
}

/** The ways in beside passwords. */
export interface Ways {
  /** What the login by an identity provider is called; null where there is none. */
  oidc: string | null;
  passkeys: boolean;
}

export async function findWays(): Promise<Ways> {
  return (await (await fetch("/auth/ways")).json()) as Ways;
}

export async function logIn(email: string, password: string, code: string): Promise<void> {
  await send("/auth/login", { email, password, code });
  useSession();
}

/** By whichever passkey for this registry the person chooses. */
export async function logInByPasskey(): Promise<void> {
  const options = (await send("/auth/passkey/options", {})) as unknown as RequestJson;
  await send("/auth/passkey", await usePasskey(options));
  useSession();
}

export interface Invitation {
  email: string;
  name: string;
  isKnown: boolean;
}

export async function findInvitation(code: string): Promise<Invitation> {
  return (await send("/auth/invitation", { code })) as unknown as Invitation;
}

export async function acceptInvitation(code: string, name: string, password: string): Promise<void> {
  await send("/auth/invitation", { code, name, password });
  useSession();
}

/** Redeems the code of the one-time set-up page: makes the first person and answers their token. */
export async function redeemSetup(code: string, person: { name: string; email: string; password: string }): Promise<string> {
  return ((await send(`/setup/${encodeURIComponent(code)}`, person, peopleText.setup.spent)) as { token?: string }).token ?? "";
}
