// The statements we find are those that the server executes: scripts are sent to it in one piece,
// which it splits itself, and in our statements one by one. Scripts for a client program, which
// splits them before the server sees them, are handed to that.
//
// RHUMB_SCRIPTS is how many scripts of each kind a dialect gets, RHUMB_SEED repeats them.

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>
#include <optional>
#include <string>

#include "base/text.h"
#include "known_differences.h"
#include "recorded_scripts.h"
#include "script_maker.h"
#include "split_check.h"

namespace rhumb::property {
namespace {

using sql::Dialect;

constexpr size_t kFailuresMax = 5;

uint64_t number_from(const char* variable, uint64_t otherwise) {
  const char* text = std::getenv(variable);
  return text == nullptr || *text == '\0' ? otherwise : std::strtoull(text, nullptr, 10);
}

/// Whether a script has what no server understands: DELIMITER, `-- atlas:delimiter`,
/// `\\restrict`, NUL.
bool is_for_clients(std::string_view script) {
  return to_lower_ascii(script).find("delimiter") != std::string::npos ||
         script.find("\\restrict") != std::string_view::npos ||
         script.find("\\unrestrict") != std::string_view::npos ||
         script.find('\0') != std::string_view::npos;
}

struct Kind {
  const char* name;
  Dialect dialect;
  Splitter splitter;
  size_t scripts;  ///< unless RHUMB_SCRIPTS says otherwise
};

/// Checks scripts and counts what became of them.
class Tally {
 public:
  Tally(ScriptServer& server, Dialect dialect) : server_(server), dialect_(dialect) {}

  void check(const std::string& script, uint64_t seed) {
    ++scripts_;
    const Verdict verdict = check_split(server_, dialect_, script);
    accepted_ += verdict.accepted ? 1 : 0;
    unfit_ += verdict.unfit.empty() ? 0 : 1;
    statements_ += verdict.statements;
    if (verdict.difference.empty()) {
      return;
    }
    std::string small = script;
    const KnownDifference* known = explanation(server_, dialect_, small);
    if (known == nullptr) {
      small = shrink(server_, dialect_, script);
      known = explanation(server_, dialect_, small);
    }
    if (known != nullptr) {
      ++known_[known->name];
      return;
    }
    if (++failures_ <= kFailuresMax) {
      const Verdict again = check_split(server_, dialect_, small);
      ADD_FAILURE() << "RHUMB_SEED=" << seed << "\n  script:\n"
                    << testing::PrintToString(script) << "\n  smallest:\n"
                    << testing::PrintToString(small) << "\n  " << again.difference;
    }
  }

  [[nodiscard]] bool gave_up() const { return failures_ >= kFailuresMax; }

  void print(const char* name) const {
    std::string text = std::string(name) + ": " + std::to_string(scripts_) + " scripts, " +
                       std::to_string(accepted_) + " executed to the end, " +
                       std::to_string(statements_) + " statements, " + std::to_string(unfit_) +
                       " unfit";
    for (const auto& [difference, count] : known_) {
      text += "; " + std::string(difference) + ": " + std::to_string(count);
    }
    testing::Test::RecordProperty(name, text);
    std::printf("%s\n", text.c_str());
    std::fflush(stdout);
  }

 private:
  ScriptServer& server_;
  Dialect dialect_;
  size_t scripts_ = 0;
  size_t accepted_ = 0;
  size_t unfit_ = 0;
  size_t statements_ = 0;
  size_t failures_ = 0;
  std::map<std::string_view, size_t> known_;
};

class SplitterProperty : public testing::TestWithParam<Kind> {
 protected:
  void SetUp() override {
    server_ = script_server(GetParam().dialect, GetParam().splitter);
    if (server_ == nullptr) {
      GTEST_SKIP() << "no server (tests/servers.py)";
    }
  }

  /// `make` gives a script, or nothing, for a seed.
  template <typename Make>
  void check_all(const char* name, const Make& make) {
    Tally tally(*server_, GetParam().dialect);
    for (uint64_t seed = first_seed(); seed < first_seed() + count() && !tally.gave_up(); ++seed) {
      SeededRandom random(seed);
      if (const std::optional<std::string> script = make(random)) {
        tally.check(*script, seed);
      }
    }
    tally.print(name);
  }

  void check_known_differences() {
    for (const KnownDifference& known : known_differences()) {
      if (known.dialect == GetParam().dialect && known.splitter == GetParam().splitter) {
        const Verdict verdict = check_split(*server_, known.dialect, known.example);
        if (verdict.difference.empty() && !known.of_all_versions) {
          continue;
        }
        EXPECT_NE(verdict.difference, "") << known.name;
        const KnownDifference* found = explanation(*server_, known.dialect, known.example);
        EXPECT_EQ(found == nullptr ? "" : found->name, known.name);
      }
    }
  }

  static uint64_t count() { return number_from("RHUMB_SCRIPTS", GetParam().scripts); }
  static uint64_t first_seed() { return number_from("RHUMB_SEED", 1); }

  std::unique_ptr<ScriptServer> server_;
};

TEST_P(SplitterProperty, MadeScriptsSplitAsTheServerExecutesThem) {
  check_all("made", [](SeededRandom& random) -> std::optional<std::string> {
    return script_maker(GetParam().dialect, random)->script();
  });
}

TEST_P(SplitterProperty, ChangedScriptsSplitAsTheServerExecutesThem) {
  const std::vector<std::string> recorded = recorded_scripts(GetParam().dialect);
  if (recorded.empty()) {
    GTEST_SKIP() << "no recorded scripts (RHUMB_SHARED)";
  }
  check_all("changed", [&recorded](SeededRandom& random) -> std::optional<std::string> {
    const std::string& script = random.pick<std::string>(recorded);
    std::string changed = mutate(random, script, random.pick<std::string>(recorded));
    return is_for_clients(changed) ? std::nullopt : std::optional(std::move(changed));
  });
}

TEST_P(SplitterProperty, KnownDifferencesAreThere) {
  check_known_differences();
}

class ClientProperty : public SplitterProperty {};

TEST_P(ClientProperty, MadeScriptsSplitAsTheClientDoes) {
  check_all("for clients", [](SeededRandom& random) -> std::optional<std::string> {
    return script_maker(GetParam().dialect, random)->client_script();
  });
}

TEST_P(ClientProperty, KnownDifferencesAreThere) {
  check_known_differences();
}

std::string name_of(const testing::TestParamInfo<Kind>& kind) {
  return kind.param.name;
}

constexpr Kind kServers[] = {
    {.name = "Sqlite", .dialect = Dialect::kSqlite, .splitter = Splitter::kServer, .scripts = 2000},
    {.name = "Postgres",
     .dialect = Dialect::kPostgres,
     .splitter = Splitter::kServer,
     .scripts = 500},
    {.name = "Mariadb", .dialect = Dialect::kMysql, .splitter = Splitter::kServer, .scripts = 200}};
INSTANTIATE_TEST_SUITE_P(All, SplitterProperty, testing::ValuesIn(kServers), name_of);

constexpr Kind kClients[] = {
    {.name = "Psql", .dialect = Dialect::kPostgres, .splitter = Splitter::kClient, .scripts = 200},
    {.name = "Mariadb", .dialect = Dialect::kMysql, .splitter = Splitter::kClient, .scripts = 200}};
INSTANTIATE_TEST_SUITE_P(All, ClientProperty, testing::ValuesIn(kClients), name_of);

}  // namespace
}  // namespace rhumb::property
