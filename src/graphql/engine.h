#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "codec/json.h"
#include "graphql/ast.h"
#include "graphql/input.h"
#include "graphql/resolver.h"
#include "graphql/response.h"
#include "graphql/schema.h"
#include "graphql/validate.h"

namespace rhumb::graphql {

/// A request as clients send it.
struct Request {
  std::string query;
  codec::Json variables;       ///< an object, or null when there are none
  std::optional<LateList> late;  ///< what is left out of them so far
  std::string operation_name;  ///< empty when the document has one operation
  bool introspection = true;   ///< __schema and __type may be asked for
};

/// Reads the JSON body of a POST: `{"query", "variables", "operationName"}`; other members are
/// ignored, `variables` and `operationName` may be absent or null.
///
/// A list that is a member of a variable under the name `late` may stay text, in `body`, which must
/// outlive the request then: of a long one the JSON would take five times as much memory.
/// Errors: kInvalid, kLimit.
Result<Request> parse_request(std::string_view body, std::string_view late = {});

class DocumentCache;

/// A document that was read and checked once, for any number of executions. Immutable.
struct PreparedDocument {
  Document document;
  std::vector<Error> problems;  ///< why it is refused; empty: it can be executed
};

/// A GraphQL server without transport: a schema and its resolvers.
///
/// Shape: immutable once created, safe from any thread as far as the resolvers are.
class Engine {
 public:
  struct Options {
    Resolvers resolvers;
    InputRules rules;
    Limits limits;
  };

  /// Errors: those of parse_schema(); kInvalid when a resolver belongs to no field.
  static Result<Engine> create(std::string_view sdl, Options options);
  Engine(const Engine&) = delete;
  Engine& operator=(const Engine&) = delete;
  Engine(Engine&& other) noexcept;
  Engine& operator=(Engine&& other) noexcept;
  ~Engine();

  /// Reads and validates a document; valid ones are remembered by their text.
  [[nodiscard]] std::shared_ptr<const PreparedDocument> prepare(std::string_view query) const;

  /// Parses, validates and runs one operation.
  ///
  /// Shape: fields in the order asked for, mutations one after the other; a field of a type that
  /// must not be null makes its parent null when it fails, up to the next nullable one. A root
  /// field may be written with either case of its first letter and comes back as written.
  /// Errors: never as such; see Response.
  /// Source: GraphQL specification, October 2021, section 6; registry.md 3.4.
  [[nodiscard]] Response execute(Request request, Context& context) const;
  /// The same for what prepare() made of the request's document.
  [[nodiscard]] Response execute(const PreparedDocument& prepared,
                                 Request request,
                                 Context& context) const;

  [[nodiscard]] const Schema& schema() const { return schema_; }
  /// Root fields that nothing computes, `Query.x`; asking for one is an error.
  [[nodiscard]] std::vector<std::string> unresolved_root_fields() const;

 private:
  Engine(Schema schema, Options options);
  /// For a request whose body is JSON as far as it was read; takes its variables.
  [[nodiscard]] Response execute_readable(const PreparedDocument& prepared,
                                          Request& request,
                                          Context& context) const;

  Schema schema_;
  Options options_;
  std::unique_ptr<DocumentCache> documents_;
};

}  // namespace rhumb::graphql
