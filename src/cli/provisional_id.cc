#include "cli/provisional_id.h"

#include "codec/url.h"
#include "codec/uuid.h"

namespace rhumb::cli {
namespace {

// Made once for this purpose; changing it would give every unnamed database a new id.
constexpr std::string_view kNamespace = "6f0f9e0c-6c0b-4b8e-9d2a-3c1c1f1f7a11";

}  // namespace

std::string provisional_identity(const driver::ConnectionInfo& info) {
  const Result<codec::Url> url = codec::parse_url(info.url);
  std::string name = info.driver + "\n" + info.schema + "\n";
  if (url.has_value()) {
    name += url.value().hostname() + "\n" + url.value().port() + "\n" + url.value().path;
  } else {
    name += info.url;
  }
  const codec::Uuid space = codec::Uuid::parse(kNamespace).value_or(codec::Uuid());
  return codec::Uuid::named(space, name).to_string();
}

}  // namespace rhumb::cli
