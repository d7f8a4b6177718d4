#include "registry/audit/chain.h"

#include <fmt/format.h>

#include <algorithm>
#include <cstring>

#include "codec/hex.h"
#include "codec/json.h"
#include "registry/store/tables.h"

namespace rhumb::registry {
namespace {

using codec::Json;

// Behind the first, `seq`.
constexpr std::string_view kColumns =
    "org_id, time, actor_kind, actor_id, actor_name, token_prefix, ip, user_agent, action, "
    "object, before_json, after_json, request_id, prev_hash, hash, format, leaf, redacted_by";

// With a parameter, for such statements wait together with those before them.
constexpr std::string_view kHeadSql = "SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT ?";

Blob to_blob(const codec::Sha256& hash) {
  return Blob{codec::to_string(hash)};
}

std::optional<codec::Sha256> to_hash(std::string_view bytes) {
  codec::Sha256 hash{};
  if (bytes.size() != hash.size()) {
    return std::nullopt;
  }
  std::memcpy(hash.data(), bytes.data(), hash.size());
  return hash;
}

Error fault(int64_t seq, std::string_view what) {
  return Error(ErrorCode::kConflict, fmt::format("audit entry {}: {}", seq, what));
}

Error changed(int64_t seq) {
  return fault(seq, "was changed after it was written");
}

std::optional<codec::Sha256> find_hash(const Json& item, std::string_view member) {
  const Result<codec::Sha256> hash = parse_hash(item.string_or_empty(member));
  return hash ? std::optional(*hash) : std::nullopt;
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

/// Whether the fields, or the leaf that stands for those it had, give the hash.
bool is_sealed(const SealedEntry& sealed) {
  const bool is_redacted = sealed.redacted_by.has_value();
  if (sealed.format == kAuditWhole) {
    // Nothing but the voucher tells what a redacted one of this format was.
    return !sealed.leaf &&
           (is_redacted || audit_hash(sealed.previous, sealed.entry) == sealed.hash);
  }
  return sealed.format == kAuditLinked && sealed.leaf.has_value() == is_redacted &&
         link_audit(sealed.previous, sealed.leaf.value_or(audit_leaf(sealed.entry))) == sealed.hash;
}

}  // namespace

bool SealedEntry::operator==(const SealedEntry& other) const {
  return format == other.format && previous == other.previous && hash == other.hash &&
         leaf == other.leaf && redacted_by == other.redacted_by &&
         audit_leaf(entry) == audit_leaf(other.entry);
}

Result<codec::Sha256> parse_hash(std::string_view text) {
  const std::vector<std::byte> bytes = TRY(codec::hex_decode(text));
  const std::optional<codec::Sha256> hash = to_hash(codec::to_string(bytes));
  return hash ? Result<codec::Sha256>(*hash)
              : invalid(fmt::format("\"{}\" is no hash of 64 hexadecimal digits", text));
}

const std::string& sealed_columns() {
  static const std::string columns(kColumns);
  return columns;
}

Result<SealedEntry> read_sealed(const Row& row) {
  const std::optional<codec::Sha256> previous = to_hash(row[14].text());
  const std::optional<codec::Sha256> hash = to_hash(row[15].text());
  SealedEntry sealed{.entry = read_entry(row),
                     .format = row[16].number(),
                     .leaf = to_hash(row[17].text()),
                     .redacted_by = row[18].find_number()};
  if (!previous || !hash || row[17].is_null() == sealed.leaf.has_value()) {
    return changed(sealed.entry.seq);
  }
  sealed.previous = *previous;
  sealed.hash = *hash;
  return sealed;
}

Result<void> store_sealed(Session& session, const SealedEntry& sealed) {
  const AuditEntry& entry = sealed.entry;
  const Origin& origin = entry.origin;
  static const std::string table = fmt::format("audit (seq, {})", kColumns);
  Value leaf;
  if (sealed.leaf) {
    leaf = to_blob(*sealed.leaf);
  }
  return session.insert_later(
      {table},
      {entry.seq, entry.org_id, entry.time, origin.actor.kind, origin.actor.id, origin.actor.name,
       origin.token_prefix, origin.ip, origin.user_agent, entry.action, entry.object, entry.before,
       entry.after, origin.request_id, to_blob(sealed.previous), to_blob(sealed.hash),
       sealed.format, leaf, sealed.redacted_by});
}

Result<void> ask_for_audit_head(Session& session) {
  return session.ask_ahead(kHeadSql, {1});
}

Result<AuditHead> audit_head(Session& session) {
  const std::optional<Row> last = TRY(session.find_row(kHeadSql, {1}));
  if (!last) {
    return audit_base(session);
  }
  const std::optional<codec::Sha256> hash = to_hash((*last)[1].text());
  if (!hash) {
    return Error(ErrorCode::kInternal, "the last audit entry has no hash");
  }
  return AuditHead{(*last)[0].number(), *hash};
}

// ---------------------------------------------------------------------------------------- checking

Result<void> ChainCheck::expect(int64_t seq, const codec::Sha256& hash) {
  if (head_ && head_->seq == seq) {
    return head_->hash == hash ? Result<void>() : fault(seq, "is not the one of the checkpoint");
  }
  const auto [known, is_new] = expected_.try_emplace(seq, hash);
  return is_new || known->second == hash
             ? Result<void>()
             : fault(seq, "two checkpoints name different hashes of it");
}

Result<void> ChainCheck::follow(int64_t seq, const std::optional<codec::Sha256>& previous) {
  const bool continues = head_ && (!is_anew_ || seq <= head_->seq + 1);
  if (continues && seq != head_->seq + 1) {
    return seq <= head_->seq
               ? fault(seq, fmt::format("stands behind entry {}", head_->seq))
               : fault(seq, fmt::format("entry {} is missing before it", head_->seq + 1));
  }
  if (previous ? continues && *previous != head_->hash : !continues) {
    return fault(seq, "does not follow the entry before it");
  }
  is_anew_ = false;
  return {};
}

Result<void> ChainCheck::arrive(int64_t seq, const codec::Sha256& hash) {
  head_ = AuditHead{seq, hash};
  const auto first = expected_.begin();
  if (first == expected_.end()) {
    return {};
  }
  const auto at = expected_.lower_bound(seq);
  unseen_ += std::distance(first, at);
  const bool is_expected = at != expected_.end() && at->first == seq;
  if (is_expected && at->second != hash) {
    return fault(seq, "is not the one of the checkpoint");
  }
  expected_.erase(first, is_expected ? std::next(at) : at);
  return {};
}

void ChainCheck::take_vouchers(const AuditEntry& entry) {
  if (redacted_.empty() || entry.action != kRedactAction || !entry.after) {
    return;
  }
  const Result<Json> after = codec::parse_json(*entry.after);
  const Json::Array* const items = after ? after->find_array("entries") : nullptr;
  if (items == nullptr) {
    return;
  }
  for (const Json& item : *items) {
    const auto found = redacted_.find(item.find_int("seq").value_or(0));
    if (found != redacted_.end() && found->second.vouched_by == entry.seq &&
        find_hash(item, "hash") == found->second.hash &&
        find_hash(item, "content") == found->second.leaf) {
      redacted_.erase(found);
    }
  }
}

Result<void> ChainCheck::add(const SealedEntry& sealed) {
  const AuditEntry& entry = sealed.entry;
  TRY(follow(entry.seq, sealed.previous));
  if (!is_sealed(sealed) || sealed.redacted_by.value_or(entry.seq + 1) <= entry.seq) {
    return changed(entry.seq);
  }
  TRY(arrive(entry.seq, sealed.hash));
  if (sealed.redacted_by) {
    redacted_[entry.seq] = Content{*sealed.redacted_by, sealed.hash, audit_leaf(entry)};
  } else {
    take_vouchers(entry);
  }
  return {};
}

Result<void> ChainCheck::add_leaf(int64_t seq, const codec::Sha256& leaf) {
  TRY(follow(seq, std::nullopt));
  return arrive(seq, link_audit(head().hash, leaf));
}

Result<void> ChainCheck::finish(bool is_end) {
  if (!redacted_.empty()) {
    return changed(redacted_.begin()->first);
  }
  const int64_t last = head().seq;
  const auto behind = expected_.upper_bound(last);
  if (is_end && behind != expected_.end()) {
    return Error(ErrorCode::kConflict,
                 fmt::format("audit log ends at entry {}, the checkpoint is of entry {}", last,
                             behind->first));
  }
  unseen_ += static_cast<int64_t>(expected_.size());
  expected_.clear();
  return {};
}

// --------------------------------------------------------------------------------- the stored
// chain

Result<ChainReport> verify_chain(Session& session, const ExpectedHashes& expected) {
  ChainReport report{.base = TRY(audit_base(session))};
  ChainCheck check(report.base);
  for (const auto& [seq, hash] : expected) {
    TRY(check.expect(seq, hash));
  }
  Result<void> step;
  TRY(walk_table(session, Table{"audit", {"seq", sealed_columns()}, {"seq"}}, [&](const Row& row) {
    const Result<SealedEntry> sealed = read_sealed(row);
    step = sealed ? check.add(*sealed) : Result<void>(sealed.error());
    return step.has_value();
  }));
  TRY(std::move(step));
  TRY(check.finish(/*is_end=*/true));
  report.head = check.head();
  report.unseen = check.unseen();
  return report;
}

Result<AuditHead> verify_audit(Session& session) {
  const ChainReport report = TRY(verify_chain(session));
  return report.head;
}

}  // namespace rhumb::registry
