#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace rhumb::codec {

/// The deepest nesting of elements that read_xml_leaves accepts.
inline constexpr size_t kXmlDepthMax = 100;
/// The most bytes that the paths of all leaves may have: each repeats the names above it.
inline constexpr size_t kXmlPathBytesMax = size_t{64} << 20;

/// An element without elements in it.
struct XmlLeaf {
  std::string path;  ///< names from the root on: `ListBucketResult/Contents/Key`
  std::string text;  ///< references resolved, blanks kept

  bool operator==(const XmlLeaf&) const = default;
};

/// The leaves of a document, in its order: what answers of services consist of. Attributes,
/// comments and texts beside elements are passed over; namespace prefixes stay in the names.
///
/// Errors: kInvalid `XML is malformed at byte 12: ...`, also for a document type, which could
/// define entities; kLimit when nested deeper than kXmlDepthMax, or for more than kXmlPathBytesMax.
/// Source: Extensible Markup Language (XML) 1.0, Fifth Edition.
[[nodiscard]] Result<std::vector<XmlLeaf>> read_xml_leaves(std::string_view text);

/// The text of the first leaf at a path; "" when there is none.
[[nodiscard]] std::string find_xml_text(const std::vector<XmlLeaf>& leaves, std::string_view path);

}  // namespace rhumb::codec
