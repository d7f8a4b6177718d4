// The part of `history import --report` that talks to the registry.

#include "cli/history_report.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "cli/apply_target.h"
#include "cli/environments.h"
#include "cli/format.h"
#include "cli/holder.h"
#include "cli/provisional_id.h"
#include "cli/report_spool.h"
#include "cli/version.h"
#include "codec/json.h"
#include "migrate/directory_url.h"
#include "migrate/revision_store.h"
#include "report/delivery.h"
#include "report/history_report.h"
#include "report/masking.h"
#include "sys/clock.h"

namespace rhumb::cli {
namespace {

using Reports = std::vector<registry_api::MigrationReport>;

/// The repository the reports are filed under: the flag, the project's, or that of the directory.
std::string repository_of(const Invocation& invocation, const project::Environment& environment) {
  const FlagSet& flags = invocation.flags;
  if (!flags.text("repo").empty()) {
    return flags.text("repo");
  }
  if (environment.migration.repo) {
    return environment.migration.repo->name;
  }
  const Result<migrate::DirectoryUrl> url = migrate::parse_directory_url(flags.text("dir"));
  return url && url->scheme == "atlas" ? url->path : std::string();
}

/// Who the database is. Nothing is written into it, so a registry of ours gets the id that is made
/// of its address, the same with every import, and finds the database by that; another one gets the
/// id that the database has.
Result<void> name_target(driver::Connection& connection,
                         const std::string& revisions_schema,
                         report::HistoryFacts& facts) {
  const driver::ConnectionInfo& info = connection.info();
  facts.target = {.id = provisional_identity(info), .schema = info.schema, .url = info.url};
  facts.provisional_target = true;
  if (facts.with_extras) {
    return {};
  }
  const auto store = TRY(migrate::open_revision_reader(connection, revisions_schema));
  const std::optional<std::string> identity = TRY(store->find_identity());
  facts.target.id = identity.value_or(facts.target.id);
  return {};
}

/// Hides the secrets of the target, and in errors of a database every literal.
void set_masks(const std::vector<std::string>& secrets,
               driver::Engine engine,
               report::HistoryFacts& facts) {
  report::HiddenValues hidden;
  hidden.add(secrets);
  facts.mask_words = [hidden](std::string_view text) { return report::mask_text(text, hidden); };
  const sql::LexOptions lex{.dialect = driver::sql_dialect(engine)};
  facts.mask_error = [hidden, lex](std::string_view text) {
    const std::string known = report::mask_error(text, {}, {}, hidden);
    return report::mask_statement(known, lex, {}).text;
  };
}

/// The file of each row of the log.
std::vector<const migrate::FileEntry*> find_files(const ImportFindings& findings) {
  std::vector<const migrate::FileEntry*> files;
  files.reserve(findings.history.log.size());
  for (const std::optional<size_t>& place :
       history::map_files(findings.history.tool, findings.history.log, findings.known.files)) {
    files.push_back(place ? &findings.known.files[*place] : nullptr);
  }
  return files;
}

report::HistoryFacts make_facts(const Invocation& invocation,
                                const Prepared& prepared,
                                const ImportFindings& findings) {
  const std::string& project = prepared.session.cloud().project;
  report::HistoryFacts facts;
  facts.project_name = project.empty() ? "default" : project;
  facts.env_name = invocation.flags.text("env");
  facts.dir_name = repository_of(invocation, prepared.environment);
  facts.operator_version = operator_version();
  facts.actor = actor_name(invocation.app);
  facts.now = invocation.app.clock.now();
  facts.files = find_files(findings);
  return facts;
}

/// What became of the reports.
struct Delivered {
  size_t sent = 0;
  size_t kept = 0;
  std::string error{};  ///< of the first that did not arrive
  std::string url{};    ///< page of the last that did
};

/// Sends one after the other; when the registry stops answering, the rest is kept at once.
Delivered send_all(report::Delivery& delivery, const Reports& reports, bool refused) {
  Delivered total;
  if (refused) {
    total.error = "Unauthorized";
  }
  for (const registry_api::MigrationReport& report : reports) {
    const auto sent = report::Delivery::outgoing(report, report::history_report_id(report));
    const report::DeliveryOutcome outcome =
        total.error.empty() ? delivery.send(sent) : delivery.keep(sent, total.error);
    if (outcome.state == report::DeliveryState::kDelivered) {
      ++total.sent;
      total.url = outcome.url;
      continue;
    }
    total.error = outcome.error;
    total.kept += outcome.state == report::DeliveryState::kKept ? 1 : 0;
    if (outcome.state == report::DeliveryState::kRejected) {
      return total;  // so will the others be
    }
  }
  return total;
}

int conclude(const Invocation& invocation, const Reports& reports, const Delivered& delivered) {
  const App& app = invocation.app;
  const bool is_text = format_text(invocation).empty();
  if (is_text) {
    app.out << fmt::format("Reported {} of {} to {}.\n", delivered.sent,
                           plural(reports.size(), "deployment", "deployments"),
                           reports.empty() ? "the registry" : reports.front().dir_name);
    app.out << (delivered.url.empty() ? "" : delivered.url + "\n");
  }
  if (delivered.error.empty()) {
    return 0;
  }
  app.out.flush();
  app.err << "Error: " << delivered.error << "\n";
  if (delivered.kept > 0) {
    app.err << fmt::format("{} kept for later: run 'cloud report flush' or import again\n",
                           plural(delivered.kept, "report is", "reports are"));
  }
  return 1;
}

/// The whole of one delivery to a registry that may not answer.
Result<int> deliver(Invocation& invocation,
                    RegistrySession& session,
                    registry_api::RegistryClient& client,
                    const Reports& reports) {
  const std::optional<report::Spool> spool = find_spool(invocation.app);
  const project::Login login = TRY(session.require_login());
  report::Delivery delivery(client, session.transport(), login.endpoint, spool ? &*spool : nullptr);
  Delivered delivered;
  session.within(invocation.flags.duration("report-timeout"), Attempts::kUsual,
                 [&] { delivered = send_all(delivery, reports, session.refused()); });
  return conclude(invocation, reports, delivered);
}

void print_reports(const App& app, const Reports& reports) {
  codec::Json list = codec::Json::array();
  for (const registry_api::MigrationReport& report : reports) {
    list.push_back(registry_api::to_json(report));
  }
  app.out << codec::format_json(list, {.prefix = "", .indent = "  "}) << "\n";
}

}  // namespace

bool wants_history_report(const Invocation& invocation) {
  return invocation.flags.boolean("report") || invocation.flags.boolean("print-report");
}

Result<void> check_history_report(const Invocation& invocation, Prepared& prepared) {
  if (invocation.flags.text("env").empty()) {
    return invalid("--report needs --env: a report says which environment the database is in");
  }
  if (prepared.environment.migration.skip_report.value_or(false)) {
    return invalid("migration.skip_report is set for this environment, so nothing is reported");
  }
  if (repository_of(invocation, prepared.environment).empty()) {
    return invalid("--report needs a repository; pass --repo or set migration.repo.name");
  }
  if (!invocation.flags.boolean("print-report")) {
    TRY(prepared.session.require_login());
  }
  return {};
}

Result<int> report_history(Invocation& invocation,
                           Prepared& prepared,
                           driver::Connection& target,
                           const ImportFindings& findings) {
  const FlagSet& flags = invocation.flags;
  report::HistoryFacts facts = make_facts(invocation, prepared, findings);
  registry_api::RegistryClient* client = nullptr;
  facts.with_extras = true;
  if (!flags.boolean("print-report")) {
    client = TRY(prepared.session.connect_for_report());
    facts.with_extras = client->has_feature("ext");
  }
  const std::string url = TRY(resolve_url(flags.text("url"), prepared.environment));
  set_masks(secrets_of(prepared.environment, url), target.info().engine, facts);
  TRY(name_target(target, flags.text("revisions-schema"), facts));
  const Reports reports = report::make_history_reports(findings.history, facts);
  if (client == nullptr) {
    print_reports(invocation.app, reports);
    return 0;
  }
  return deliver(invocation, prepared.session, *client, reports);
}

}  // namespace rhumb::cli
