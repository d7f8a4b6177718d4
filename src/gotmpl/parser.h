#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "base/result.h"
#include "gotmpl/node.h"

namespace rhumb::gotmpl {

/// How deep blocks, `else if` chains and parentheses may nest.
inline constexpr int kNestingMax = 1000;

/// A named text that templates come from; errors name it and give lines of it.
struct Source {
  std::string name;
  std::string text;
};

/// One template: `{{define}}`, `{{block}}` or a whole text.
struct Tree {
  std::string name;
  std::shared_ptr<const Source> source;  // shared: all templates of one text
  std::shared_ptr<const Node> root;      // shared: sets of templates are copied
};

using Trees = std::map<std::string, Tree, std::less<>>;

/// Parses a text to the templates it defines, itself included under the source's name.
///
/// Shape: a template of nothing but blanks does not replace one with content.
/// Errors: kInvalid `template: <name>:<line>: <what>`; kLimit beyond kNestingMax.
[[nodiscard]] Result<Trees> parse_trees(const std::shared_ptr<const Source>& source,
                                        const std::function<bool(std::string_view)>& is_function);

}  // namespace rhumb::gotmpl
