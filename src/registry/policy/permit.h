#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "codec/ed25519.h"
#include "registry/store/sql.h"

/// Permits: what a client that was let in shows with its report, so that nobody has to believe it.
///
/// A permit is a text that only the registry can make: everything it is bound to, and a signature.
/// The client keeps it through its run and needs no registry meanwhile.
/// Source: spec registry.md 6.1.
namespace rhumb::registry {

inline constexpr int64_t kPermitLifetimeNs = int64_t{15} * 60 * 1'000'000'000;
/// By how much the clock of a client may be wrong.
inline constexpr int64_t kPermitSkewNs = int64_t{5} * 60 * 1'000'000'000;

/// What a permit is bound to.
struct PermitBond {
  int64_t org_id = 0;
  std::string repo{};  ///< slug
  std::string env{};
  std::string target_id{};
  std::string target_schema{};
  std::string dir_hash{};
  std::string version{};  ///< that the run leads to

  bool operator==(const PermitBond&) const = default;
};
/// Times are nanoseconds since 1970.
struct Permit {
  PermitBond bond{};
  int64_t issued_at = 0;
  int64_t expires_at = 0;
};

/// The key permits are signed with. The seed never leaves the store.
struct PermitKey {
  int64_t id = 0;
  codec::Ed25519Seed seed{};
};
/// The key that signs; nothing when none was made yet.
Result<std::optional<PermitKey>> find_permit_key(Session& session);
/// As find_permit_key, makes it first when there is none. Needs a transaction that writes.
Result<PermitKey> ensure_permit_key(Session& session, int64_t now);

[[nodiscard]] Result<std::string> sign_permit(const PermitKey& key, const Permit& permit);

/// The permit in a text. Errors: kDenied when it is none, or a key of this store has not signed it.
Result<Permit> open_permit(Session& session, std::string_view text);

/// A run that shows a permit, as its report tells.
struct PermitUse {
  PermitBond bond{};
  std::optional<int64_t> start{};  ///< by the client's clock, as is the end
  std::optional<int64_t> end{};
  int64_t received_at = 0;
};
/// Why a permit does not let that run in; nothing when it does. Pure.
///
/// The run must have started within the permit's life, by the client's clock or by ours. By ours a
/// run started no later than its report arrived, less the time that it took.
[[nodiscard]] std::optional<std::string> refuse_permit(const Permit& permit, const PermitUse& use);

}  // namespace rhumb::registry
