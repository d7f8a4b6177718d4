#include "report/run_text.h"

#include <ostream>
#include <variant>

#include "base/go_format.h"
#include "base/text.h"

namespace rhumb::report {
namespace {

const std::string& pick(const migrate::RunText& text, TextForm form) {
  return form == TextForm::kShown ? text.shown : text.reported;
}

std::string indent_lines(std::string_view text, size_t blanks) {
  return replace_all(text, "\n", "\n" + std::string(blanks, ' '));
}

std::string dashes(const Style& style) {
  return style.yellow("--");
}

struct Nouns {
  std::string_view one;
  std::string_view many;
  std::string_view failed_one;
  std::string_view failed_many;
};

/// `2 migrations`, `1 migration ok, 1 with errors` or `1 migration with errors`.
std::string count_line(size_t ok, size_t failed, const Nouns& nouns) {
  if (failed == 0) {
    return plural(ok, nouns.one, nouns.many);
  }
  if (ok == 0) {
    return plural(failed, nouns.failed_one, nouns.failed_many);
  }
  return "";
}

/// What a run does to its files, in words.
struct Words {
  std::string_view nothing;
  std::string_view heading;  ///< of a file: before its version
};

Words words_for(const TargetSummary& target) {
  return target.reverts
             ? Words{.nothing = "No migrations to revert", .heading = "reverting version "}
             : Words{.nothing = "No migration files to execute", .heading = "migrating version "};
}

std::string format_check_group(const FileSummary& file,
                               const Words& words,
                               const CheckGroup& group,
                               TextForm form,
                               const Style& style) {
  std::string text = "\n  " + dashes(style) + " checks before " + std::string(words.heading) +
                     style.cyan(file.file().version) + "\n";
  for (const CheckStatement& check : group.statements) {
    text += "    " + (check.ok ? style.cyan("->") : style.red("->")) + " " +
            indent_lines(pick(check.statement, form), 7) + "\n";
  }
  if (!group.error.empty()) {
    return text + "    " + style.alarm(pick(group.error, form)) + "\n";
  }
  return text + "  " + dashes(style) + " ok (" +
         style.yellow(format_go_duration(group.end - group.start)) + ")\n";
}

/// The check groups of a file, up to the one that failed.
std::string format_checks(const FileSummary& file,
                          const Words& words,
                          TextForm form,
                          const Style& style) {
  std::string text;
  for (const CheckGroup& group : file.checks) {
    text += format_check_group(file, words, group, form, style);
    if (!group.error.empty()) {
      break;
    }
  }
  return text;
}

std::string format_file_heading(const migrate::RunFile& file,
                                const Words& words,
                                const Style& style) {
  return "\n  " + dashes(style) + " " + std::string(words.heading) + style.cyan(file.version) +
         "\n";
}

std::string format_statement(const migrate::StatementText& statement,
                             TextForm form,
                             const Style& style) {
  return "    " + style.cyan("->") + " " + indent_lines(statement.in(form), 7) + "\n";
}

/// `1.2s, 40 rows, 1.1s waiting for locks`.
std::string format_figures(const migrate::StatementDone& done, const Style& style) {
  std::string text = style.yellow(format_go_duration(done.duration));
  if (done.rows_affected > 0) {
    text += ", " + plural(static_cast<size_t>(done.rows_affected), "row", "rows");
  }
  if (done.lock_wait && done.lock_wait->count() > 0) {
    const auto wait = std::chrono::round<std::chrono::milliseconds>(*done.lock_wait);
    text += ", " + style.yellow(format_go_duration(wait)) + " waiting for locks";
  }
  return "       " + text + "\n";
}

std::string format_file_end(const FileSummary& file, TextForm form, const Style& style) {
  if (file.failure) {
    return "    " + style.alarm(pick(file.failure->text, form)) + "\n";
  }
  return "  " + dashes(style) + " ok (" + style.yellow(format_go_duration(file.end - file.start)) +
         ")\n";
}

std::string format_file(const FileSummary& file,
                        const Words& words,
                        TextForm form,
                        const Style& style) {
  std::string text = format_checks(file, words, form, style);
  if (file.failed_in_check()) {
    return text;
  }
  text += format_file_heading(file.file(), words, style);
  file.planned->visit_statements(file.skipped, file.attempted,
                                 [&](const migrate::StatementText& statement) {
                                   text += format_statement(statement, form, style);
                                 });
  return text + format_file_end(file, form, style);
}

/// What follows the last file.
std::string format_run_end(const TargetSummary& target, TextForm form, const Style& style) {
  std::string text;
  if (target.files.empty()) {
    text += "\n";
    if (!target.error.empty()) {
      text += "    " + style.alarm(pick(target.error, form)) + "\n";
    }
  }
  text += "\n  " + style.cyan(std::string(25, '-')) + "\n";
  return text + format_run_totals(target, "  ", style);
}

std::string format_revert_header(const TargetSummary& target, const Style& style) {
  std::string text = "Migrating down from version " + style.cyan(target.current);
  if (!target.target.empty()) {
    text += " to " + style.cyan(target.target);
  }
  return text + " (" + plural(target.pending.size(), "migration", "migrations") + " in total):";
}

struct CheckCounts {
  size_t ok = 0;
  size_t failed = 0;
};

CheckCounts count_checks(const TargetSummary& target) {
  CheckCounts counts;
  for (const FileSummary& file : target.files) {
    for (const CheckGroup& group : file.checks) {
      for (const CheckStatement& check : group.statements) {
        ++(check.ok ? counts.ok : counts.failed);
      }
    }
  }
  return counts;
}

}  // namespace

std::string format_run_header(const TargetSummary& target, const Style& style) {
  if (target.pending.empty()) {
    return std::string(words_for(target).nothing);
  }
  if (target.reverts) {
    return format_revert_header(target, style);
  }
  std::string text = "Migrating to version " + style.cyan(target.target);
  if (!target.current.empty()) {
    text += " from " + style.cyan(target.current);
  }
  return text + " (" + std::to_string(target.pending.size()) + " migrations in total):";
}

std::string format_planned_text(const TargetSummary& target, TextForm form, const Style& style) {
  std::string text;
  for (const auto& file : target.pending) {
    text += format_file_heading(file->file(), words_for(target), style);
    file->visit_statements(0, file->statement_count(),
                           [&](const migrate::StatementText& statement) {
                             text += format_statement(statement, form, style);
                           });
  }
  return text;
}

std::string format_run_totals(const TargetSummary& target,
                              std::string_view indent,
                              const Style& style) {
  std::string text;
  const auto add = [&](const std::string& line) {
    text += std::string(indent) + dashes(style) + " " + line + "\n";
  };
  add(format_go_duration(target.end - target.start));
  const size_t failed_files = target.failed_file_count();
  const size_t ok_files = target.files.size() - failed_files;
  if (!target.files.empty()) {
    const std::string line = count_line(ok_files, failed_files,
                                        {.one = "migration",
                                         .many = "migrations",
                                         .failed_one = "migration with errors",
                                         .failed_many = "migrations with errors"});
    add(!line.empty() ? line
                      : plural(ok_files, "migration", "migrations") + " ok, " +
                            std::to_string(failed_files) + " with errors");
  }
  if (const CheckCounts checks = count_checks(target); checks.ok + checks.failed > 0) {
    const std::string line = count_line(checks.ok, checks.failed,
                                        {.one = "check",
                                         .many = "checks",
                                         .failed_one = "check error",
                                         .failed_many = "check errors"});
    add(!line.empty() ? line
                      : plural(checks.ok, "check", "checks") + " ok, " +
                            plural(checks.failed, "failure", "failures"));
  }
  const size_t ok = target.statement_count();
  const size_t failed = target.failed_statement_count();
  if (ok + failed > 0) {
    const std::string line = count_line(ok, failed,
                                        {.one = "sql statement",
                                         .many = "sql statements",
                                         .failed_one = "sql statement with errors",
                                         .failed_many = "sql statements with errors"});
    add(!line.empty() ? line
                      : plural(ok, "sql statement", "sql statements") + " ok, " +
                            std::to_string(failed) + " with errors");
  }
  return text;
}

std::string format_run_text(const TargetSummary& target, TextForm form, const Style& style) {
  if (target.pending.empty() && target.error.empty()) {
    return std::string(words_for(target).nothing) + "\n";
  }
  if (target.pending.empty() && !target.planned) {
    return pick(target.error, form);
  }
  std::string text = format_run_header(target, style) + "\n";
  for (const FileSummary& file : target.files) {
    text += format_file(file, words_for(target), form, style);
  }
  return text + format_run_end(target, form, style);
}

void RunTextPrinter::on_event(const migrate::RunEvent& event) {
  summary_.on_event(event);
  if (summary_.targets().size() <= event.target) {
    return;
  }
  const TargetSummary& target = summary_.targets()[event.target];
  const Words words = words_for(target);
  constexpr TextForm kForm = TextForm::kShown;
  if (const auto* planned = std::get_if<migrate::Planned>(&event.body)) {
    out_ << (planned->files.empty() ? "" : format_run_header(target, style_) + "\n");
  } else if (const auto* statement = std::get_if<migrate::StatementStarted>(&event.body)) {
    const FileSummary& file = target.files.back();
    if (file.attempted == 1) {
      out_ << format_checks(file, words, kForm, style_)
           << format_file_heading(file.file(), words, style_);
    }
    out_ << format_statement(statement->text, kForm, style_);
  } else if (const auto* ended = std::get_if<migrate::StatementDone>(&event.body);
             ended != nullptr && verbose_) {
    out_ << format_figures(*ended, style_);
  } else if (std::holds_alternative<migrate::FileRetried>(event.body)) {
    out_ << "  " << dashes(style_) << " rolled back, and run again:\n\n";
  } else if (const auto* done = std::get_if<migrate::FileDone>(&event.body)) {
    if (done->result == migrate::FileResult::kRolledBack) {
      return;
    }
    const FileSummary& file = target.files.back();
    out_ << (file.attempted == 0 ? format_file(file, words, kForm, style_)
                                 : format_file_end(file, kForm, style_));
  } else if (std::holds_alternative<migrate::TargetDone>(event.body) && target.planned) {
    out_ << (target.pending.empty() ? format_run_text(target, kForm, style_)
                                    : format_run_end(target, kForm, style_));
  } else {
    return;
  }
  out_.flush();
}

}  // namespace rhumb::report
