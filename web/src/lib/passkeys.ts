// Passkeys between the registry's JSON and the objects of browsers (W3C Web Authentication). Pure.

type Described = Omit<PublicKeyCredentialDescriptor, "id"> & { id: string };

export interface CreationJson extends Omit<PublicKeyCredentialCreationOptions, "challenge" | "user" | "excludeCredentials"> {
  challenge: string;
  user: { id: string; name: string; displayName: string };
  excludeCredentials: Described[];
}

export interface RequestJson extends Omit<PublicKeyCredentialRequestOptions, "challenge" | "allowCredentials"> {
  challenge: string;
  allowCredentials: Described[];
}

export function toBase64url(bytes: ArrayBuffer): string {
  return btoa(String.fromCharCode(...new Uint8Array(bytes)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}

export function fromBase64url(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text.replaceAll("-", "+").replaceAll("_", "/")), (letter) => letter.charCodeAt(0));
}

const described = (credentials: Described[]): PublicKeyCredentialDescriptor[] => credentials.map((one) => ({ ...one, id: fromBase64url(one.id) }));

export function creationOptions({ challenge, user, excludeCredentials, ...rest }: CreationJson): PublicKeyCredentialCreationOptions {
  return {
    ...rest,
    challenge: fromBase64url(challenge),
    user: { ...user, id: fromBase64url(user.id) },
    excludeCredentials: described(excludeCredentials),
  };
}

export function requestOptions({ challenge, allowCredentials, ...rest }: RequestJson): PublicKeyCredentialRequestOptions {
  return { ...rest, challenge: fromBase64url(challenge), allowCredentials: described(allowCredentials) };
}

export type PasskeyFailure = "cancelled" | "known" | "address" | "unsupported";

/** What the name of a browser's exception means to whoever uses a passkey. */
export function failureOfName(name: string): PasskeyFailure {
  if (name === "InvalidStateError") return "known";
  if (name === "SecurityError") return "address";
  return name === "NotAllowedError" || name === "AbortError" ? "cancelled" : "unsupported";
}
