#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "hcl/syntax.h"
#include "project/source_files.h"

namespace rhumb::project {

/// A named expression that is evaluated on demand: a local, or a data source.
struct Node {
  size_t file = 0;                         ///< index of the file it stands in
  const hcl::Attribute* local = nullptr;   // lives in the file's tree
  const hcl::Block* data = nullptr;        // the same; exactly one of both is set
  std::vector<hcl::Traversal> references;  ///< every reference inside

  /// `local.a` or `data.sql.tenants`.
  [[nodiscard]] std::string name() const;
};

/// Every reference in a body, in source order.
void collect_references(const hcl::Body& body, std::vector<hcl::Traversal>& references);

/// The locals and data sources of a project and what they refer to.
///
/// Shape: nodes are in file order; of a name given twice only the last one is a node.
/// Lifetime: refers to the trees of the files.
class NodeGraph {
 public:
  explicit NodeGraph(const std::vector<SourceFile>& files);

  [[nodiscard]] const std::vector<Node>& nodes() const { return nodes_; }
  /// The nodes a reference stands for: one, all of a data source type, all locals, or none.
  [[nodiscard]] std::vector<size_t> targets(const hcl::Traversal& reference) const;
  /// All locals.
  [[nodiscard]] std::vector<size_t> locals() const;

  /// `roots` and all they need, in the order to evaluate them: file order, each after what it
  /// refers to. Nodes of `done` are left out, and then belong to it.
  /// Errors: `cyclic reference to "local.a"`, the first member of the cycle in file order.
  [[nodiscard]] Result<std::vector<size_t>> order(std::vector<size_t> roots,
                                                  std::vector<bool>& done) const;

 private:
  [[nodiscard]] std::vector<size_t> edges(size_t node) const;

  std::vector<Node> nodes_;
  std::map<std::string, size_t, std::less<>> locals_;
  /// By type, then by name.
  std::map<std::string, std::map<std::string, size_t, std::less<>>, std::less<>> data_;
};

/// The name a step asks for, `.a` or `["a"]`; nothing for another index.
[[nodiscard]] std::string step_name(const hcl::TraversalStep& step);

}  // namespace rhumb::project
