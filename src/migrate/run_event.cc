#include "migrate/run_event.h"

namespace rhumb::migrate {
namespace {

RunText plain(std::string_view text) {
  return {.shown = std::string(text), .reported = std::string(text)};
}

}  // namespace

RunText PlainTextRenderer::content(const RunFile& /*file*/, std::string_view text) {
  return plain(text);
}

RunText PlainTextRenderer::statement(const RunFile& /*file*/,
                                     size_t /*number*/,
                                     std::string_view text) {
  return plain(text);
}

RunText PlainTextRenderer::statement_error(const RunFile& /*file*/,
                                           size_t /*number*/,
                                           std::string_view /*statement*/,
                                           std::string_view error) {
  return plain(error);
}

RunText PlainTextRenderer::message(std::string_view text) {
  return plain(text);
}

}  // namespace rhumb::migrate
