// `migrate test`: the cases of test files on a dev database.

#include <utility>

#include "cli/app.h"
#include "cli/apply_target.h"
#include "cli/case_report.h"
#include "cli/environments.h"
#include "cli/holder.h"
#include "cli/migrate_commands.h"
#include "cli/migrate_flags.h"
#include "cli/prepare.h"
#include "cli/replay.h"
#include "cli/version.h"
#include "codec/pattern.h"
#include "migrate/case_runner.h"
#include "project/case_files.h"
#include "report/masking_renderer.h"
#include "sys/clock.h"
#include "sys/environment.h"
#include "sys/process.h"

namespace rhumb::cli {
namespace {

Result<void> check_pattern(std::string_view text) {
  TRY(codec::Pattern::create(text));
  return {};
}

/// The arguments, else what the project says, else the folder we are in.
std::vector<std::string> test_paths(const Invocation& invocation,
                                    const project::Environment& environment) {
  if (!invocation.positionals.empty()) {
    return invocation.positionals;
  }
  const std::vector<std::string>& configured = environment.migrate_test.src;
  return configured.empty() ? std::vector<std::string>{"."} : configured;
}

Result<project::CaseList> read_cases(const Invocation& invocation,
                                     const project::Environment& environment,
                                     const std::string& dev_url) {
  const FlagSet& flags = invocation.flags;
  project::CaseRequest request;
  request.files = TRY(project::find_case_files(test_paths(invocation, environment)));
  request.env = flags.text("env");
  request.vars = flags.list("var");
  request.variables = environment.migrate_test.variables;
  request.dev_url = dev_url;
  if (!flags.text("run").empty()) {
    request.run = TRY(codec::Pattern::create(flags.text("run")));
  }
  sys::SystemProcessRunner processes;
  return project::read_cases(request, make_host(invocation.app, processes, invocation.app.stop));
}

/// How files are applied: as `migrate apply` would in the environment, in one schema.
migrate::ApplyOptions apply_options(const Invocation& invocation,
                                    const project::Environment& environment) {
  const App& app = invocation.app;
  migrate::ApplyOptions options;
  options.tx_mode = environment.tx_mode.empty() ? options.tx_mode : environment.tx_mode;
  options.holder = lock_holder(app, invocation.command.name);
  options.operator_version = operator_version();
  options.stop = app.stop;
  return options;
}

/// Runs the cases of one call, each on a connection of its own.
class TestRun {
 public:
  TestRun(const Invocation& invocation,
          const PreparedDirectory& prepared,
          const std::string& dev_url,
          project::CaseList list)
      : invocation_(invocation),
        prepared_(prepared),
        list_(std::move(list)),
        secrets_(secrets_of(prepared.environment, dev_url)) {
    secrets_.insert(secrets_.end(), list_.secrets.begin(), list_.secrets.end());
  }

  /// Whether all of them passed. Errors: those of use_dev_database and migrate::run_case.
  Result<bool> run() {
    bool passed = true;
    for (const migrate::Case& test : list_.cases) {
      if (test.is_skipped) {
        print(format_skipped(test, invocation_.app.style));
      } else {
        const bool case_passed = TRY(run_case(test));
        passed = passed && case_passed;
      }
    }
    return passed;
  }

 private:
  Result<bool> run_case(const migrate::Case& test) {
    bool passed = false;
    TRY(use_dev_database(invocation_, prepared_.environment, {.command = "test"},
                         [&](driver::Connection& dev) -> Result<void> {
                           passed = TRY(run_on(dev, test));
                           return {};
                         }));
    return passed;
  }

  Result<bool> run_on(driver::Connection& dev, const migrate::Case& test) {
    App& app = invocation_.app;
    report::MaskingRenderer texts(mask_options(prepared_.environment, prepared_.opened,
                                               dev.info().engine, /*is_reported=*/false),
                                  secrets_);
    const migrate::CaseResult result =
        TRY(migrate::run_case(test, {.dev = dev,
                                     .directory = prepared_.files,
                                     .processes = processes_,
                                     .clock = app.clock,
                                     .texts = texts,
                                     .environment = app.environment.entries(),
                                     .apply = apply_options(invocation_, prepared_.environment)}));
    TRY(texts.check());
    print(texts.message(format_case(test, result, app.style)).shown);
    return !result.failure.has_value();
  }

  void print(std::string_view text) const { invocation_.app.out << text << std::flush; }

  const Invocation& invocation_;
  const PreparedDirectory& prepared_;
  project::CaseList list_;
  std::vector<std::string> secrets_;
  sys::SystemProcessRunner processes_;
};

Result<int> run_test(Invocation& invocation) {
  const PreparedDirectory prepared = TRY(prepare_directory(invocation));
  const std::string dev_url =
      TRY(resolve_url(invocation.flags.text("dev-url"), prepared.environment));
  project::CaseList list = TRY(read_cases(invocation, prepared.environment, dev_url));
  for (const std::string& warning : list.warnings) {
    invocation.warn(warning);
  }
  if (list.cases.empty()) {
    invocation.warn("no case to run: no test \"migrate\" block, or none that --run picks");
  }
  const bool passed = TRY(TestRun(invocation, prepared, dev_url, std::move(list)).run());
  invocation.app.out << format_verdict(passed, invocation.app.style);
  return passed ? 0 : 1;
}

}  // namespace

Command make_migrate_test_command() {
  Command command;
  command.name = "test";
  command.arguments = "[flags] [paths]";
  command.summary = "Runs the tests of migration files on a dev database.";
  command.description =
      "Runs the cases in files named *.test.hcl: those given, those of a folder, else those of\n"
      "test.migrate.src in atlas.hcl, else those of the current folder. A case starts on an empty\n"
      "database and a directory nothing of which was run yet; its commands follow one another, "
      "and\n"
      "the first that fails ends it. The database is restored after each case.\n\n"
      "  test \"migrate\" \"users\" {\n"
      "    migrate  { to = \"20260301120000\" }           # run files up to a version\n"
      "    exec     { sql = \"INSERT INTO users ...\" }   # also: format, output, match\n"
      "    catch    { sql = \"INSERT ...\" }              # has to fail; also: error\n"
      "    assert   { sql = \"SELECT count(*) = 1 FROM users\" }\n"
      "    log      { message = \"seeded\" }\n"
      "    external { program = [\"./check.sh\", testing.dev_url] }\n"
      "  }\n\n"
      "Files run as 'migrate apply' runs them, with a revisions table in the schema of --dev-url.";
  command.examples =
      "  atlas migrate test --dev-url \"sqlite://dev?mode=memory\"\n"
      "  atlas migrate test --env local tests/users.test.hcl\n"
      "  atlas migrate test --env local --run 'users/2$'";
  command.ends_in_order = true;
  FlagSpec run = text_flag("run", "", "run only cases whose name matches this regular expression");
  run.check = check_pattern;
  command.flags = {
      dev_url_flag(),
      dir_flag(),
      dir_format_flag(),
      hide(text_flag("revisions-schema", "",
                     "accepted for scripts: a case keeps its revisions with its tables")),
      std::move(run),
      hide(
          text_flag("context", "", "accepted for scripts: JSON describing what triggered the run")),
  };
  command.required_flags = {"dev-url"};
  command.count = {.min = 0, .max = ArgumentCount::kAnyCount};
  command.run = run_test;
  return command;
}

}  // namespace rhumb::cli
