#include "driver/mysql/cells.h"

#include <charconv>

namespace rhumb::driver::mysql {
namespace {

constexpr unsigned kBinaryCharset = 63;

bool is_whole_number(enum_field_types type) {
  return type == MYSQL_TYPE_TINY || type == MYSQL_TYPE_SHORT || type == MYSQL_TYPE_INT24 ||
         type == MYSQL_TYPE_LONG || type == MYSQL_TYPE_LONGLONG || type == MYSQL_TYPE_YEAR;
}

bool is_bytes(const MYSQL_FIELD& field) {
  switch (field.type) {
    case MYSQL_TYPE_BIT:
    case MYSQL_TYPE_GEOMETRY:
      return true;
    case MYSQL_TYPE_TINY_BLOB:
    case MYSQL_TYPE_MEDIUM_BLOB:
    case MYSQL_TYPE_LONG_BLOB:
    case MYSQL_TYPE_BLOB:
    case MYSQL_TYPE_VARCHAR:
    case MYSQL_TYPE_VAR_STRING:
    case MYSQL_TYPE_STRING:
      return field.charsetnr == kBinaryCharset;
    default:
      return false;
  }
}

template <typename Number>
bool parse(std::string_view text, Number& number) {
  const auto [end, problem] = std::from_chars(text.data(), text.data() + text.size(), number);
  return problem == std::errc() && end == text.data() + text.size();
}

}  // namespace

Value decode_cell(const MYSQL_FIELD& field, std::string_view text) {
  int64_t whole = 0;
  if (is_whole_number(field.type) && parse(text, whole)) {
    return whole;
  }
  double real = 0;
  const bool is_float = field.type == MYSQL_TYPE_FLOAT || field.type == MYSQL_TYPE_DOUBLE;
  if (is_float && parse(text, real)) {
    return real;
  }
  if (is_bytes(field)) {
    return Blob{std::string(text)};
  }
  return std::string(text);
}

std::string type_name(const MYSQL_FIELD& field) {
  switch (field.type) {
    case MYSQL_TYPE_DATE:
    case MYSQL_TYPE_NEWDATE:
      return "date";
    case MYSQL_TYPE_DATETIME:
    case MYSQL_TYPE_DATETIME2:
      return "datetime";
    case MYSQL_TYPE_TIMESTAMP:
    case MYSQL_TYPE_TIMESTAMP2:
      return "timestamp";
    default:
      return {};
  }
}

}  // namespace rhumb::driver::mysql
