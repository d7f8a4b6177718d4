#include "registry/audit/audit.h"

#include <fmt/format.h>

#include <cstring>

#include "base/utf8.h"
#include "codec/hex.h"
#include "registry/audit/chain.h"

namespace rhumb::registry {
namespace {

constexpr char32_t kReplacement = U'\uFFFD';
constexpr std::string_view kHeadNote = "audit head";

void add_field(codec::Sha256Hasher& hasher, std::string_view field) {
  hasher.update(fmt::format("{}:", field.size())).update(field).update(",");
}

void add_field(codec::Sha256Hasher& hasher, int64_t field) {
  add_field(hasher, std::to_string(field));
}

template <typename T>
void add_field(codec::Sha256Hasher& hasher, const std::optional<T>& field) {
  if (field.has_value()) {
    add_field(hasher, *field);
  } else {
    hasher.update("-");
  }
}

void add_fields(codec::Sha256Hasher& hasher, const AuditEntry& entry) {
  add_field(hasher, entry.seq);
  add_field(hasher, entry.org_id);
  add_field(hasher, entry.time);
  add_field(hasher, entry.origin.actor.kind);
  add_field(hasher, entry.origin.actor.id);
  add_field(hasher, entry.origin.actor.name);
  add_field(hasher, entry.origin.token_prefix);
  add_field(hasher, entry.origin.ip);
  add_field(hasher, entry.origin.user_agent);
  add_field(hasher, entry.origin.request_id);
  add_field(hasher, entry.action);
  add_field(hasher, entry.object);
  add_field(hasher, entry.before);
  add_field(hasher, entry.after);
}

/// Nobody else writes while this transaction does: it has to look once.
Result<AuditHead> current_head(Session& session) {
  const auto noted = session.notes().find(kHeadNote);
  if (noted == session.notes().end() || !session.in_transaction()) {
    return audit_head(session);
  }
  AuditHead head{noted->second[0].number(), {}};
  std::memcpy(head.hash.data(), noted->second[1].text().data(), head.hash.size());
  return head;
}

/// What every store gives back as it was, and every document can hold.
void clean(std::string& text) {
  if (is_valid_utf8(text) && text.find('\0') == std::string::npos) {
    return;
  }
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const DecodedRune rune = decode_rune(std::string_view(text).substr(at));
    append_rune(out, rune.rune == 0 ? kReplacement : rune.rune);
    at += rune.size;
  }
  text = std::move(out);
}

void clean(AuditEntry& entry) {
  for (std::string* text :
       {&entry.origin.actor.name, &entry.origin.token_prefix, &entry.origin.ip,
        &entry.origin.user_agent, &entry.origin.request_id, &entry.action, &entry.object}) {
    clean(*text);
  }
  for (std::optional<std::string>* text : {&entry.before, &entry.after}) {
    if (text->has_value()) {
      clean(**text);
    }
  }
}

}  // namespace

bool is_same(const Actor& a, const Actor& b) {
  return a.kind == b.kind && a.id == b.id && (a.id.has_value() || a.name == b.name);
}

codec::Sha256 audit_hash(const codec::Sha256& previous, const AuditEntry& entry) {
  codec::Sha256Hasher hasher;
  hasher.update(previous);
  add_fields(hasher, entry);
  return hasher.digest();
}

codec::Sha256 audit_leaf(const AuditEntry& entry) {
  codec::Sha256Hasher hasher;
  hasher.update("rhumb audit entry 2\n");
  add_fields(hasher, entry);
  return hasher.digest();
}

codec::Sha256 link_audit(const codec::Sha256& previous, const codec::Sha256& leaf) {
  codec::Sha256Hasher hasher;
  hasher.update("rhumb audit link 2\n").update(previous).update(leaf);
  return hasher.digest();
}

Result<void> append_audit(Session& session, AuditEntry entry) {
  clean(entry);
  const AuditHead head = TRY(current_head(session));
  entry.seq = head.seq + 1;
  const codec::Sha256 hash = link_audit(head.hash, audit_leaf(entry));
  TRY(store_sealed(session, {.entry = entry, .previous = head.hash, .hash = hash}));
  session.notes()[std::string(kHeadNote)] = {entry.seq, codec::to_string(hash)};
  return {};
}

}  // namespace rhumb::registry
