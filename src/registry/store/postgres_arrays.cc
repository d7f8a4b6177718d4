#include "registry/store/postgres_arrays.h"

#include <fmt/format.h>
#include <re2/re2.h>

#include <algorithm>
#include <cstdint>
#include <type_traits>
#include <utility>
#include <variant>

namespace rhumb::registry {
namespace {

// Arrays cost more than they save for fewer.
constexpr size_t kRowsMin = 6;
// Which values are common to fewer changes from one statement to the next, and each has to be
// prepared.
constexpr size_t kCommonRowsMin = 64;

/// What a column can be of: the name of its array and the number of the elements' type.
/// Source: PostgreSQL 15, src/include/catalog/pg_type.dat, numbers that never change.
struct Kind {
  std::string_view array;
  std::string_view single;
  uint32_t element = 0;
};
constexpr Kind kNumbers{"bigint[]", "bigint", 20};
constexpr Kind kTexts{"text[]", "text", 25};
constexpr Kind kBytes{"bytea[]", "bytea", 17};

bool is_array(std::string_view type) {
  return type.ends_with("[]");
}

const Kind* find_kind(const Value& value) {
  return std::holds_alternative<int64_t>(value.state())       ? &kNumbers
         : std::holds_alternative<std::string>(value.state()) ? &kTexts
         : std::holds_alternative<Blob>(value.state())        ? &kBytes
                                                              : nullptr;
}

void append_number(std::string& out, uint64_t number, size_t bytes) {
  for (size_t i = bytes; i-- > 0;) {
    out += static_cast<char>(number >> (8 * i));
  }
}

void append_element(std::string& out, const Value& value) {
  constexpr uint32_t kNullSize = 0xFFFFFFFF;
  if (value.is_null()) {
    append_number(out, kNullSize, 4);
  } else if (const int64_t* number = std::get_if<int64_t>(&value.state())) {
    append_number(out, sizeof(*number), 4);
    append_number(out, static_cast<uint64_t>(*number), sizeof(*number));
  } else {
    append_number(out, value.text().size(), 4);
    out += value.text();
  }
}

/// A column in the server's own form of arrays: one dimension, which begins at 1.
/// Source: PostgreSQL 15, array_recv() in src/backend/utils/adt/arrayfuncs.c.
driver::Blob to_array(std::span<const Params> rows, size_t column, const Kind& kind) {
  driver::Blob array;
  append_number(array.bytes, 1, 4);  // dimensions
  append_number(array.bytes, 1, 4);  // it may hold NULL
  append_number(array.bytes, kind.element, 4);
  append_number(array.bytes, rows.size(), 4);
  append_number(array.bytes, 1, 4);
  for (const Params& row : rows) {
    append_element(array.bytes, row[column]);
  }
  return array;
}

driver::Value bind(const Value& value) {
  return std::visit(
      [](const auto& state) -> driver::Value {
        using State = std::decay_t<decltype(state)>;
        if constexpr (std::is_same_v<State, Blob>) {
          return driver::Blob{state.bytes};
        } else {
          return state;
        }
      },
      value.state());
}

}  // namespace

std::vector<driver::Value> bind_all(const Params& params) {
  std::vector<driver::Value> bound;
  bound.reserve(params.size());
  for (const Value& param : params) {
    bound.push_back(bind(param));
  }
  return bound;
}

std::optional<RowArrays> to_arrays(std::span<const Params> rows) {
  RowArrays arrays;
  if (rows.size() < kRowsMin) {
    return std::nullopt;
  }
  for (size_t column = 0; column < rows.front().size(); ++column) {
    const Kind* kind = nullptr;
    for (const Params& row : rows) {
      const Kind* found = find_kind(row[column]);
      if (kind != nullptr && found != nullptr && found != kind) {
        return std::nullopt;
      }
      kind = kind == nullptr ? found : kind;
    }
    arrays.types.push_back(kind == nullptr ? std::string_view() : kind->array);
    if (kind != nullptr) {
      arrays.values.emplace_back(to_array(rows, column, *kind));
    }
  }
  return arrays;
}

std::optional<RowArrays> to_insert_arrays(std::span<const Params> rows) {
  std::optional<RowArrays> arrays = to_arrays(rows);
  if (!arrays || rows.size() < kCommonRowsMin) {
    return arrays;
  }
  auto value = arrays->values.begin();
  for (size_t column = 0; column < arrays->types.size(); ++column) {
    std::string_view& type = arrays->types[column];
    const Value& first = rows.front()[column];
    const bool is_common =
        column > 0 && !type.empty() &&
        std::ranges::all_of(rows, [&](const Params& row) { return row[column] == first; });
    if (is_common) {
      type = find_kind(first)->single;
      *value = bind(first);
    }
    value += type.empty() ? 0 : 1;
  }
  return arrays;
}

// Behind a SELECT the planner does not see how many there are this time: with that it would make
// every plan anew.
std::string unnest_sql(const RowArrays& arrays) {
  std::string casts;
  size_t number = 0;
  for (const std::string_view type : arrays.types) {
    number += type.empty() ? 0 : 1;
    if (is_array(type)) {
      casts += fmt::format("{}(SELECT CAST(${} AS {}))", casts.empty() ? "" : ", ", number, type);
    }
  }
  return fmt::format("unnest({})", casts);
}

std::string insert_sql(const RowsInto& into, const RowArrays& arrays) {
  std::string columns;
  std::string names;
  size_t number = 0;
  for (const std::string_view type : arrays.types) {
    columns += columns.empty() ? "" : ", ";
    if (type.empty()) {
      columns += "NULL";
      continue;
    }
    ++number;
    if (!is_array(type)) {
      columns += fmt::format("CAST(${} AS {})", number, type);
      continue;
    }
    const std::string name = fmt::format("c{}", number);
    columns += name;
    names += fmt::format("{}{}", names.empty() ? "" : ", ", name);
  }
  return fmt::format("INSERT INTO {} SELECT {} FROM {} AS given({}){}{}", into.table, columns,
                     unnest_sql(arrays), names, into.on_conflict.empty() ? "" : " ",
                     into.on_conflict);
}

std::optional<std::string> question_sql(std::string_view question, const RowArrays& arrays) {
  if (std::ranges::find(arrays.types, std::string_view()) != arrays.types.end()) {
    return std::nullopt;
  }
  std::string names;
  for (size_t number = 1; number <= arrays.types.size(); ++number) {
    names += fmt::format("c{}, ", number);
  }
  std::string each(question);
  RE2::GlobalReplace(&each, R"(\$(\d+))", R"(asked.c\1)");
  // OFFSET 0: answered for one after the other, by the indexes that the question is written for.
  // Joined as a whole, tables that nobody has counted yet would be read from end to end.
  return fmt::format(
      "SELECT asked.number, answer.* FROM {} WITH ORDINALITY AS asked({}number) CROSS JOIN LATERAL "
      "({} OFFSET 0) AS answer",
      unnest_sql(arrays), names, each);
}

}  // namespace rhumb::registry
