#include "driver/postgres/cells.h"

#include <algorithm>
#include <charconv>
#include <cstdlib>

namespace rhumb::driver::postgres {
namespace {

struct Type {
  unsigned oid;
  std::string_view name;
};

// Fixed by the server's initial catalog, never renumbered. Source: PostgreSQL pg_type.dat.
constexpr Type kTypes[] = {
    {16, "boolean"},  {17, "bytea"},       {18, "char"},          {19, "name"},
    {20, "bigint"},   {21, "smallint"},    {23, "integer"},       {25, "text"},
    {26, "oid"},      {114, "json"},       {142, "xml"},          {700, "real"},
    {701, "double"},  {1042, "character"}, {1043, "varchar"},     {1082, "date"},
    {1083, "time"},   {1114, "timestamp"}, {1184, "timestamptz"}, {1186, "interval"},
    {1266, "timetz"}, {1560, "bit"},       {1700, "numeric"},     {2950, "uuid"},
    {3802, "jsonb"}};

bool is_integer(unsigned oid) {
  return oid == 20 || oid == 21 || oid == 23 || oid == 26;
}

int hex_digit(char c) {
  return c <= '9' ? c - '0' : c - 'a' + 10;
}

// `\x` and two lower-case digits a byte.
std::string decode_bytea(std::string_view text) {
  std::string bytes;
  for (size_t at = 2; at + 1 < text.size(); at += 2) {
    bytes += static_cast<char>(hex_digit(text[at]) * 16 + hex_digit(text[at + 1]));
  }
  return bytes;
}

}  // namespace

std::string_view type_name(unsigned oid) {
  const auto* found = std::ranges::find(kTypes, oid, &Type::oid);
  return found == std::end(kTypes) ? std::string_view() : found->name;
}

Value to_value(unsigned oid, std::string_view text) {
  if (is_integer(oid)) {
    int64_t number = 0;
    std::from_chars(text.data(), text.data() + text.size(), number);
    return number;
  }
  if (oid == 700 || oid == 701) {
    return std::strtod(std::string(text).c_str(), nullptr);
  }
  if (oid == 17 && text.starts_with("\\x")) {
    return Blob{decode_bytea(text)};
  }
  return std::string(text);
}

}  // namespace rhumb::driver::postgres
