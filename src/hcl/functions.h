#pragma once

#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "hcl/function.h"

namespace rhumb::hcl {

/// What functions may see of the world; tests give a fake.
/// Paths are as the language has them, already joined with the directory of the file.
class FunctionHost {
 public:
  struct Entry {
    std::string name;
    bool is_directory = false;
  };

  FunctionHost() = default;
  FunctionHost(const FunctionHost&) = delete;
  FunctionHost& operator=(const FunctionHost&) = delete;
  virtual ~FunctionHost() = default;

  /// One line of `print`, without its line end.
  virtual void print(std::string_view line) = 0;
  /// An environment variable, "" when it is not set.
  [[nodiscard]] virtual std::string environment(const std::string& name) = 0;
  /// Errors: `open <path>: no such file or directory` and its like.
  [[nodiscard]] virtual Result<std::string> read_file(const std::string& path) = 0;
  /// Entries sorted bytewise by name; empty when the directory cannot be read.
  [[nodiscard]] virtual std::vector<Entry> list_directory(const std::string& path) = 0;
};

/// The functions every HCL document has: numbers, text, collections, conversion, `try` and `can`,
/// encodings, URLs, `print`, `sql` and the type constructors.
/// Lifetime: `host` must outlive the table.
/// Source: spec project-file.md 5.
[[nodiscard]] FunctionTable standard_functions(FunctionHost& host);

/// Adds `file`, `fileset`, `glob` and `getenv`, which project files have; relative paths start at
/// `directory`, which must be absolute.
void add_project_functions(FunctionTable& table, FunctionHost& host, const std::string& directory);

/// The names `string`, `number`, `bool` and `int` as types, for where a variable declares its type.
[[nodiscard]] std::map<std::string, Value, std::less<>> type_names();

/// `fileset` knows `{a,b}` and `**`; for `glob` the latter is `*` and braces are braces.
enum class GlobStyle { kRecursive, kSingleLevel };

/// The files and directories below `directory` that match `pattern`: `*`, `?`, `[a-z]`, `[^a-z]`,
/// `{a,b}` and `**` for any number of directories.
///
/// Shape: absolute paths in walk order: names of one directory in byte order; where more follows a
/// `**`, deeper directories before the files beside them.
/// Errors: kInvalid (`syntax error in pattern`).
[[nodiscard]] Result<std::vector<std::string>> match_files(FunctionHost& host,
                                                           std::string_view directory,
                                                           std::string_view pattern,
                                                           GlobStyle style);

}  // namespace rhumb::hcl
