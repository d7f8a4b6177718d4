#include "base/error.h"

#include <utility>

namespace rhumb {

Error::Error(ErrorCode code, std::string message)
    : rep_(std::make_shared<const Rep>(Rep{.code = code,
                                           .message = message,
                                           .root_message = std::move(message),
                                           .hint = {},
                                           .span = std::nullopt,
                                           .cause = std::nullopt})) {}

Error Error::context(std::string_view outer) const {
  auto rep = copy();
  rep->message = std::string(outer) + ": " + rep->message;
  return Error(std::move(rep));
}

Error Error::at(SourceSpan span) const {
  auto rep = copy();
  rep->span = std::move(span);
  return Error(std::move(rep));
}

Error Error::caused_by(Cause cause) const {
  auto rep = copy();
  rep->cause = std::move(cause);
  return Error(std::move(rep));
}

Error Error::with_cause_of(const Error& other) const {
  auto rep = copy();
  rep->cause = other.cause();
  return Error(std::move(rep));
}

Error Error::hinted(std::string hint) const {
  auto rep = copy();
  rep->hint = std::move(hint);
  return Error(std::move(rep));
}

Error Error::with_code(ErrorCode code) const {
  auto rep = copy();
  rep->code = code;
  return Error(std::move(rep));
}

Error invalid(std::string message) {
  return {ErrorCode::kInvalid, std::move(message)};
}

}  // namespace rhumb
