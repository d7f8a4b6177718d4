#include "hcl/functions_internal.h"
#include "hcl/yaml_internal.h"

namespace rhumb::hcl {

namespace {

enum class Shape { kScalar, kList, kMap };

Shape shape_of(const Value& value) {
  if (value.is_mapping()) {
    return Shape::kMap;
  }
  return value.is_sequence() ? Shape::kList : Shape::kScalar;
}

// `source` put over `target`: maps merge, lists append, scalars replace.
Result<Value> merge_maps(const Value& target, const Value& source) {
  ValueMap merged = target.entries();
  for (const auto& [key, value] : source.entries()) {
    const auto existing = merged.find(key);
    if (existing == merged.end() || existing->second.is_null() || value.is_null()) {
      merged.insert_or_assign(key, value);
      continue;
    }
    const Value& old = existing->second;
    if (shape_of(old) != shape_of(value)) {
      return invalid("key " + key + " is defined in both src and dst, but has a different type");
    }
    Value combined = value;
    if (value.is_mapping()) {
      combined = TRY(merge_maps(old, value));
    } else if (value.is_sequence()) {
      ValueList all = old.elements();
      all.insert(all.end(), value.elements().begin(), value.elements().end());
      combined = Value::tuple(std::move(all));
    }
    merged.insert_or_assign(key, std::move(combined));
  }
  return Value::object(std::move(merged));
}

Result<Value> yamlmerge(const ValueList& args, CallProblem& problem) {
  if (args.empty()) {
    return invalid("yamlmerge: at least one argument is required");
  }
  if (args.size() == 1) {
    return args[0];
  }
  Value merged = Value::object({});
  for (size_t i = 0; i < args.size(); ++i) {
    if (args[i].is_null()) {
      continue;
    }
    const auto document = decode_yaml(args[i].as_string(), YamlSchema::kMerge);
    if (!document || !(document->is_null() || document->is_mapping())) {
      return problem.argument(i, "yamlmerge: failed to unmarshal yaml: " +
                                     (document ? std::string("the document is not a map")
                                               : document.error().message()));
    }
    if (document->is_null()) {
      continue;
    }
    auto combined = merge_maps(merged, *document);
    if (!combined) {
      return problem.argument(i, "yamlmerge: failed to merge yaml: " + combined.error().message());
    }
    merged = *std::move(combined);
  }
  const std::string text = TRY(encode_merged_yaml(merged));
  return Value::string(text);
}

}  // namespace

void add_yaml_functions(FunctionTable& table) {
  table["yamlencode"] = fixed_function({{"value", Type::dynamic(), true}},
                                       [](const ValueList& args, CallProblem&) -> Result<Value> {
                                         const std::string text = TRY(encode_yaml(args[0]));
                                         return Value::string(text);
                                       });
  table["yamldecode"] = fixed_function(
      {{"src", Type::string()}}, [](const ValueList& args, CallProblem&) -> Result<Value> {
        return decode_yaml(args[0].as_string(), YamlSchema::kDecode);
      });
  table["yamlmerge"] = variadic_function({}, {"values", Type::string(), true}, yamlmerge);
}

}  // namespace rhumb::hcl
