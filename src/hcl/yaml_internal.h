#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "hcl/value.h"

namespace rhumb::hcl {

/// How plain scalars are read: `yamldecode` takes `yes` and `on` for bools, `yamlmerge` does not.
enum class YamlSchema { kDecode, kMerge };

/// Reads one YAML document; maps become objects (of equal keys the last wins), sequences tuples.
/// Null when there is no document at all and `schema` is kMerge.
/// Errors: kInvalid with line and column, kLimit when aliases make it too large or it is too deep.
[[nodiscard]] Result<Value> decode_yaml(std::string_view text, YamlSchema schema);

/// Writes a value as `yamlencode` does. Source: spec project-file.md 5.
[[nodiscard]] Result<std::string> encode_yaml(const Value& value);

/// Writes an object as `yamlmerge` does: indent 4, keys in byte order, quotes only where needed.
[[nodiscard]] Result<std::string> encode_merged_yaml(const Value& value);

/// What a plain scalar means: null, bool, number, or text.
[[nodiscard]] Value resolve_plain_yaml(const std::string& text, YamlSchema schema);

}  // namespace rhumb::hcl
