#pragma once

#include <map>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "driver/mysql/session.h"
#include "driver/mysql/statement_shape.h"

namespace rhumb::driver::mysql {

/// Looks into information_schema through a session. Names compare as the server compares them:
/// without case where its file system has none.
class Catalog {
 public:
  explicit Catalog(Session& session) : session_(session) {}

  struct Finding {
    std::string current_database{};  ///< empty when none is chosen
    bool exists = false;
  };
  /// Whether the object is there, in the current database when it names none.
  /// Errors: kUnsupported for a kind the catalog has no table of.
  Result<Finding> find(const CatalogObject& object);

  /// Whether a rollback undoes what is written to the table: it is a base table of an engine with
  /// transactions, and no trigger of it writes elsewhere. Remembered until forget().
  Result<bool> is_undone_by_rollback(const QualifiedName& table);
  /// Whether the table is there and its engine has transactions.
  Result<bool> is_transactional(const QualifiedName& table);
  /// To be called when a statement may have changed the schema or the current database.
  void forget() { undoable_.clear(); }

 private:
  Session& session_;
  std::map<std::pair<std::string, std::string>, bool> undoable_;
};

/// `` `x` ``, backticks doubled.
[[nodiscard]] std::string quote(std::string_view identifier);

}  // namespace rhumb::driver::mysql
