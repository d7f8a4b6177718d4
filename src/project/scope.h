#pragma once

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "hcl/evaluate.h"
#include "hcl/functions.h"
#include "project/data_source.h"
#include "project/host.h"
#include "project/node_graph.h"
#include "project/source_files.h"
#include "project/variables.h"

namespace rhumb::project {

class FunctionsHost;

/// A block together with the file it stands in.
struct PlacedBlock {
  const hcl::Block* block = nullptr;  // lives in the file's tree
  size_t file = 0;
};

/// The names that the expressions of a project can see, filled step by step: `atlas`, variables,
/// then locals and data sources as far as something refers to them, then blocks.
///
/// Lifetime: refers to host and files.
/// Source: spec project-file.md 2.
class Scope {
 public:
  Scope(const Host& host, const std::vector<SourceFile>& files, const std::string& env);
  ~Scope();
  Scope(const Scope&) = delete;
  Scope& operator=(const Scope&) = delete;

  /// What an expression of that file sees. Valid as long as the scope.
  [[nodiscard]] const hcl::EvalContext& context(size_t file) const { return contexts_[file]; }

  /// Evaluates one `variable` block; the last one of a name counts.
  Result<void> add_variable(const PlacedBlock& block,
                            const std::vector<std::pair<std::string, std::string>>& given);
  /// The same with a value from elsewhere.
  Result<void> add_variable(const PlacedBlock& block, const hcl::Value& given);
  /// Evaluates what `roots` need of `graph`, each node once.
  Result<void> evaluate_nodes(const NodeGraph& graph, std::vector<size_t> roots);
  void set_cloud(CloudConfig cloud);
  /// From now on blocks can be referred to, and what is unknown is told in the words for blocks.
  void enter_blocks(std::vector<PlacedBlock> blocks);

  /// The values of `atlas`, `var`, `local` and `data`, for what is evaluated when this is gone.
  [[nodiscard]] hcl::ValueMap names() const;
  [[nodiscard]] DataOutputs& outputs() { return outputs_; }

 private:
  using Found = std::optional<Result<hcl::Resolved>>;

  void keep_variable(VariableValue variable);
  [[nodiscard]] Found resolve(const hcl::Traversal& traversal);
  [[nodiscard]] Found resolve_local(const hcl::Traversal& traversal) const;
  [[nodiscard]] Found resolve_data(const hcl::Traversal& traversal) const;
  [[nodiscard]] Found resolve_block(const hcl::Traversal& traversal);
  [[nodiscard]] Result<hcl::Resolved> resolve_in_block(const PlacedBlock& block,
                                                       const hcl::Traversal& traversal,
                                                       size_t steps);
  [[nodiscard]] Result<hcl::Value> body_value(const hcl::Body& body, size_t file);
  [[nodiscard]] Result<hcl::Value> guarded_value(const hcl::Attribute& attribute, size_t file);
  [[nodiscard]] Result<hcl::Value> node_value(const Node& node);
  void refresh_names();

  const Host& host_;
  std::unique_ptr<FunctionsHost> functions_host_;
  std::vector<hcl::FunctionTable> functions_;  // one per file: `file` looks beside it
  hcl::EvalContext root_;
  std::vector<hcl::EvalContext> contexts_;  // one per file, below root_
  hcl::ValueMap atlas_;
  hcl::ValueMap variables_;
  hcl::ValueMap locals_;
  std::map<std::string, hcl::ValueMap, std::less<>> data_;
  std::vector<bool> done_;  // nodes that have a value
  CloudConfig cloud_;
  DataOutputs outputs_;
  std::vector<PlacedBlock> blocks_;
  bool in_blocks_ = false;
  std::set<const hcl::Attribute*> open_;  // attributes of blocks under evaluation
};

}  // namespace rhumb::project
