#include "graphql/engine.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "codec/json_list.h"
#include "graphql/document_cache.h"
#include "graphql/execute.h"
#include "graphql/literal.h"
#include "graphql/parser.h"
#include "graphql/sdl.h"

namespace rhumb::graphql {
namespace {

using codec::Json;

Result<const Operation*> choose_operation(const Document& document, const std::string& name) {
  if (name.empty()) {
    if (document.operations.size() != 1) {
      return invalid(document.operations.empty()
                         ? "document has no operation"
                         : "document has several operations; set operationName to one of them");
    }
    return &document.operations.front();
  }
  for (const Operation& operation : document.operations) {
    if (operation.name == name) {
      return &operation;
    }
  }
  return Error(ErrorCode::kInvalid, fmt::format("document has no operation \"{}\"", name));
}

/// The position of the first `__schema` or `__type` among root selections.
const Selection* find_introspection(const std::vector<Selection>& selections,
                                    const Document& document) {
  for (const Selection& selection : selections) {
    const Selection* found = nullptr;
    if (selection.kind == SelectionKind::kField) {
      found = selection.name == "__schema" || selection.name == "__type" ? &selection : nullptr;
    } else if (selection.kind == SelectionKind::kInlineFragment) {
      found = find_introspection(selection.selections, document);
    } else {
      found = find_introspection(document.find_fragment(selection.name)->selections, document);
    }
    if (found != nullptr) {
      return found;
    }
  }
  return nullptr;
}

/// Not every store can hold U+0000 in a text; as with bytes that are no UTF-8, U+FFFD stands for
/// it.
std::string without_nul(std::string_view json) {
  std::string out;
  for (size_t at = 0; at < json.size(); ++at) {
    const bool escapes = json[at] == '\\' && at + 1 < json.size();
    if (escapes && json.substr(at, 6) == "\\u0000") {
      out += "\\ufffd";
      at += 5;
      continue;
    }
    out += json[at];
    if (escapes) {
      out += json[++at];
    }
  }
  return out;
}

bool has_nul(std::string_view json) {
  return json.find("\\u0000") != std::string_view::npos;
}

Result<Json> parse_body(std::string_view body) {
  return has_nul(body) ? codec::parse_json(without_nul(body)) : codec::parse_json(body);
}

/// The list of that name, if it is in the variables, and the body without it.
std::optional<codec::CutJson> cut_late(std::string_view body, std::string_view late) {
  if (late.empty() || body.find(late) == std::string_view::npos || has_nul(body)) {
    return std::nullopt;
  }
  return codec::cut_json_list(body, std::array<std::string_view, 3>{"variables", "*", late});
}

}  // namespace

Result<Request> parse_request(std::string_view body, std::string_view late) {
  std::optional<codec::CutJson> cut = cut_late(body, late);
  Result<Json> rest = parse_body(cut ? cut->rest : body);
  if (!rest && cut) {  // the whole says where
    cut.reset();
    rest = parse_body(body);
  }
  Json json = TRY(std::move(rest));
  const std::optional<std::string_view> query = json.find_string("query");
  if (!query) {
    return invalid("request body has no \"query\"; send {\"query\": \"...\"}");
  }
  Request request;
  request.query = std::string(*query);
  if (Json* variables = json.find("variables")) {
    if (!variables->is_object() && !variables->is_null()) {
      return invalid("\"variables\" of the request is not an object");
    }
    request.variables = std::move(*variables);
  }
  if (const Json* name = json.find("operationName")) {
    if (!name->is_string() && !name->is_null()) {
      return invalid("\"operationName\" of the request is not a string");
    }
    request.operation_name = json.string_or_empty("operationName");
  }
  if (cut) {
    request.late = {.text = body,
                    .variable = cut->names[1],
                    .member = cut->names[2],
                    .elements = std::move(cut->elements)};
  }
  return request;
}

Result<Engine> Engine::create(std::string_view sdl, Options options) {
  Schema schema = TRY(parse_schema(sdl));
  for (const Resolvers::Name& name : options.resolvers.names()) {
    const Type* type = schema.find_type(name.type);
    if (type == nullptr || type->find_field(name.field) == nullptr) {
      return invalid(fmt::format("resolver \"{}.{}\" belongs to no field of the schema", name.type,
                                 name.field));
    }
  }
  return Engine(std::move(schema), std::move(options));
}

Engine::Engine(Schema schema, Options options)
    : schema_(std::move(schema)),
      options_(std::move(options)),
      documents_(std::make_unique<DocumentCache>()) {}
Engine::Engine(Engine&& other) noexcept = default;
Engine& Engine::operator=(Engine&& other) noexcept = default;
Engine::~Engine() = default;

std::vector<std::string> Engine::unresolved_root_fields() const {
  std::vector<std::string> names;
  for (const OperationKind kind : {OperationKind::kQuery, OperationKind::kMutation}) {
    const Type* root = schema_.root(kind);
    if (root == nullptr) {
      continue;
    }
    for (const Field& field : root->fields) {
      if (options_.resolvers.find(root->name, field.name) == nullptr) {
        names.push_back(fmt::format("{}.{}", root->name, field.name));
      }
    }
  }
  return names;
}

std::shared_ptr<const PreparedDocument> Engine::prepare(std::string_view query) const {
  if (std::shared_ptr<const PreparedDocument> kept = documents_->find(query)) {
    return kept;
  }
  auto prepared = std::make_shared<PreparedDocument>();
  Result<Document> document = parse_document(query);
  if (!document.has_value()) {
    prepared->problems.push_back(document.error());
    return prepared;
  }
  prepared->document = std::move(*document);
  Diagnostics problems;
  validate(schema_, prepared->document, options_.rules, options_.limits, problems);
  prepared->problems = problems.errors();
  if (prepared->problems.empty()) {
    documents_->keep(query, prepared);
  }
  return prepared;
}

Response Engine::execute(Request request, Context& context) const {
  const std::shared_ptr<const PreparedDocument> prepared = prepare(request.query);
  return execute(*prepared, std::move(request), context);
}

Response Engine::execute(const PreparedDocument& prepared,
                         Request request,
                         Context& context) const {
  Response response = execute_readable(prepared, request, context);
  if (response.executed || !request.late) {
    return response;
  }
  // What was left as text may be no JSON, which is worse than whatever else is wrong.
  const Result<Json> whole = codec::parse_json(request.late->text);
  return whole ? std::move(response) : refuse_body(whole.error());
}

Response Engine::execute_readable(const PreparedDocument& prepared,
                                  Request& request,
                                  Context& context) const {
  if (!prepared.problems.empty()) {
    return refuse(prepared.problems);
  }
  const Document& document = prepared.document;
  const Result<const Operation*> operation = choose_operation(document, request.operation_name);
  if (!operation.has_value()) {
    return refuse({operation.error()});
  }
  const Selection* introspection = find_introspection((*operation)->selections, document);
  if (introspection != nullptr && !request.introspection) {
    return refuse({error_at(introspection->position, "introspection needs a valid token")});
  }
  InputReader reader(schema_, options_.rules, context);
  Result<Json> variables = reader.read_variables(**operation, std::move(request.variables),
                                                 request.late ? &*request.late : nullptr);
  if (!variables.has_value()) {
    return refuse({variables.error()});
  }
  Response response;
  response.ignored_members = reader.ignored();
  response.ignored_count = reader.ignored_count();
  run_operation({.schema = schema_,
                 .resolvers = options_.resolvers,
                 .rules = options_.rules,
                 .limits = options_.limits,
                 .document = document,
                 .context = context,
                 .variables = *variables},
                **operation, response);
  return response;
}

}  // namespace rhumb::graphql
