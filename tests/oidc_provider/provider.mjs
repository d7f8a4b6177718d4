// An identity provider for tests: `node provider.mjs PORT ALGORITHM REDIRECT_URI`. Whoever logs in is who they say.
import { generateKeyPairSync } from "node:crypto";
import Provider from "oidc-provider";

const [port, alg, redirect] = process.argv.slice(2);
const kinds = { RS256: ["rsa", { modulusLength: 2048 }], ES256: ["ec", { namedCurve: "P-256" }], EdDSA: ["ed25519", {}] };
const key = (name) => ({
  ...generateKeyPairSync(...kinds[name]).privateKey.export({ format: "jwk" }),
  kid: `${name}-${Date.now()}`,
  alg: name,
  use: "sig",
});

const provider = new Provider(`http://127.0.0.1:${port}`, {
  clients: [
    {
      client_id: "rhumb",
      client_secret: "very secret & long enough",
      redirect_uris: [redirect],
      id_token_signed_response_alg: alg,
    },
  ],
  jwks: { keys: Object.keys(kinds).map(key) },
  enabledJWA: { idTokenSigningAlgValues: Object.keys(kinds) },
  pkce: { required: () => true, methods: ["S256"] },
  claims: { openid: ["sub"], email: ["email", "email_verified"], profile: ["name"] },
  // Claims stand in the token itself where this says no; otherwise one has to ask for them.
  conformIdTokenClaims: process.env.ASK_FOR_CLAIMS !== "no",
  findAccount: (_, id) => ({
    accountId: id,
    claims: () => ({ sub: id, email: `${id}@example.com`, email_verified: !id.startsWith("unverified"), name: `Person ${id}` }),
  }),
  cookies: { keys: ["a key of the tests"] },
});
provider.listen(Number(port), "127.0.0.1", () => console.log("ready"));
