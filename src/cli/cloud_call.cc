#include "cli/cloud_call.h"

#include <algorithm>

#include "base/go_format.h"
#include "base/text.h"
#include "cli/environments.h"
#include "cli/format.h"
#include "cli/migrate_flags.h"

namespace rhumb::cli {
namespace {

using codec::Json;

Result<void> add_page(const Invocation& invocation, const CloudList& list, Json& input) {
  const int64_t number = invocation.flags.integer("page");
  if (number < 1) {
    return invalid("invalid --page value");
  }
  input.set("page", list.page_is_input ? Json(number) : Json::object({{"page", number}}));
  return {};
}

std::string format_list(const CloudList& list, const Json& payload) {
  const Json::Array& rows = cloud_items(payload, list.member);
  if (rows.empty()) {
    return list.empty_text + "\n" + (total_of(payload) > 0 ? format_page_footer(payload) : "");
  }
  std::vector<Row> cells;
  for (const Json& row : rows) {
    cells.push_back(list.row(row));
  }
  return format_table(list.header, cells) + format_page_footer(payload);
}

}  // namespace

std::vector<FlagSpec> list_flags(std::vector<FlagSpec> more) {
  more.push_back(with_kind(text_flag("page", "1", "page to show"), FlagKind::kInt));
  more.push_back(format_flag());
  return more;
}

Result<project::CloudConfig> load_cloud_config(const Invocation& invocation) {
  const std::vector<FlagSpec>& own = invocation.command.flags;
  const bool names_remote = std::ranges::find(own, "env", &FlagSpec::name) != own.end();
  const project::Project project = TRY(load_environments(
      invocation, {.needs_registry = true, .several = true, .selects_none = names_remote}));
  return project.cloud;
}

Result<int> with_registry(Invocation& invocation,
                          const std::function<Result<int>(registry_api::RegistryClient&)>& work) {
  const project::CloudConfig cloud = TRY(load_cloud_config(invocation));
  TRY(check_flags(invocation));
  RegistrySession session(invocation, cloud);
  registry_api::RegistryClient* client = TRY(session.connect());
  return work(*client);
}

Result<Json> read_choices(const FlagSet& flags,
                          std::string_view name,
                          const std::vector<std::string>& choices) {
  Json out = Json::array();
  for (const std::string& value : flags.list(name)) {
    if (std::ranges::find(choices, value) == choices.end()) {
      const std::vector<std::string> first(choices.begin(), choices.end() - 1);
      return invalid("invalid --" + std::string(name) + " value " + go_quote(value) + "; use " +
                     join(first, ", ") + " or " + choices.back());
    }
    out.push_back(value);
  }
  return out;
}

Result<int> run_list(Invocation& invocation, const CloudList& list, Json input) {
  TRY(add_page(invocation, list, input));
  return with_registry(invocation, [&](registry_api::RegistryClient& client) -> Result<int> {
    const Json payload = TRY(client.call_input(list.document, std::move(input)));
    const std::string format = invocation.flags.text("format");
    if (format.empty()) {
      invocation.app.out << format_list(list, payload);
      return 0;
    }
    const gotmpl::Value root =
        cloud_list_value(payload, list.member, list.name, list.type, list.fields);
    TRY(print_format(invocation.app, format, root,
                     {.functions = data_functions(invocation.app), .execute_prefix = {}}));
    return 0;
  });
}

Result<Json> require_object(Result<Json> answer,
                            const registry_api::Document& document,
                            std::string_view noun) {
  const std::string text = std::string(noun) + " not found";
  const bool said = !answer.has_value() &&
                    answer.error().message() == std::string(document.field) + " " + text;
  if (said || (answer.has_value() && answer.value().is_null())) {
    return Error(ErrorCode::kNotFound, text);
  }
  return answer;
}

Result<int> print_object(const Invocation& invocation,
                         const gotmpl::Value& value,
                         const std::vector<std::pair<std::string, std::string>>& facts) {
  const std::string format = invocation.flags.text("format");
  if (format.empty()) {
    invocation.app.out << format_facts(facts);
    return 0;
  }
  TRY(print_format(invocation.app, format, value,
                   {.functions = data_functions(invocation.app), .execute_prefix = {}}));
  return 0;
}

}  // namespace rhumb::cli
