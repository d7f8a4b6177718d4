#include "registry/identity/webauthn.h"

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <memory>
#include <optional>

#include "base/text.h"
#include "codec/cbor.h"
#include "codec/hex.h"
#include "codec/json.h"
#include "codec/url.h"
#include "registry/identity/attestation_signature.h"
#include "registry/identity/libfido2.h"

namespace rhumb::registry {
namespace {

// The authenticator data's fixed part: hash of the relying party's id, flags, count (WebAuthn 6.1).
constexpr size_t kHashBytes = 32;
constexpr size_t kFixedBytes = kHashBytes + 1 + 4;
constexpr unsigned kUserPresent = 0x01;
constexpr unsigned kUserVerified = 0x04;
constexpr unsigned kHasCredential = 0x40;
constexpr unsigned kHasExtensions = 0x80;
// What stands before the new credential's id: who made the authenticator, and the id's length
// (6.5.1).
constexpr size_t kCredentialHeadBytes = kAaguidBytes + 2;

/// What the authenticator data is of. Source: WebAuthn 7.1, 7.2.
enum class Ceremony { kRegistration, kLogin };

Error refused(std::string_view why) {
  return Error(ErrorCode::kDenied, std::string(why));
}

/// A host whose last label is a number is an IPv4 address. Source: WHATWG URL 3.5.
bool is_address(std::string_view host) {
  const std::string_view last = host.substr(host.rfind('.') + 1);
  return host.find(':') != std::string_view::npos || last.empty() ||
         std::ranges::all_of(last, [](char c) { return c >= '0' && c <= '9'; });
}

bool is_local(std::string_view host) {
  return host == "localhost" || host.ends_with(".localhost");
}

/// What every ceremony asks of the browser.
Result<void> check_client(const RelyingParty& party,
                          const ClientData& client,
                          std::string_view type) {
  if (client.type != type) {
    return refused("the passkey was used for something else");
  }
  if (client.origin != party.origin || client.is_framed) {
    return refused("the passkey was used at another address than the registry's");
  }
  if (client.is_bound_to_channel) {
    return refused("the passkey was used over another connection");
  }
  return {};
}

/// What stands behind the new credential and its key; nothing when they are not whole.
std::optional<std::string_view> skip_credential(std::string_view rest) {
  if (rest.size() < kCredentialHeadBytes) {
    return std::nullopt;
  }
  const size_t length = static_cast<unsigned char>(rest[kAaguidBytes]) * size_t{256} +
                        static_cast<unsigned char>(rest[kAaguidBytes + 1]);
  rest.remove_prefix(kCredentialHeadBytes);
  return rest.size() < length ? std::nullopt : codec::skip_cbor(rest.substr(length));
}

/// What stands behind the fixed part, and at a registration the credential: the extensions, if
/// there are any. Nothing when it is not whole.
std::optional<std::string_view> behind_credential(std::string_view data, Ceremony ceremony) {
  const auto flags = static_cast<unsigned char>(data[kHashBytes]);
  const std::string_view rest = data.substr(kFixedBytes);
  return ceremony == Ceremony::kRegistration && (flags & kHasCredential) != 0
             ? skip_credential(rest)
             : std::optional(rest);
}

/// Of a registration; empty when there are none.
std::string_view extensions_of(std::string_view data) {
  return behind_credential(data, Ceremony::kRegistration).value_or("");
}

/// Whether the CBOR in it is whole, where libfido2 is going to read it: that makes room for as many
/// items as it is told of, before it looks for them, which takes a few bytes to tell and may be
/// more than the machine has.
/// Source: libcbor 0.8, cbor_load(3); libfido2 1.12, cbor.c.
bool is_whole(std::string_view data, Ceremony ceremony) {
  const auto flags = static_cast<unsigned char>(data[kHashBytes]);
  std::optional<std::string_view> rest = behind_credential(data, ceremony);
  if (rest.has_value() && (flags & kHasExtensions) != 0) {
    rest = codec::skip_cbor(*rest);
  }
  return rest.has_value();
}

/// What every ceremony asks of the authenticator.
Result<void> check_authenticator(const RelyingParty& party,
                                 std::string_view data,
                                 Ceremony ceremony) {
  if (data.size() < kFixedBytes) {
    return refused("the passkey's answer is too short");
  }
  if (!std::ranges::equal(codec::as_bytes(data.substr(0, kHashBytes)), codec::sha256(party.id))) {
    return refused("the passkey is one of another site");
  }
  const auto flags = static_cast<unsigned char>(data[kHashBytes]);
  if ((flags & kUserPresent) == 0 || (flags & kUserVerified) == 0) {
    return refused("the passkey was used without PIN, fingerprint or face");
  }
  if (!is_whole(data, ceremony)) {
    return refused("the passkey's answer is damaged");
  }
  return {};
}

std::string text_of(const unsigned char* bytes, size_t size) {
  return bytes == nullptr ? "" : std::string(reinterpret_cast<const char*>(bytes), size);
}

using AnyKey = std::unique_ptr<void, std::function<void(void*)>>;

/// Null for bytes that are no such key.
template <typename Key>
AnyKey make_key(const FidoKeyFunctions<Key>& functions, std::string_view bytes) {
  AnyKey key(functions.make(), [&functions](void* made) {
    auto* typed = static_cast<Key*>(made);
    functions.free(&typed);
  });
  const bool is_key = key != nullptr && functions.from_bytes(static_cast<Key*>(key.get()),
                                                             bytes.data(), bytes.size()) == FIDO_OK;
  return is_key ? std::move(key) : AnyKey();
}

AnyKey make_key(const Libfido2& fido, const PasskeyKey& key) {
  switch (key.algorithm) {
    case COSE_ES256:
      return make_key(fido.es256, key.bytes);
    case COSE_EDDSA:
      return make_key(fido.eddsa, key.bytes);
    case COSE_RS256:
      return make_key(fido.rs256, key.bytes);
    default:
      return {};
  }
}

/// The library, ready on this thread.
Result<const Libfido2*> begin_use() {
  if (!libfido2()) {
    return libfido2().error();
  }
  libfido2()->init(0);
  return &*libfido2();
}

using Credential = std::unique_ptr<fido_cred_t, std::function<void(fido_cred_t*)>>;

/// The credential of authenticator data whose key is for `algorithm`; null when it is not.
Credential read_credential(const Libfido2& fido, int64_t algorithm, std::string_view data) {
  Credential cred(fido.cred_new(), [&fido](fido_cred_t* made) { fido.cred_free(&made); });
  const bool is_read =
      cred != nullptr && fido.cred_set_type(cred.get(), static_cast<int>(algorithm)) == FIDO_OK &&
      fido.cred_set_authdata_raw(cred.get(), fido_bytes(data), data.size()) == FIDO_OK;
  return is_read ? std::move(cred) : Credential();
}

/// What was made, when its key is one that can be used.
std::optional<NewCredential> describe(const Libfido2& fido,
                                      const fido_cred_t* cred,
                                      int64_t algorithm,
                                      std::string_view data) {
  NewCredential out;
  if (cred == nullptr) {
    return std::nullopt;
  }
  out.id = text_of(fido.cred_id_ptr(cred), fido.cred_id_len(cred));
  out.key = {algorithm, text_of(fido.cred_pubkey_ptr(cred), fido.cred_pubkey_len(cred))};
  out.sign_count = fido.cred_sigcount(cred);
  out.aaguid = data.substr(kFixedBytes, kAaguidBytes);
  const bool is_usable =
      !out.id.empty() && out.id.size() <= kCredentialIdMax && make_key(fido, out.key) != nullptr;
  return is_usable ? std::optional(std::move(out)) : std::nullopt;
}

/// Whether the assertion could be taken in, to be verified with user presence and verification.
bool is_filled(const Libfido2& fido,
               fido_assert_t& made,
               const RelyingParty& party,
               const ClientData& client,
               const Assertion& assertion) {
  const std::string hash = codec::to_string(client.hash);
  const std::string& data = assertion.authenticator_data;
  const std::string& signature = assertion.signature;
  return fido.assert_set_rp(&made, party.id.c_str()) == FIDO_OK &&
         fido.assert_set_clientdata_hash(&made, fido_bytes(hash), hash.size()) == FIDO_OK &&
         fido.assert_set_up(&made, FIDO_OPT_TRUE) == FIDO_OK &&
         fido.assert_set_uv(&made, FIDO_OPT_TRUE) == FIDO_OK &&
         fido.assert_set_count(&made, 1) == FIDO_OK &&
         fido.assert_set_authdata_raw(&made, 0, fido_bytes(data), data.size()) == FIDO_OK &&
         fido.assert_set_sig(&made, 0, fido_bytes(signature), signature.size()) == FIDO_OK;
}

}  // namespace

Result<RelyingParty> relying_party(std::string_view public_url) {
  const codec::Url url = TRY(codec::parse_url(public_url));
  const std::string host = to_lower_ascii(url.hostname());
  const bool is_https = url.scheme == "https";
  if (is_address(host) || (!is_https && !is_local(host))) {
    return Error(
        ErrorCode::kUnsupported,
        "browsers have passkeys at https addresses with a host name only; set --public-url "
        "to such an address of the registry");
  }
  const std::string port = url.port();
  const bool is_default = port.empty() || port == (is_https ? "443" : "80");
  return RelyingParty{host, fmt::format("{}://{}{}{}", url.scheme, host, is_default ? "" : ":",
                                        is_default ? "" : port)};
}

Result<void> check_webauthn() {
  return libfido2() ? Result<void>() : Result<void>(libfido2().error());
}

Result<ClientData> read_client_data(std::string_view text) {
  const Result<codec::Json> json = codec::parse_json(text);
  if (!json || !json->is_object()) {
    return invalid("the client data of the passkey is no JSON object");
  }
  ClientData client;
  client.type = json->string_or_empty("type");
  client.challenge = json->string_or_empty("challenge");
  client.origin = json->string_or_empty("origin");
  client.is_framed = json->find_bool("crossOrigin").value_or(false);
  const codec::Json* binding = json->find_object("tokenBinding");
  client.is_bound_to_channel =
      binding != nullptr && binding->string_or_empty("status") == "present";
  client.hash = codec::sha256(text);
  return client;
}

Result<NewCredential> verify_registration(const RelyingParty& party,
                                          const ClientData& client,
                                          const AttestationObject& object) {
  const std::string& data = object.authenticator_data;
  TRY(check_client(party, client, "webauthn.create"));
  TRY(check_authenticator(party, data, Ceremony::kRegistration));
  const Libfido2* fido = TRY(begin_use());
  for (const int64_t algorithm : kPasskeyAlgorithms) {
    const Credential cred = read_credential(*fido, algorithm, data);
    std::optional<NewCredential> made = describe(*fido, cred.get(), algorithm, data);
    if (made.has_value()) {
      made->attestation = TRY(check_statement(object, {algorithm, made->aaguid}));
      TRY(verify_statement(*fido, cred.get(), object,
                           {.kind = made->attestation,
                            .site = party.id,
                            .client_hash = client.hash,
                            .extensions = extensions_of(data)}));
      return std::move(*made);
    }
  }
  return refused("the passkey has no key of a kind that is known here");
}

Result<int64_t> verify_assertion(const RelyingParty& party,
                                 const PasskeyKey& key,
                                 const ClientData& client,
                                 const Assertion& assertion) {
  TRY(check_client(party, client, "webauthn.get"));
  TRY(check_authenticator(party, assertion.authenticator_data, Ceremony::kLogin));
  const Libfido2* fido = TRY(begin_use());
  const auto free = [fido](fido_assert_t* made) { fido->assert_free(&made); };
  const std::unique_ptr<fido_assert_t, decltype(free)> made(fido->assert_new(), free);
  const AnyKey any_key = make_key(*fido, key);
  if (made == nullptr || any_key == nullptr || !is_filled(*fido, *made, party, client, assertion) ||
      fido->assert_verify(made.get(), 0, static_cast<int>(key.algorithm), any_key.get()) !=
          FIDO_OK) {
    return refused("the passkey's signature is wrong");
  }
  return int64_t{fido->assert_sigcount(made.get(), 0)};
}

}  // namespace rhumb::registry
