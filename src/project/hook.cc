#include "project/hook.h"

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "base/go_format.h"
#include "base/text.h"
#include "project/block_reader.h"

namespace rhumb::project {
namespace {

using migrate::TransactionHook;

Result<void> check_members(const BlockValue& block,
                           const std::vector<std::string_view>& attributes,
                           const std::vector<std::string_view>& blocks) {
  for (const BlockValue::Attribute& attribute : block.attributes) {
    if (std::ranges::find(attributes, attribute.name) == attributes.end()) {
      return invalid("unexpected attribute " + go_quote(attribute.name) +
                     ", known are: " + join(attributes, ", "));
    }
  }
  for (const BlockValue& inner : block.blocks) {
    const auto same = [&](const BlockValue& other) { return other.type == inner.type; };
    if (std::ranges::find(blocks, inner.type) == blocks.end()) {
      return invalid("unexpected block " + go_quote(inner.type));
    }
    if (std::ranges::count_if(block.blocks, same) > 1) {
      return invalid("more than one block " + go_quote(inner.type));
    }
  }
  return {};
}

Result<TransactionHook> read_members(const BlockValue& block) {
  TRY(check_members(block, {"skip_errors"}, {"transaction"}));
  const BlockReader reader(&block);
  TransactionHook hook;
  hook.name = block.labels[1];
  hook.skip_errors = TRY(reader.flag("skip_errors")).value_or(false);
  if (const BlockValue* transaction = block.find_block("transaction")) {
    TRY(check_members(*transaction, {"after_begin", "before_commit", "before_rollback"}, {}));
  }
  const BlockReader transaction = reader.inner("transaction");
  hook.after_begin = TRY(transaction.texts("after_begin"));
  hook.before_commit = TRY(transaction.texts("before_commit"));
  hook.before_rollback = TRY(transaction.texts("before_rollback"));
  return hook;
}

}  // namespace

Result<TransactionHook> read_hook(const BlockValue& block) {
  if (block.labels.size() != 2) {
    return invalid("hook block must have exactly 2 labels, a type and a name");
  }
  const std::string name = "hook " + go_quote(block.labels[0]) + " " + go_quote(block.labels[1]);
  if (block.labels[0] != "sql") {
    return invalid(name + ": the only type of hook is \"sql\"");
  }
  return read_members(block).context(name);
}

}  // namespace rhumb::project
