#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "cli/app.h"
#include "cli/cloud_data.h"
#include "cli/registry_session.h"
#include "cli/table.h"
#include "registry_api/documents.h"

namespace rhumb::cli {

/// Flags of every list command: --page and --format.
[[nodiscard]] std::vector<FlagSpec> list_flags(std::vector<FlagSpec> more);

/// How a list command asks and prints.
struct CloudList {
  registry_api::Document document;
  std::string_view member;       ///< of the payload: `databases`
  std::string name;              ///< in templates: `Databases`
  std::string type;              ///< `cloud.Database`
  std::string empty_text;        ///< `No databases found.`
  std::vector<CloudField> fields{};
  Row header{};
  std::function<Row(const codec::Json&)> row{};
  bool page_is_input = false;  ///< the operation takes a PageInput and nothing else
};

/// What the project file says of the registry. A command with a flag `--env` of its own means an
/// environment of the registry by it.
[[nodiscard]] Result<project::CloudConfig> load_cloud_config(const Invocation& invocation);

/// Opens the registry of a `cloud` command and hands its client to `work`.
Result<int> with_registry(Invocation& invocation,
                          const std::function<Result<int>(registry_api::RegistryClient&)>& work);

/// The values of a repeatable flag. Errors: `invalid --status value "x"; use A, B or C`.
[[nodiscard]] Result<codec::Json> read_choices(const FlagSet& flags,
                                               std::string_view name,
                                               const std::vector<std::string>& choices);

/// Asks for one page and prints it: table and footer, or the format.
/// Errors: `invalid --page value`.
Result<int> run_list(Invocation& invocation, const CloudList& list, codec::Json input);

/// The object a describe command asked for, from the answer to `document`.
/// Errors: `<noun> not found` when it is null or the server says so, without the path other errors
/// start with; else those of the answer.
Result<codec::Json> require_object(Result<codec::Json> answer,
                                   const registry_api::Document& document,
                                   std::string_view noun);

/// Prints one object: its facts, or the format over `value`.
Result<int> print_object(const Invocation& invocation,
                         const gotmpl::Value& value,
                         const std::vector<std::pair<std::string, std::string>>& facts);

}  // namespace rhumb::cli
