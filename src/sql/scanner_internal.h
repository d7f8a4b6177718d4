#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_set>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/error.h"
#include "sql/dialect.h"
#include "sql/scan_internal.h"

/// The scanner behind StatementScanner; scanner.cc has the main loop, scanner_bodies.cc the rules
/// for statements whose end more than a delimiter decides.
namespace rhumb::sql::internal {

enum class BodyKind { kNone, kBegin, kAtomic, kTry };
constexpr size_t kBodyKinds = 4;

/// What the scanners of one script share.
struct Shared {
  std::string_view text;
  SplitOptions options;
  /// Per kind of body: places from which no end of it is found.
  std::array<std::unordered_set<size_t>, kBodyKinds> hopeless;
  size_t depth = 0;
  size_t vain_bytes_left = 0;
  size_t comment_end_before = kNowhere;  ///< no block comment that starts from here on has an end

  void spend(size_t bytes) { vain_bytes_left -= std::min(vain_bytes_left, bytes); }
};

enum class Outcome { kStatement, kEnd, kError };

/// A statement as found: [begin, end) is its text, scanning goes on at the scanner's cursor.
struct Scanned {
  size_t begin = 0;
  size_t end = 0;
  size_t shift = 0;           ///< bytes of the GO line behind it
  bool ended_by_end = false;  ///< by the END of a body without `;`
};

class Scanner {
 public:
  Scanner(Shared& shared, size_t at, BodyKind inside)
      : shared_(shared),
        text_(shared.text),
        options_(shared.options),
        cursor_(at),
        inside_(inside) {
    set_delimiter(";");
  }

  void set_delimiter(std::string delimiter);
  [[nodiscard]] bool has_default_delimiter() const { return default_delimiter_; }
  [[nodiscard]] const std::string& delimiter() const { return delimiter_; }
  [[nodiscard]] size_t cursor() const { return cursor_; }

  /// Reads one statement into `statement()`, its comments into `comments()`.
  Outcome scan();
  [[nodiscard]] const Scanned& statement() const { return statement_; }
  [[nodiscard]] std::vector<std::string_view>& comments() { return comments_; }
  [[nodiscard]] const Error& error() const {
    RHUMB_CHECK(error_.has_value(), "error() after anything but kError");
    return *error_;
  }

 private:
  enum class Start { kStatement, kAgain, kDone };

  Outcome fail(size_t at, ErrorCode code, std::string_view message);
  Outcome emit(size_t end, size_t next);
  Outcome emit_rest(size_t at);
  Outcome finish(Outcome outcome) {
    outcome_ = outcome;
    return outcome;
  }

  Start read_start();
  Start read_psql();
  Start read_delimiter_command();
  Start read_meta_command();
  Start read_program();
  [[nodiscard]] Comment read_comment_at(size_t at);
  void read_comment(const Comment& comment);
  [[nodiscard]] bool starts_comment_group_gap(CommentKind kind) const;

  Outcome scan_rest(size_t at);
  /// Handles the byte at `at`; true when the statement is over (see outcome_), else `at` moves on.
  bool read_byte(size_t& at);
  bool read_word_or_mark(size_t& at);
  bool end_at_delimiter(size_t at);
  [[nodiscard]] bool is_end_terminator(size_t at) const;
  bool read_quote(size_t& at);
  bool read_go(size_t at);
  bool read_body(size_t& at);
  bool try_body(size_t body, BodyKind kind);
  [[nodiscard]] size_t delimiter_size_at(size_t at) const;
  [[nodiscard]] bool is_inside_rune(size_t at) const;
  [[nodiscard]] size_t find_body_end(size_t at, BodyKind kind);
  [[nodiscard]] size_t body_end_in(const Scanner& inner, BodyKind kind) const;

  Shared& shared_;
  std::string_view text_;
  const SplitOptions& options_;
  size_t cursor_;
  BodyKind inside_;
  std::string delimiter_;
  bool default_delimiter_ = true;
  StopBytes means_something_;
  std::vector<std::string_view> comments_;

  Scanned statement_;
  std::optional<Error> error_;
  Outcome outcome_ = Outcome::kEnd;
  size_t start_ = 0;    ///< of the statement being read
  size_t depth_ = 0;    ///< of parentheses
  size_t opening_ = 0;  ///< the outermost open one
};

}  // namespace rhumb::sql::internal
