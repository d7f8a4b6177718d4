#pragma once

#include <string>
#include <string_view>

#include "base/result.h"
#include "codec/json.h"
#include "gotmpl/value.h"

namespace rhumb::gotmpl {

/// A value as Go's encoding/json prints it, on one line.
///
/// Shape: structures in field order, with their JSON names, without empty omit_empty fields,
/// embedded structures flattened; maps in byte order of their keys; times as RFC 3339 with
/// nanoseconds; durations as integers; []byte as base64; `<`, `>`, `&` escaped.
/// Errors: kUnsupported for what JSON lacks: functions, complex numbers, NaN and infinities.
/// Source: spec cli-migrate.md 5; documentation of Go's package encoding/json.
[[nodiscard]] Result<std::string> format_json(const Value& value);

/// As json.MarshalIndent: every element on a line of its own that starts with `prefix` and one
/// `indent` for each level; the first line has no prefix.
[[nodiscard]] Result<std::string> format_json(const Value& value,
                                              std::string_view prefix,
                                              std::string_view indent);

/// A JSON document as a value to report: objects become structures that keep the order of their
/// members, so that `{{ .File.URL }}` reaches in, an unknown name is an error, and `json` prints
/// the document again. Integers that fit 64 bits are ints, other numbers floats.
[[nodiscard]] Value from_json(const codec::Json& json, const std::string& type = "struct {}");

}  // namespace rhumb::gotmpl
