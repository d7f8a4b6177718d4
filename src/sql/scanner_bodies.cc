// Bodies (`BEGIN ... END`) are found by a second scanner that starts behind BEGIN and reads
// statements until one is the END. Most BEGINs that are none (a column of that name) make it run to
// the end of the script in vain, again and again, and in nests exponentially often. So the places
// from which no END was found are remembered, thinly: a later attempt stops at the first of them.
#include "sql/scan_internal.h"
#include "sql/scanner_internal.h"
#include "sql/stored_program_internal.h"

namespace rhumb::sql::internal {
namespace {

constexpr size_t kBodyDepthMax = 200;   // nested bodies; deeper ones are not bodies
constexpr size_t kHopelessStep = 4096;  // bytes between remembered places

}  // namespace

/// Transactions, then stored programs: statements whose end more than a delimiter decides.
Scanner::Start Scanner::read_program() {
  const char first = lower(text_[start_]);
  if (first == 'b') {
    const size_t end = end_of_transaction_statement(text_, start_, options_);
    if (end != kNowhere) {
      emit_rest(end);
      return Start::kDone;
    }
  }
  const bool may_be =
      options_.program_bodies || (options_.trigger_bodies && (first == 'c' || first == 'b'));
  if (!may_be || shared_.vain_bytes_left == 0) {
    return Start::kStatement;
  }
  const ProgramEnd program = end_of_stored_program(text_, start_, options_);
  if (program.end != kNowhere) {
    emit_rest(program.end);
    return Start::kDone;
  }
  shared_.spend(program.examined);
  return Start::kStatement;
}

/// Whether the `d` at `at` is the last letter of an END that ends a body without a delimiter.
bool Scanner::is_end_terminator(size_t at) const {
  if (!options_.end_terminator || inside_ != BodyKind::kBegin || at < start_ + 2 ||
      !is_whole_word(text_, at - 2, "end") || delimiter_size_at(at + 1) > 0) {
    return false;
  }
  const size_t behind = skip_blanks(text_, at + 1);
  return !options_.begin_try ||
         (!is_whole_word(text_, behind, "try") && !is_whole_word(text_, behind, "catch"));
}

/// At a `b`: the bodies of BEGIN ATOMIC, BEGIN TRY and BEGIN; otherwise one byte is passed.
bool Scanner::read_body(size_t& at) {
  if (!default_delimiter_ || !matches_word(text_, at, "begin")) {
    ++at;
    return false;
  }
  const size_t word = at + 5;
  const size_t behind = skip_blanks(text_, word);
  if (behind == word) {
    ++at;
    return false;
  }
  struct Second {
    bool on;
    std::string_view word;
    BodyKind kind;
  };
  const Second seconds[] = {{options_.begin_atomic, "atomic", BodyKind::kAtomic},
                            {options_.begin_try, "try", BodyKind::kTry}};
  for (const Second& second : seconds) {
    const size_t end = behind + second.word.size();
    if (second.on && matches_word(text_, behind, second.word) && skip_blanks(text_, end) > end) {
      at = skip_blanks(text_, end);
      return try_body(at, second.kind);
    }
  }
  const bool is_catch = options_.begin_try && is_whole_word(text_, behind, "catch");
  const bool stands_alone = at == start_ || white_space_before(text_, at);
  if (options_.begin_end && !is_catch && stands_alone) {
    at = behind;
    return try_body(at, BodyKind::kBegin);
  }
  ++at;
  return false;
}

bool Scanner::try_body(size_t body, BodyKind kind) {
  const size_t end = find_body_end(body, kind);
  if (end == kNowhere) {
    return false;
  }
  emit_rest(end);
  return true;
}

size_t Scanner::find_body_end(size_t at, BodyKind kind) {
  std::unordered_set<size_t>& hopeless = shared_.hopeless[static_cast<size_t>(kind)];
  if (hopeless.contains(at) || shared_.depth >= kBodyDepthMax || shared_.vain_bytes_left == 0) {
    return kNowhere;
  }
  ++shared_.depth;
  Scanner inner(shared_, at, kind);
  std::vector<size_t> passed = {at};
  size_t end = kNowhere;
  while (end == kNowhere && inner.scan() == Outcome::kStatement) {
    end = body_end_in(inner, kind);
    if (end == kNowhere && inner.has_default_delimiter()) {
      if (hopeless.contains(inner.cursor())) {
        break;
      }
      if (inner.cursor() - passed.back() >= kHopelessStep) {
        passed.push_back(inner.cursor());
      }
    }
    inner.comments().clear();
  }
  --shared_.depth;
  if (end == kNowhere) {
    hopeless.insert(passed.begin(), passed.end());
    shared_.spend(inner.cursor() - at);
  }
  return end;
}

/// Where the body ends if the statement `inner` has just read is its last, else kNowhere.
size_t Scanner::body_end_in(const Scanner& inner, BodyKind kind) const {
  const Scanned& last = inner.statement();
  if (last.ended_by_end) {
    return inner.cursor();
  }
  if (!matches_word(text_, last.begin, "end") || last.end < last.begin + 3) {
    return kNowhere;
  }
  const size_t rest = skip_blanks(text_, last.begin + 3);
  if (kind == BodyKind::kAtomic) {
    return inner.cursor();
  }
  if (kind == BodyKind::kBegin) {
    const bool ends = rest >= last.end || text_.substr(rest, last.end - rest) == inner.delimiter();
    return ends ? inner.cursor() : kNowhere;
  }
  const bool has_catch = rest > last.begin + 3 && matches_word(text_, rest, "catch");
  if (!has_catch) {
    return kNowhere;
  }
  const size_t semicolon = skip_blanks(text_, rest + 5);
  return semicolon < text_.size() && text_[semicolon] == ';' ? semicolon + 1 : rest + 5;
}

}  // namespace rhumb::sql::internal
