#pragma once

#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "driver/value.h"
#include "registry/store/sql.h"

namespace rhumb::driver::postgres {
class Session;
}

namespace rhumb::registry {

/// Questions that are asked ahead (Session::ask_ahead). Many with one text go to the server as one
/// statement, with all their parameters.
class PostgresQuestions {
 public:
  using Connection = driver::postgres::Session;

  void add(const std::string& sql, const Params& params);
  [[nodiscard]] bool are_waiting() const { return !waiting_.empty(); }
  /// Sends those that were added, and does not wait.
  Result<void> send(Connection& connection);
  /// The rows of one that was sent, once; nothing if it was not.
  Result<std::optional<driver::Rows>> take(Connection& connection,
                                           const std::string& sql,
                                           const Params& params);
  /// Nobody wants the answers.
  void forget(Connection& connection);

 private:
  /// Questions of one text.
  struct Group {
    std::string sql;
    std::vector<Params> params;
  };
  /// A statement that answers one question, or many of a group.
  struct Sent {
    std::string sql;
    std::vector<driver::Value> params;
    std::vector<std::string> questions{};  ///< in the order of the parameters
    bool numbered = false;                 ///< its rows begin with the number of their question
    std::optional<int64_t> asked_as{};     ///< of the connection; none: it was not sent
  };

  static std::vector<Sent> statements_of(const Group& group);
  Result<void> receive(Connection& connection, Sent sent);

  std::vector<Group> waiting_;                             // few texts
  std::vector<Sent> sent_;                                 // not received
  std::unordered_map<std::string, driver::Rows> answers_;  // by question
};

}  // namespace rhumb::registry
