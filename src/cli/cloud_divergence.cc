// `cloud repo divergence`: which databases of an environment differ from the others.

#include <algorithm>

#include "base/text.h"
#include "cli/cloud_call.h"
#include "cli/cloud_commands.h"
#include "cli/migrate_flags.h"

namespace rhumb::cli {
namespace {

using codec::Json;
using registry_api::RegistryClient;

constexpr size_t kHashShown = 12;
constexpr size_t kNamesShown = 3;

const std::vector<CloudField>& cluster_fields() {
  static const std::vector<CloudField> kFields = {
      {"envName", "EnvName"},     {"version", "Version"}, {"schema", "Schema"},
      {"databases", "Databases"}, {"odd", "Odd"},         {"since", "Since"},
      {"names", "Names"}};
  return kFields;
}

/// A cluster with what it is of beside its own; `common`: the largest of its version.
Json cluster_row(const Json& environment, const Json& version, const Json& cluster, bool common) {
  std::vector<std::string> names;
  std::string since;
  for (const Json& database : cloud_items(cluster, "named")) {
    names.push_back(cloud_text(database, "name"));
    const std::string differs = cloud_time(database, "since");
    since = since.empty() ? differs : std::min(since, differs);
  }
  Json row = Json::object({{"envName", cloud_text(environment, "envName")},
                           {"version", cloud_text(version, "version")},
                           {"schema", cloud_text(cluster, "hash")},
                           {"databases", cluster.at("databases")},
                           {"odd", !common},
                           {"since", common ? cloud_time(cluster, "since") : since}});
  row.set("names", join(names, ","));
  if (const Json* named = cluster.find("named")) {
    row.set("named", *named);
  }
  return row;
}

/// Clusters one after the other, what is unknown behind those of its version.
Json rows_of(const Json& divergence) {
  Json rows = Json::array();
  for (const Json& environment : cloud_items(divergence, "environments")) {
    for (const Json& version : cloud_items(environment, "versions")) {
      bool common = true;
      for (const Json& cluster : cloud_items(version, "clusters")) {
        rows.push_back(cluster_row(environment, version, cluster, common));
        common = false;
      }
      if (version.find_int("unknown").value_or(0) > 0) {
        const Json unknown =
            Json::object({{"hash", "unknown"}, {"databases", version.at("unknown")}});
        rows.push_back(cluster_row(environment, version, unknown, true));
      }
    }
  }
  return rows;
}

/// `a, b, c and 4 more`.
std::string names_cell(const Json& row) {
  std::vector<std::string> shown;
  for (const Json& database : cloud_items(row, "named")) {
    if (shown.size() == kNamesShown) {
      break;
    }
    shown.push_back(cloud_text(database, "name"));
  }
  if (shown.empty()) {
    return "-";
  }
  const auto total = static_cast<size_t>(row.find_int("databases").value_or(0));
  const std::string more =
      total > shown.size() ? " and " + std::to_string(total - shown.size()) + " more" : "";
  return join(shown, ", ") + more;
}

Row table_row(const Json& row) {
  return {cloud_cell(row, "envName"),
          cloud_cell(row, "version"),
          cloud_text(row, "schema").substr(0, kHashShown),
          cloud_cell(row, "databases"),
          row.find_bool("odd").value_or(false) ? "yes" : "-",
          cloud_cell(row, "since"),
          names_cell(row)};
}

Result<int> run_divergence(Invocation& invocation) {
  TRY(check_required_flags(invocation.command, invocation.flags));
  Json input = Json::object({{"repo", invocation.flags.text("slug")}});
  input.set_unless_empty("envName", invocation.flags.text("env-name"));
  return with_registry(invocation, [&](RegistryClient& client) -> Result<int> {
    const Json answer = TRY(client.call_input(registry_api::kDivergence, std::move(input)));
    const Json payload = Json::object({{"clusters", rows_of(answer)}});
    if (!invocation.flags.text("format").empty()) {
      return print_object(invocation,
                          cloud_list_value(payload, "clusters", "Clusters", "cloud.SchemaCluster",
                                           cluster_fields()),
                          {});
    }
    std::vector<Row> rows;
    for (const Json& row : payload.at("clusters").as_array()) {
      rows.push_back(table_row(row));
    }
    invocation.app.out << (rows.empty() ? "No databases found.\n"
                                        : format_table({"ENV", "VERSION", "SCHEMA", "DATABASES",
                                                        "ODD", "SINCE", "NAMES"},
                                                       rows));
    return 0;
  });
}

}  // namespace

Command make_divergence_command() {
  Command command;
  command.name = "divergence";
  command.arguments = "[flags]";
  command.summary = "Shows which databases differ from the others on their version.";
  command.description =
      "Databases of one environment and version are put together by the schema of their latest\n"
      "snapshot, the largest cluster first; the others are odd, and named with the time since "
      "when\n"
      "they differ. A database that nobody looked at since its last deployment is unknown.\n"
      "Environments that come and go are shown with --env-name only.";
  command.examples = "  atlas cloud repo divergence --slug myapp --env-name production";
  command.flags = {text_flag("slug", "", "slug of the repository"),
                   text_flag("env-name", "", "only databases of this environment"), format_flag()};
  command.required_flags = {"slug"};
  command.run = run_divergence;
  return command;
}

}  // namespace rhumb::cli
