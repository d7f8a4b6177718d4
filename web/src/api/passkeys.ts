// Asks the browser, and with it an authenticator, for a passkey. Failures say what to do.
import { creationOptions, failureOfName, requestOptions, toBase64url, type CreationJson, type RequestJson } from "../lib/passkeys.ts";
import { peopleText } from "../text-people.ts";
import { ApiError } from "./client.ts";

/** Browsers have passkeys over https, or on the machine itself, only. */
export const hasPasskeys = (): boolean => "PublicKeyCredential" in window;

async function ask(credential: Promise<Credential | null>): Promise<PublicKeyCredential> {
  const given = await credential.catch((failure: unknown) => {
    throw new ApiError(peopleText.passkeys.failed[failureOfName((failure as { name?: string }).name ?? "")], 0);
  });
  if (given === null) throw new ApiError(peopleText.passkeys.failed.cancelled, 0);
  return given as PublicKeyCredential;
}

export async function makePasskey(options: CreationJson): Promise<{ clientDataJSON: string; attestationObject: string }> {
  const { response } = await ask(navigator.credentials.create({ publicKey: creationOptions(options) }));
  const made = response as AuthenticatorAttestationResponse;
  return { clientDataJSON: toBase64url(made.clientDataJSON), attestationObject: toBase64url(made.attestationObject) };
}

/** What the registry is to be sent: AuthenticationResponseJSON, as far as it reads it. */
export async function usePasskey(options: RequestJson): Promise<{ id: string; response: Record<string, string> }> {
  const { id, response } = await ask(navigator.credentials.get({ publicKey: requestOptions(options) }));
  const said = response as AuthenticatorAssertionResponse;
  return {
    id,
    response: {
      clientDataJSON: toBase64url(said.clientDataJSON),
      authenticatorData: toBase64url(said.authenticatorData),
      signature: toBase64url(said.signature),
      userHandle: toBase64url(said.userHandle ?? new ArrayBuffer(0)),
    },
  };
}
