#include "driver/postgres/server_error.h"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.h"
#include "base/utf8.h"

namespace rhumb::driver::postgres {
namespace {

constexpr size_t kSqlstateSize = 5;
constexpr std::string_view kProtocolViolation = "08P01";

ErrorCode code_of(std::string_view sqlstate) {
  static constexpr std::string_view kGone[] = {"57P01", "57P02", "57P03", "57P05", "53300"};
  const bool no_connection = sqlstate.starts_with("08") && sqlstate != kProtocolViolation;
  if (no_connection || std::ranges::find(kGone, sqlstate) != std::end(kGone)) {
    return ErrorCode::kUnavailable;
  }
  static constexpr std::string_view kHeldByOthers[] = {"55P03", "40001", "40P01"};
  return std::ranges::find(kHeldByOthers, sqlstate) != std::end(kHeldByOthers)
             ? ErrorCode::kBusy
             : ErrorCode::kDatabase;
}

// Where the character `position` (from 1) stands.
std::string format_position(size_t position, std::string_view statement) {
  if (statement.find('\n') == std::string_view::npos) {
    return fmt::format(" at column {}", position);
  }
  size_t line = 1;
  size_t column = 1;
  for (size_t number = 1; number < position && !statement.empty(); ++number) {
    const DecodedRune rune = decode_rune(statement);
    statement.remove_prefix(rune.size);
    column = rune.rune == U'\n' ? 1 : column + 1;
    line += rune.rune == U'\n' ? 1 : 0;
  }
  return fmt::format(" at position {}:{}", line, column);
}

bool is_sqlstate(std::string_view text) {
  return text.size() == kSqlstateSize && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z');
         });
}

// `FATAL:  3D000: database "x" does not exist`; the first word is in the server's language.
std::optional<ServerError> parse_refusal(std::string_view line) {
  const size_t severity = line.find(":  ");
  if (severity == std::string_view::npos) {
    return std::nullopt;
  }
  std::string_view rest = line.substr(severity + 3);
  const std::string_view state = rest.substr(0, kSqlstateSize);
  if (!is_sqlstate(state) || !rest.substr(kSqlstateSize).starts_with(": ")) {
    return std::nullopt;
  }
  rest.remove_prefix(kSqlstateSize + 2);
  return ServerError{.message = std::string(rest), .sqlstate = std::string(state)};
}

// Too few or too many values: the words of clients that count them before the server does.
std::optional<std::string> parameter_mismatch(const ServerError& error) {
  const auto counts = cut(error.message, " parameters, but prepared statement ");
  const size_t required = error.message.rfind(" requires ");
  if (error.sqlstate != kProtocolViolation || !counts || required == std::string::npos) {
    return std::nullopt;
  }
  return fmt::format("pq: got {} parameters but the statement requires {}",
                     counts->first.substr(counts->first.rfind(' ') + 1),
                     std::string_view(error.message).substr(required + 10));
}

}  // namespace

Error to_error(const ServerError& error, std::string_view statement) {
  if (const std::optional<std::string> mismatch = parameter_mismatch(error)) {
    return Error(ErrorCode::kInvalid, *mismatch)
        .caused_by({.code = error.sqlstate, .text = error.message});
  }
  std::string text = "pq: " + error.message;
  if (error.position != 0) {
    text += format_position(error.position, statement);
  }
  if (!error.sqlstate.empty()) {
    text += " (" + error.sqlstate + ")";
  }
  return Error(code_of(error.sqlstate), std::move(text))
      .caused_by({.code = error.sqlstate, .text = error.message});
}

Error to_connection_error(std::string_view said) {
  std::string reason;
  for (const std::string_view line : split(said, '\n')) {
    if (const std::optional<ServerError> refusal = parse_refusal(line)) {
      return to_error(*refusal, {});
    }
    // Indented lines are advice; LOCATION and HINT follow a refusal.
    if (!line.empty() && line[0] != '\t' && line[0] != ' ') {
      reason = trim(line);
    }
  }
  if (reason.ends_with("server does not support SSL, but SSL was required")) {
    reason = "SSL is not enabled on the server";
  }
  const std::string text = reason.empty() ? "connection failed" : reason;
  return Error(ErrorCode::kUnavailable, "pq: " + text).caused_by({.code = {}, .text = text});
}

}  // namespace rhumb::driver::postgres
