#include <algorithm>

#include "base/go_format.h"
#include "base/text.h"
#include "base/utf8.h"
#include "cli/command.h"

namespace rhumb::cli {
namespace {

std::string kind_name(const FlagSpec& spec) {
  if (!spec.value_name.empty()) {
    return spec.value_name;
  }
  switch (spec.kind) {
    case FlagKind::kBool:
      return "";
    case FlagKind::kString:
      return "string";
    case FlagKind::kUint:
      return "uint";
    case FlagKind::kInt:
      return "int";
    case FlagKind::kDuration:
      return "duration";
    case FlagKind::kList:
    case FlagKind::kArray:
      return "strings";
  }
  return "";
}

std::string default_note(const FlagSpec& spec) {
  const bool zero = spec.default_text.empty() || spec.default_text == "0" ||
                    spec.default_text == "false" || spec.default_text == "0s";
  if (zero) {
    return "";
  }
  const bool quoted = spec.kind == FlagKind::kString;
  return " (default " + (quoted ? go_quote(spec.default_text) : spec.default_text) + ")";
}

std::string flag_head(const FlagSpec& spec) {
  std::string head =
      spec.shorthand == 0 ? std::string("      --") : std::string("  -") + spec.shorthand + ", --";
  head += spec.name;
  const std::string kind = kind_name(spec);
  return kind.empty() ? head : head + " " + kind;
}

std::string format_flags(std::vector<FlagSpec> flags) {
  std::erase_if(flags, [](const FlagSpec& spec) { return spec.hidden; });
  std::ranges::sort(flags, {}, &FlagSpec::name);
  size_t width = 0;
  for (const FlagSpec& spec : flags) {
    width = std::max(width, count_runes(flag_head(spec)));
  }
  std::string text;
  for (const FlagSpec& spec : flags) {
    const std::string head = flag_head(spec);
    text += head + std::string(width - count_runes(head) + 3, ' ') + spec.usage +
            default_note(spec) + "\n";
  }
  return text;
}

/// Under the name that the program was called by.
std::string format_examples(std::string text, std::string_view program) {
  for (const std::string before : {"  ", "| "}) {
    text = replace_all(text, before + "atlas ", before + std::string(program) + " ");
  }
  return text;
}

std::string format_children(const Command& group) {
  size_t width = 0;
  for (const Command& child : group.children) {
    width = std::max(width, child.hidden ? 0 : child.name.size());
  }
  std::string text;
  for (const Command& child : group.children) {
    if (!child.hidden) {
      text += "  " + child.name + std::string(width - child.name.size() + 1, ' ') + child.summary +
              "\n";
    }
  }
  return text;
}

}  // namespace

std::string format_help(const std::vector<const Command*>& path, std::string_view program) {
  const Command& command = *path.back();
  const std::string name = command_path(path, program);
  std::string text = command.description.empty() ? command.summary : command.description;
  text = std::string(trim_right(text)) + "\n\nUsage:\n";
  if (command.run != nullptr) {
    text += "  " + name + (command.arguments.empty() ? "" : " " + command.arguments) + "\n";
  }
  if (!command.children.empty()) {
    text += "  " + name + " [command]\n";
  }
  if (!command.examples.empty()) {
    text += "\nExamples:\n" + format_examples(command.examples, program) + "\n";
  }
  if (!command.children.empty()) {
    text += "\nAvailable Commands:\n" + format_children(command);
  }
  std::vector<FlagSpec> local = command.flags;
  local.push_back({.name = "help",
                   .shorthand = 'h',
                   .kind = FlagKind::kBool,
                   .default_text = "",
                   .usage = "help for " + command.name,
                   .value_name = "",
                   .hidden = false});
  text += "\nFlags:\n" + format_flags(std::move(local));
  text += "\nGlobal Flags:\n" + format_flags(global_flags_of(command));
  if (!command.children.empty()) {
    text += "\nUse \"" + name + " [command] --help\" for more information about a command.\n";
  }
  return text;
}

}  // namespace rhumb::cli
