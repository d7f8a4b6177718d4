#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "codec/json.h"
#include "gotmpl/value.h"

/// What the registry says of its objects, as `cloud` commands show it.
namespace rhumb::cli {

/// A member of a GraphQL object, or of one inside it (`owner.name`), and its name in templates.
struct CloudField {
  std::string_view member;
  std::string_view name;
};

/// An object as templates and JSON see it: fields in order; a null member is empty there, absent
/// here. Ids are text.
[[nodiscard]] gotmpl::Value cloud_value(const codec::Json& object,
                                        const std::string& type,
                                        const std::vector<CloudField>& fields);

/// A list with its page: `{<name>: [...], PageInfo}`.
[[nodiscard]] gotmpl::Value cloud_list_value(const codec::Json& payload,
                                             std::string_view member,
                                             const std::string& name,
                                             const std::string& type,
                                             const std::vector<CloudField>& fields);

/// A member as text for a table: numbers in decimal, null and absent as "".
[[nodiscard]] std::string cloud_text(const codec::Json& object, std::string_view member);
/// As cloud_text with `-` for nothing.
[[nodiscard]] std::string cloud_cell(const codec::Json& object, std::string_view member);
/// A time member in RFC 3339 UTC with seconds; "" when there is none.
[[nodiscard]] std::string cloud_time(const codec::Json& object, std::string_view member);

/// The elements of a list member, whatever the case of its first letter; none when it is no list.
[[nodiscard]] const codec::Json::Array& cloud_items(const codec::Json& object,
                                                    std::string_view member);

/// 32 dashes and `Page: 1  Page Size: 20  Total: 18`.
[[nodiscard]] std::string format_page_footer(const codec::Json& payload);
[[nodiscard]] int64_t total_of(const codec::Json& payload);

}  // namespace rhumb::cli
