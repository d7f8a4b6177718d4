#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "codec/pattern.h"
#include "hcl/value.h"
#include "migrate/case.h"
#include "project/host.h"

namespace rhumb::project {

/// The test files that paths stand for: files whose names end in `.test.hcl`, and folders, of which
/// the files at the top level count, by name. A path may be a `file://` URL. No file comes twice.
///
/// Errors: `test file "x" was not found: ...`, a file of another name, a folder without test files.
[[nodiscard]] Result<std::vector<std::string>> find_case_files(
    const std::vector<std::string>& paths);

/// What test files are read with.
struct CaseRequest {
  std::vector<std::string> files{};
  std::string env{};
  std::vector<std::string> vars{};      ///< texts of `--var`, in order; they win over `variables`
  hcl::ValueMap variables{};            ///< `test.migrate.vars`
  std::string dev_url{};                ///< `testing.dev_url`
  std::optional<codec::Pattern> run{};  ///< only cases in whose name it is found
};

/// What is in them.
struct CaseList {
  std::vector<migrate::Case> cases{};  ///< by file and place, in the order they run
  /// Texts that must not be shown: values of `sensitive` variables, secret data.
  std::vector<std::string> secrets{};
  std::vector<std::string> warnings{};  ///< of data sources, one line each
};

/// Reads the `test "migrate"` blocks of files as one body, as project files are; variables, locals
/// and data sources of one file are seen in all. Blocks for other commands (`test "schema"`) are
/// passed over. Cases of `for_each` are named `<case>/<n>`, from 1.
///
/// Errors: `test "name": exec: a.test.hcl:3,5-8: ...`, blocks that have no place in a test file,
/// those of variables, locals and data sources; nothing has been run then but data sources.
/// Source: spec project-file.md 9.
[[nodiscard]] Result<CaseList> read_cases(const CaseRequest& request, const Host& host);

}  // namespace rhumb::project
