#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "base/result.h"
#include "hcl/syntax.h"
#include "hcl/value.h"

namespace rhumb::project {

class FunctionsHost;

/// One `allow` or `deny` of a `check` block.
struct CheckRule {
  bool allows = false;
  std::string name{};  ///< may be empty
  size_t line = 0;
  hcl::ExprPtr condition{};
  hcl::ExprPtr message{};   ///< null for an `allow`, and where a `deny` has none
  std::string directory{};  ///< of the file it stands in
};

/// The rules of `check "migrate_apply"` for one target: the global ones first, each in file order.
struct CheckRules {
  std::vector<CheckRule> rules{};
  hcl::ValueMap names{};  ///< what their expressions see beside `self`
};

/// A migration that is about to run, as rules see it in `self.planned_migration`.
struct PlannedMigration {
  struct File {
    std::string name{};
    std::string version{};
    std::string content{};
    std::vector<std::string> statements{};
  };
  std::string target_version{};
  std::vector<File> files{};
};

/// Adds the rules of one `check` block; those of `schema_apply` are none of this command's.
///
/// `warnings`: what the block asks for and a run does not do (`drift`).
/// Errors: `file.hcl:1,14-20: ...` for another label, another inner block, a rule without
/// condition.
Result<void> read_check(const hcl::Block& block,
                        const std::string& directory,
                        CheckRules& rules,
                        std::vector<std::string>& warnings);

/// Asks the rules in order: the first `allow` that matches ends it, the first `deny` refuses.
///
/// `reported` has the same files with the texts that may leave the machine: messages quote those.
/// Errors: kDenied `"migrate apply" was blocked by pre-execution check (deny rule: "<name>" at
/// line: <n>): <message>` with the rule's name as cause code; of evaluation; a condition that is
/// not a bool. Source: spec reporting.md 1.5.
[[nodiscard]] Result<void> check_migration(const CheckRules& rules,
                                           const PlannedMigration& shown,
                                           const PlannedMigration& reported,
                                           FunctionsHost& host);

}  // namespace rhumb::project
