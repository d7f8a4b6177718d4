#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "graphql/ast.h"

namespace rhumb::graphql {

/// What the caller of Engine::execute() hands to resolvers: derive and static_cast. Lives as long
/// as the request.
class Context {
 public:
  Context() = default;
  Context(const Context&) = delete;
  Context& operator=(const Context&) = delete;
  virtual ~Context() = default;

  /// A list that InputRules::one_by_one names begins in an input of that type: the number that
  /// stands for it there.
  virtual int64_t begin_list(std::string_view /*type*/, size_t /*elements*/) { return 0; }
  /// Its next element, read against its type.
  virtual void take_element(int64_t /*list*/, const codec::Json& /*element*/) {}
};

/// One field being resolved.
class FieldCall {
 public:
  /// `selections` are those below the field; all references must outlive the call.
  FieldCall(Context& context,
            const codec::Json& parent,
            const codec::Json& arguments,
            const std::vector<const Selection*>& selections,
            const Document& document)
      : context_(context),
        parent_(parent),
        arguments_(arguments),
        selections_(selections),
        document_(document) {}

  [[nodiscard]] Context& context() const { return context_; }
  /// The object the field belongs to, as its own resolver returned it with every member, also those
  /// the schema does not know; null for root fields.
  [[nodiscard]] const codec::Json& parent() const { return parent_; }
  /// An object: declared arguments that were given or have a default, checked against their types.
  [[nodiscard]] const codec::Json& arguments() const { return arguments_; }
  /// `arguments()["input"]`, or null: what most operations take.
  [[nodiscard]] const codec::Json& input() const;
  /// The request asks for this field below the one being resolved: `selects("content")`, further
  /// down `selects("pageInfo.total")`. Fields under @skip and @include count as asked for.
  [[nodiscard]] bool selects(std::string_view field) const;

  /// Returns `error` and sends `code` (empty: from the kind of error) and `details` as its
  /// extensions: `return call.fail(error, "POLICY", reasons);`
  Error fail(Error error, std::string code, codec::Json details);
  struct Extensions {
    std::string code;
    codec::Json details;
  };
  [[nodiscard]] const Extensions& extensions() const { return extensions_; }

 private:
  [[nodiscard]] bool selects_in(const std::vector<Selection>& selections,
                                std::string_view field) const;

  Context& context_;
  const codec::Json& parent_;
  const codec::Json& arguments_;
  const std::vector<const Selection*>& selections_;
  const Document& document_;
  Extensions extensions_;
};

/// Computes a field.
///
/// Shape: objects as JSON objects, lists as arrays, enums as strings, IDs as strings or integers;
/// interfaces and unions as objects whose `__typename` names the object type. Members that have a
/// resolver of their own may be left out, so that they are computed only when asked for; other
/// members that are missing count as null.
/// Errors: become an entry of `errors` with the path of the field, which is null then.
using Resolver = std::function<Result<codec::Json>(FieldCall&)>;

/// Which fields are computed by which function. Fields without one are read from their parent
/// object by name.
class Resolvers {
 public:
  /// One resolver per field; a later one replaces the earlier.
  void add(std::string type, std::string field, Resolver resolver);
  [[nodiscard]] const Resolver* find(std::string_view type, std::string_view field) const;

  struct Name {
    std::string type;
    std::string field;
  };
  [[nodiscard]] std::vector<Name> names() const;

 private:
  std::map<std::string, std::map<std::string, Resolver, std::less<>>, std::less<>> table_;
};

}  // namespace rhumb::graphql
