import assert from "node:assert/strict";
import test from "node:test";
import { creationOptions, failureOfName, fromBase64url, requestOptions, toBase64url } from "./passkeys.ts";

test("bytes are written as base64url and read again", () => {
  const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
  const text = toBase64url(bytes.buffer);
  assert.doesNotMatch(text, /[+/=]/);
  assert.deepEqual(fromBase64url(text), bytes);
  assert.equal(toBase64url(Uint8Array.of(251, 255, 254).buffer), "-__-");
  assert.equal(toBase64url(new ArrayBuffer(0)), "");
});

test("options for a new passkey", () => {
  const options = creationOptions({
    rp: { id: "registry.test", name: "Rhumb" },
    user: { id: "YQ", name: "ann@example.com", displayName: "Ann" },
    challenge: "YWI",
    pubKeyCredParams: [{ type: "public-key", alg: -7 }],
    excludeCredentials: [{ type: "public-key", id: "Yw" }],
  });
  assert.deepEqual(options.challenge, Uint8Array.of(97, 98));
  assert.deepEqual(options.user, { id: Uint8Array.of(97), name: "ann@example.com", displayName: "Ann" });
  assert.deepEqual(options.excludeCredentials, [{ type: "public-key", id: Uint8Array.of(99) }]);
  assert.deepEqual(options.rp, { id: "registry.test", name: "Rhumb" });
});

test("options for a login", () => {
  const options = requestOptions({ challenge: "YWI", rpId: "registry.test", allowCredentials: [], userVerification: "required" });
  assert.deepEqual(options, { challenge: Uint8Array.of(97, 98), rpId: "registry.test", allowCredentials: [], userVerification: "required" });
});

test("exceptions of browsers", () => {
  const meanings = ["NotAllowedError", "AbortError", "InvalidStateError", "SecurityError", "NotSupportedError"].map(failureOfName);
  assert.deepEqual(meanings, ["cancelled", "cancelled", "known", "address", "unsupported"]);
});
