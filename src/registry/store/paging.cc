#include "registry/store/paging.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "codec/base64.h"
#include "codec/hex.h"

namespace rhumb::registry {
namespace {

using codec::Json;

// A page number past this one is empty in any store, and its offset still fits.
constexpr int64_t kPageNumberMax = 1'000'000'000;

}  // namespace

std::string format_cursor(int64_t after) {
  const std::string text = fmt::format("after:{}", after);
  return codec::base64_encode(codec::as_bytes(text), codec::Base64::kRawUrl);
}

Result<Page> read_page(const Json* input) {
  Page page;
  if (input == nullptr || !input->is_object()) {
    return page;
  }
  page.number = std::min(input->find_int("page").value_or(1), kPageNumberMax);
  page.size = std::min(input->find_int("pageSize").value_or(kPageSizeDefault), kPageSizeMax);
  if (page.number < 1) {
    return invalid("page must be at least 1");
  }
  if (page.size < 1) {
    return invalid("pageSize must be at least 1");
  }
  std::string cursor = input->string_or_empty("after");
  if (cursor.empty()) {
    return page;
  }
  Result<std::vector<std::byte>> bytes = codec::base64_decode(cursor, codec::Base64::kRawUrl);
  std::string text = bytes ? codec::to_string(*bytes) : "";
  constexpr std::string_view kPrefix = "after:";
  int64_t after = 0;
  const char* end = text.data() + text.size();
  if (!text.starts_with(kPrefix) ||
      std::from_chars(text.data() + kPrefix.size(), end, after).ptr != end) {
    return invalid(fmt::format("after: \"{}\" is no cursor of this list", cursor));
  }
  page.after = after;
  return page;
}

Json page_info(const Page& page, const PageFacts& facts) {
  Json info =
      Json::object({{"page", page.number}, {"pageSize", page.size}, {"total", facts.total}});
  info.set("endCursor", facts.end.has_value() ? Json(format_cursor(*facts.end)) : Json());
  info.set("hasNextPage", facts.has_next);
  return info;
}

std::string like_pattern(std::string_view text) {
  std::string out = "%";
  for (const char c : text) {
    if (c == '%' || c == '_' || c == '\\') {
      out += '\\';
    }
    out += c;
  }
  return out + "%";
}

}  // namespace rhumb::registry
