#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "codec/tar.h"
#include "registry/audit/export.h"

/// Evidence packs: everything the registry knows of one version, in an archive that proves itself.
namespace rhumb::registry {

struct EvidenceRequest {
  int64_t org_id = 0;
  std::string repo{};  ///< slug or name
  std::string version{};
  std::string env{};  ///< only runs of this environment; empty: of all
};

/// The facts of a version, as files of the pack; the same facts give the same bytes.
struct Evidence {
  std::string org{};
  std::string repo{};  ///< slug
  std::string version{};
  std::string env{};
  std::vector<codec::ArchiveFile> files{};
  std::set<int64_t> entries{};  ///< of the audit log that belong to them
};

/// Errors: kNotFound for the repository, the environment, or a version that was neither pushed nor
/// run.
Result<Evidence> collect_evidence(Session& session, const EvidenceRequest& request);

/// Collects and packs, signed by `key`. Errors: those of collect_evidence().
Result<std::string> make_evidence_pack(const StoreReader& read,
                                       const EvidenceRequest& request,
                                       const AuditKey& key);

struct PackReport {
  std::string repo{};
  std::string version{};
  std::string env{};
  int64_t files = 0;
  ExportReport chain{};
  codec::Ed25519PublicKey key{};
};

/// Checks a pack without a store. Errors: kConflict or kInvalid naming the file of the pack, and
/// what does not fit.
Result<PackReport> verify_pack(std::string_view bytes,
                               const TrustedKeys& trusted,
                               const ExpectedHashes& expected);
/// Whether a file begins as a pack does.
[[nodiscard]] bool is_pack(std::string_view begin);

}  // namespace rhumb::registry
