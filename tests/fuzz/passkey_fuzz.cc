// What a browser and its authenticator hand over for a passkey, before anything of it is believed.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "codec/hex.h"
#include "codec/sha256.h"
#include "registry/identity/webauthn.h"

namespace {

using namespace rhumb;
using namespace rhumb::registry;

const RelyingParty& party() {
  static const RelyingParty known{"registry.test", "https://registry.test"};
  return known;
}

/// As a browser says it that has nothing to hide.
ClientData honest(std::string_view type) {
  ClientData client;
  client.type = type;
  client.origin = party().origin;
  return client;
}

AttestationObject without_statement(std::string data) {
  return {"none", "\xa0", std::move(data)};
}

/// A new key, and what it is asked to have signed: the text itself will do for a signature.
void use_key(const AttestationObject& object, std::string_view text) {
  const auto made = verify_registration(party(), honest("webauthn.create"), object);
  if (!made) {
    RHUMB_CHECK(
        made.error().code() == ErrorCode::kDenied || made.error().code() == ErrorCode::kUnsupported,
        "who sends something else is refused");
    return;
  }
  RHUMB_CHECK(!made->id.empty() && made->id.size() <= kCredentialIdMax, "a passkey has a name");
  RHUMB_CHECK(
      std::ranges::find(kPasskeyAlgorithms, made->key.algorithm) != kPasskeyAlgorithms.end(),
      "its key is one of those that are known");
  RHUMB_CHECK(made->sign_count >= 0, "uses are counted up");
  RHUMB_CHECK((made->attestation == AttestationKind::kNone) == (object.format == "none"),
              "what is no statement says nothing, and nothing else does");
  const Assertion assertion{made->id, "", object.authenticator_data, std::string(text), ""};
  (void)verify_assertion(party(), made->key, honest("webauthn.get"), assertion);
}

/// As a whole, with what it says of the authenticator.
void use_object(const ClientData* client, std::string_view bytes, const std::string& site) {
  Result<AttestationObject> object = read_attestation_object(bytes);
  if (!object) {
    return;
  }
  RHUMB_CHECK(object->statement.size() + object->authenticator_data.size() < bytes.size(),
              "it has no more than it was made of");
  object->authenticator_data.insert(0, site);
  if (client != nullptr) {
    (void)verify_registration(party(), *client, *object);
  }
  use_key(*object, bytes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  // Client data, a line break, authenticator data after the hash of the site's name: nothing that
  // is made up has the hash, so it is put before. Or an attestation object with such data in it.
  const size_t line = text.find('\n');
  const std::string_view said = text.substr(0, line);
  const std::string_view rest = line == std::string_view::npos ? "" : text.substr(line + 1);
  const std::string site = codec::to_string(codec::sha256(party().id));
  const std::string answer = site + std::string(rest);
  const auto client = read_client_data(said);
  if (client) {
    RHUMB_CHECK(client->hash == codec::sha256(said), "what was sent is what gets signed");
    const auto made = verify_registration(party(), *client, without_statement(answer));
    RHUMB_CHECK(!made || (client->type == "webauthn.create" && client->origin == party().origin),
                "a key is taken from the registry's own pages only");
  }
  RHUMB_CHECK(!verify_registration(party(), honest("webauthn.create"),
                                   without_statement(std::string(rest))) ||
                  rest.starts_with(site),
              "a key of another site is refused");
  use_key(without_statement(answer), rest);
  use_object(client ? &*client : nullptr, rest, site);
  return 0;
}
