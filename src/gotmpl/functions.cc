#include "gotmpl/functions.h"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

#include "base/check.h"
#include "base/text.h"
#include "codec/json.h"
#include "gotmpl/json.h"
#include "gotmpl/printf.h"
#include "gotmpl/template.h"
#include "gotmpl/unicode.h"

namespace rhumb::gotmpl {
namespace {

using Args = std::span<const Value>;
using Call = std::function<Result<Value>(Args)>;

Function make_function(std::vector<Param> params, Call call) {
  return {.params = std::move(params), .call = std::move(call)};
}

Function make_variadic(std::vector<Param> params, Param variadic, Call call) {
  return {.params = std::move(params), .variadic = std::move(variadic), .call = std::move(call)};
}

/// Go's integers wrap around.
Value sum(int64_t a, int64_t b) {
  return static_cast<int64_t>(static_cast<uint64_t>(a) + static_cast<uint64_t>(b));
}

Result<std::string> repeated(std::string_view text, int64_t count) {
  if (count < 0) {
    return invalid("strings: negative Repeat count");
  }
  if (!text.empty() && static_cast<uint64_t>(count) > kOutputBytesMax / text.size()) {
    return Error(ErrorCode::kLimit,
                 "result is larger than " + std::to_string(kOutputBytesMax) + " bytes");
  }
  std::string out;
  for (int64_t i = 0; i < count && !text.empty(); ++i) {
    out += text;
  }
  return out;
}

Result<Value> call_json(Args args) {
  if (args.size() == 1) {
    return Value(TRY(format_json(args[0])));
  }
  const bool has_prefix = args.size() > 2;
  const std::string_view prefix = has_prefix ? args[1].as_string() : std::string_view();
  return Value(TRY(format_json(args[0], prefix, args[has_prefix ? 2 : 1].as_string())));
}

Result<Value> call_json_merge(Args args) {
  std::vector<std::string> texts;
  for (const Value& arg : args) {
    texts.push_back(arg.as_string());
  }
  return Value(TRY(merge_json_texts(texts)));
}

Result<Value> call_join(Args args) {
  std::vector<std::string_view> parts;
  for (const Value& item : args[0].items()) {
    parts.emplace_back(item.as_string());
  }
  return Value(join(parts, args[1].as_string()));
}

Result<Value> call_indent_ln(Args args) {
  const std::string blanks = TRY(repeated(" ", args[1].as_int()));
  return Value(replace_all(args[0].as_string(), "\n", "\n" + blanks));
}

Result<Value> call_base64url(Args args) {
  std::string out;
  for (const char c : args[0].as_string()) {
    if (c != '=') {
      out += c == '+' ? '-' : c == '/' ? '_' : c;
    }
  }
  return Value(std::move(out));
}

std::optional<Color> find_color(std::string_view name) {
  constexpr auto kColors = std::to_array<std::pair<std::string_view, Color>>({
      {"cyan", Color::kCyan},
      {"yellow", Color::kYellow},
      {"green", Color::kGreen},
      {"red", Color::kRed},
      {"redBgWhiteFg", Color::kRedBackground},
      {"underline", Color::kUnderline},
      {"gray", Color::kGray},
  });
  const auto* found = std::ranges::find(kColors, name, &std::pair<std::string_view, Color>::first);
  return found == kColors.end() ? std::nullopt : std::optional(found->second);
}

/// `cyan`, `green`, `red`, `yellow`: a printf format and its arguments; one alone is not a format.
Function make_format_color(Color color, bool enabled) {
  return make_variadic({Param::text()}, Param::any(), [=](Args args) -> Result<Value> {
    const std::string& format = args[0].as_string();
    const std::string text = args.size() == 1 ? format : format_printf(format, args.subspan(1));
    return Value(colored(text, color, enabled));
  });
}

/// `redBgWhiteFg`, `underline`, `gray`: values, as print shows them.
Function make_print_color(Color color, bool enabled) {
  return make_variadic({}, Param::any(), [=](Args args) -> Result<Value> {
    return Value(colored(format_print(args), color, enabled));
  });
}

Function make_colorize(bool enabled) {
  return make_function({Param::text(), Param::text()}, [=](Args args) -> Result<Value> {
    const std::optional<Color> color = find_color(args[0].as_string());
    return color.has_value() ? Value(colored(args[1].as_string(), *color, enabled)) : args[1];
  });
}

std::optional<Function> find_text_function(std::string_view name) {
  if (name == "upper") {
    return make_function({Param::text()}, [](Args args) -> Result<Value> {
      return Value(to_upper(args[0].as_string()));
    });
  }
  if (name == "lower") {
    return make_function({Param::text()}, [](Args args) -> Result<Value> {
      return Value(to_lower(args[0].as_string()));
    });
  }
  if (name == "repeat") {
    return make_function({Param::text(), Param::integer()}, [](Args args) -> Result<Value> {
      return Value(TRY(repeated(args[0].as_string(), args[1].as_int())));
    });
  }
  if (name == "join") {
    return make_function({Param::typed("[]string"), Param::text()}, call_join);
  }
  if (name == "indent_ln") {
    return make_function({Param::text(), Param::integer()}, call_indent_ln);
  }
  if (name == "base64url") {
    return make_function({Param::text()}, call_base64url);
  }
  if (name == "maxWidth") {
    return make_function({Param::text(), Param::integer()}, [](Args args) -> Result<Value> {
      return Value::strings(wrap_words(args[0].as_string(), args[1].as_int()));
    });
  }
  return std::nullopt;
}

std::optional<Function> find_value_function(std::string_view name) {
  if (name == "json") {
    return make_variadic({Param::any()}, Param::text(), call_json);
  }
  if (name == "json_merge") {
    return make_variadic({}, Param::text(), call_json_merge);
  }
  if (name == "add") {
    return make_function({Param::integer(), Param::integer()}, [](Args args) -> Result<Value> {
      return sum(args[0].as_int(), args[1].as_int());
    });
  }
  if (name == "sub") {
    return make_function({Param::integer(), Param::integer()}, [](Args args) -> Result<Value> {
      return sum(args[0].as_int(), static_cast<int64_t>(0 - args[1].as_uint()));
    });
  }
  return std::nullopt;
}

Function get_function(std::string_view name, bool colors_enabled) {
  if (const std::optional<Color> color = find_color(name); color.has_value()) {
    const bool prints =
        *color == Color::kRedBackground || *color == Color::kUnderline || *color == Color::kGray;
    return prints ? make_print_color(*color, colors_enabled)
                  : make_format_color(*color, colors_enabled);
  }
  if (name == "colorize") {
    return make_colorize(colors_enabled);
  }
  std::optional<Function> found = find_text_function(name);
  if (!found.has_value()) {
    found = find_value_function(name);
  }
  RHUMB_CHECK(found.has_value(), "commands pick functions by names that exist");
  return *found;
}

}  // namespace

FunctionMap pick_functions(const FunctionChoice& choice) {
  FunctionMap functions;
  for (const std::string_view name : choice.names) {
    functions.emplace(name, get_function(name, choice.colors_enabled));
  }
  return functions;
}

Result<std::string> merge_json_texts(std::span<const std::string> texts) {
  codec::Json merged;
  for (const std::string& text : texts) {
    const codec::Json parsed = TRY(codec::parse_json(text).context("json_merge"));
    if (parsed.is_null()) {
      continue;
    }
    if (!parsed.is_object()) {
      return invalid("json_merge: not a JSON object: " + codec::format_json(parsed));
    }
    if (merged.is_null()) {
      merged = codec::Json::object();
    }
    for (const codec::Json::Member& member : parsed.as_object()) {
      merged.set(member.key, member.value);
    }
  }
  return codec::format_json(merged, {.sort_keys = true});
}

std::vector<std::string> wrap_words(std::string_view text, int64_t width_bytes) {
  std::vector<std::string> lines(1);
  int64_t length = 0;
  while (true) {
    text = trim_left(text);
    if (text.empty()) {
      return lines;
    }
    const std::string_view word = text.substr(0, text.find_first_of(" \t\r\n\v\f"));
    text.remove_prefix(word.size());
    const auto size = static_cast<int64_t>(word.size());
    if (length + size > width_bytes) {
      lines.emplace_back();
      length = 0;
    }
    if (!lines.back().empty()) {
      lines.back() += ' ';
    }
    lines.back() += word;
    length += size;
  }
}

}  // namespace rhumb::gotmpl
