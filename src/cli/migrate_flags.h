#pragma once

#include <string>
#include <vector>

#include "cli/command.h"

/// Flags that several `migrate` commands define alike.
namespace rhumb::cli {

[[nodiscard]] inline FlagSpec text_flag(std::string name,
                                        std::string default_text,
                                        std::string usage) {
  return {.name = std::move(name),
          .shorthand = 0,
          .kind = FlagKind::kString,
          .default_text = std::move(default_text),
          .usage = std::move(usage),
          .value_name = "",
          .hidden = false};
}

[[nodiscard]] inline FlagSpec bool_flag(std::string name, std::string usage) {
  FlagSpec spec = text_flag(std::move(name), "", std::move(usage));
  spec.kind = FlagKind::kBool;
  return spec;
}

[[nodiscard]] inline FlagSpec with_kind(FlagSpec spec, FlagKind kind) {
  spec.kind = kind;
  return spec;
}

[[nodiscard]] inline FlagSpec with_shorthand(FlagSpec spec, char shorthand) {
  spec.shorthand = shorthand;
  return spec;
}

[[nodiscard]] inline FlagSpec hide(FlagSpec spec) {
  spec.hidden = true;
  return spec;
}

[[nodiscard]] inline FlagSpec url_flag() {
  return with_shorthand(
      text_flag("url", "",
                "[driver://username:password@address/dbname?param=value] database to use"),
      'u');
}
[[nodiscard]] inline FlagSpec dev_url_flag() {
  return text_flag("dev-url", "",
                   "[driver://username:password@address/dbname?param=value] empty database for "
                   "computations");
}
[[nodiscard]] inline FlagSpec dir_flag() {
  return text_flag("dir", "file://migrations", "migration directory, as a URL");
}
[[nodiscard]] inline FlagSpec dir_format_flag() {
  return text_flag(
      "dir-format", "atlas",
      "layout of the directory: atlas, golang-migrate, goose, flyway, liquibase, dbmate");
}
[[nodiscard]] inline FlagSpec revisions_schema_flag() {
  return text_flag("revisions-schema", "", "schema that holds the revisions table");
}
[[nodiscard]] inline FlagSpec lock_timeout_flag() {
  return with_kind(text_flag("lock-timeout", "10s", "how long to wait for the database lock"),
                   FlagKind::kDuration);
}
[[nodiscard]] inline FlagSpec lock_mode_flag() {
  return text_flag("lock-mode", "session",
                   "what holds the lock: session, or lease behind a connection pooler in "
                   "transaction mode");
}
[[nodiscard]] inline FlagSpec report_timeout_flag() {
  return with_kind(text_flag("report-timeout", "1m0s", "how long reporting may take"),
                   FlagKind::kDuration);
}
[[nodiscard]] inline FlagSpec statement_timeout_flag() {
  return with_kind(text_flag("statement-timeout", "0s",
                             "how long one statement may take; 0: as the database has it"),
                   FlagKind::kDuration);
}
[[nodiscard]] inline FlagSpec table_lock_timeout_flag() {
  return with_kind(text_flag("table-lock-timeout", "0s",
                             "how long one statement may wait for a table or row that is locked"),
                   FlagKind::kDuration);
}
[[nodiscard]] inline FlagSpec verbose_flag() {
  return bool_flag("verbose", "with the time each statement took, its rows and its wait for locks");
}
[[nodiscard]] inline FlagSpec format_flag() {
  return text_flag("format", "", "Go template of the output, such as '{{ json . }}'");
}
/// Hidden older name of --format; the two are exclusive.
[[nodiscard]] inline FlagSpec log_flag() {
  return hide(text_flag("log", "", "Go template of the output"));
}
[[nodiscard]] inline FlagSpec edit_flag() {
  return bool_flag("edit", "open the new file in $EDITOR");
}
[[nodiscard]] inline FlagSpec target_flag() {
  return with_kind(
      text_flag("target", "", "only the targets whose key matches this glob (repeatable)"),
      FlagKind::kArray);
}

}  // namespace rhumb::cli
