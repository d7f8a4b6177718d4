// Reads arbitrary bytes as what `audit verify` is given: an export, a pack, a line of CSV, a
// checkpoint. What is accepted must be what is written again.

#include <cstdint>
#include <sstream>
#include <string_view>

#include "base/check.h"
#include "registry/audit/csv_line.h"
#include "registry/audit/evidence.h"
#include "registry/audit/stored_gzip.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace rhumb::registry;  // NOLINT(google-build-using-namespace): one function
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  std::istringstream file{std::string(text)};
  (void)verify_export(file, {}, {});
  // A pack of these files would not be reached through its checksums.
  (void)verify_pack(text, {}, {});
  (void)verify_pack(write_stored_gzip(text), {}, {});
  for (const ExportFormat format : {ExportFormat::kJsonl, ExportFormat::kCsv}) {
    const auto record = parse_record(text, format);
    if (record) {
      RHUMB_CHECK(format_record(*record, format) == std::string(text) + "\n",
                  "a record has one form");
    }
  }
  const auto cells = parse_csv_line(text);
  if (cells) {
    const std::string line = format_csv_line(*cells);
    const auto again = parse_csv_line(std::string_view(line).substr(0, line.size() - 1));
    RHUMB_CHECK(again.has_value() && *again == *cells, "cells are read as they were");
  }
  (void)read_checkpoints(text, {});
  (void)parse_public_key(text);
  (void)parse_audit_key(text);
  const auto packed = read_stored_gzip(text);
  if (packed && packed->is_intact) {
    RHUMB_CHECK(write_stored_gzip(packed->content) == text, "a pack has one form");
  }
  return 0;
}
