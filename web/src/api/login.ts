// What gets one in: everything but the API itself. A session is a cookie that no script sees.
import { peopleText } from "../text-people.ts";
import { ApiError, failureOf, post, storeToken, type Reply } from "./client.ts";

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

/** What the login by an identity provider is called; null where there is none. */
export async function findProvider(): Promise<string | null> {
  const response = await fetch("/auth/ways");
  return ((await response.json()) as { oidc: string | null }).oidc;
}

export async function logIn(email: string, password: string, code: string): Promise<void> {
  await send("/auth/login", { email, password, code });
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
