#include "registry/store/row_page.h"

#include <fmt/format.h>

namespace rhumb::registry {

Result<RowPage> read_rows(Session& session,
                          const ListQuery& query,
                          const Params& params,
                          const Page& page) {
  RowPage out;
  const Value total = TRY(session.scalar(fmt::format("SELECT count(*) {}", query.from), params));
  out.facts.total = total.number();
  const int64_t offset = page.after.value_or(page.offset());
  Params with_window = params;
  with_window.emplace_back(page.size);
  with_window.emplace_back(offset);
  out.rows = TRY(session.query(fmt::format("SELECT {} {} ORDER BY {} LIMIT ? OFFSET ?",
                                           query.columns, query.from, query.order),
                               with_window));
  if (!out.rows.empty()) {
    const int64_t end = offset + static_cast<int64_t>(out.rows.size());
    out.facts.end = end;
    out.facts.has_next = end < out.facts.total;
  }
  return out;
}

}  // namespace rhumb::registry
