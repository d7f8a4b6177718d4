#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "hcl/functions.h"

namespace rhumb::hcl {

using FunctionCall = std::function<Result<Value>(const ValueList&, CallProblem&)>;

[[nodiscard]] Function fixed_function(std::vector<Parameter> parameters, FunctionCall call);
[[nodiscard]] Function variadic_function(std::vector<Parameter> parameters,
                                         Parameter variadic,
                                         FunctionCall call);

/// A whole number that fits 64 bits.
[[nodiscard]] Result<int64_t> to_integer(const Value& value);

/// Splits text into grapheme clusters.
[[nodiscard]] std::vector<std::string_view> split_graphemes(std::string_view text);

/// Text as `format` with `%v` or `print` shows a value: strings raw, bools, numbers by `number`,
/// everything else as JSON.
[[nodiscard]] Value string_list(const std::vector<std::string>& texts);

[[nodiscard]] Result<std::string> format_values(const std::string& format,
                                                const ValueList& values,
                                                size_t& used);

void add_numeric_functions(FunctionTable& table);
void add_string_functions(FunctionTable& table);
void add_format_functions(FunctionTable& table);
void add_regex_functions(FunctionTable& table);
void add_time_functions(FunctionTable& table);
void add_collection_functions(FunctionTable& table);
void add_sequence_functions(FunctionTable& table);
void add_set_functions(FunctionTable& table);
void add_conversion_functions(FunctionTable& table);
void add_type_functions(FunctionTable& table);
void add_encoding_functions(FunctionTable& table);
void add_yaml_functions(FunctionTable& table);
void add_url_functions(FunctionTable& table);

}  // namespace rhumb::hcl
