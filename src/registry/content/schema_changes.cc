#include "registry/content/schema_changes.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <map>

#include "base/diagnostics.h"
#include "hcl/syntax.h"

namespace rhumb::registry {
namespace {

/// `table "users"`: a block as it is called beside others of its type.
std::string name_of(const hcl::Block& block) {
  std::string name = block.type;
  for (const std::string& label : block.labels) {
    name += fmt::format(" \"{}\"", label);
  }
  return name;
}

/// Blocks of a body by name; further ones of the same name get a number.
using BlocksByName = std::map<std::string, const hcl::Block*>;
struct NamedBlock {
  std::string name;
  const hcl::Block* block = nullptr;
};

std::vector<NamedBlock> name_blocks(const hcl::Body& body) {
  std::map<std::string, int> seen;
  std::vector<NamedBlock> out;
  out.reserve(body.blocks.size());
  for (const hcl::Block& block : body.blocks) {
    std::string name = name_of(block);
    const int number = ++seen[name];
    out.push_back({number == 1 ? std::move(name) : fmt::format("{} #{}", name, number), &block});
  }
  return out;
}

/// A file with a body inside it.
struct Place {
  const hcl::File& file;
  const hcl::Body& body;
};

std::string_view text_of(const hcl::File& file, const hcl::Attribute& attribute) {
  const SourceSpan& span = attribute.expr->span;
  return std::string_view(*file.text)
      .substr(span.begin.offset, span.end.offset - span.begin.offset);
}

/// Names of attributes that one side lacks or that have other values.
std::vector<std::string> differing_attributes(const Place& from, const Place& to) {
  std::vector<std::string> names;
  for (const hcl::Attribute& attribute : to.body.attributes) {
    const hcl::Attribute* before = from.body.find_attribute(attribute.name);
    if (before == nullptr || text_of(from.file, *before) != text_of(to.file, attribute)) {
      names.push_back(attribute.name);
    }
  }
  for (const hcl::Attribute& attribute : from.body.attributes) {
    if (to.body.find_attribute(attribute.name) == nullptr) {
      names.push_back(attribute.name);
    }
  }
  return names;
}

class Comparison {
 public:
  Comparison(const hcl::File& from, const hcl::File& to) : from_(from), to_(to) {}

  std::vector<std::string> run() {
    compare(from_.body, to_.body, "");
    return std::move(changes_);
  }

 private:
  /// ` of table "users"`, or nothing at the top.
  static std::string within(const std::string& parent) {
    return parent.empty() ? "" : " of " + parent;
  }

  void compare(const hcl::Body& from, const hcl::Body& to, const std::string& parent) {
    BlocksByName before;
    for (NamedBlock& named : name_blocks(from)) {
      before.emplace(std::move(named.name), named.block);
    }
    for (const NamedBlock& named : name_blocks(to)) {
      const auto known = before.find(named.name);
      if (known == before.end()) {
        changes_.push_back("add " + named.name + within(parent));
        continue;
      }
      compare_block(*known->second, *named.block, named.name + within(parent));
      before.erase(known);
    }
    for (const auto& gone : before) {
      changes_.push_back("drop " + gone.first + within(parent));
    }
  }

  void compare_block(const hcl::Block& from, const hcl::Block& to, const std::string& name) {
    const std::vector<std::string> attributes =
        differing_attributes({from_, from.body}, {to_, to.body});
    if (!attributes.empty()) {
      changes_.push_back(fmt::format("change {} ({})", name, fmt::join(attributes, ", ")));
    }
    compare(from.body, to.body, name);
  }

  const hcl::File& from_;
  const hcl::File& to_;
  std::vector<std::string> changes_;
};

}  // namespace

std::vector<std::string> list_schema_changes(std::string_view from, std::string_view to) {
  if (from == to) {
    return {};
  }
  Diagnostics problems;
  const hcl::File before = hcl::parse_file("from", from, problems);
  const hcl::File after = hcl::parse_file("to", to, problems);
  if (!problems.empty()) {
    return {"the texts differ; they cannot be compared as HCL"};
  }
  return Comparison(before, after).run();
}

}  // namespace rhumb::registry
