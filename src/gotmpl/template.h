#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "gotmpl/parser.h"
#include "gotmpl/value.h"

/// Go's text/template: parse a text, execute it over a Value.
///
///     Template format = TRY(parse_template("format", text, functions));
///     std::string out;
///     TRY(execute(format, report, out));
namespace rhumb::gotmpl {

/// How deep templates may call each other; the error text names it.
inline constexpr int kCallDepthMax = 100'000;
/// How many bytes one execution may write, and one function may return as text.
inline constexpr size_t kOutputBytesMax = size_t{256} << 20;
/// How many statements one execution may run.
inline constexpr int64_t kStatementsMax = 1'000'000'000;

/// What `.key` gives when the map has no such key.
enum class MissingKey {
  kNoValue,  ///< nothing, which prints `<no value>`
  kZero,     ///< the zero of the element type
  kError,    ///< `map has no entry for key "x"`
};

struct TemplateOptions {
  MissingKey missing_key = MissingKey::kNoValue;
  size_t output_bytes_max = kOutputBytesMax;
  int64_t statements_max = kStatementsMax;
};

/// Templates of several texts that call each other, and the functions they may use.
class TemplateSet {
 public:
  explicit TemplateSet(FunctionMap functions = {}, TemplateOptions options = {});

  /// Parses a text. Its templates (itself and every define and block) replace those of the same
  /// name, unless they are blank.
  /// Errors: kInvalid `template: <name>:<line>: ...`; kLimit when nested too deep. Nothing is
  /// added.
  Result<void> add(std::string name, std::string text);

  [[nodiscard]] bool contains(std::string_view name) const;
  /// Executes one template over `root`; output is added to `out`.
  /// Errors: kInvalid `template: <name>:<line>:<column>: executing "<name>" at <...>: ...`, kLimit;
  /// what was written before the error stays in `out`.
  Result<void> execute(std::string_view name, const Value& root, std::string& out) const;

  [[nodiscard]] const Trees& trees() const { return trees_; }
  [[nodiscard]] const FunctionMap& functions() const { return *functions_; }
  [[nodiscard]] const TemplateOptions& options() const { return options_; }

 private:
  Trees trees_;
  std::shared_ptr<const FunctionMap> functions_;  // shared: sets are copied with their templates
  TemplateOptions options_;
};

/// One parsed text.
class Template {
 public:
  Template(std::string name, TemplateSet set) : name_(std::move(name)), set_(std::move(set)) {}

  [[nodiscard]] const std::string& name() const { return name_; }
  [[nodiscard]] const TemplateSet& set() const { return set_; }
  [[nodiscard]] const Node& root() const { return *set_.trees().at(name_).root; }

 private:
  std::string name_;
  TemplateSet set_;
};

/// Parses one text; errors as TemplateSet::add.
[[nodiscard]] Result<Template> parse_template(std::string name,
                                              std::string text,
                                              FunctionMap functions = {},
                                              TemplateOptions options = {});

/// Executes over `root`, which is `.` and `$`; errors as TemplateSet::execute.
Result<void> execute(const Template& parsed, const Value& root, std::string& out);

}  // namespace rhumb::gotmpl
