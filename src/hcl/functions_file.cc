#include <algorithm>
#include <optional>
#include <set>

#include "base/text.h"
#include "base/utf8.h"
#include "hcl/functions_internal.h"

namespace rhumb::hcl {

namespace {

// Without `.`, `..` and double slashes; `path` is absolute.
std::string clean_path(std::string_view path) {
  std::vector<std::string_view> parts;
  for (const std::string_view part : split(path, '/')) {
    if (part == ".." && !parts.empty()) {
      parts.pop_back();
    } else if (!part.empty() && part != "." && part != "..") {
      parts.push_back(part);
    }
  }
  return "/" + join(parts, "/");
}

std::string absolute_path(std::string_view directory, std::string_view path) {
  return clean_path(path.starts_with('/') ? std::string(path)
                                          : std::string(directory) + "/" + std::string(path));
}

// The alternatives of the first `{a,b}`, or nothing when there is none that is closed.
std::optional<std::vector<std::string>> expand_braces(std::string_view pattern) {
  const size_t open = pattern.find('{');
  if (open == std::string_view::npos) {
    return std::nullopt;
  }
  std::vector<size_t> cuts = {open};
  int depth = 0;
  for (size_t at = open; at < pattern.size(); ++at) {
    if (pattern[at] == '{') {
      ++depth;
    } else if (pattern[at] == ',' && depth == 1) {
      cuts.push_back(at);
    } else if (pattern[at] == '}' && --depth == 0) {
      cuts.push_back(at);
      break;
    }
  }
  if (depth != 0) {
    return std::nullopt;
  }
  std::vector<std::string> out;
  for (size_t i = 0; i + 1 < cuts.size(); ++i) {
    out.push_back(std::string(pattern.substr(0, open)) +
                  std::string(pattern.substr(cuts[i] + 1, cuts[i + 1] - cuts[i] - 1)) +
                  std::string(pattern.substr(cuts.back() + 1)));
  }
  return out;
}

// Whether `rune` is in the class that begins after `[` at `at`; `at` is moved past its `]`.
bool match_class(std::string_view pattern, size_t& at, char32_t rune) {
  bool negated = false;
  if (at < pattern.size() && pattern[at] == '^') {
    negated = true;
    ++at;
  }
  bool found = false;
  bool first = true;
  while (at < pattern.size() && (pattern[at] != ']' || first)) {
    first = false;
    const DecodedRune low = decode_rune(pattern.substr(at));
    at += low.size;
    char32_t high = low.rune;
    if (at + 1 < pattern.size() && pattern[at] == '-' && pattern[at + 1] != ']') {
      const DecodedRune end = decode_rune(pattern.substr(at + 1));
      high = end.rune;
      at += 1 + end.size;
    }
    found = found || (rune >= low.rune && rune <= high);
  }
  at += at < pattern.size() ? 1 : 0;
  return found != negated;
}

// `*`, `?` and `[...]` within one name.
bool match_name(std::string_view pattern, std::string_view name) {
  size_t p = 0;
  size_t n = 0;
  size_t star_p = std::string_view::npos;
  size_t star_n = 0;
  while (n < name.size()) {
    const DecodedRune rune = decode_rune(name.substr(n));
    bool fits = false;
    size_t next = p;
    if (p < pattern.size() && pattern[p] == '*') {
      star_p = ++p;
      star_n = n;
      continue;
    }
    if (p < pattern.size()) {
      if (pattern[p] == '?') {
        next = p + 1;
        fits = true;
      } else if (pattern[p] == '[') {
        next = p + 1;
        fits = match_class(pattern, next, rune.rune);
      } else {
        const size_t literal = pattern[p] == '\\' && p + 1 < pattern.size() ? p + 1 : p;
        const DecodedRune want = decode_rune(pattern.substr(literal));
        next = literal + want.size;
        fits = want.rune == rune.rune;
      }
    }
    if (fits) {
      p = next;
      n += rune.size;
    } else if (star_p != std::string_view::npos) {
      star_n += decode_rune(name.substr(star_n)).size;
      p = star_p;
      n = star_n;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') {
    ++p;
  }
  return p == pattern.size();
}

constexpr size_t kPatternMax = 256;
constexpr int kWalkDepthMax = 100;

// Whether every class is closed and not empty, every range has an end, and no backslash is last.
bool is_well_formed(std::string_view pattern) {
  for (size_t at = 0; at < pattern.size(); ++at) {
    if (pattern[at] == '\\') {
      if (++at == pattern.size()) {
        return false;
      }
    } else if (pattern[at] == '[') {
      at += at + 1 < pattern.size() && pattern[at + 1] == '^' ? 2 : 1;
      const size_t close = pattern.find(']', at);
      if (close == std::string_view::npos || close == at || pattern[close - 1] == '-') {
        return false;
      }
      at = close;
    }
  }
  return true;
}

// The names of one level that any of `patterns` match are visited in byte order, so that `{b,a}`
// gives the same order as `[ab]`.
class Walker {
 public:
  Walker(FunctionHost& host, std::vector<std::vector<std::string>> patterns)
      : host_(host), patterns_(std::move(patterns)) {}

  std::vector<std::string> walk(const std::string& directory) {
    std::set<Position> all;
    for (size_t i = 0; i < patterns_.size(); ++i) {
      all.insert(Position{i, 0});
    }
    visit(directory, all, 0);
    return std::move(found_);
  }

 private:
  using Position = std::pair<size_t, size_t>;  // pattern, segment

  [[nodiscard]] const std::string& segment(const Position& at) const {
    return patterns_[at.first][at.second];
  }

  // `**` may also stand for no directory at all.
  [[nodiscard]] std::set<Position> with_skips(const std::set<Position>& positions) const {
    std::set<Position> out = positions;
    for (Position at : positions) {
      while (at.second + 1 < patterns_[at.first].size() && segment(at) == "**") {
        ++at.second;
        out.insert(at);
      }
    }
    return out;
  }

  void visit(const std::string& directory, const std::set<Position>& positions, int depth) {
    if (depth > kWalkDepthMax) {
      return;
    }
    const std::set<Position> here = with_skips(positions);
    const bool deep = std::any_of(here.begin(), here.end(), [this](const Position& at) {
      return segment(at) == "**" && at.second + 1 < patterns_[at.first].size();
    });
    const auto entries = host_.list_directory(directory);
    const auto pass = [&](bool directories_only, bool files_only) {
      for (const FunctionHost::Entry& entry : entries) {
        if ((directories_only && !entry.is_directory) || (files_only && entry.is_directory)) {
          continue;
        }
        visit_entry(directory, entry, here, depth);
      }
    };
    if (deep) {
      pass(true, false);
      pass(false, true);
    } else {
      pass(false, false);
    }
  }

  void visit_entry(const std::string& directory,
                   const FunctionHost::Entry& entry,
                   const std::set<Position>& here,
                   int depth) {
    std::set<Position> below;
    bool matches = false;
    for (const Position& at : here) {
      const bool last = at.second + 1 == patterns_[at.first].size();
      if (segment(at) == "**") {
        matches = matches || last;
        if (entry.is_directory) {
          below.insert(at);
        }
      } else if (match_name(segment(at), entry.name)) {
        matches = matches || last;
        if (!last && entry.is_directory) {
          below.insert(Position{at.first, at.second + 1});
        }
      }
    }
    const std::string path = (directory == "/" ? "" : directory) + "/" + entry.name;
    if (matches) {
      found_.push_back(path);
    }
    if (!below.empty()) {
      visit(path, below, depth + 1);
    }
  }

  FunctionHost& host_;
  std::vector<std::vector<std::string>> patterns_;
  std::vector<std::string> found_;
};

std::vector<std::string> split_segments(std::string_view pattern) {
  std::vector<std::string> out;
  for (const std::string_view part : split(pattern, '/')) {
    if (!part.empty()) {
      out.emplace_back(part);
    }
  }
  return out;
}

bool has_wildcard(std::string_view segment) {
  return segment.find_first_of("*?[{\\") != std::string_view::npos;
}

// How many leading segments all patterns share and none of which needs matching.
size_t fixed_segments(const std::vector<std::vector<std::string>>& patterns) {
  const std::vector<std::string>& first = patterns.front();
  size_t count = 0;
  while (count + 1 < first.size() && !has_wildcard(first[count]) &&
         std::all_of(patterns.begin(), patterns.end(), [&](const auto& segments) {
           return count + 1 < segments.size() && segments[count] == first[count];
         })) {
    ++count;
  }
  return count;
}

}  // namespace

Result<std::vector<std::string>> match_files(FunctionHost& host,
                                             std::string_view directory,
                                             std::string_view pattern,
                                             GlobStyle style) {
  std::vector<std::string> expanded = {absolute_path(directory, pattern)};
  const bool recursive = style == GlobStyle::kRecursive;
  for (size_t i = 0; recursive && i < expanded.size() && expanded.size() < kPatternMax;) {
    if (auto alternatives = expand_braces(expanded[i])) {
      expanded.erase(expanded.begin() + static_cast<std::ptrdiff_t>(i));
      expanded.insert(expanded.begin() + static_cast<std::ptrdiff_t>(i), alternatives->begin(),
                      alternatives->end());
    } else {
      ++i;
    }
  }
  std::vector<std::vector<std::string>> patterns;
  for (const std::string& one : expanded) {
    if (!is_well_formed(one) || (recursive && one.find('{') != std::string::npos)) {
      return invalid("syntax error in pattern");
    }
    auto segments = split_segments(one);
    if (!recursive) {
      std::replace(segments.begin(), segments.end(), std::string("**"), std::string("*"));
    }
    if (!segments.empty()) {
      patterns.push_back(std::move(segments));
    }
  }
  if (patterns.empty()) {
    return std::vector<std::string>();
  }
  const size_t fixed = fixed_segments(patterns);
  std::string start;
  for (size_t i = 0; i < fixed; ++i) {
    start += "/" + patterns.front()[i];
  }
  for (auto& segments : patterns) {
    segments.erase(segments.begin(), segments.begin() + static_cast<std::ptrdiff_t>(fixed));
  }
  return Walker(host, std::move(patterns)).walk(start.empty() ? "/" : start);
}

void add_project_functions(FunctionTable& table, FunctionHost& host, const std::string& directory) {
  table["file"] =
      fixed_function({{"path", Type::string()}},
                     [&host, directory](const ValueList& args, CallProblem&) -> Result<Value> {
                       const std::string content =
                           TRY(host.read_file(absolute_path(directory, args[0].as_string())));
                       return Value::string(content);
                     });
  const auto match = [&host, directory](GlobStyle style) {
    return fixed_function(
        {{"pattern", Type::string()}},
        [&host, directory, style](const ValueList& args, CallProblem&) -> Result<Value> {
          return string_list(TRY(match_files(host, directory, args[0].as_string(), style)));
        });
  };
  table["fileset"] = match(GlobStyle::kRecursive);
  table["glob"] = match(GlobStyle::kSingleLevel);
  table["getenv"] = fixed_function({{"key", Type::string()}},
                                   [&host](const ValueList& args, CallProblem&) -> Result<Value> {
                                     return Value::string(host.environment(args[0].as_string()));
                                   });
}

}  // namespace rhumb::hcl
