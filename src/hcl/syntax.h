#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

#include "base/diagnostics.h"
#include "base/source.h"
#include "hcl/value.h"

/// The syntax tree of the HCL native syntax. Every node knows its span, and the text of the file is
/// kept, so what the tree leaves out (blanks, comments) can be had from there.
namespace rhumb::hcl {

struct Expr;
using ExprPtr = std::shared_ptr<const Expr>;  // shared: blocks are copied when they are expanded

/// One step of an access: `.name`, `[0]`, `["key"]`; its key is known without evaluation.
struct TraversalStep {
  bool is_index = false;
  std::string name;  ///< of an attribute
  Value key;         ///< of an index: a string or a number
  SourceSpan span;   ///< with the dot or the brackets
};

/// A name and the steps that follow it: `data.sql.tenants.values[0]`.
struct Traversal {
  std::string root;
  SourceSpan root_span;
  std::vector<TraversalStep> steps;
};

/// `a.b.c`; attributes joined with points, indexes in brackets.
[[nodiscard]] std::string format_traversal(const Traversal& traversal);

struct LiteralExpr {
  Value value;
};
struct TemplateExpr {
  std::vector<ExprPtr> parts;  ///< literals are text, everything else is converted to it
};
/// `"${x}"`: a template that is one interpolation keeps the type of its value.
struct TemplateWrapExpr {
  ExprPtr inner;
};
/// `%{ for x in y }...%{ endfor }`: joins what a ForExpr gives.
struct TemplateJoinExpr {
  ExprPtr loop;
};
struct ScopeTraversalExpr {
  Traversal traversal;
};
struct RelativeTraversalExpr {
  ExprPtr source;
  std::vector<TraversalStep> steps;
};
struct CallExpr {
  std::string name;
  SourceSpan name_span;
  SourceSpan open_paren;
  SourceSpan close_paren;
  std::vector<ExprPtr> arguments;
  bool expand_last = false;
};
struct ConditionalExpr {
  ExprPtr condition;
  ExprPtr when_true;
  ExprPtr when_false;
};
struct IndexExpr {
  ExprPtr collection;
  ExprPtr key;
  SourceSpan brackets;
};
struct TupleExpr {
  SourceSpan open;
  std::vector<ExprPtr> items;
};
struct ObjectItem {
  ExprPtr key;
  std::string word;  ///< the key when it is a bare word, otherwise empty
  ExprPtr value;
};
struct ObjectExpr {
  SourceSpan open;
  std::vector<ObjectItem> items;
};
struct ForExpr {
  SourceSpan open;
  std::string key_name;  ///< empty when only the value is named
  std::string value_name;
  ExprPtr collection;
  ExprPtr key;  ///< null when a tuple is built
  ExprPtr value;
  ExprPtr condition;  ///< may be null
  bool group = false;
};
struct SplatExpr {
  ExprPtr source;
  ExprPtr each;       ///< evaluated for every element, which SplatItemExpr stands for
  SourceSpan marker;  ///< `.*` or `[*]`
};
struct SplatItemExpr {};
enum class UnaryOperator { kNegate, kNot };
struct UnaryExpr {
  UnaryOperator op = UnaryOperator::kNegate;
  ExprPtr operand;
};
enum class BinaryOperator {
  kOr,
  kAnd,
  kEqual,
  kNotEqual,
  kLess,
  kLessEqual,
  kGreater,
  kGreaterEqual,
  kAdd,
  kSubtract,
  kMultiply,
  kDivide,
  kModulo,
};
struct BinaryExpr {
  BinaryOperator op = BinaryOperator::kAdd;
  ExprPtr left;
  ExprPtr right;
};
struct ParenExpr {
  ExprPtr inner;
};

/// An expression.
struct Expr {
  using Node = std::variant<LiteralExpr,
                            TemplateExpr,
                            TemplateWrapExpr,
                            TemplateJoinExpr,
                            ScopeTraversalExpr,
                            RelativeTraversalExpr,
                            CallExpr,
                            ConditionalExpr,
                            IndexExpr,
                            TupleExpr,
                            ObjectExpr,
                            ForExpr,
                            SplatExpr,
                            SplatItemExpr,
                            UnaryExpr,
                            BinaryExpr,
                            ParenExpr>;
  Node node;
  SourceSpan span;  ///< the whole expression, quotes and brackets included
  int height = 1;   ///< of the tree below, at most kHeightMax

  /// What messages about an argument show of it: a whole reference, the opening bracket of a
  /// collection, the name and parenthesis of a call, the operator of a negation, the marker of a
  /// splat, the first piece of text inside quotes.
  [[nodiscard]] SourceSpan start_span() const;
  /// Every reference inside, in source order, names bound by `for` excluded.
  [[nodiscard]] std::vector<Traversal> variables() const;
  /// The expression as one reference (`var.x`, `table.users.column.id`), or null when it is none.
  [[nodiscard]] const Traversal* as_traversal() const;
};

struct Attribute {
  std::string name;
  ExprPtr expr;
  SourceSpan span;  ///< from the name to the end of the value
  SourceSpan name_span;
  SourceSpan equals_span;
};

struct Block;

struct Body {
  std::vector<Attribute> attributes;  ///< in source order, names unique
  std::vector<Block> blocks;          ///< in source order
  SourceSpan span;

  [[nodiscard]] const Attribute* find_attribute(std::string_view name) const;
};

struct Block {
  std::string type;
  std::vector<std::string> labels;
  Body body;
  SourceSpan span;  ///< from the type to the closing brace
  SourceSpan type_span;
  std::vector<SourceSpan> label_spans;  ///< quotes included
  SourceSpan open_brace;
  SourceSpan close_brace;
};

/// A parsed file: its tree, and the text the spans refer to.
struct File {
  std::string name;
  std::shared_ptr<const std::string> text;  // shared: copies of blocks outlive the file
  Body body;
};

/// The deepest nesting of expressions, templates and blocks in the text.
inline constexpr int kNestingMax = 150;
/// The highest tree of one expression; chains such as `a + b + c` count one per operator.
inline constexpr int kHeightMax = 600;

/// Parses a file; what could be understood is returned even when `diagnostics` got problems.
///
/// Errors: kInvalid and kLimit (deeper than kNestingMax), each `Summary; Detail` with its span.
/// Source: HCL native syntax specification; scenarios project-file/syntax-errors.
[[nodiscard]] File parse_file(std::string_view name,
                              std::string_view text,
                              Diagnostics& diagnostics);

/// Parses text that is one expression. Null when it has problems.
[[nodiscard]] ExprPtr parse_expression(std::string_view name,
                                       std::string_view text,
                                       Diagnostics& diagnostics);

}  // namespace rhumb::hcl
