#include "driver/mysql/server_error.h"

#include <fmt/format.h>

#include <algorithm>

namespace rhumb::driver::mysql {
namespace {

constexpr unsigned kClientFirst = 2000;
constexpr unsigned kClientLast = 2999;

// Server shutting down; connection killed; session killed, client interaction timeout (MySQL 8).
constexpr unsigned kGoneOnServer[] = {1053, 1927, 3169, 4031};
// Cannot connect (socket, host), unknown host, server gone, lost during a query, lost (extended).
constexpr unsigned kGoneOnClient[] = {2002, 2003, 2005, 2006, 2013, 2055};
// Lock wait timeout; deadlock.
constexpr unsigned kHeldByOthers[] = {1205, 1213};

template <size_t N>
bool holds(const unsigned (&numbers)[N], unsigned number) {
  return std::ranges::find(numbers, number) != std::end(numbers);
}

ErrorCode code_of(unsigned number) {
  if (holds(kGoneOnServer, number) || holds(kGoneOnClient, number)) {
    return ErrorCode::kUnavailable;
  }
  return holds(kHeldByOthers, number) ? ErrorCode::kBusy : ErrorCode::kDatabase;
}

std::string message_of(unsigned number, std::string_view sqlstate, std::string_view text) {
  if (number >= kClientFirst && number <= kClientLast) {
    return std::string(text);
  }
  return fmt::format("Error {} ({}): {}", number, sqlstate, text);
}

}  // namespace

Error server_error(unsigned number, std::string_view sqlstate, std::string_view text) {
  return Error(code_of(number), message_of(number, sqlstate, text))
      .caused_by({.code = std::to_string(number), .text = std::string(text)});
}

bool is_server_error(const Error& error, unsigned number) {
  return error.cause_code() == std::to_string(number);
}

}  // namespace rhumb::driver::mysql
