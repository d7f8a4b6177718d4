#include "history/entry.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/go_format.h"
#include "base/text.h"

namespace rhumb::history {
namespace {

struct ToolFacts {
  Tool tool;
  std::string_view name;
  bool newest_only = false;
  bool times = false;
};

// In the order of the enumerators.
constexpr ToolFacts kTools[] = {
    {.tool = Tool::kFlyway, .name = "flyway", .times = true},
    {.tool = Tool::kLiquibase, .name = "liquibase", .times = true},
    {.tool = Tool::kGolangMigrate, .name = "golang-migrate", .newest_only = true},
    {.tool = Tool::kGoose, .name = "goose", .times = true},
    {.tool = Tool::kDbmate, .name = "dbmate"},
    {.tool = Tool::kAlembic, .name = "alembic", .newest_only = true},
    {.tool = Tool::kPrisma, .name = "prisma", .times = true},
    {.tool = Tool::kSqitch, .name = "sqitch", .times = true},
    {.tool = Tool::kRails, .name = "rails"},
    {.tool = Tool::kDjango, .name = "django", .times = true},
    {.tool = Tool::kEf, .name = "ef"},
};

const ToolFacts& facts_of(Tool tool) {
  return kTools[static_cast<std::size_t>(tool)];
}

}  // namespace

std::string_view tool_name(Tool tool) {
  return facts_of(tool).name;
}

Result<Tool> parse_tool(std::string_view name) {
  std::vector<std::string_view> names;
  for (const ToolFacts& facts : kTools) {
    if (facts.name == name) {
      return facts.tool;
    }
    names.push_back(facts.name);
  }
  return invalid(
      fmt::format("unknown tool {}; --from takes {}", go_quote(name), join(names, ", ")));
}

const std::vector<Tool>& all_tools() {
  static const std::vector<Tool> kAll = [] {
    std::vector<Tool> tools;
    for (const ToolFacts& facts : kTools) {
      tools.push_back(facts.tool);
    }
    return tools;
  }();
  return kAll;
}

std::string_view state_name(EntryState state) {
  switch (state) {
    case EntryState::kApplied:
      return "applied";
    case EntryState::kBaseline:
      return "baseline";
    case EntryState::kFailed:
      return "failed";
    case EntryState::kReverted:
      return "reverted";
  }
  return "";
}

bool keeps_newest_only(Tool tool) {
  return facts_of(tool).newest_only;
}

bool keeps_times(Tool tool) {
  return facts_of(tool).times;
}

std::string entry_label(const HistoryEntry& entry) {
  const std::string& name = entry.version.empty() ? entry.script : entry.version;
  return entry.scope.empty() ? name : entry.scope + "." + name;
}

}  // namespace rhumb::history
