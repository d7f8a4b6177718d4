#include "migrate/template_directory.h"

#include <fmt/format.h>

#include <optional>
#include <utility>
#include <vector>

#include "gotmpl/template.h"
#include "migrate/directory_url.h"
#include "migrate/local_directory.h"
#include "sys/files.h"

namespace rhumb::migrate {
namespace {

struct Templates {
  gotmpl::TemplateSet set;
  std::vector<std::string> top_level;  ///< names of the files that are executed, in order
};

/// Parses every file below a folder. Links to files count as files; links to folders are passed
/// over.
Result<void> parse_folder(const std::string& folder, bool is_top_level, Templates& templates) {
  const std::vector<sys::DirectoryEntry> entries = TRY(sys::list_directory(folder));
  for (const sys::DirectoryEntry& entry : entries) {
    const std::string path = folder + "/" + entry.name;
    if (entry.kind == sys::FileKind::kDirectory) {
      TRY(parse_folder(path, false, templates));
      continue;
    }
    const std::optional<sys::FileStatus> status = TRY(sys::find_file(path));
    if (!status || status->kind != sys::FileKind::kFile) {
      continue;
    }
    std::string text = TRY(sys::read_file(path));
    TRY(templates.set.add(entry.name, std::move(text)));
    if (is_top_level && is_migration_name(entry.name, Format::kAtlas)) {
      templates.top_level.push_back(entry.name);
    }
  }
  return {};
}

/// Writes a new file into the folder the templates came from.
Result<void> write_to_source(const std::string& path,
                             const std::string& name,
                             std::string_view bytes) {
  const auto source = TRY(open_local_directory({.url = "file://" + path, .path = path}));
  TRY(source->write(name, bytes));
  return rehash(*source);
}

}  // namespace

Result<std::shared_ptr<MemoryDirectory>> render_template_directory(
    const std::string& path, std::string url, const TemplateVariables& variables) {
  if (!sys::is_directory(path)) {
    return invalid(fmt::format("path {} is not a directory", path));
  }
  Templates templates{.set = gotmpl::TemplateSet({}, {.missing_key = gotmpl::MissingKey::kError}),
                      .top_level = {}};
  TRY(parse_folder(path, true, templates));
  const gotmpl::Value root = gotmpl::Value::map(variables);
  auto rendered = std::make_shared<MemoryDirectory>(std::move(url), Format::kAtlas);
  for (const std::string& name : templates.top_level) {
    std::string text;
    TRY(templates.set.execute(name, root, text).context("executing template"));
    TRY(rendered->write(name, text));
  }
  TRY(rehash(*rendered));
  rendered->set_mirror([path](const std::string& name, std::string_view bytes) {
    return write_to_source(path, name, bytes);
  });
  return rendered;
}

std::string template_directory_url(const std::string& path, const std::string& name) {
  return fmt::format("mem://{}", join_path(path, name));
}

}  // namespace rhumb::migrate
