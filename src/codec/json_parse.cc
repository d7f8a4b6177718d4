#include <boost/json/basic_parser_impl.hpp>
#include <charconv>
#include <cmath>

#include "base/go_format.h"
#include "codec/json.h"

// Boost.JSON reads the grammar; its events build our value. Its own value type is not used: it
// would turn every number that is no 64-bit integer into a double, losing digits.
namespace rhumb::codec {
namespace {

using boost::json::error_code;
using BoostText = boost::json::string_view;

/// A decimal number in one form for each value: digits without zeros at either end, times a power
/// of ten.
struct Decimal {
  bool negative = false;
  std::string digits;
  int64_t exponent = 0;

  bool operator==(const Decimal&) const = default;
};

/// `text` is a number of the JSON grammar; an exponent too long to read becomes very large.
Decimal normalize(std::string_view text) {
  Decimal out;
  out.negative = text.starts_with('-');
  text.remove_prefix(out.negative ? 1 : 0);
  const size_t e = text.find_first_of("eE");
  const std::string_view mantissa = text.substr(0, e);
  if (e != std::string_view::npos) {
    std::string_view exponent = text.substr(e + 1);
    exponent.remove_prefix(exponent.starts_with('+') ? 1 : 0);
    const auto read =
        std::from_chars(exponent.data(), exponent.data() + exponent.size(), out.exponent);
    if (read.ec != std::errc() || std::abs(out.exponent) > 1'000'000'000) {
      out.exponent = 1'000'000'000;
    }
  }
  const size_t point = mantissa.find('.');
  out.digits = mantissa.substr(0, point);
  if (point != std::string_view::npos) {
    out.digits += mantissa.substr(point + 1);
    out.exponent -= static_cast<int64_t>(mantissa.size() - point - 1);
  }
  out.digits.erase(0, out.digits.find_first_not_of('0'));
  const size_t size = out.digits.find_last_not_of('0') + 1;
  out.exponent += static_cast<int64_t>(out.digits.size() - size);
  out.digits.resize(size);
  if (out.digits.empty()) {
    out.exponent = 0;
  }
  return out;
}

Json read_fraction(std::string text) {
  double value = 0;
  const auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool exact = read.ec == std::errc() && std::isfinite(value) &&
                     normalize(format_go_float(value, 'e', -1)) == normalize(text);
  return exact ? Json(value) : Json::raw_number(std::move(text));
}

/// Receives the parser's events and keeps the values of all levels still open on one stack.
class Builder {
 public:
  // Names and signatures below are those basic_parser calls; the bounds are only those of memory.
  static constexpr size_t max_array_size = static_cast<size_t>(-1);
  static constexpr size_t max_object_size = static_cast<size_t>(-1);
  static constexpr size_t max_string_size = static_cast<size_t>(-1);
  static constexpr size_t max_key_size = static_cast<size_t>(-1);

  bool on_document_begin(error_code& /*ec*/) { return true; }
  bool on_document_end(error_code& /*ec*/) { return true; }
  bool on_array_begin(error_code& /*ec*/) { return true; }
  bool on_array_end(size_t count, error_code& /*ec*/) {
    std::vector<Json> elements;
    elements.reserve(count);
    const auto first = values_.end() - static_cast<std::ptrdiff_t>(count);
    std::move(first, values_.end(), std::back_inserter(elements));
    values_.erase(first, values_.end());
    values_.push_back(Json::array_of(std::move(elements)));
    return true;
  }
  bool on_object_begin(error_code& /*ec*/) { return true; }
  bool on_object_end(size_t count, error_code& /*ec*/) {
    std::vector<Json::Member> members;
    members.reserve(count);
    const size_t first_value = values_.size() - count;
    const size_t first_key = keys_.size() - count;
    for (size_t i = 0; i < count; ++i) {
      members.push_back(
          {.key = std::move(keys_[first_key + i]), .value = std::move(values_[first_value + i])});
    }
    values_.resize(first_value);
    keys_.resize(first_key);
    values_.push_back(Json::object_of(std::move(members)));
    return true;
  }
  bool on_string_part(BoostText part, size_t /*count*/, error_code& /*ec*/) { return add(part); }
  bool on_string(BoostText part, size_t /*count*/, error_code& /*ec*/) {
    values_.emplace_back(take(part));
    return true;
  }
  bool on_key_part(BoostText part, size_t /*count*/, error_code& /*ec*/) { return add(part); }
  bool on_key(BoostText part, size_t /*count*/, error_code& /*ec*/) {
    keys_.push_back(take(part));
    return true;
  }
  bool on_number_part(BoostText part, error_code& /*ec*/) { return add(part); }
  bool on_int64(int64_t value, BoostText part, error_code& /*ec*/) {
    const std::string text = take(part);
    values_.push_back(text.starts_with('-') && value == 0 ? Json(-0.0) : Json(value));
    return true;
  }
  bool on_uint64(uint64_t value, BoostText part, error_code& /*ec*/) {
    static_cast<void>(take(part));
    values_.emplace_back(value);
    return true;
  }
  bool on_double(double /*value*/, BoostText part, error_code& /*ec*/) {
    values_.push_back(read_fraction(take(part)));
    return true;
  }
  bool on_bool(bool value, error_code& /*ec*/) {
    values_.emplace_back(value);
    return true;
  }
  bool on_null(error_code& /*ec*/) {
    values_.emplace_back();
    return true;
  }
  bool on_comment_part(BoostText /*part*/, error_code& /*ec*/) { return true; }
  bool on_comment(BoostText /*part*/, error_code& /*ec*/) { return true; }

  Json take_value() { return std::move(values_.back()); }

 private:
  bool add(BoostText part) {
    pending_.append(part.data(), part.size());
    return true;
  }
  std::string take(BoostText part) {
    if (pending_.empty()) {
      return {part.data(), part.size()};
    }
    add(part);
    return std::exchange(pending_, {});
  }

  std::vector<Json> values_;
  std::vector<std::string> keys_;
  std::string pending_;
};

Error error_at(std::string_view text, size_t offset, const error_code& code) {
  const SourcePosition position = position_at(text, offset);
  const std::string where = std::to_string(position.line) + ":" + std::to_string(position.column);
  const bool too_deep = code == boost::json::error::too_deep;
  const std::string reason =
      too_deep ? "nested deeper than " + std::to_string(kJsonDepthMax) + " levels" : code.message();
  return Error(too_deep ? ErrorCode::kLimit : ErrorCode::kInvalid,
               "invalid JSON at " + where + ": " + reason)
      .at({.file = "", .begin = position, .end = position});
}

}  // namespace

Result<Json> parse_json(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = kJsonDepthMax;
  boost::json::basic_parser<Builder> parser(options);
  error_code code;
  size_t end = parser.write_some(false, text.data(), text.size(), code);
  if (code.failed()) {
    return error_at(text, end, code);
  }
  end = std::min(text.find_first_not_of(" \t\r\n", end), text.size());
  if (end < text.size()) {
    return error_at(text, end, boost::json::error::extra_data);
  }
  return parser.handler().take_value();
}

}  // namespace rhumb::codec
