#include "project/functions_host.h"

#include <algorithm>

#include "sys/environment.h"
#include "sys/files.h"

namespace rhumb::project {
namespace {

bool is_digits(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// Versions of digits as numbers, however long; others bytewise.
int compare_versions(std::string_view a, std::string_view b) {
  if (is_digits(a) && is_digits(b)) {
    a.remove_prefix(std::min(a.find_first_not_of('0'), a.size()));
    b.remove_prefix(std::min(b.find_first_not_of('0'), b.size()));
    if (a.size() != b.size()) {
      return a.size() < b.size() ? -1 : 1;
    }
  }
  const int order = a.compare(b);
  return order < 0 ? -1 : static_cast<int>(order > 0);
}

hcl::Function version_function() {
  hcl::Function function;
  function.parameters = {{.name = "a", .type = hcl::Type::string()},
                         {.name = "b", .type = hcl::Type::string()}};
  function.call = [](const hcl::ValueList& arguments,
                     hcl::CallProblem& /*problem*/) -> Result<hcl::Value> {
    return hcl::Value::integer(
        compare_versions(arguments[0].as_string(), arguments[1].as_string()));
  };
  return function;
}

}  // namespace

void FunctionsHost::print(std::string_view line) {
  if (print_) {
    print_(line);
  }
}

std::string FunctionsHost::environment(const std::string& name) {
  return environment_.get_or_empty(name);
}

Result<std::string> FunctionsHost::read_file(const std::string& path) {
  return sys::read_file(path);
}

std::vector<FunctionsHost::Entry> FunctionsHost::list_directory(const std::string& path) {
  std::vector<Entry> entries;
  const Result<std::vector<sys::DirectoryEntry>> listed = sys::list_directory(path);
  if (listed.has_value()) {
    for (const sys::DirectoryEntry& entry : listed.value()) {
      entries.push_back(
          {.name = entry.name, .is_directory = entry.kind == sys::FileKind::kDirectory});
    }
  }
  return entries;
}

hcl::FunctionTable project_functions(FunctionsHost& host, const std::string& directory) {
  hcl::FunctionTable table = hcl::standard_functions(host);
  hcl::add_project_functions(table, host, directory);
  table.insert_or_assign("version_cmp", version_function());
  return table;
}

}  // namespace rhumb::project
