#include "cli/command.h"

#include <algorithm>
#include <numeric>

#include "base/go_format.h"
#include "base/text.h"
#include "project/project.h"

namespace rhumb::cli {
namespace {

constexpr size_t kSuggestionDistanceMax = 2;

const Command* find_child(const Command& group, std::string_view word) {
  for (const Command& child : group.children) {
    if (child.name == word || std::ranges::find(child.aliases, word) != child.aliases.end()) {
      return &child;
    }
  }
  return nullptr;
}

/// Whether the flag word `argument` takes the next word as its value.
bool takes_next_word(std::string_view argument) {
  if (argument.find('=') != std::string_view::npos) {
    return false;
  }
  for (const FlagSpec& spec : global_flags()) {
    const bool named = argument == "--" + spec.name ||
                       (spec.shorthand != 0 && argument == std::string("-") + spec.shorthand);
    if (named) {
      return spec.kind != FlagKind::kBool;
    }
  }
  return false;
}

size_t edit_distance(std::string_view a, std::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  std::iota(row.begin(), row.end(), size_t{0});
  for (size_t i = 0; i < a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i + 1;
    for (size_t j = 0; j < b.size(); ++j) {
      const size_t substituted = diagonal + (a[i] == b[j] ? 0 : 1);
      diagonal = row[j + 1];
      row[j + 1] = std::min({substituted, row[j] + 1, row[j + 1] + 1});
    }
  }
  return row.back();
}

std::vector<std::string> set_flags(const std::vector<std::string>& group, const FlagSet& flags) {
  std::vector<std::string> given;
  std::ranges::copy_if(group, std::back_inserter(given),
                       [&](const std::string& name) { return flags.changed(name); });
  std::ranges::sort(given);
  return given;
}

}  // namespace

const std::vector<FlagSpec>& global_flags() {
  static const std::vector<FlagSpec> kFlags = {
      {.name = "config",
       .shorthand = 'c',
       .kind = FlagKind::kString,
       .default_text = "file://atlas.hcl",
       .usage = "select config (project) file using URL format",
       .value_name = "",
       .hidden = false},
      {.name = "env",
       .shorthand = 0,
       .kind = FlagKind::kString,
       .default_text = "",
       .usage = "set which env from the config file to use",
       .value_name = "",
       .hidden = false},
      {.name = "var",
       .shorthand = 0,
       .kind = FlagKind::kArray,
       .default_text = "",
       .usage = "input variables",
       .value_name = "<name>=<value>",
       .hidden = false,
       .check = [](std::string_view text) -> Result<void> {
         TRY(project::parse_variables({std::string(text)}));
         return {};
       }},
  };
  return kFlags;
}

std::vector<FlagSpec> global_flags_of(const Command& command) {
  std::vector<FlagSpec> flags = global_flags();
  std::erase_if(flags, [&command](const FlagSpec& global) {
    return std::ranges::find(command.flags, global.name, &FlagSpec::name) != command.flags.end();
  });
  return flags;
}

ResolvedCommand resolve_command(const Command& root, const std::vector<std::string>& arguments) {
  ResolvedCommand resolved{.path = {&root}, .arguments = {}};
  for (size_t i = 0; i < arguments.size(); ++i) {
    const std::string& word = arguments[i];
    if (word == "--") {
      resolved.arguments.insert(resolved.arguments.end(),
                                arguments.begin() + static_cast<std::ptrdiff_t>(i),
                                arguments.end());
      break;
    }
    const bool is_flag = word.size() > 1 && word[0] == '-';
    const Command* child = is_flag ? nullptr : find_child(*resolved.path.back(), word);
    if (child != nullptr) {
      resolved.path.push_back(child);
      continue;
    }
    resolved.arguments.push_back(word);
    if (is_flag && takes_next_word(word) && i + 1 < arguments.size()) {
      resolved.arguments.push_back(arguments[++i]);
    } else if (!is_flag || resolved.path.back()->children.empty()) {
      // The first positional ends the walk: what follows belongs to this command.
      resolved.arguments.insert(resolved.arguments.end(),
                                arguments.begin() + static_cast<std::ptrdiff_t>(i) + 1,
                                arguments.end());
      break;
    }
  }
  return resolved;
}

std::string command_path(const std::vector<const Command*>& path, std::string_view program) {
  std::string text(program);
  for (size_t i = 1; i < path.size(); ++i) {
    text += " " + path[i]->name;
  }
  return text;
}

std::vector<std::string> suggest_commands(const Command& group, std::string_view word) {
  std::vector<std::string> names;
  for (const Command& child : group.children) {
    const bool near =
        edit_distance(to_lower_ascii(word), to_lower_ascii(child.name)) <= kSuggestionDistanceMax;
    const bool begins = to_lower_ascii(child.name).starts_with(to_lower_ascii(word));
    if (!child.hidden && (near || begins)) {
      names.push_back(child.name);
    }
  }
  return names;
}

Error unknown_command(const Command& group, std::string_view word, std::string_view group_path) {
  std::string text = "unknown command " + go_quote(word) + " for " + go_quote(group_path);
  const std::vector<std::string> names = suggest_commands(group, word);
  if (!names.empty()) {
    text += "\n\nDid you mean this?\n";
    for (const std::string& name : names) {
      text += "\t" + name + "\n";
    }
  }
  return invalid(text + "\nRun '" + std::string(group_path) + " --help' for usage.");
}

Result<void> check_argument_count(const Command& command, size_t given) {
  const ArgumentCount& count = command.count;
  if (count.ignore_surplus || (given >= count.min && given <= count.max)) {
    return {};
  }
  const std::string received = " arg(s), received " + std::to_string(given);
  if (count.min == count.max) {
    return invalid("accepts " + std::to_string(count.min) + received);
  }
  if (given < count.min) {
    return invalid("requires at least " + std::to_string(count.min) + " arg(s), only received " +
                   std::to_string(given));
  }
  return invalid("accepts at most " + std::to_string(count.max) + received);
}

Result<void> check_required_flags(const Command& command, const FlagSet& flags) {
  std::vector<std::string> missing;
  for (const std::string& name : command.required_flags) {
    if (!flags.changed(name)) {
      missing.push_back("\"" + name + "\"");
    }
  }
  if (missing.empty()) {
    return {};
  }
  return invalid("required flag(s) " + join(missing, ", ") + " not set");
}

Result<void> check_flag_groups(const Command& command, const FlagSet& flags) {
  for (const auto& group : command.one_required_groups) {
    if (set_flags(group, flags).empty()) {
      return invalid("at least one of the flags in the group [" + join(group, " ") +
                     "] is required");
    }
  }
  for (const auto& group : command.exclusive_groups) {
    const std::vector<std::string> given = set_flags(group, flags);
    if (given.size() > 1) {
      return invalid("if any flags in the group [" + join(group, " ") +
                     "] are set none of the others can be; [" + join(given, " ") +
                     "] were all set");
    }
  }
  return {};
}

}  // namespace rhumb::cli
