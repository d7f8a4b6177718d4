#include "sys/dynamic_library.h"

#include <dlfcn.h>

#include "base/text.h"

namespace rhumb::sys {

void DynamicLibrary::Close::operator()(void* handle) const {
  dlclose(handle);
}

Result<DynamicLibrary> DynamicLibrary::open(const LibraryName& name) {
  std::string reason;
  for (const std::string& soname : name.sonames) {
    std::unique_ptr<void, Close> handle(dlopen(soname.c_str(), RTLD_NOW | RTLD_LOCAL));
    if (handle != nullptr) {
      return DynamicLibrary(soname, std::move(handle));
    }
    const char* said = dlerror();
    if (reason.empty() && said != nullptr) {
      reason = said;
    }
  }
  return Error(
             ErrorCode::kUnsupported,
             join(name.sonames, " or ") + " is not installed; install the package " + name.package)
      .caused_by({.code = "", .text = reason})
      .hinted("apt-get install " + name.package);
}

Result<void*> DynamicLibrary::find(const char* symbol) const {
  void* address = dlsym(handle_.get(), symbol);
  if (address == nullptr) {
    return Error(ErrorCode::kUnsupported,
                 soname_ + " is too old: it has no function " + std::string(symbol));
  }
  return address;
}

}  // namespace rhumb::sys
