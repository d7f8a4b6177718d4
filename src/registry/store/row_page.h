#pragma once

#include <string_view>

#include "registry/store/paging.h"
#include "registry/store/sql.h"

namespace rhumb::registry {

/// A list of rows in parts: `FROM ... WHERE ...` is shared by the count and the page.
struct ListQuery {
  std::string_view columns;
  std::string_view from;   ///< with every condition
  std::string_view order;  ///< without `ORDER BY`; must be the same for every page
};

struct RowPage {
  Rows rows;
  PageFacts facts;  ///< the cursor is how many rows came before
};

/// One page of a list that is short enough to be counted.
Result<RowPage> read_rows(Session& session,
                          const ListQuery& query,
                          const Params& params,
                          const Page& page);

}  // namespace rhumb::registry
