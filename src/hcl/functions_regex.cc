#include <fmt/format.h>
#include <re2/re2.h>

#include "base/utf8.h"
#include "codec/pattern.h"
#include "hcl/functions_internal.h"

namespace rhumb::hcl {

namespace {

RE2::Options quiet_options() {
  RE2::Options options;
  options.set_log_errors(false);
  return options;
}

using Groups = std::vector<re2::StringPiece>;

// Successive matches from left to right; an empty match right after another one does not count.
template <typename Visit>
void for_each_match(const RE2& re, const std::string& text, Visit visit) {
  const re2::StringPiece whole(text);
  Groups groups(static_cast<size_t>(re.NumberOfCapturingGroups()) + 1);
  size_t at = 0;
  const char* previous_end = nullptr;
  while (at <= text.size() && re.Match(whole, at, text.size(), RE2::UNANCHORED, groups.data(),
                                       static_cast<int>(groups.size()))) {
    const auto begin = static_cast<size_t>(groups[0].data() - text.data());
    const size_t end = begin + groups[0].size();
    const bool repeats = groups[0].empty() && groups[0].data() == previous_end;
    if (!repeats) {
      visit(groups);
    }
    previous_end = text.data() + end;
    if (end > at) {
      at = end;
    } else {
      at += at < text.size() ? decode_rune(std::string_view(text).substr(at)).size : 1;
    }
  }
}

// What a match gives: text without groups, a tuple of unnamed, an object of named ones.
enum class Shape { kText, kTuple, kObject };

Result<Shape> shape_of(const RE2& re) {
  if (!re.ok()) {
    return invalid(fmt::format("invalid regexp pattern: {} in {}", codec::pattern_problem(re),
                               re.error_arg()));
  }
  const auto named = re.CapturingGroupNames().size();
  const auto all = static_cast<size_t>(re.NumberOfCapturingGroups());
  if (all == 0) {
    return Shape::kText;
  }
  if (named == 0) {
    return Shape::kTuple;
  }
  if (named != all) {
    return invalid("invalid regexp pattern: cannot mix both named and unnamed capture groups");
  }
  return Shape::kObject;
}

Value group_value(const re2::StringPiece& group) {
  return group.data() == nullptr ? Value::null(Type::string())
                                 : Value::string(std::string_view(group.data(), group.size()));
}

Value match_value(const RE2& re, Shape shape, const Groups& groups) {
  if (shape == Shape::kText) {
    return group_value(groups[0]);
  }
  if (shape == Shape::kTuple) {
    ValueList values;
    for (size_t i = 1; i < groups.size(); ++i) {
      values.push_back(group_value(groups[i]));
    }
    return Value::tuple(std::move(values));
  }
  ValueMap values;
  for (const auto& [index, name] : re.CapturingGroupNames()) {
    values.insert_or_assign(name, group_value(groups[static_cast<size_t>(index)]));
  }
  return Value::object(std::move(values));
}

Result<Value> regex(const ValueList& args, CallProblem& problem) {
  const RE2 re(args[0].as_string(), quiet_options());
  const auto shape = shape_of(re);
  if (!shape) {
    return problem.argument(0, shape.error().message());
  }
  const std::string& text = args[1].as_string();
  Groups groups(static_cast<size_t>(re.NumberOfCapturingGroups()) + 1);
  if (!re.Match(text, 0, text.size(), RE2::UNANCHORED, groups.data(),
                static_cast<int>(groups.size()))) {
    return invalid("pattern did not match any part of the given string");
  }
  return match_value(re, *shape, groups);
}

Result<Value> regex_all(const ValueList& args, CallProblem& problem) {
  const RE2 re(args[0].as_string(), quiet_options());
  const auto shape = shape_of(re);
  if (!shape) {
    return problem.argument(0, shape.error().message());
  }
  ValueList matches;
  for_each_match(re, args[1].as_string(),
                 [&](const Groups& groups) { matches.push_back(match_value(re, *shape, groups)); });
  Type element = matches.empty() ? Type::dynamic() : matches.front().type();
  return Value::list(std::move(element), std::move(matches));
}

bool is_name_char(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

void append_group(const RE2& re, const Groups& groups, std::string_view name, std::string& out) {
  size_t index = groups.size();
  if (name.find_first_not_of("0123456789") == std::string_view::npos && name.size() < 9) {
    index = static_cast<size_t>(std::stoul(std::string(name)));
  } else if (const auto found = re.NamedCapturingGroups().find(std::string(name));
             found != re.NamedCapturingGroups().end()) {
    index = static_cast<size_t>(found->second);
  }
  if (index < groups.size() && groups[index].data() != nullptr) {
    out.append(groups[index].data(), groups[index].size());
  }
}

// Puts `$1`, `${name}` and `$$` of a replacement into `out`.
void expand_replacement(const RE2& re,
                        const Groups& groups,
                        std::string_view replacement,
                        std::string& out) {
  for (size_t at = 0; at < replacement.size();) {
    if (replacement[at] != '$' || at + 1 == replacement.size()) {
      out += replacement[at++];
      continue;
    }
    if (replacement[at + 1] == '$') {
      out += '$';
      at += 2;
      continue;
    }
    const bool braced = replacement[at + 1] == '{';
    const size_t begin = at + (braced ? 2 : 1);
    size_t end = begin;
    while (end < replacement.size() && is_name_char(replacement[end])) {
      ++end;
    }
    const bool closed = !braced || (end < replacement.size() && replacement[end] == '}');
    if (end == begin || !closed) {
      out += replacement[at++];
      continue;
    }
    append_group(re, groups, replacement.substr(begin, end - begin), out);
    at = end + (braced ? 1 : 0);
  }
}

Result<Value> regex_replace(const ValueList& args, CallProblem&) {
  const std::string& text = args[0].as_string();
  const RE2 re(args[1].as_string(), quiet_options());
  if (!re.ok()) {
    return codec::pattern_error(re);
  }
  std::string out;
  size_t copied = 0;
  for_each_match(re, text, [&](const Groups& groups) {
    const auto begin = static_cast<size_t>(groups[0].data() - text.data());
    out.append(text, copied, begin - copied);
    expand_replacement(re, groups, args[2].as_string(), out);
    copied = begin + groups[0].size();
  });
  out.append(text, copied);
  return Value::string(out);
}

Result<Value> regexp_escape(const ValueList& args, CallProblem&) {
  std::string out;
  for (const char c : args[0].as_string()) {
    if (std::string_view("\\.+*?()|[]{}^$").find(c) != std::string_view::npos) {
      out += '\\';
    }
    out += c;
  }
  return Value::string(out);
}

}  // namespace

void add_regex_functions(FunctionTable& table) {
  const std::vector<Parameter> pattern_and_text = {{"pattern", Type::string()},
                                                   {"string", Type::string()}};
  table["regex"] = fixed_function(pattern_and_text, regex);
  table["regexall"] = fixed_function(pattern_and_text, regex_all);
  table["regexreplace"] = fixed_function(
      {{"str", Type::string()}, {"pattern", Type::string()}, {"replace", Type::string()}},
      regex_replace);
  table["regexpescape"] = fixed_function({{"str", Type::string()}}, regexp_escape);
}

}  // namespace rhumb::hcl
