#include "graphql/parser.h"

#include <fmt/format.h>

#include <string>
#include <utility>

#include "graphql/token_stream.h"

namespace rhumb::graphql {
namespace {

class Parser {
 public:
  explicit Parser(std::vector<Token> tokens) : in_(std::move(tokens)) {}

  Result<Document> run() {
    Document document;
    do {
      if (in_.at_name("fragment")) {
        document.fragments.push_back(TRY(parse_fragment()));
      } else {
        document.operations.push_back(TRY(parse_operation()));
      }
    } while (!in_.at_end());
    return document;
  }

 private:
  Result<Operation> parse_operation() {
    Operation operation;
    operation.position = in_.peek().position;
    if (in_.at("{")) {
      operation.selections = TRY(parse_selections());
      return operation;
    }
    operation.kind = TRY(parse_operation_kind());
    if (in_.peek().kind == TokenKind::kName) {
      operation.name = in_.take().text;
    }
    operation.variables = TRY(parse_variables());
    operation.directives = TRY(in_.parse_directives(false));
    operation.selections = TRY(parse_selections());
    return operation;
  }

  Result<OperationKind> parse_operation_kind() {
    if (in_.accept_name("query")) {
      return OperationKind::kQuery;
    }
    if (in_.accept_name("mutation")) {
      return OperationKind::kMutation;
    }
    if (in_.accept_name("subscription")) {
      return OperationKind::kSubscription;
    }
    return in_.unexpected("an operation or a fragment");
  }

  Result<std::vector<VariableDefinition>> parse_variables() {
    std::vector<VariableDefinition> variables;
    if (!in_.accept("(")) {
      return variables;
    }
    do {
      VariableDefinition variable;
      variable.position = in_.peek().position;
      TRY(in_.expect("$"));
      variable.name = TRY(in_.expect_name("a variable name")).text;
      TRY(in_.expect(":"));
      variable.type = TRY(in_.parse_type());
      if (in_.accept("=")) {
        variable.default_value = TRY(in_.parse_value(true));
      }
      variable.directives = TRY(in_.parse_directives(true));
      variables.push_back(std::move(variable));
    } while (!in_.accept(")"));
    return variables;
  }

  Result<Fragment> parse_fragment() {
    Fragment fragment;
    fragment.position = in_.take().position;
    if (in_.at_name("on")) {
      return in_.unexpected("a fragment name");
    }
    fragment.name = TRY(in_.expect_name("a fragment name")).text;
    if (!in_.accept_name("on")) {
      return in_.unexpected("\"on\"");
    }
    fragment.type_condition = TRY(in_.expect_name("a type")).text;
    fragment.directives = TRY(in_.parse_directives(false));
    fragment.selections = TRY(parse_selections());
    return fragment;
  }

  Result<std::vector<Selection>> parse_selections() {
    const TokenStream::Nested nested(in_);
    TRY(in_.check_depth());
    std::vector<Selection> selections;
    TRY(in_.expect("{"));
    do {
      selections.push_back(TRY(parse_selection()));
    } while (!in_.accept("}"));
    return selections;
  }

  Result<Selection> parse_selection() {
    Selection selection;
    selection.position = in_.peek().position;
    if (in_.accept("...")) {
      return parse_fragment_selection(std::move(selection));
    }
    selection.name = TRY(in_.expect_name("a field")).text;
    if (in_.accept(":")) {
      selection.alias = std::move(selection.name);
      selection.name = TRY(in_.expect_name("a field")).text;
    }
    selection.arguments = TRY(in_.parse_arguments(false));
    selection.directives = TRY(in_.parse_directives(false));
    if (in_.at("{")) {
      selection.selections = TRY(parse_selections());
    }
    return selection;
  }

  Result<Selection> parse_fragment_selection(Selection selection) {
    const bool spread = in_.peek().kind == TokenKind::kName && !in_.at_name("on");
    if (spread) {
      selection.kind = SelectionKind::kFragmentSpread;
      selection.name = in_.take().text;
      selection.directives = TRY(in_.parse_directives(false));
      return selection;
    }
    selection.kind = SelectionKind::kInlineFragment;
    if (in_.accept_name("on")) {
      selection.name = TRY(in_.expect_name("a type")).text;
    }
    selection.directives = TRY(in_.parse_directives(false));
    selection.selections = TRY(parse_selections());
    return selection;
  }

  TokenStream in_;
};

}  // namespace

Result<Document> parse_document(std::string_view source) {
  std::vector<Token> tokens = TRY(tokenize(source));
  return Parser(std::move(tokens)).run();
}

}  // namespace rhumb::graphql
