// goose and dbmate keep both directions in one file, divided by comment lines. Each section becomes
// a script of its own for the statement splitter. goose also says where a statement ends: at a line
// that ends in `;`, or, between StatementBegin and StatementEnd, not before the latter. A line of
// our own, declared as the delimiter of the script, carries that to the splitter:
//
//   -- +goose Up                       -- atlas:delimiter -- rhumb:statement-end
//   CREATE TABLE a (id int);      ->   CREATE TABLE a (id int);
//   -- +goose StatementBegin           -- rhumb:statement-end
//   CREATE TRIGGER ...                 CREATE TRIGGER ...

#include "migrate/marked_sections.h"

#include <fmt/format.h>

#include <optional>
#include <string>

#include "base/text.h"
#include "sql/directives.h"

namespace rhumb::migrate {
namespace {

struct Line {
  std::string_view text;  ///< with its line end
  size_t offset = 0;      ///< in the file
  size_t number = 0;      ///< from 1
};

/// The lines of a file behind its byte order mark.
class Lines {
 public:
  explicit Lines(std::string_view text)
      : text_(text), at_(text.size() - sql::skip_byte_order_mark(text).size()) {}

  std::optional<Line> next() {
    if (at_ >= text_.size()) {
      return std::nullopt;
    }
    const size_t feed = text_.find('\n', at_);
    const size_t end = feed == std::string_view::npos ? text_.size() : feed + 1;
    const Line line{text_.substr(at_, end - at_), at_, ++number_};
    at_ = end;
    return line;
  }

 private:
  std::string_view text_;
  size_t at_;
  size_t number_ = 0;
};

constexpr std::string_view kGooseMarker = "-- +goose";

/// What follows the marker on a line; nothing for other lines.
std::optional<std::string_view> goose_word(std::string_view line) {
  if (!line.starts_with(kGooseMarker)) {
    return std::nullopt;
  }
  return trim(line.substr(kGooseMarker.size()));
}

bool is_goose_pragma(std::string_view word) {
  return word == "Up" || word == "Down" || word == "StatementBegin" || word == "StatementEnd";
}

bool ends_statement(std::string_view line) {
  return !line.starts_with("--") && trim_right(line).ends_with(';');
}

/// The state machine over the marker lines of one file.
class GooseReader {
 public:
  explicit GooseReader(std::string_view name) : name_(name) {}

  Result<void> take(const Line& line) {
    const auto word = goose_word(line.text);
    if (word && is_goose_pragma(*word)) {
      saw_pragma_ = true;
      return pragma(line, *word);
    }
    MarkedSection& section = is_down_ ? sections_.down : sections_.up;
    section.script.append(line.text, line.offset);
    if (is_open_ && !is_block_ && ends_statement(line.text)) {
      end_statement(line.text.ends_with('\n'));
    }
    return {};
  }
  [[nodiscard]] bool saw_pragma() const { return saw_pragma_; }
  MarkedSections take_sections() { return std::move(sections_); }

  void start_script(MarkedSection& section) const {
    section.is_delimited = true;
    section.script.append_own(fmt::format("-- atlas:delimiter {}\n", kStatementEnd));
  }
  void start() { start_script(sections_.up); }

 private:
  Result<void> pragma(const Line& line, std::string_view word) {
    if (word == "Up" && !is_open_) {
      is_open_ = true;
      sections_.up.is_present = true;
      return {};
    }
    if (word == "Down" && is_open_ && !is_down_ && !is_block_) {
      is_down_ = true;
      sections_.down.is_present = true;
      start_script(sections_.down);
      return {};
    }
    if (word == "StatementBegin" && is_open_ && !is_block_) {
      is_block_ = true;
      return {};
    }
    if (word == "StatementEnd" && is_block_) {
      is_block_ = false;
      end_statement(true);
      return {};
    }
    if (is_down_) {
      return {};  // reading ends at Down: what is wrong behind it has never mattered
    }
    return invalid(fmt::format("sql/migrate: goose: {}:{} unexpected goosePragma '{}'", name_,
                               line.number, word));
  }

  void end_statement(bool is_line_ended) {
    MarkedSection& section = is_down_ ? sections_.down : sections_.up;
    section.script.append_own(fmt::format("{}{}\n", is_line_ended ? "" : "\n", kStatementEnd));
  }

  std::string_view name_;
  MarkedSections sections_;
  bool saw_pragma_ = false;
  bool is_open_ = false;
  bool is_down_ = false;
  bool is_block_ = false;
};

enum class DbmateMarker { kNone, kUp, kDown };

DbmateMarker dbmate_marker(std::string_view line, std::string_view* options) {
  for (const auto& [word, marker] :
       {std::pair{std::string_view("-- migrate:up"), DbmateMarker::kUp},
        {"-- migrate:down", DbmateMarker::kDown}}) {
    if (line.starts_with(word)) {
      *options = line.substr(word.size());
      const std::string_view blanks = " \t\r\n";
      if (options->empty() || blanks.find(options->front()) != std::string_view::npos) {
        return marker;
      }
    }
  }
  return DbmateMarker::kNone;
}

bool refuses_transaction(std::string_view options) {
  for (const std::string_view option : split(trim(options), ' ')) {
    if (trim(option) == "transaction:false") {
      return true;
    }
  }
  return false;
}

}  // namespace

bool is_goose_no_transaction(std::string_view text) {
  Lines lines(text);
  while (const auto line = lines.next()) {
    if (goose_word(line->text) == "NO TRANSACTION") {
      return true;
    }
  }
  return false;
}

Result<MarkedSections> read_goose(std::string_view text, std::string_view name) {
  GooseReader reader(name);
  reader.start();
  Lines lines(text);
  while (const auto line = lines.next()) {
    TRY(reader.take(*line));
  }
  MarkedSections sections = reader.take_sections();
  if (!reader.saw_pragma()) {
    sections = {};
    const std::string_view body = sql::skip_byte_order_mark(text);
    sections.up.script.append(body, text.size() - body.size());
    sections.up.is_present = true;
  }
  sections.up.no_transaction = sections.down.no_transaction = is_goose_no_transaction(text);
  return sections;
}

MarkedSections read_dbmate(std::string_view text) {
  MarkedSections sections;
  MarkedSection* section = nullptr;
  Lines lines(text);
  while (const auto line = lines.next()) {
    std::string_view options;
    const DbmateMarker marker = dbmate_marker(line->text, &options);
    if (marker == DbmateMarker::kNone) {
      if (section != nullptr) {
        section->script.append(line->text, line->offset);
      }
      continue;
    }
    section = marker == DbmateMarker::kUp ? &sections.up : &sections.down;
    section->is_present = true;
    section->no_transaction = section->no_transaction || refuses_transaction(options);
  }
  return sections;
}

}  // namespace rhumb::migrate
