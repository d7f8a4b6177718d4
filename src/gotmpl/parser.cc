// A recursive-descent parser over the lexer's tokens, with as much look-ahead as declarations need
// (`$x :=` against `$x foo`, where the blank is a token too). Every define and block is parsed by a
// parser of its own over the same lexer, because variables, ranges around it and the line that
// errors name belong to the template, not to the text.
#include "gotmpl/parser.h"

#include <algorithm>
#include <deque>
#include <optional>
#include <utility>
#include <vector>

#include "base/go_format.h"
#include "gotmpl/lexer.h"

namespace rhumb::gotmpl {
namespace {

using Kind = TokenKind;

/// What the parsers of one text share.
struct Session {
  std::shared_ptr<const Source> source;
  const std::function<bool(std::string_view)>& is_function;
  Lexer lexer;
  Trees trees;
  int block_depth = 0;
  int pipe_depth = 0;  ///< parentheses, and one
};

class DepthGuard {
 public:
  explicit DepthGuard(int& depth) : depth_(depth) { ++depth_; }
  ~DepthGuard() { --depth_; }
  DepthGuard(const DepthGuard&) = delete;
  DepthGuard& operator=(const DepthGuard&) = delete;

 private:
  int& depth_;
};

NodePtr make_node(NodeKind kind, size_t offset, std::string text = {}) {
  auto node = std::make_unique<Node>();
  node->kind = kind;
  node->offset = offset;
  node->text = std::move(text);
  return node;
}

bool starts_operand(Kind kind) {
  switch (kind) {
    case Kind::kBool:
    case Kind::kCharConstant:
    case Kind::kComplex:
    case Kind::kDot:
    case Kind::kField:
    case Kind::kIdentifier:
    case Kind::kNumber:
    case Kind::kNil:
    case Kind::kRawString:
    case Kind::kString:
    case Kind::kVariable:
    case Kind::kLeftParen:
      return true;
    default:
      return false;
  }
}

bool is_constant(NodeKind kind) {
  return kind == NodeKind::kBool || kind == NodeKind::kDot || kind == NodeKind::kNil ||
         kind == NodeKind::kNumber || kind == NodeKind::kString;
}

class TreeParser {
 public:
  explicit TreeParser(Session& session) : session_(session), variables_{"$"} {}

  Result<void> parse_text();

 private:
  struct ListEnd {
    NodePtr list;
    NodePtr end;  ///< kEnd or kElse
  };

  Result<void> parse_definition();
  Result<ListEnd> parse_list();
  Result<NodePtr> parse_statement();
  Result<NodePtr> parse_action();
  Result<NodePtr> parse_branch(NodeKind kind, const char* keyword);
  Result<NodePtr> parse_else_body(NodeKind kind, const char* keyword);
  Result<NodePtr> parse_else();
  Result<NodePtr> parse_loop_exit(NodeKind kind, size_t offset, const char* name);
  Result<NodePtr> parse_template();
  Result<NodePtr> parse_block();
  Result<std::string> parse_name(const Token& token, const char* context);
  Result<NodePtr> parse_pipe(const char* context, Kind end);
  Result<void> parse_declarations(Node& pipe, std::string_view context);
  Result<void> check_pipe(const Node& pipe, const char* context);
  Result<NodePtr> parse_command();
  Result<NodePtr> parse_operand();
  Result<NodePtr> parse_term();
  Result<NodePtr> parse_word(const Token& token);
  Result<NodePtr> parse_literal(const Token& token);
  Result<void> add_tree(const std::string& name, NodePtr root);

  Token next();
  const Token& peek();
  Token next_non_blank();
  const Token& peek_non_blank();
  void put_back(Token token) { pending_.push_front(std::move(token)); }
  Result<Token> expect(Kind kind, const char* context);

  [[nodiscard]] Error fail(const std::string& what) const;
  [[nodiscard]] Error too_deep_block() const;
  [[nodiscard]] Error unexpected(const Token& token, const std::string& context) const;

  Session& session_;
  std::deque<Token> pending_;
  size_t line_ = 0;         ///< of the token read last from the lexer
  size_t action_line_ = 0;  ///< where the action being read began; 0 outside
  int range_depth_ = 0;
  std::vector<std::string> variables_;
};

Token TreeParser::next() {
  if (pending_.empty()) {
    Token token = session_.lexer.next();
    line_ = token.line;
    return token;
  }
  Token token = std::move(pending_.front());
  pending_.pop_front();
  return token;
}

const Token& TreeParser::peek() {
  if (pending_.empty()) {
    pending_.push_back(next());
  }
  return pending_.front();
}

Token TreeParser::next_non_blank() {
  Token token = next();
  while (token.kind == Kind::kSpace) {
    token = next();
  }
  return token;
}

const Token& TreeParser::peek_non_blank() {
  put_back(next_non_blank());
  return pending_.front();
}

Result<Token> TreeParser::expect(Kind kind, const char* context) {
  Token token = next_non_blank();
  if (token.kind != kind) {
    return unexpected(token, context);
  }
  return token;
}

Error TreeParser::fail(const std::string& what) const {
  return invalid("template: " + session_.source->name + ":" + std::to_string(line_) + ": " + what);
}

Error TreeParser::too_deep_block() const {
  return fail("blocks are nested deeper than " + std::to_string(kNestingMax))
      .with_code(ErrorCode::kLimit);
}

Error TreeParser::unexpected(const Token& token, const std::string& context) const {
  if (token.kind != Kind::kError) {
    return fail("unexpected " + format_token(token) + " in " + context);
  }
  std::string what = token.text;
  if (action_line_ != 0 && action_line_ != token.line) {
    what += what.ends_with(" action") ? " started at " : " in action started at ";
    what += session_.source->name + ":" + std::to_string(action_line_);
  }
  return fail(what);
}

Result<void> TreeParser::parse_text() {
  auto root = make_node(NodeKind::kList, 0);
  while (peek().kind != Kind::kEof) {
    if (peek().kind == Kind::kLeftDelim) {
      Token delim = next();
      if (peek_non_blank().kind == Kind::kDefine) {
        (void)next();
        TRY(TreeParser(session_).parse_definition());
        continue;
      }
      put_back(std::move(delim));
    }
    NodePtr node = TRY(parse_statement());
    if (node->kind == NodeKind::kEnd || node->kind == NodeKind::kElse) {
      return fail("unexpected " + format_node(*node));
    }
    root->children.push_back(std::move(node));
  }
  return add_tree(session_.source->name, std::move(root));
}

Result<void> TreeParser::parse_definition() {
  constexpr const char* kContext = "define clause";
  const Token token = next_non_blank();
  std::string name = TRY(parse_name(token, kContext));
  TRY(expect(Kind::kRightDelim, kContext));
  ListEnd body = TRY(parse_list());
  if (body.end->kind != NodeKind::kEnd) {
    return fail("unexpected " + format_node(*body.end) + " in " + kContext);
  }
  return add_tree(name, std::move(body.list));
}

Result<void> TreeParser::add_tree(const std::string& name, NodePtr root) {
  const auto found = session_.trees.find(name);
  if (found == session_.trees.end() || is_blank_list(*found->second.root)) {
    session_.trees.insert_or_assign(
        name, Tree{.name = name, .source = session_.source, .root = std::move(root)});
    return {};
  }
  if (!is_blank_list(*root)) {
    return fail("template: multiple definition of template " + go_quote(name));
  }
  return {};
}

Result<TreeParser::ListEnd> TreeParser::parse_list() {
  ListEnd result{.list = make_node(NodeKind::kList, peek_non_blank().offset), .end = nullptr};
  while (peek_non_blank().kind != Kind::kEof) {
    NodePtr node = TRY(parse_statement());
    if (node->kind == NodeKind::kEnd || node->kind == NodeKind::kElse) {
      result.end = std::move(node);
      return result;
    }
    result.list->children.push_back(std::move(node));
  }
  return fail("unexpected EOF");
}

Result<NodePtr> TreeParser::parse_statement() {
  Token token = next_non_blank();
  if (token.kind == Kind::kText) {
    return make_node(NodeKind::kText, token.offset, std::move(token.text));
  }
  if (token.kind != Kind::kLeftDelim) {
    return unexpected(token, "input");
  }
  action_line_ = token.line;
  NodePtr node = TRY(parse_action());
  action_line_ = 0;
  return node;
}

Result<NodePtr> TreeParser::parse_action() {
  const Token token = next_non_blank();
  switch (token.kind) {
    case Kind::kBlock:
      return parse_block();
    case Kind::kBreak:
      return parse_loop_exit(NodeKind::kBreak, token.offset, "{{break}}");
    case Kind::kContinue:
      return parse_loop_exit(NodeKind::kContinue, token.offset, "{{continue}}");
    case Kind::kElse:
      return parse_else();
    case Kind::kEnd:
      TRY(expect(Kind::kRightDelim, "end"));
      return make_node(NodeKind::kEnd, token.offset);
    case Kind::kIf:
      return parse_branch(NodeKind::kIf, "if");
    case Kind::kRange:
      return parse_branch(NodeKind::kRange, "range");
    case Kind::kTemplate:
      return parse_template();
    case Kind::kWith:
      return parse_branch(NodeKind::kWith, "with");
    default:
      break;
  }
  NodePtr node = make_node(NodeKind::kAction, token.offset);
  put_back(token);
  // Variables that the pipeline declares live on until the enclosing end.
  node->pipe = TRY(parse_pipe("command", Kind::kRightDelim));
  return node;
}

Result<NodePtr> TreeParser::parse_branch(NodeKind kind, const char* keyword) {
  const DepthGuard guard(session_.block_depth);
  if (session_.block_depth > kNestingMax) {
    return too_deep_block();
  }
  const size_t variables_before = variables_.size();
  NodePtr node = make_node(kind, 0);
  node->pipe = TRY(parse_pipe(keyword, Kind::kRightDelim));
  node->offset = node->pipe->offset;
  range_depth_ += kind == NodeKind::kRange ? 1 : 0;
  ListEnd body = TRY(parse_list());
  range_depth_ -= kind == NodeKind::kRange ? 1 : 0;
  node->body = std::move(body.list);
  if (body.end->kind == NodeKind::kElse) {
    node->else_body = TRY(parse_else_body(kind, keyword));
  }
  variables_.resize(variables_before);
  return node;
}

/// What follows `{{else`: the same kind of branch in short form (`else if`), or a list.
Result<NodePtr> TreeParser::parse_else_body(NodeKind kind, const char* keyword) {
  const Kind same = kind == NodeKind::kIf ? Kind::kIf : Kind::kWith;
  if (kind != NodeKind::kRange && peek().kind == same) {
    const Token token = next();
    auto list = make_node(NodeKind::kList, token.offset);
    list->children.push_back(TRY(parse_branch(kind, keyword)));
    return list;
  }
  ListEnd body = TRY(parse_list());
  if (body.end->kind != NodeKind::kEnd) {
    return fail("expected end; found " + format_node(*body.end));
  }
  return std::move(body.list);
}

Result<NodePtr> TreeParser::parse_else() {
  const Token& ahead = peek_non_blank();
  const size_t offset = ahead.offset;
  if (ahead.kind != Kind::kIf && ahead.kind != Kind::kWith) {
    TRY(expect(Kind::kRightDelim, "else"));
  }
  return make_node(NodeKind::kElse, offset);
}

Result<NodePtr> TreeParser::parse_loop_exit(NodeKind kind, size_t offset, const char* name) {
  TRY(expect(Kind::kRightDelim, name));
  if (range_depth_ == 0) {
    return fail(std::string(name) + " outside {{range}}");
  }
  return make_node(kind, offset);
}

Result<std::string> TreeParser::parse_name(const Token& token, const char* context) {
  if (token.kind != Kind::kString && token.kind != Kind::kRawString) {
    return unexpected(token, context);
  }
  Result<std::string> name = go_unquote(token.text);
  if (!name.has_value()) {
    return fail(name.error().message());
  }
  return name;
}

Result<NodePtr> TreeParser::parse_template() {
  constexpr const char* kContext = "template clause";
  const Token token = next_non_blank();
  NodePtr node = make_node(NodeKind::kTemplate, token.offset, TRY(parse_name(token, kContext)));
  if (peek_non_blank().kind == Kind::kRightDelim) {
    (void)next();
    return node;
  }
  node->pipe = TRY(parse_pipe(kContext, Kind::kRightDelim));
  return node;
}

Result<NodePtr> TreeParser::parse_block() {
  constexpr const char* kContext = "block clause";
  const DepthGuard guard(session_.block_depth);
  if (session_.block_depth > kNestingMax) {
    return too_deep_block();
  }
  const Token token = next_non_blank();
  std::string name = TRY(parse_name(token, kContext));
  NodePtr node = make_node(NodeKind::kTemplate, token.offset, name);
  node->pipe = TRY(parse_pipe(kContext, Kind::kRightDelim));
  TreeParser block(session_);
  ListEnd body = TRY(block.parse_list());
  if (body.end->kind != NodeKind::kEnd) {
    return fail("unexpected " + format_node(*body.end) + " in " + kContext);
  }
  TRY(block.add_tree(name, std::move(body.list)));
  return node;
}

Result<NodePtr> TreeParser::parse_pipe(const char* context, Kind end) {
  const DepthGuard guard(session_.pipe_depth);
  if (session_.pipe_depth > kNestingMax) {
    return fail("max expression depth exceeded").with_code(ErrorCode::kLimit);
  }
  NodePtr pipe = make_node(NodeKind::kPipe, peek_non_blank().offset);
  TRY(parse_declarations(*pipe, context));
  while (true) {
    Token token = next_non_blank();
    if (token.kind == end) {
      TRY(check_pipe(*pipe, context));
      return pipe;
    }
    if (!starts_operand(token.kind)) {
      return unexpected(token, context);
    }
    put_back(std::move(token));
    pipe->children.push_back(TRY(parse_command()));
  }
}

Result<void> TreeParser::parse_declarations(Node& pipe, std::string_view context) {
  while (peek_non_blank().kind == Kind::kVariable) {
    Token variable = next();
    std::optional<Token> blank;
    if (peek().kind == Kind::kSpace) {
      blank = next();
    }
    const Token& ahead = peek_non_blank();
    const bool declares = ahead.kind == Kind::kAssign || ahead.kind == Kind::kDeclare;
    const bool comma = ahead.kind == Kind::kChar && ahead.text == ",";
    if (!declares && !comma) {
      if (blank.has_value()) {
        put_back(std::move(*blank));
      }
      put_back(std::move(variable));
      return {};
    }
    pipe.assigns = ahead.kind == Kind::kAssign;
    (void)next();
    pipe.declared.push_back(make_node(NodeKind::kVariable, variable.offset));
    pipe.declared.back()->names.push_back(variable.text);
    variables_.push_back(variable.text);
    if (declares) {
      return {};
    }
    if (context != "range" || pipe.declared.size() >= 2) {
      return fail("too many declarations in " + std::string(context));
    }
    const Kind after = peek_non_blank().kind;
    if (after != Kind::kVariable && after != Kind::kRightDelim && after != Kind::kRightParen) {
      return fail("range can only initialize variables");
    }
  }
  return {};
}

Result<void> TreeParser::check_pipe(const Node& pipe, const char* context) {
  if (pipe.children.empty()) {
    return fail(std::string("missing value for ") + context);
  }
  for (size_t i = 1; i < pipe.children.size(); ++i) {
    if (is_constant(pipe.children[i]->children.front()->kind)) {
      return fail("non executable command in pipeline stage " + std::to_string(i + 1));
    }
  }
  return {};
}

Result<NodePtr> TreeParser::parse_command() {
  NodePtr command = make_node(NodeKind::kCommand, peek_non_blank().offset);
  while (true) {
    (void)peek_non_blank();
    NodePtr operand = TRY(parse_operand());
    if (operand != nullptr) {
      command->children.push_back(std::move(operand));
    }
    Token token = next();
    if (token.kind == Kind::kSpace) {
      continue;
    }
    if (token.kind == Kind::kRightDelim || token.kind == Kind::kRightParen) {
      put_back(std::move(token));
    } else if (token.kind != Kind::kPipe) {
      return unexpected(token, "operand");
    }
    break;
  }
  if (command->children.empty()) {
    return fail("empty command");
  }
  return command;
}

/// A term and the fields taken from it; null where no term begins.
Result<NodePtr> TreeParser::parse_operand() {
  NodePtr node = TRY(parse_term());
  if (node == nullptr || peek().kind != Kind::kField) {
    return node;
  }
  const size_t offset = peek().offset;
  std::vector<std::string> names;
  while (peek().kind == Kind::kField) {
    names.push_back(next().text.substr(1));
  }
  if (is_constant(node->kind)) {
    return fail("unexpected . after term " + go_quote(format_node(*node)));
  }
  if (node->kind != NodeKind::kField && node->kind != NodeKind::kVariable) {
    NodePtr chain = make_node(NodeKind::kChain, offset);
    chain->names = std::move(names);
    chain->children.push_back(std::move(node));
    return chain;
  }
  node->offset = offset;
  std::ranges::move(names, std::back_inserter(node->names));
  return node;
}

Result<NodePtr> TreeParser::parse_term() {
  Token token = next_non_blank();
  switch (token.kind) {
    case Kind::kIdentifier:
    case Kind::kVariable:
    case Kind::kField:
    case Kind::kDot:
    case Kind::kNil:
    case Kind::kBool:
      return parse_word(token);
    case Kind::kCharConstant:
    case Kind::kComplex:
    case Kind::kNumber:
    case Kind::kString:
    case Kind::kRawString:
      return parse_literal(token);
    case Kind::kLeftParen:
      return parse_pipe("parenthesized pipeline", Kind::kRightParen);
    default:
      put_back(std::move(token));
      return NodePtr();
  }
}

Result<NodePtr> TreeParser::parse_word(const Token& token) {
  switch (token.kind) {
    case Kind::kIdentifier:
      if (!session_.is_function(token.text)) {
        return fail("function " + go_quote(token.text) + " not defined");
      }
      return make_node(NodeKind::kIdentifier, token.offset, token.text);
    case Kind::kVariable: {
      if (std::ranges::find(variables_, token.text) == variables_.end()) {
        return fail("undefined variable " + go_quote(token.text));
      }
      NodePtr node = make_node(NodeKind::kVariable, token.offset);
      node->names.push_back(token.text);
      return node;
    }
    case Kind::kField: {
      NodePtr node = make_node(NodeKind::kField, token.offset);
      node->names.push_back(token.text.substr(1));
      return node;
    }
    case Kind::kDot:
      return make_node(NodeKind::kDot, token.offset);
    case Kind::kNil:
      return make_node(NodeKind::kNil, token.offset);
    default:
      return make_node(NodeKind::kBool, token.offset, token.text);
  }
}

Result<NodePtr> TreeParser::parse_literal(const Token& token) {
  const bool is_string = token.kind == Kind::kString || token.kind == Kind::kRawString;
  NodePtr node =
      make_node(is_string ? NodeKind::kString : NodeKind::kNumber, token.offset, token.text);
  if (is_string) {
    node->value = TRY(parse_name(token, "operand"));
    return node;
  }
  Result<NumberLiteral> number = parse_number(token.text, token.kind);
  if (!number.has_value()) {
    return fail(number.error().message());
  }
  node->number = *number;
  return node;
}

}  // namespace

Result<Trees> parse_trees(const std::shared_ptr<const Source>& source,
                          const std::function<bool(std::string_view)>& is_function) {
  const Lexer::Options options{.break_is_keyword = !is_function("break"),
                               .continue_is_keyword = !is_function("continue")};
  Session session{.source = source,
                  .is_function = is_function,
                  .lexer = Lexer(source->text, options),
                  .trees = {},
                  .block_depth = 0,
                  .pipe_depth = 0};
  TRY(TreeParser(session).parse_text());
  return std::move(session.trees);
}

}  // namespace rhumb::gotmpl
