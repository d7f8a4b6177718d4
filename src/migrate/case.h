#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "codec/pattern.h"

/// A case of a test file (`migrate test`): commands that are run one after the other on a dev
/// database. Texts are evaluated. Source: spec project-file.md 9.
namespace rhumb::migrate {

/// What an output has to be; without both anything will do.
struct Expectation {
  std::optional<std::string> output{};    ///< all of it, see find_mismatch
  std::optional<codec::Pattern> match{};  ///< to be found in it
};

enum class OutputFormat : std::uint8_t { kCsv, kTable };

/// Executes the files of the directory up to a version.
struct MigrateCommand {
  std::string to{};
};

/// Runs statements; the rows of the last one that gives some are the output.
struct ExecCommand {
  std::string sql{};
  OutputFormat format = OutputFormat::kCsv;
  Expectation expected{};
};

/// Runs statements of which one has to fail.
struct CatchCommand {
  std::string sql{};
  std::optional<codec::Pattern> error{};  ///< to be found in what the database says
};

/// Runs queries whose rows must all be true.
struct AssertCommand {
  std::string sql{};
  std::string error_message{};  ///< told when they are not; may be empty
};

struct LogCommand {
  std::string message{};
};

/// Runs a program that has to succeed; what it prints on stdout is the output.
struct ExternalCommand {
  std::vector<std::string> program{};
  std::string working_dir{};  ///< empty: where we are
  Expectation expected{};
};

using CaseAction = std::
    variant<MigrateCommand, ExecCommand, CatchCommand, AssertCommand, LogCommand, ExternalCommand>;

struct CaseCommand {
  std::string file{};  ///< where it stands, for messages
  size_t line = 0;
  std::string word{};  ///< the command as it is written: `exec`
  CaseAction action{};
};

struct Case {
  std::string name{};
  bool is_skipped = false;
  std::vector<CaseCommand> commands{};  ///< in the order they run; empty when skipped
};

}  // namespace rhumb::migrate
