#include "project/case_files.h"

#include <algorithm>
#include <string_view>
#include <utility>

#include "base/go_format.h"
#include "hcl/diagnostic.h"
#include "project/case_reader.h"
#include "project/expand.h"
#include "project/node_graph.h"
#include "project/project.h"
#include "project/scope.h"
#include "project/selection.h"
#include "project/source_files.h"
#include "sys/files.h"

namespace rhumb::project {
namespace {

constexpr std::string_view kEnding = ".test.hcl";
constexpr std::string_view kBlocks[] = {"variable", "locals", "data", "test"};
constexpr std::string_view kKinds[] = {"migrate", "schema"};
constexpr std::string_view kOurKind = "migrate";

std::string path_of(std::string_view text) {
  constexpr std::string_view kScheme = "file://";
  text.remove_prefix(text.starts_with(kScheme) ? kScheme.size() : 0);
  return text.empty() ? "." : std::string(text);
}

Result<std::vector<std::string>> files_in(const std::string& folder) {
  const std::vector<sys::DirectoryEntry> entries = TRY(sys::list_directory(folder));
  const std::string parent = folder == "." ? "" : folder + (folder.ends_with('/') ? "" : "/");
  std::vector<std::string> files;
  for (const sys::DirectoryEntry& entry : entries) {
    const std::string path = parent + entry.name;
    if (entry.name.ends_with(kEnding) && !sys::is_directory(path)) {
      files.push_back(path);
    }
  }
  if (files.empty()) {
    return Error(ErrorCode::kNotFound, "no test file (*.test.hcl) in " + go_quote(folder));
  }
  return files;
}

Result<std::vector<std::string>> files_at(const std::string& path) {
  const Result<sys::FileStatus> status = sys::stat_file(path);
  if (!status.has_value()) {
    return status.error().context("test file " + go_quote(path) + " was not found");
  }
  if (status.value().kind == sys::FileKind::kDirectory) {
    return files_in(path);
  }
  if (!path.ends_with(kEnding)) {
    return invalid(go_quote(path) + " is no test file: its name must end in .test.hcl");
  }
  return std::vector<std::string>{path};
}

void check_test_labels(const hcl::Block& block, Diagnostics& diagnostics) {
  const std::vector<std::string>& labels = block.labels;
  if (labels.size() != 2) {
    diagnostics.add(hcl::diagnostic("Unsupported labels",
                                    "A test block has two labels: test \"migrate\" \"name\".",
                                    block.type_span));
  } else if (std::ranges::find(kKinds, labels[0]) == std::end(kKinds)) {
    diagnostics.add(hcl::diagnostic("Unsupported test",
                                    "There is no test for " + go_quote(labels[0]) + " commands.",
                                    block.label_spans[0]));
  }
}

/// Errors: what has no place in a test file.
Result<void> check_layout(const std::vector<SourceFile>& files) {
  Diagnostics diagnostics;
  for (const SourceFile& file : files) {
    for (const hcl::Attribute& attribute : file.tree.body.attributes) {
      diagnostics.add(hcl::diagnostic(
          "Unsupported argument",
          "An argument named " + go_quote(attribute.name) + " is not expected here.",
          attribute.name_span));
    }
    for (const hcl::Block& block : file.tree.body.blocks) {
      if (block.type == "test") {
        check_test_labels(block, diagnostics);
      } else if (std::ranges::find(kBlocks, block.type) == std::end(kBlocks)) {
        diagnostics.add(hcl::diagnostic(
            "Unsupported block type",
            "Blocks of type " + go_quote(block.type) + " are not expected here.", block.type_span));
      }
    }
  }
  return diagnostics.empty() ? Result<void>() : Result<void>(hcl::to_error(diagnostics));
}

/// Evaluates the files of one request.
class CaseLoader {
 public:
  CaseLoader(const CaseRequest& request, const Host& host, const std::vector<SourceFile>& files)
      : request_(request), files_(files), graph_(files), scope_(host, files, request.env) {}

  Result<CaseList> load();

 private:
  Result<void> load_variables(const std::vector<PlacedBlock>& blocks);
  Result<void> load_nodes(const std::vector<PlacedBlock>& tests);
  Result<void> add_test(const PlacedBlock& test);
  Result<void> add_case(const PlacedBlock& test, std::string name, hcl::ValueMap names);

  const CaseRequest& request_;
  const std::vector<SourceFile>& files_;
  NodeGraph graph_;
  Scope scope_;
  CaseList list_;
};

Result<void> CaseLoader::load_variables(const std::vector<PlacedBlock>& blocks) {
  const auto given = TRY(parse_variables(request_.vars));
  for (const PlacedBlock& placed : blocks) {
    const std::string name = placed.block->labels.empty() ? "" : placed.block->labels.front();
    const bool by_flag =
        std::ranges::any_of(given, [&](const auto& pair) { return pair.first == name; });
    const auto configured = request_.variables.find(name);
    if (by_flag || configured == request_.variables.end()) {
      TRY(scope_.add_variable(placed, given));
    } else {
      TRY(scope_.add_variable(placed, configured->second));
    }
  }
  return {};
}

Result<void> CaseLoader::load_nodes(const std::vector<PlacedBlock>& tests) {
  std::vector<hcl::Traversal> references;
  for (const PlacedBlock& test : tests) {
    collect_references(test.block->body, references);
  }
  std::vector<size_t> roots = graph_.locals();
  for (const hcl::Traversal& reference : references) {
    std::ranges::copy(graph_.targets(reference), std::back_inserter(roots));
  }
  return scope_.evaluate_nodes(graph_, std::move(roots));
}

Result<void> CaseLoader::add_case(const PlacedBlock& test, std::string name, hcl::ValueMap names) {
  if (request_.run && !request_.run->is_found_in(name)) {
    return {};
  }
  hcl::ValueMap testing;
  testing.emplace("name", hcl::Value::string(name));
  testing.emplace("dev_url", hcl::Value::string(request_.dev_url));
  names.emplace("testing", hcl::Value::object(std::move(testing)));
  hcl::EvalContext context;
  context.parent = &scope_.context(test.file);
  context.variables = std::move(names);
  const std::string prefix = "test " + go_quote(name);
  migrate::Case added{.name = std::move(name)};
  added.is_skipped = TRY(read_skip(*test.block, context).context(prefix));
  if (!added.is_skipped) {
    added.commands = TRY(read_commands(*test.block, context).context(prefix));
  }
  list_.cases.push_back(std::move(added));
  return {};
}

Result<void> CaseLoader::add_test(const PlacedBlock& test) {
  const std::string& name = test.block->labels[1];
  const hcl::Attribute* for_each = test.block->body.find_attribute("for_each");
  if (for_each == nullptr) {
    return add_case(test, name, {});
  }
  const std::string prefix = "test " + go_quote(name);
  const hcl::Value collection =
      TRY(hcl::evaluate(*for_each->expr, scope_.context(test.file)).context(prefix));
  const std::vector<Each> elements = TRY(each_of(collection).context(prefix));
  for (size_t i = 0; i < elements.size(); ++i) {
    TRY(add_case(test, name + "/" + std::to_string(i + 1), elements[i].names()));
  }
  return {};
}

Result<CaseList> CaseLoader::load() {
  TRY(check_layout(files_));
  Outline sorted = TRY(outline(files_, ""));
  TRY(check_data_blocks(sorted));
  std::vector<PlacedBlock>& tests = sorted.blocks;
  std::erase_if(tests, [](const PlacedBlock& placed) {
    return placed.block->type != "test" || placed.block->labels[0] != kOurKind;
  });
  TRY(load_variables(sorted.variables));
  TRY(load_nodes(tests));
  for (const PlacedBlock& test : tests) {
    TRY(add_test(test));
  }
  list_.secrets = scope_.outputs().secrets;
  list_.warnings = scope_.outputs().warnings;
  return std::move(list_);
}

}  // namespace

Result<std::vector<std::string>> find_case_files(const std::vector<std::string>& paths) {
  std::vector<std::string> files;
  for (const std::string& path : paths) {
    const std::vector<std::string> found = TRY(files_at(path_of(path)));
    for (const std::string& file : found) {
      if (std::ranges::find(files, file) == files.end()) {
        files.push_back(file);
      }
    }
  }
  return files;
}

Result<CaseList> read_cases(const CaseRequest& request, const Host& host) {
  const std::vector<SourceFile> files = TRY(read_source_files(request.files));
  return CaseLoader(request, host, files).load();
}

}  // namespace rhumb::project
