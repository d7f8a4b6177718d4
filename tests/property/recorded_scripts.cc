#include "recorded_scripts.h"

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>

#include "base/text.h"
#include "sys/files.h"

namespace rhumb::property {
namespace {

namespace fs = std::filesystem;

constexpr size_t kScriptMax = 20000;  // larger ones are few and slow

fs::path shared_folder() {
  const char* folder = std::getenv("RHUMB_SHARED");
  return folder != nullptr ? fs::path(folder) : fs::path(RHUMB_SOURCE_DIR) / ".." / "shared";
}

void add_cases(std::string_view dialect, std::vector<std::string>& scripts) {
  const auto text = sys::read_file((shared_folder() / "conformance" / "splitter.json").string());
  if (!text) {
    return;
  }
  const boost::json::value recorded = boost::json::parse(*text);
  for (const boost::json::value& one : recorded.at("cases").as_array()) {
    if (one.at("dialect").as_string() == dialect && one.as_object().contains("input")) {
      scripts.emplace_back(one.at("input").as_string());
    }
  }
}

void add_files(const fs::path& folder, std::vector<std::string>& scripts) {
  std::error_code problem;
  std::vector<fs::path> paths;
  for (const auto& entry : fs::directory_iterator(folder, problem)) {
    paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  for (const fs::path& path : paths) {
    if (const auto text = sys::read_file(path.string())) {
      // Templates of one project stand for the schema that its migrations work in.
      scripts.push_back(replace_all(*text, "{{ index .Options \"Namespace\" }}", "public"));
    }
  }
}

}  // namespace

std::vector<std::string> recorded_scripts(sql::Dialect dialect) {
  std::vector<std::string> scripts;
  const fs::path data = shared_folder() / "data";
  switch (dialect) {
    case sql::Dialect::kPostgres:
      add_cases("postgres", scripts);
      add_files(data / "authelia" / "postgres", scripts);
      add_files(data / "supabase-auth" / "migrations", scripts);
      break;
    case sql::Dialect::kMysql:
      add_cases("mariadb", scripts);
      add_files(data / "authelia" / "mysql", scripts);
      break;
    default:
      add_cases("sqlite", scripts);
      add_files(data / "authelia" / "sqlite", scripts);
  }
  std::erase_if(scripts, [](const std::string& script) { return script.size() > kScriptMax; });
  return scripts;
}

}  // namespace rhumb::property
