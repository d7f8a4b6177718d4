#pragma once

#include <memory>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "driver/value.h"

struct st_mysql;
struct st_mysql_stmt;

namespace rhumb::driver::mysql {

/// A statement the server has prepared; forgotten there with the object.
class PreparedStatement {
 public:
  static Result<std::unique_ptr<PreparedStatement>> prepare(::st_mysql* session,
                                                            std::string_view sql);
  ~PreparedStatement();
  PreparedStatement(const PreparedStatement&) = delete;
  PreparedStatement& operator=(const PreparedStatement&) = delete;

  /// Runs it and drops the rows. Errors: kInvalid when the number of parameters is another one.
  Result<ExecResult> run(std::span<const Value> params);
  Result<Rows> query(std::span<const Value> params);

 private:
  explicit PreparedStatement(::st_mysql_stmt* handle) : handle_(handle) {}
  Result<void> execute(std::span<const Value> params);
  Result<Rows> fetch();
  void finish();
  [[nodiscard]] Error last_error() const;

  ::st_mysql_stmt* handle_;
};

}  // namespace rhumb::driver::mysql
