#pragma once

#include <string_view>

#include "base/result.h"
#include "migrate/directory.h"
#include "migrate/run_event.h"

namespace rhumb::migrate {

/// `none`, `file` or `all`. Errors: `unknown tx-mode "x"`.
[[nodiscard]] Result<TxMode> parse_tx_mode(std::string_view text);

/// The mode a file runs in: that of the run, unless the file asks for another one.
///
/// Errors: `unknown txmode "x" found in file directive "<f>"`, `multiple txmode values found in
/// file
/// "<f>": ["none" "file"]`, `txmode "all" is not allowed in file directive "<f>". Use "file"
/// instead`, `cannot set txmode directive to "none" in "<f>" when txmode "all" is set globally`.
/// Source: spec migration-directory.md 5.
[[nodiscard]] Result<TxMode> file_tx_mode(const FileContent& file, TxMode global);

}  // namespace rhumb::migrate
