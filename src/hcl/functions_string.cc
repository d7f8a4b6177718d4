#include <utf8proc.h>

#include <algorithm>

#include "base/text.h"
#include "base/utf8.h"
#include "hcl/functions_internal.h"
#include "hcl/json.h"

namespace rhumb::hcl {

namespace {

using RuneMap = utf8proc_int32_t (*)(utf8proc_int32_t);

// Sharp s has no capital of its own in the simple mappings of Unicode; utf8proc gives it one.
utf8proc_int32_t to_upper(utf8proc_int32_t rune) {
  return rune == 0xDF ? rune : utf8proc_toupper(rune);
}

utf8proc_int32_t to_title(utf8proc_int32_t rune) {
  return rune == 0xDF ? rune : utf8proc_totitle(rune);
}

// Applies `map` to every character; what is not UTF-8 becomes U+FFFD.
std::string map_runes(std::string_view text, RuneMap map) {
  std::string out;
  for (size_t at = 0; at < text.size();) {
    const DecodedRune rune = decode_rune(text.substr(at));
    append_rune(out, static_cast<char32_t>(map(static_cast<utf8proc_int32_t>(rune.rune))));
    at += rune.size;
  }
  return out;
}

bool is_space(char32_t rune) {
  if (rune < 0x80) {
    return rune == ' ' || (rune >= '\t' && rune <= '\r');
  }
  const auto category = utf8proc_category(static_cast<utf8proc_int32_t>(rune));
  return rune == 0x85 || category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
         category == UTF8PROC_CATEGORY_ZP;
}

// Whether a word ends at `rune`: anything in ASCII but letters, digits and the underscore, and
// white space elsewhere.
bool separates_words(char32_t rune) {
  if (rune < 0x80) {
    const bool word = (rune >= '0' && rune <= '9') || (rune >= 'a' && rune <= 'z') ||
                      (rune >= 'A' && rune <= 'Z') || rune == '_';
    return !word;
  }
  return is_space(rune);
}

std::string title_text(std::string_view text) {
  std::string out;
  char32_t previous = ' ';
  for (size_t at = 0; at < text.size();) {
    const DecodedRune rune = decode_rune(text.substr(at));
    const bool starts = separates_words(previous);
    append_rune(out, starts
                         ? static_cast<char32_t>(to_title(static_cast<utf8proc_int32_t>(rune.rune)))
                         : rune.rune);
    previous = rune.rune;
    at += rune.size;
  }
  return out;
}

// Without the characters at both ends for which `drops` holds.
template <typename Drops>
std::string_view trim_runes(std::string_view text, Drops drops) {
  size_t begin = text.size();
  size_t end = 0;
  for (size_t at = 0; at < text.size();) {
    const DecodedRune rune = decode_rune(text.substr(at));
    if (!drops(rune.rune)) {
      begin = std::min(begin, at);
      end = at + rune.size;
    }
    at += rune.size;
  }
  return begin < end ? text.substr(begin, end - begin) : std::string_view();
}

std::vector<std::string> runes_of(std::string_view text) {
  std::vector<std::string> out;
  for (size_t at = 0; at < text.size();) {
    const size_t size = decode_rune(text.substr(at)).size;
    out.emplace_back(text.substr(at, size));
    at += size;
  }
  return out;
}

std::vector<std::string> split_text(std::string_view text, std::string_view separator) {
  if (separator.empty()) {
    return runes_of(text);
  }
  std::vector<std::string> out;
  size_t begin = 0;
  for (size_t at = text.find(separator); at != std::string_view::npos;
       at = text.find(separator, begin)) {
    out.emplace_back(text.substr(begin, at - begin));
    begin = at + separator.size();
  }
  out.emplace_back(text.substr(begin));
  return out;
}

std::string replace_text(std::string_view text, std::string_view from, std::string_view to) {
  if (!from.empty()) {
    return replace_all(text, from, to);
  }
  std::string out(to);
  for (const std::string& rune : runes_of(text)) {
    out += rune;
    out += to;
  }
  return out;
}

std::string chomp(std::string_view text) {
  const size_t last = text.find_last_not_of("\r\n");
  return std::string(text.substr(0, last == std::string_view::npos ? 0 : last + 1));
}

Result<Value> substr(const ValueList& args, CallProblem&) {
  int64_t offset = TRY(to_integer(args[1]));
  const int64_t length = TRY(to_integer(args[2]));
  const auto clusters = split_graphemes(args[0].as_string());
  const auto count = static_cast<int64_t>(clusters.size());
  if (offset < 0) {
    offset = std::max<int64_t>(offset + count, 0);
  }
  std::string out;
  const int64_t end = length < 0 ? count : offset + std::min(length, count);
  for (int64_t i = offset; i < std::min(end, count); ++i) {
    out += clusters[static_cast<size_t>(i)];
  }
  return Value::string(out);
}

Result<Value> join_lists(const ValueList& args, CallProblem& problem) {
  if (args.size() < 2) {
    return invalid("at least one list is required");
  }
  std::string out;
  bool first = true;
  for (size_t list = 1; list < args.size(); ++list) {
    const ValueList& elements = args[list].elements();
    for (size_t i = 0; i < elements.size(); ++i) {
      if (elements[i].is_null()) {
        std::string message = "element " + std::to_string(i);
        if (args.size() != 2) {
          message += " of list " + std::to_string(list);
        }
        return problem.argument(list, message + " is null; cannot concatenate null values");
      }
      if (!elements[i].is_known()) {
        return Value::unknown(Type::string());
      }
      if (!first) {
        out += args[0].as_string();
      }
      first = false;
      out += elements[i].as_string();
    }
  }
  return Value::string(out);
}

Result<Value> indent(const ValueList& args, CallProblem& problem) {
  constexpr int64_t kIndentMax = 10'000;
  const int64_t spaces = TRY(to_integer(args[0]));
  if (spaces < 0 || spaces > kIndentMax) {
    return problem.argument(0, "the number of spaces must be between 0 and 10000");
  }
  return Value::string(
      replace_all(args[1].as_string(), "\n", "\n" + std::string(static_cast<size_t>(spaces), ' ')));
}

Result<Value> reverse_text(const ValueList& args, CallProblem&) {
  auto clusters = split_graphemes(args[0].as_string());
  std::reverse(clusters.begin(), clusters.end());
  return Value::string(join(clusters, ""));
}

Result<Value> sort_texts(const ValueList& args, CallProblem&) {
  ValueList values = args[0].elements();
  for (size_t i = 0; i < values.size(); ++i) {
    if (values[i].is_null()) {
      return invalid("given list element " + std::to_string(i) +
                     " is null; a null string cannot be sorted");
    }
    if (!values[i].is_known()) {
      return Value::unknown(Type::list(Type::string()));
    }
  }
  std::stable_sort(values.begin(), values.end(),
                   [](const Value& a, const Value& b) { return a.as_string() < b.as_string(); });
  return Value::list(Type::string(), std::move(values));
}

using TextMap = std::string (*)(const std::string&);

Function text_function(TextMap map) {
  return fixed_function({{"str", Type::string()}},
                        [map](const ValueList& args, CallProblem&) -> Result<Value> {
                          return Value::string(map(args[0].as_string()));
                        });
}

using TextPairMap = Value (*)(const std::string&, const std::string&);

Function text_pair_function(const char* first, const char* second, TextPairMap map) {
  return fixed_function({{first, Type::string()}, {second, Type::string()}},
                        [map](const ValueList& args, CallProblem&) -> Result<Value> {
                          return map(args[0].as_string(), args[1].as_string());
                        });
}

Value trim_cutset(const std::string& text, const std::string& cutset) {
  return Value::string(trim_runes(text, [&](char32_t rune) {
    std::string encoded;
    append_rune(encoded, rune);
    return cutset.find(encoded) != std::string::npos;
  }));
}

}  // namespace

void add_string_functions(FunctionTable& table) {
  table["upper"] = text_function([](const std::string& text) { return map_runes(text, to_upper); });
  table["lower"] =
      text_function([](const std::string& text) { return map_runes(text, utf8proc_tolower); });
  table["title"] = text_function([](const std::string& text) { return title_text(text); });
  table["chomp"] = text_function([](const std::string& text) { return chomp(text); });
  table["trimspace"] = text_function(
      [](const std::string& text) { return std::string(trim_runes(text, is_space)); });
  table["strrev"] = fixed_function({{"str", Type::string()}}, reverse_text);
  table["substr"] = fixed_function(
      {{"str", Type::string()}, {"offset", Type::number()}, {"length", Type::number()}}, substr);
  table["indent"] = fixed_function({{"spaces", Type::number()}, {"str", Type::string()}}, indent);
  table["join"] = variadic_function({{"separator", Type::string()}},
                                    {"lists", Type::list(Type::string())}, join_lists);
  table["sort"] = fixed_function({{"list", Type::list(Type::string())}}, sort_texts);
  table["split"] = text_pair_function("separator", "str",
                                      [](const std::string& separator, const std::string& text) {
                                        return string_list(split_text(text, separator));
                                      });
  table["trim"] = text_pair_function("str", "cutset", trim_cutset);
  table["trimprefix"] =
      text_pair_function("str", "prefix", [](const std::string& text, const std::string& prefix) {
        return Value::string(text.starts_with(prefix) ? text.substr(prefix.size()) : text);
      });
  table["trimsuffix"] =
      text_pair_function("str", "suffix", [](const std::string& text, const std::string& suffix) {
        return Value::string(text.ends_with(suffix) ? text.substr(0, text.size() - suffix.size())
                                                    : text);
      });
  table["startswith"] =
      text_pair_function("str", "prefix", [](const std::string& text, const std::string& prefix) {
        return Value::boolean(text.starts_with(prefix));
      });
  table["endswith"] =
      text_pair_function("str", "suffix", [](const std::string& text, const std::string& suffix) {
        return Value::boolean(text.ends_with(suffix));
      });
  table["replace"] = fixed_function(
      {{"str", Type::string()}, {"substr", Type::string()}, {"replace", Type::string()}},
      [](const ValueList& args, CallProblem&) -> Result<Value> {
        return Value::string(
            replace_text(args[0].as_string(), args[1].as_string(), args[2].as_string()));
      });
}

}  // namespace rhumb::hcl
