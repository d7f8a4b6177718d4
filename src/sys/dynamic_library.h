#pragma once

#include <initializer_list>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"

namespace rhumb::sys {

/// What to open, and what to tell a person who does not have it.
struct LibraryName {
  std::vector<std::string> sonames;  ///< tried in order, for example `libpq.so.5`
  std::string package;               ///< Debian package that brings it, for example `libpq5`
};

/// A shared library opened on first use, so that commands which do without start sooner.
///
/// Stays open until the object goes; keep it beside the functions loaded from it.
class DynamicLibrary {
 public:
  /// Errors: kUnsupported `libpq.so.5 is not installed; install the package libpq5`.
  [[nodiscard]] static Result<DynamicLibrary> open(const LibraryName& name);

  /// Sets `function` to the symbol. Errors: kUnsupported, naming library and symbol.
  template <typename Function>
  [[nodiscard]] Result<void> load(const char* symbol, Function*& function) const {
    void* address = TRY(find(symbol));
    function = reinterpret_cast<Function*>(address);
    return {};
  }

 private:
  struct Close {
    void operator()(void* handle) const;
  };
  DynamicLibrary(std::string soname, std::unique_ptr<void, Close> handle)
      : soname_(std::move(soname)), handle_(std::move(handle)) {}
  [[nodiscard]] Result<void*> find(const char* symbol) const;

  std::string soname_;
  std::unique_ptr<void, Close> handle_;
};

}  // namespace rhumb::sys
