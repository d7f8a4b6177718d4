#include "project/read_environment.h"

#include <algorithm>
#include <filesystem>

#include "base/go_format.h"
#include "base/text.h"
#include "project/block_reader.h"

namespace rhumb::project {
namespace {

constexpr std::string_view kSpecPrefix = "schemahcl: failed reading spec as *cmdapi.Project";
constexpr std::string_view kKnownAttributes[] = {"name",    "url",     "dev",     "src",
                                                 "schemas", "exclude", "include", "tx_mode"};
/// Blocks that must not be written as attributes, with what the reference calls their type.
constexpr std::pair<std::string_view, std::string_view> kBlockTypes[] = {
    {"schema", "Schema"}, {"migration", "Migration"}, {"diff", "Diff"},
    {"lint", "Lint"},     {"format", "Log"},          {"log", "Log"},
    {"test", "Test"}};
constexpr std::string_view kSkips[] = {"add_schema",         "drop_schema",      "modify_schema",
                                       "add_table",          "drop_table",       "modify_table",
                                       "rename_table",       "add_column",       "drop_column",
                                       "modify_column",      "add_index",        "drop_index",
                                       "modify_index",       "add_foreign_key",  "drop_foreign_key",
                                       "modify_foreign_key", "rename_constraint"};
constexpr std::pair<std::string_view, std::string_view> kFormats[] = {
    {"migrate", "apply"},  {"migrate", "down"}, {"migrate", "lint"},  {"migrate", "status"},
    {"migrate", "diff"},   {"migrate", "push"}, {"migrate", "drift"}, {"schema", "clean"},
    {"schema", "inspect"}, {"schema", "apply"}, {"schema", "diff"},   {"schema", "push"}};

Result<void> check_no_block_attributes(const BlockValue& block) {
  for (const auto& [name, type] : kBlockTypes) {
    if (block.find(name) != nullptr) {
      return invalid("set field " + go_quote(name) + ": converting cty.Value to *cmdapi." +
                     std::string(type) + ": object or tuple value is required");
    }
  }
  return {};
}

Result<std::optional<RepoConfig>> read_repo(const BlockReader& block) {
  const BlockReader repo = block.inner("repo");
  if (!repo.has_block()) {
    return std::optional<RepoConfig>();
  }
  RepoConfig config;
  config.name = TRY(repo.text("name"));
  config.backup = TRY(repo.texts("backup"));
  config.allow_stale = TRY(repo.lenient_flag("allow_stale")).value_or(false);
  return std::optional(config);
}

Result<MigrationConfig> read_migration(const BlockReader& block) {
  MigrationConfig migration;
  migration.dir = TRY(block.text("dir"));
  migration.exclude = TRY(block.texts("exclude"));
  migration.format = TRY(block.text("format"));
  migration.baseline = TRY(block.text("baseline"));
  migration.exec_order = replace_all(to_lower_ascii(TRY(block.text("exec_order"))), "_", "-");
  migration.lock_timeout = TRY(block.text("lock_timeout"));
  migration.lock_name = TRY(block.text("lock_name"));
  migration.revisions_schema = TRY(block.text("revisions_schema"));
  migration.to_version = TRY(block.text("to_version"));
  migration.repo = TRY(read_repo(block));
  migration.report = TRY(block.lenient_flag("report"));
  migration.skip_report = TRY(block.lenient_flag("skip_report"));
  migration.report_required = TRY(block.lenient_flag("report_required")).value_or(false);
  migration.report_masking = TRY(block.text("report_masking"));
  migration.report_masking_ack = TRY(block.lenient_flag("report_masking_ack")).value_or(false);
  migration.policy_unreachable = TRY(block.text("policy_unreachable"));
  return migration;
}

/// The format templates, by command; `log` is the old name of the block.
Result<std::map<std::string, std::string>> read_formats(const BlockReader& environment) {
  const BlockReader old = environment.inner("log");
  const BlockReader block = old.has_block() ? old : environment.inner("format");
  std::map<std::string, std::string> formats;
  for (const auto& [group, command] : kFormats) {
    std::string text = TRY(block.inner(group).text(command));
    if (!text.empty()) {
      formats[std::string(group) + "." + std::string(command)] = std::move(text);
    }
  }
  return formats;
}

/// `cloud { ... }` of a format block: any command of that group.
Result<void> add_cloud_formats(const BlockValue& environment,
                               std::map<std::string, std::string>& formats) {
  const BlockValue* block = environment.find_block("log");
  block = block == nullptr ? environment.find_block("format") : block;
  const BlockValue* cloud = block == nullptr ? nullptr : block->find_block("cloud");
  if (cloud == nullptr) {
    return {};
  }
  const BlockReader reader(cloud);
  for (const BlockValue::Attribute& attribute : cloud->attributes) {
    formats["cloud." + attribute.name] = TRY(reader.text(attribute.name));
  }
  return {};
}

/// The part of a block that has no fixed layout.
BlockValue extra_of(const BlockValue* block,
                    const std::vector<std::string_view>& attributes,
                    std::string_view inner) {
  BlockValue extra;
  if (block != nullptr) {
    extra = *block;
    std::erase_if(extra.attributes, [&](const BlockValue::Attribute& attribute) {
      return std::ranges::find(attributes, attribute.name) != attributes.end();
    });
    std::erase_if(extra.blocks,
                  [&](const BlockValue& block_value) { return block_value.type == inner; });
  }
  return extra;
}

bool is_empty(const BlockValue& block) {
  return block.attributes.empty() && block.blocks.empty();
}

Result<LintConfig> read_lint(const BlockValue* value) {
  const BlockReader block(value);
  LintConfig lint;
  lint.extra = extra_of(value, {"log", "format", "latest", "review"}, "git");
  const std::string old = TRY(block.text("log"));
  const std::string format = TRY(block.text("format"));
  if (!old.empty() && !format.empty()) {
    return invalid("cannot use both 'log' and 'format' in the same lint block");
  }
  lint.format = format.empty() ? old : format;
  lint.latest = TRY(block.integer("latest")).value_or(0);
  lint.review = TRY(block.text("review"));
  const BlockReader git = block.inner("git");
  lint.git_dir = TRY(git.text("dir"));
  lint.git_base = TRY(git.text("base"));
  return lint;
}

Result<DiffConfig> read_diff(const BlockValue* value) {
  DiffConfig diff;
  diff.extra = extra_of(value, {}, "skip");
  const BlockValue* skip = value == nullptr ? nullptr : value->find_block("skip");
  if (skip == nullptr) {
    return diff;
  }
  const BlockReader reader(skip);
  for (const BlockValue::Attribute& attribute : skip->attributes) {
    const bool is_known = std::ranges::find(kSkips, attribute.name) != std::end(kSkips);
    if (is_known || attribute.value.kind() == hcl::TypeKind::kBool) {
      const std::optional<bool> flag = TRY(reader.flag(attribute.name));
      diff.skip[attribute.name] = flag.value_or(false);
    }
  }
  return diff;
}

Result<TestConfig> read_test(const BlockReader& block) {
  TRY(block.inner("schema").texts("src"));
  const BlockReader migrate = block.inner("migrate");
  TestConfig test;
  test.src = TRY(migrate.texts("src"));
  test.variables = TRY(migrate.entries("vars"));
  return test;
}

Result<Environment> read_typed(const BlockValue& block) {
  const BlockReader reader(&block);
  Environment environment;
  TRY(reader.text("name"));
  environment.url = TRY(reader.text("url"));
  environment.dev = TRY(reader.text("dev"));
  environment.schemas = TRY(reader.texts("schemas"));
  environment.exclude = TRY(reader.texts("exclude"));
  environment.include = TRY(reader.texts("include"));
  environment.tx_mode = TRY(reader.text("tx_mode"));
  TRY(check_no_block_attributes(block));
  const BlockReader schema = reader.inner("schema");
  environment.schema.repo = TRY(read_repo(schema));
  environment.schema.skip_report = TRY(schema.lenient_flag("skip_report"));
  environment.migration = TRY(read_migration(reader.inner("migration")));
  environment.diff = TRY(read_diff(block.find_block("diff")));
  environment.lint = TRY(read_lint(block.find_block("lint")));
  environment.formats = TRY(read_formats(reader));
  TRY(add_cloud_formats(block, environment.formats));
  environment.migrate_test = TRY(read_test(reader.inner("test")));
  return environment;
}

/// `src`: one text or a list of them.
Result<std::vector<std::string>> read_sources(const BlockValue* block) {
  const hcl::Value* value = block == nullptr ? nullptr : block->find("src");
  if (value == nullptr) {
    return std::vector<std::string>();
  }
  if (value->has_content() && value->kind() == hcl::TypeKind::kString) {
    const std::string& text = value->as_string();
    return text.empty() ? std::vector<std::string>() : std::vector<std::string>{text};
  }
  Result<std::vector<std::string>> texts = BlockReader(block).texts("src");
  if (!texts.has_value()) {
    return invalid("expected src to be either a string or strings, got: " +
                   value->type().friendly_name());
  }
  return texts;
}

/// An entry without scheme is a file of the working directory.
std::string source_url(const std::string& source) {
  if (source.find("://") != std::string::npos) {
    return source;
  }
  std::error_code problem;
  const std::filesystem::path absolute = std::filesystem::absolute(source, problem);
  return "file://" + (problem ? source : absolute.lexically_normal().string());
}

void add_extra(const BlockValue& block, Environment& environment) {
  for (const BlockValue::Attribute& attribute : block.attributes) {
    const bool is_known =
        std::ranges::find(kKnownAttributes, attribute.name) != std::end(kKnownAttributes);
    if (!is_known) {
      environment.extra.push_back({.name = attribute.name, .value = attribute.value});
    }
  }
}

bool is_slug(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') ||
           std::string_view("/.-_").find(c) != std::string_view::npos;
  });
}

Result<void> check_repo(std::string_view where, const std::optional<RepoConfig>& repo) {
  if (repo && !repo->name.empty() && !is_slug(repo->name)) {
    return invalid(std::string(where) + ".repo.name " + go_quote(repo->name) +
                   ": slug must be lowercase alphanumeric and may contain /.-_");
  }
  return {};
}

Result<void> check_word(std::string_view name,
                        const std::string& value,
                        const std::vector<std::string>& words) {
  if (value.empty() || std::ranges::find(words, value) != words.end()) {
    return {};
  }
  return invalid("migration." + std::string(name) + " must be one of " + join(words, ", ") +
                 ", got: " + go_quote(value));
}

Result<void> check_values(const Environment& environment) {
  const MigrationConfig& migration = environment.migration;
  TRY(check_repo("migration", migration.repo));
  TRY(check_repo("schema", environment.schema.repo));
  TRY(check_word("report_masking", migration.report_masking, {"ALL", "VALUES", "NONE"}));
  TRY(check_word("policy_unreachable", migration.policy_unreachable, {"FAIL", "WARN"}));
  if (migration.report_masking == "NONE" && !migration.report_masking_ack) {
    return invalid(
        "migration.report_masking \"NONE\" sends statements as they are; set "
        "migration.report_masking_ack = true to confirm");
  }
  return {};
}

}  // namespace

Result<Environment> read_environment(const BlockValue& block) {
  Environment environment = TRY(read_typed(block).context(kSpecPrefix));
  environment.schema.src = TRY(read_sources(block.find_block("schema")));
  environment.src = TRY(read_sources(&block));
  if (environment.src.empty()) {
    environment.src = environment.schema.src;
  }
  std::ranges::transform(environment.src, environment.src.begin(), source_url);
  add_extra(block, environment);
  TRY(check_values(environment));
  return environment;
}

Result<void> check_policy_block(const BlockValue& block) {
  if (block.type == "lint") {
    TRY(read_lint(&block).context(kSpecPrefix));
  } else if (block.type == "diff") {
    TRY(read_diff(&block).context(kSpecPrefix));
  } else if (block.type == "test") {
    TRY(read_test(BlockReader(&block)).context(kSpecPrefix));
  }
  return {};
}

namespace {

Result<void> inherit_lint(const BlockValue* global, bool has_own, LintConfig& lint) {
  LintConfig inherited = TRY(read_lint(global));
  if (!has_own) {
    lint = std::move(inherited);
    return {};
  }
  lint.review = lint.review.empty() ? inherited.review : lint.review;
  lint.format = lint.format.empty() ? inherited.format : lint.format;
  if (is_empty(lint.extra)) {
    lint.extra = std::move(inherited.extra);
  }
  const bool detects = lint.latest != 0 || !lint.git_dir.empty() || !lint.git_base.empty();
  if (!detects) {
    lint.git_dir = inherited.git_dir;
    lint.git_base = inherited.git_base;
    const bool by_git = !lint.git_dir.empty() || !lint.git_base.empty();
    lint.latest = by_git ? 0 : inherited.latest;
  }
  return {};
}

}  // namespace

Result<void> inherit_policies(const GlobalPolicies& global,
                              const BlockValue& block,
                              Environment& environment) {
  const bool has_lint = block.find_block("lint") != nullptr;
  TRY(inherit_lint(global.lint, has_lint, environment.lint));
  DiffConfig diff = TRY(read_diff(global.diff));
  if (block.find_block("diff") == nullptr) {
    environment.diff = std::move(diff);
  } else if (environment.diff.skip.empty()) {
    environment.diff.skip = std::move(diff.skip);
  }
  if (block.find_block("test") == nullptr) {
    environment.migrate_test = TRY(read_test(BlockReader(global.test)));
  }
  return {};
}

Result<void> check_report_rules(const Environment& environment, const std::string& directory) {
  const MigrationConfig& migration = environment.migration;
  if (migration.report && migration.skip_report) {
    return invalid("migration.report and migration.skip_report are mutually exclusive");
  }
  const bool in_registry =
      directory.starts_with("atlas://") || environment.remote_directories.contains(directory);
  const bool has_name = migration.repo && !migration.repo->name.empty();
  if (migration.report.value_or(false) && !has_name && !in_registry) {
    return invalid("migration.report requires migration.repo.name to be set");
  }
  return {};
}

}  // namespace rhumb::project
