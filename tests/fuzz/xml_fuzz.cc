// Reads arbitrary bytes as XML: what is accepted is a list of leaves below one root, and the first
// of each path is found again.

#include <cstdint>
#include <string_view>

#include "base/check.h"
#include "codec/xml.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rhumb::codec;  // NOLINT(google-build-using-namespace): one function
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  const auto leaves = read_xml_leaves(bytes);
  if (!leaves) {
    return 0;
  }
  RHUMB_CHECK(!leaves->empty(), "a document has a leaf");
  const std::string_view root =
      std::string_view(leaves->front().path).substr(0, leaves->front().path.find('/'));
  for (const XmlLeaf& leaf : *leaves) {
    RHUMB_CHECK(leaf.path == root || leaf.path.starts_with(std::string(root) + "/"),
                "every leaf lies below the root");
  }
  RHUMB_CHECK(find_xml_text(*leaves, leaves->front().path) == leaves->front().text,
              "the first leaf is found by its path");
  return 0;
}
