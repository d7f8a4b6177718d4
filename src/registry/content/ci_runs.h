#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"
#include "codec/tar.h"
#include "registry/registry.h"
#include "registry/store/paging.h"
#include "registry_api/report.h"

/// CI runs: what a linter of migration files found in a pipeline.
/// Source: spec registry.md 2.12, 4.8, 4.14.
namespace rhumb::registry {

inline constexpr std::string_view kUnknownStatus = "UNKNOWN";

/// The report of a run. The directory under test is looked at and not kept: what became of it is
/// pushed.
struct CiReport {
  std::string
      slug;  ///< of the repository, perhaps one that nothing was pushed to yet; may be empty
  std::string env_name;
  std::string driver;
  std::string atlas_version;
  std::string status = std::string(kUnknownStatus);  ///< SUCCESSFUL, FAILED or UNKNOWN
  std::optional<std::string> base;
  std::optional<registry_api::RunContext> context;
  std::vector<codec::ArchiveFile> files;        ///< the directory, or none
  codec::Json payload = codec::Json::object();  ///< the summary of the linter
  std::optional<std::string> from_hcl;
  std::optional<std::string> to_hcl;
};

/// A run as stored. Times are nanoseconds since 1970.
struct CiRun {
  int64_t id = 0;
  std::optional<int64_t> repo_id;
  std::string status;
  std::optional<std::string> base;
  std::optional<std::string> run_context;  ///< JSON
  int64_t created_at = 0;
};

/// Stores a run. The same report by the same actor within ten minutes is one that was sent again.
///
/// Errors: kInvalid and kLimit for names and sizes; kDenied without `ci:write`.
Result<CiRun> store_ci_run(Registry& registry, const Caller& caller, CiReport report);

/// Errors: kNotFound `ci run not found`.
Result<CiRun> load_ci_run(Session& session, int64_t org_id, int64_t id);

struct CiRunFilter {
  int64_t org_id = 0;
  std::optional<int64_t> repo_id;
  std::vector<std::string> statuses;  ///< empty: all
  std::string branch;                 ///< empty: any
  std::string version;                ///< of a file that was looked at; empty: any
};
struct CiRunPage {
  std::vector<CiRun> runs;  ///< newest first
  PageFacts facts;
};
Result<CiRunPage> list_ci_runs(Session& session, const CiRunFilter& filter, const Page& page);

/// Gives a new repository the runs that named it before it was there.
Result<void> claim_ci_runs(Session& session,
                           int64_t org_id,
                           int64_t repo_id,
                           std::string_view slug);

[[nodiscard]] std::string ci_run_link(const Registry& registry, int64_t id);

}  // namespace rhumb::registry
