#include "registry/audit.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "codec/hex.h"
#include "registry/store/tables.h"

namespace rhumb::registry {
namespace {

// Behind the first, `seq`.
constexpr std::string_view kColumns =
    "org_id, time, actor_kind, actor_id, actor_name, token_prefix, ip, user_agent, action, "
    "object, before_json, after_json, request_id, prev_hash, hash";

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

Blob to_blob(const codec::Sha256& hash) {
  return Blob{codec::to_string(hash)};
}

std::optional<codec::Sha256> to_hash(const Value& value) {
  codec::Sha256 hash{};
  if (value.text().size() != hash.size()) {
    return std::nullopt;
  }
  std::memcpy(hash.data(), value.text().data(), hash.size());
  return hash;
}

AuditEntry read_entry(const Row& row) {
  AuditEntry entry;
  entry.seq = row[0].number();
  entry.org_id = row[1].number();
  entry.time = row[2].number();
  entry.origin.actor = Actor{row[3].text(), row[4].find_number(), row[5].text()};
  entry.origin.token_prefix = row[6].text();
  entry.origin.ip = row[7].text();
  entry.origin.user_agent = row[8].text();
  entry.action = row[9].text();
  entry.object = row[10].text();
  entry.before = row[11].find_text();
  entry.after = row[12].find_text();
  entry.origin.request_id = row[13].text();
  return entry;
}

std::optional<Error> find_fault(const AuditHead& head, const Row& row) {
  const AuditEntry entry = read_entry(row);
  auto fault = [&entry](std::string_view what) {
    return Error(ErrorCode::kConflict, fmt::format("audit entry {}: {}", entry.seq, what));
  };
  if (entry.seq != head.entries + 1) {
    return fault(fmt::format("entry {} is missing before it", head.entries + 1));
  }
  if (to_hash(row[14]) != head.hash) {
    return fault("does not follow the entry before it");
  }
  if (to_hash(row[15]) != audit_hash(head.hash, entry)) {
    return fault("was changed after it was written");
  }
  return std::nullopt;
}

using Visit = std::function<std::optional<Error>(int64_t seq, const codec::Sha256& hash)>;

Result<AuditHead> walk(Session& session, const Visit& visit) {
  AuditHead head;
  std::optional<Error> fault;
  TRY(walk_table(session, Table{"audit", {"seq", std::string(kColumns)}, {"seq"}},
                 [&](const Row& row) {
                   fault = find_fault(head, row);
                   if (!fault.has_value()) {
                     head = AuditHead{row[0].number(), *to_hash(row[15])};
                     fault = visit(head.entries, head.hash);
                   }
                   return !fault.has_value();
                 }));
  if (fault.has_value()) {
    return *fault;
  }
  return head;
}

}  // namespace

bool is_same(const Actor& a, const Actor& b) {
  return a.kind == b.kind && a.id == b.id && (a.id.has_value() || a.name == b.name);
}

codec::Sha256 audit_hash(const codec::Sha256& previous, const AuditEntry& entry) {
  codec::Sha256Hasher hasher;
  hasher.update(previous);
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
  return hasher.digest();
}

Result<void> append_audit(Session& session, AuditEntry entry) {
  codec::Sha256 previous = kAuditGenesis;
  std::optional<Row> last =
      TRY(session.find_row("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1"));
  entry.seq = 1;
  if (last.has_value()) {
    entry.seq = (*last)[0].number() + 1;
    std::optional<codec::Sha256> hash = to_hash((*last)[1]);
    if (!hash.has_value()) {
      return Error(ErrorCode::kInternal, "the last audit entry has no hash");
    }
    previous = *hash;
  }
  const codec::Sha256 hash = audit_hash(previous, entry);
  const Origin& origin = entry.origin;
  static const std::string sql = fmt::format(
      "INSERT INTO audit (seq, {}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      kColumns);
  return session.run(sql, {entry.seq, entry.org_id, entry.time, origin.actor.kind, origin.actor.id,
                           origin.actor.name, origin.token_prefix, origin.ip, origin.user_agent,
                           entry.action, entry.object, entry.before, entry.after, origin.request_id,
                           to_blob(previous), to_blob(hash)});
}

Result<AuditHead> verify_audit(Session& session) {
  return walk(session, [](int64_t, const codec::Sha256&) { return std::optional<Error>(); });
}

Result<AuditHead> verify_audit(Session& session, int64_t seq, std::string_view hash_hex) {
  bool seen = false;
  AuditHead head =
      TRY(walk(session, [&](int64_t at, const codec::Sha256& hash) -> std::optional<Error> {
        if (at != seq) {
          return std::nullopt;
        }
        seen = true;
        if (codec::hex_encode(hash) == hash_hex) {
          return std::nullopt;
        }
        return Error(ErrorCode::kConflict,
                     fmt::format("audit entry {}: is not the one of the checkpoint", seq));
      }));
  if (!seen) {
    return Error(ErrorCode::kConflict,
                 fmt::format("audit log ends at entry {}, the checkpoint is of entry {}",
                             head.entries, seq));
  }
  return head;
}

}  // namespace rhumb::registry
