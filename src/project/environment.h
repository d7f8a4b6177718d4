#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "hcl/value.h"
#include "migrate/transaction_hook.h"
#include "project/block_value.h"
#include "project/check_rules.h"
#include "project/rollout.h"

namespace rhumb::migrate {
class MemoryDirectories;
}  // namespace rhumb::migrate

namespace rhumb::project {

/// The `atlas { cloud { ... } }` block; empty members are unset.
struct CloudConfig {
  bool present = false;  ///< the file has an `atlas` block
  std::string token{};
  std::string url{};
  std::string org{};
  std::string repo{};
  std::string project = "default";
};

/// A `repo` block of `migration` or `schema`.
struct RepoConfig {
  std::string name{};
  std::vector<std::string> backup{};
  bool allow_stale = false;
};

/// `env.migration`; empty texts are unset.
struct MigrationConfig {
  std::string dir{};
  std::string format{};
  std::string baseline{};
  std::string exec_order{};  ///< as the flag spells it: `linear-skip`
  std::string lock_timeout{};
  std::string lock_name{};
  std::string revisions_schema{};
  std::string to_version{};
  std::vector<std::string> exclude{};
  std::optional<RepoConfig> repo{};
  std::optional<bool> report{};
  std::optional<bool> skip_report{};
  bool report_required = false;
  std::string report_masking{};  ///< `ALL`, `VALUES`, `NONE`; empty is ALL
  bool report_masking_ack = false;
  std::string policy_unreachable{};
};

/// `env.schema`.
struct SchemaConfig {
  std::vector<std::string> src{};
  std::optional<RepoConfig> repo{};
  std::optional<bool> skip_report{};
};

/// `lint` of an environment, with what it inherits of the global block; empty members are unset.
/// When both `latest` and `git_base` are set, they stood in one block.
struct LintConfig {
  std::string format{};  ///< of `format`, or of `log`, its old name
  std::string review{};  ///< `ALWAYS`, `WARNING`, `ERROR`; empty is ALWAYS
  int64_t latest = 0;
  std::string git_dir{};
  std::string git_base{};
  BlockValue extra{};  ///< analyzers: the other blocks and attributes
};

/// `diff` of an environment, with what it inherits.
struct DiffConfig {
  std::map<std::string, bool> skip{};  ///< `drop_table`: changes that are left out
  BlockValue extra{};                  ///< what drivers read: the other blocks and attributes
};

/// `test.migrate` of an environment, or the global one.
struct TestConfig {
  std::vector<std::string> src{};  ///< test files, or folders of them
  hcl::ValueMap variables{};       ///< values of the variables that the files declare
};

/// An attribute that `env` does not define: input of schema files and `env://` target.
struct ExtraAttribute {
  std::string name{};
  hcl::Value value{};
};

/// What `data "hcl_schema"` names: files of a desired state and the variables they are read with.
struct SchemaFiles {
  std::vector<std::string> paths{};
  hcl::ValueMap variables{};
};

/// One target: an `env` block, or one element of its `for_each`, fully evaluated.
struct Environment {
  std::string name{};  ///< what `--env` selected
  std::string key{};   ///< `each.key` as text; empty without for_each
  std::string url{};
  std::string dev{};
  /// Where the desired state is, also that of `schema.src`; each with a scheme.
  std::vector<std::string> src{};
  std::vector<std::string> schemas{};
  std::vector<std::string> exclude{};
  std::vector<std::string> include{};
  std::string tx_mode{};
  MigrationConfig migration{};
  SchemaConfig schema{};
  LintConfig lint{};
  DiffConfig diff{};
  TestConfig migrate_test{};
  /// Templates by command path: `migrate.apply`, `schema.inspect`, `cloud.database`.
  std::map<std::string, std::string> formats{};
  std::vector<ExtraAttribute> extra{};
  CheckRules checks{};
  std::vector<migrate::TransactionHook> hooks{};  ///< of the file, in order
  std::optional<RolloutPlace> rollout{};

  /// The `mem://` directories as they were rendered for this target. Shared: several targets may
  /// have the same ones, and the run keeps them beyond the project.
  std::shared_ptr<migrate::MemoryDirectories> directories{};
  /// Slugs of `mem://` URLs that came from `remote_dir`: URL to repository and tag.
  struct RemoteDirectory {
    std::string slug{};
    std::string tag{};
  };
  std::map<std::string, RemoteDirectory> remote_directories{};
  /// Desired states by `mem://` URL.
  std::map<std::string, SchemaFiles> schema_files{};
  /// Values of `template_dir` variables by `mem://` URL, for masking marked files.
  std::map<std::string, std::vector<std::string>> template_values{};
  /// Texts that must never leave the process: results of secret data sources, values of
  /// `sensitive` variables.
  std::vector<std::string> secrets{};
};

}  // namespace rhumb::project
