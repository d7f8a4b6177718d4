// Templates of any bytes over a value of every kind: nothing may crash, limits hold, and what
// parses prints back to a text that parses to the same.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "gotmpl/functions.h"
#include "gotmpl/json.h"
#include "gotmpl/sql_request.h"
#include "gotmpl/template.h"

namespace {

using namespace rhumb::gotmpl;

Value every_kind() {
  const Value file = Struct("*cmdlog.File")
                         .field("Name", "1.sql", {.json = "Name", .omit_empty = true})
                         .field("Error", Value::nil_pointer("*cmdlog.StmtError"))
                         .method("Desc", [] { return Value("first"); });
  return Value::map({{"b", true},
                     {"i", 7},
                     {"u", Value::integer(200, IntKind::kUint8)},
                     {"f", 1.5},
                     {"s", "h\xC3\xA9llo\xFF"},
                     {"n", Value()},
                     {"y", Value::bytes("ab")},
                     {"l", Value::list({1, "a", Value(), 2.5})},
                     {"w", Value::strings({"x", "y"})},
                     {"m", Value::map({{"k", Value::map({{"v", 1}})}})},
                     {"x", Value::list_of("[]*cmdlog.File", {file, file})},
                     {"t", Value::time(std::chrono::sys_days(std::chrono::year(2024) / 2 / 29))},
                     {"d", Value::duration(std::chrono::milliseconds(1500))},
                     {"e", Value::error("failed")}});
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static const Value kRoot = every_kind();
  static const FunctionMap kFunctions = pick_functions(
      {.names = {"json", "json_merge", "add", "sub", "upper", "lower", "join", "repeat",
                 "indent_ln", "base64url", "cyan", "redBgWhiteFg", "colorize", "maxWidth"},
       .colors_enabled = true});
  std::string text(reinterpret_cast<const char*>(data), size);
  const TemplateOptions options{
      .missing_key = size % 2 == 0 ? MissingKey::kNoValue : MissingKey::kError,
      .output_bytes_max = size_t{1} << 16,
      .statements_max = 10'000};
  const auto parsed = parse_template("t", std::move(text), kFunctions, options);
  if (!parsed.has_value()) {
    return 0;
  }
  std::string out;
  (void)execute(*parsed, kRoot, out);
  if (out.size() > options.output_bytes_max) {
    std::abort();
  }
  (void)find_sql_indent(*parsed);
  const std::string printed = format_node(parsed->root());
  const auto again = parse_template("t", printed, kFunctions, options);
  if (again.has_value() && format_node(again->root()) != printed) {
    std::abort();
  }
  return 0;
}
