#include "registry/audit/verify_log.h"

#include <fmt/format.h>

#include <charconv>

#include "base/text.h"
#include "codec/hex.h"
#include "registry/audit/checkpoint.h"

namespace rhumb::registry {

Result<AuditHead> parse_noted_entry(std::string_view text) {
  const auto parts = cut(text, ":");
  AuditHead head;
  const Result<codec::Sha256> hash = parse_hash(parts ? parts->second : std::string_view());
  if (parts.has_value() && hash) {
    const char* const end = parts->first.data() + parts->first.size();
    const auto parsed = std::from_chars(parts->first.data(), end, head.seq);
    if (parsed.ec == std::errc() && parsed.ptr == end && head.seq > 0) {
      head.hash = *hash;
      return head;
    }
  }
  return invalid(fmt::format("checkpoint \"{}\" must be ENTRY:HASH", text));
}

Result<AuditReport> verify_audit_log(const StoreAddress& address,
                                     const ExpectedHashes& expected,
                                     const TrustedKeys& trusted) {
  const std::unique_ptr<Session> session = TRY(open_store_reader(address));
  TRY(session->begin_read());
  const std::optional<SignedCheckpoint> base = TRY(find_base(*session));
  if (base) {
    TRY(check_signature(*base, trusted).context("the log was pruned"));
  }
  const ChainReport report = TRY(verify_chain(*session, expected));
  return AuditReport{.entries = report.head.seq - report.base.seq,
                     .head_seq = report.head.seq,
                     .head_hash = codec::hex_encode(report.head.hash),
                     .pruned = report.base.seq,
                     .unseen = report.unseen};
}

Result<AuditReport> verify_audit_log(const StoreAddress& address, const std::string& checkpoint) {
  ExpectedHashes expected;
  if (!checkpoint.empty()) {
    const AuditHead head = TRY(parse_noted_entry(checkpoint));
    expected.emplace(head.seq, head.hash);
  }
  return verify_audit_log(address, expected, {});
}

}  // namespace rhumb::registry
