#pragma once

#include <string_view>

#include "registry/api/request_context.h"

namespace rhumb::registry {

/// A field of an object whose text is kept as a body: in the row of `table` whose number is the
/// member `_id` of the object.
struct BodyField {
  std::string_view type;
  std::string_view field;
  std::string_view table;
  std::string_view column;
  bool is_json = false;  ///< shown as the document that the text is
};

/// Binds it, to be read when it is asked for; null where there is no body.
void bind_body(graphql::Resolvers& resolvers, const BodyField& body);

}  // namespace rhumb::registry
