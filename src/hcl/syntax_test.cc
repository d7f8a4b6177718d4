#include "hcl/syntax.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "hcl/diagnostic.h"
#include "hcl/lexer.h"

namespace rhumb::hcl {
namespace {

std::string problems_of(std::string_view text) {
  Diagnostics diagnostics;
  static_cast<void>(parse_file("a.hcl", text, diagnostics));
  return diagnostics.empty() ? "" : format_diagnostics(diagnostics);
}

TEST(ParseFile, KeepsOrderLabelsAndSpans) {
  Diagnostics diagnostics;
  const File file = parse_file(
      "a.hcl", "x = 1\nenv \"prod\" two {\n  url = \"a\"\n  in {}\n}\ny = [1,\n2]\n", diagnostics);
  ASSERT_TRUE(diagnostics.empty());
  ASSERT_EQ(file.body.attributes.size(), 2U);
  EXPECT_EQ(file.body.attributes[1].name, "y");
  EXPECT_EQ(format_span(file.body.attributes[1].span), "a.hcl:6,1-7,3");
  ASSERT_EQ(file.body.blocks.size(), 1U);
  const Block& block = file.body.blocks[0];
  EXPECT_EQ(block.labels, (std::vector<std::string>{"prod", "two"}));
  EXPECT_EQ(format_span(block.label_spans[0]), "a.hcl:2,5-11");
  EXPECT_EQ(format_span(block.open_brace), "a.hcl:2,16-17");
  EXPECT_EQ(block.body.blocks.size(), 1U);
  EXPECT_EQ(
      file.text->substr(block.span.begin.offset, block.span.end.offset - block.span.begin.offset),
      "env \"prod\" two {\n  url = \"a\"\n  in {}\n}");
}

TEST(ParseFile, ReportsProblemsWithPositions) {
  struct Case {
    const char* name;
    const char* input;
    const char* want;
  };
  // Expected texts: the reference's own, recorded in the project-file/syntax-errors scenarios.
  const Case cases[] = {
      {"unclosed block", "env \"x\" {\n  url = \"a\"\n",
       "a.hcl:1,9-10: Unclosed configuration block; There is no closing brace for this block "
       "before the end of the file. This may be caused by incorrect brace nesting elsewhere in "
       "this "
       "file."},
      {"missing value", "env \"x\" {\n  url =\n}\n",
       "a.hcl:2,8-3,1: Invalid expression; Expected the start of an expression, but found an "
       "invalid expression token."},
      {"stray brace", "}\nenv \"x\" {}\n",
       "a.hcl:1,1-2: Argument or block definition required; An argument or block definition is "
       "required here."},
      {"bad character", "env \"x\" {\n  url = @\n}\n",
       "a.hcl:2,9-10: Invalid character; This character is not used within the language., and 1 "
       "other diagnostic(s)"},
      {"unclosed list", "env \"x\" {\n  l = [\"a\", \"b\"\n}\n",
       "a.hcl:3,1-2: Missing item separator; Expected a comma to mark the beginning of the next "
       "item."},
      {"heredoc without end", "env \"x\" {\n  url = <<EOS\nabc\n}\n",
       "a.hcl:5,1-1: Unterminated template string; No closing marker was found for the string."},
      {"bad escape", "env \"x\" {\n  url = \"a\\qb\"\n}\n",
       "a.hcl:2,11-13: Invalid escape sequence; The symbol \"q\" is not a valid escape sequence "
       "selector."},
      {"attribute twice", "env \"x\" {\n  url = \"a\"\n  url = \"b\"\n}\n",
       "a.hcl:3,3-6: Attribute redefined; The argument \"url\" was already set at a.hcl:2,3-6. "
       "Each "
       "argument may be set only once."},
      {"directive left open", "env \"x\" {\n  url = \"%{ if true }a\"\n}\n",
       "a.hcl:2,23-24: Unexpected end of template; The if directive at a.hcl:2,10-22 is missing "
       "its "
       "corresponding endif directive."},
      {"template label", "env \"x${1}\" {\n}\n",
       "a.hcl:1,7-9: Invalid string literal; Template sequences are not allowed in this string. To "
       "include a literal \"$\", double it (as \"$$\") to escape it."},
      {"bad heredoc", "env \"x\" {\n  url = << EOS\nabc\nEOS\n}\n",
       "a.hcl:2,9-10: Invalid expression; Expected the start of an expression, but found an "
       "invalid "
       "expression token., and 2 other diagnostic(s)"},
      {"for without in", "env \"x\" {\n  l = [for v [1] : v]\n}\n",
       "a.hcl:2,14-15: Invalid 'for' expression; For expression requires the 'in' keyword after "
       "its "
       "name declarations."},
      {"percent signs", "%%%\n",
       "a.hcl:1,1-2: Argument or block definition required; An argument or block definition is "
       "required here."},
  };
  for (const Case& c : cases) {
    EXPECT_EQ(problems_of(c.input), c.want) << c.name;
  }
}

TEST(ParseFile, RefusesWhatIsNestedTooDeep) {
  const std::string deep =
      "a = " + std::string(kNestingMax + 1, '(') + "1" + std::string(kNestingMax + 1, ')') + "\n";
  EXPECT_NE(problems_of(deep).find("Nesting too deep"), std::string::npos);
  std::string chain = "a = 1";
  for (int i = 0; i <= kHeightMax; ++i) {
    chain += " + 1";
  }
  EXPECT_NE(problems_of(chain + "\n").find("Nesting too deep"), std::string::npos);
  std::string directives = "a = \"";
  for (int i = 0; i < 5000; ++i) {
    directives += "%{ if true }";
  }
  EXPECT_NE(problems_of(directives + "\"\n").find("Nesting too deep"), std::string::npos);
  std::string blocks;
  for (int i = 0; i < 5000; ++i) {
    blocks += "b {\n";
  }
  EXPECT_NE(problems_of(blocks).find("Nesting too deep"), std::string::npos);
}

TEST(Lex, TokensAndBlanksMakeUpTheInput) {
  const std::string inputs[] = {
      "a = 1 # c\r\nb \"x\" {\n  /* y */ c = \"t${ f(1) ~} %{ if x }z%{ endif }\"\n}\n",
      "a = <<-EOS\n  x $${y} ${z}\n  EOS\n",
      "\xEF\xBB\xBF"
      "größe-1 = 'x' @ \xff `",
      "a = \"open ${ { b = 1 } ",
      "a = <<X\nno end",
  };
  for (const std::string& input : inputs) {
    std::string joined;
    size_t at = 0;
    for (const Token& token : lex(input)) {
      const auto begin = static_cast<size_t>(token.text.data() - input.data());
      const std::string gap = input.substr(at, begin - at);
      EXPECT_EQ(gap.find_first_not_of(" \t\r\xEF\xBB\xBF"), std::string::npos) << gap;
      joined += gap + std::string(token.text);
      EXPECT_EQ(token.begin.offset, begin);
      at = begin + token.text.size();
    }
    EXPECT_EQ(joined, input);
  }
}

TEST(Lex, ColumnsCountWhatAPersonSees) {
  // e + combining acute, then a family of three joined emoji: two columns.
  const std::string text =
      "x = \"e\xCC\x81\xF0\x9F\x91\xA8\xE2\x80\x8D\xF0\x9F\x91\xA9\xE2\x80\x8D"
      "\xF0\x9F\x91\xA7\"\n";
  const auto tokens = lex(text);
  EXPECT_EQ(tokens[3].begin.column, 6U);
  EXPECT_EQ(tokens[3].end.column, 8U);
}

TEST(Variables, LeavesOutWhatForBinds) {
  Diagnostics diagnostics;
  const ExprPtr expr = parse_expression(
      "a.hcl", "[for k, v in local.a : \"${v.x}${k}${var.b[0]}\" if v == data.s.n[*].z]",
      diagnostics);
  ASSERT_NE(expr, nullptr);
  std::vector<std::string> names;
  for (const Traversal& traversal : expr->variables()) {
    names.push_back(format_traversal(traversal));
  }
  EXPECT_EQ(names, (std::vector<std::string>{"local.a", "var.b[0]", "data.s.n"}));
}

}  // namespace
}  // namespace rhumb::hcl
