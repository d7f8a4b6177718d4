#include <algorithm>

#include "codec/hex.h"
#include "codec/uuid.h"
#include "registry/api/own_account.h"
#include "registry/names.h"

namespace rhumb::registry {
namespace {

using codec::Json;
using graphql::FieldCall;

/// The password is asked for here; whoever has shown it has five minutes to make the passkey.
Result<Json> propose_passkey(RequestContext& context, FieldCall& call, const ApiOptions& options) {
  const Account account =
      TRY(prove_password(context, call.arguments().string_or_empty("password")));
  const RelyingParty party = TRY(relying_party(context.registry.public_url));
  TRY(check_webauthn());
  const int64_t user_id = context.caller.user_id;
  return write_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    PasskeyAccount described{account.name, account.email, {}, {}};
    described.handle = TRY(passkey_handle(session, user_id));
    described.passkeys = TRY(list_passkeys(session, user_id));
    const std::string challenge =
        TRY(store_challenge(session, {user_id, context.caller.origin.ip}, context.registry.now()));
    TRY(append_audit(session, account_entry(context, "account.passkey_proposed")));
    const PasskeyRequest request{challenge, options.asks_attestation};
    return Json::object({{"options", creation_options(party, described, request)}});
  });
}

/// The challenge goes, whatever comes of it.
Result<void> use_challenge(RequestContext& context, const std::string& challenge) {
  const bool is_asked = TRY(write_value<bool>(context.registry.store, [&](Session& session) {
    return take_challenge(session, challenge, context.caller.user_id, context.registry.now());
  }));
  return is_asked ? Result<void>()
                  : Result<void>(Error(ErrorCode::kConflict,
                                       "this took longer than five minutes, or was done already; "
                                       "add the passkey once more"));
}

/// What the log tells of a new passkey: who made the authenticator, where that is attested.
Json audited_passkey(const std::string& name, const NewCredential& credential) {
  Json out =
      Json::object({{"name", name}, {"attestation", attestation_name(credential.attestation)}});
  if (credential.attestation == AttestationKind::kCertificate) {
    codec::Uuid::Bytes model{};
    std::ranges::copy(codec::as_bytes(credential.aaguid), model.begin());
    out.set("aaguid", codec::Uuid(model).to_string());
  }
  return out;
}

Result<Json> confirm_passkey(RequestContext& context, FieldCall& call) {
  TRY(require_session(context.caller));
  const std::string name = call.input().string_or_empty("name");
  TRY(check_name("name", name));
  const std::string client_data = TRY(read_base64url(call.input(), "clientDataJSON"));
  const std::string attestation = TRY(read_base64url(call.input(), "attestationObject"));
  const RelyingParty party = TRY(relying_party(context.registry.public_url));
  const ClientData client = TRY(read_client_data(client_data));
  TRY(use_challenge(context, client.challenge));
  const AttestationObject object = TRY(read_attestation_object(attestation));
  const NewCredential credential = TRY(verify_registration(party, client, object));
  return write_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const Passkey added = TRY(
        add_passkey(session, {context.caller.user_id, name, credential, context.registry.now()}));
    AuditEntry entry = account_entry(context, "account.passkey");
    entry.after = codec::format_json(audited_passkey(name, credential));
    TRY(append_audit(session, std::move(entry)));
    return passkey_json(added);
  });
}

Result<Json> rename_own_passkey(RequestContext& context, FieldCall& call) {
  TRY(require_session(context.caller));
  const int64_t id = TRY(read_id(call.input().find("id"), "passkey"));
  const std::string name = call.input().string_or_empty("name");
  TRY(check_name("name", name));
  return write_value<Json>(context.registry.store, [&](Session& session) -> Result<Json> {
    const PasskeyRename renamed = TRY(rename_passkey(session, context.caller.user_id, id, name));
    AuditEntry entry = account_entry(context, "account.passkey_rename");
    entry.before = codec::format_json(Json::object({{"name", renamed.name_before}}));
    entry.after = codec::format_json(Json::object({{"name", name}}));
    TRY(append_audit(session, std::move(entry)));
    return passkey_json(renamed.passkey);
  });
}

Result<Json> remove_own_passkey(RequestContext& context, FieldCall& call) {
  TRY(prove_password(context, call.arguments().string_or_empty("password")));
  const int64_t id = TRY(read_id(call.arguments().find("id"), "passkey"));
  TRY(context.registry.store.write([&](Session& session) -> Result<void> {
    const std::string name = TRY(remove_passkey(session, context.caller.user_id, id));
    AuditEntry entry = account_entry(context, "account.passkey_remove");
    entry.before = codec::format_json(Json::object({{"name", name}}));
    return append_audit(session, std::move(entry));
  }));
  return Json::object({{"success", true}});
}

}  // namespace

void add_passkey_resolvers(graphql::Resolvers& resolvers, const ApiOptions& options) {
  bind_root(resolvers, "Mutation", "proposePasskey",
            [options](RequestContext& context, FieldCall& call) {
              return propose_passkey(context, call, options);
            });
  bind_root(resolvers, "Mutation", "confirmPasskey", confirm_passkey);
  bind_root(resolvers, "Mutation", "renamePasskey", rename_own_passkey);
  bind_root(resolvers, "Mutation", "removePasskey", remove_own_passkey);
}

}  // namespace rhumb::registry
