#include "migrate/tx_mode.h"

#include <fmt/format.h>

#include <string>
#include <vector>

#include "base/go_format.h"
#include "base/text.h"
#include "migrate/file_statements.h"

namespace rhumb::migrate {

Result<TxMode> parse_tx_mode(std::string_view text) {
  if (text == "none") {
    return TxMode::kNone;
  }
  if (text == "file") {
    return TxMode::kFile;
  }
  if (text == "all") {
    return TxMode::kAll;
  }
  return invalid(fmt::format("unknown tx-mode {}", go_quote(text)));
}

Result<TxMode> file_tx_mode(const FileContent& file, TxMode global) {
  std::vector<std::string> values = file.arguments("txmode");
  if (values.empty() && refuses_transaction(file)) {
    values.emplace_back("none");
  }
  const std::string name = go_quote(file.name);
  if (values.empty()) {
    return global;
  }
  if (values.size() > 1) {
    std::vector<std::string> quoted;
    quoted.reserve(values.size());
    for (const std::string& value : values) {
      quoted.push_back(go_quote(value));
    }
    return invalid(
        fmt::format("multiple txmode values found in file {}: [{}]", name, join(quoted, " ")));
  }
  const std::string& value = values.front();
  const Result<TxMode> mode = parse_tx_mode(value);
  if (!mode) {
    return invalid(
        fmt::format("unknown txmode {} found in file directive {}", go_quote(value), name));
  }
  if (*mode == TxMode::kAll) {
    return invalid(fmt::format(
        "txmode \"all\" is not allowed in file directive {}. Use \"file\" instead", name));
  }
  if (global == TxMode::kAll) {
    return invalid(
        fmt::format("cannot set txmode directive to {} in {} when txmode \"all\" is set globally",
                    go_quote(value), name));
  }
  return *mode;
}

}  // namespace rhumb::migrate
