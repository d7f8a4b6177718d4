#include "cli/case_report.h"

#include <fmt/format.h>

#include <chrono>
#include <string_view>

#include "base/go_format.h"
#include "base/text.h"

namespace rhumb::cli {
namespace {

/// In whole microseconds, from a millisecond on in whole milliseconds.
std::string format_duration(std::chrono::nanoseconds duration) {
  using namespace std::chrono;  // NOLINT(google-build-using-namespace): the units
  return duration < milliseconds(1) ? format_go_duration(round<microseconds>(duration))
                                    : format_go_duration(round<milliseconds>(duration));
}

/// `text` with `indent` before every line but the first.
std::string indent_rest(std::string_view text, std::string_view indent) {
  return replace_all(trim_right(text), "\n", "\n" + std::string(indent));
}

std::string format_log(const migrate::CaseLine& log) {
  return fmt::format("    {}:{}: {}\n", log.file, log.line, indent_rest(log.text, "      "));
}

std::string format_failure(const migrate::CaseLine& failure) {
  return fmt::format("    {}:{}:\n      Error: {}\n", failure.file, failure.line,
                     indent_rest(failure.text, "        "));
}

}  // namespace

std::string format_case(const migrate::Case& test,
                        const migrate::CaseResult& result,
                        const report::Style& style) {
  const std::string word = result.failure ? style.red("FAIL") : style.green("PASS");
  std::string text =
      fmt::format("-- {}: {} ({})\n", word, test.name, format_duration(result.duration));
  for (const migrate::CaseLine& log : result.logs) {
    text += format_log(log);
  }
  return result.failure ? text + format_failure(*result.failure) : text;
}

std::string format_skipped(const migrate::Case& test, const report::Style& style) {
  return fmt::format("-- {}: {}\n", style.yellow("SKIP"), test.name);
}

std::string format_verdict(bool passed, const report::Style& style) {
  return (passed ? style.green("PASS") : style.red("FAIL")) + "\n";
}

}  // namespace rhumb::cli
