// Parses the input as a file, evaluates every attribute with few steps, and lays the text out.
#include <cstdint>
#include <string_view>
#include <vector>

#include "hcl/evaluate.h"
#include "hcl/format.h"
#include "hcl/functions.h"

namespace {

using namespace rhumb;  // NOLINT(google-build-using-namespace): one small program

class NoHost : public hcl::FunctionHost {
 public:
  void print(std::string_view /*line*/) override {}
  std::string environment(const std::string& /*name*/) override { return ""; }
  Result<std::string> read_file(const std::string& /*path*/) override {
    return invalid("no files here");
  }
  std::vector<Entry> list_directory(const std::string& /*path*/) override { return {}; }
};

void evaluate_body(const hcl::Body& body, const hcl::EvalContext& context) {
  for (const hcl::Attribute& attribute : body.attributes) {
    static_cast<void>(attribute.expr->variables());
    static_cast<void>(hcl::evaluate(*attribute.expr, context));
  }
  for (const hcl::Block& block : body.blocks) {
    evaluate_body(block.body, context);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static NoHost host;
  static const hcl::FunctionTable functions = hcl::standard_functions(host);
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  Diagnostics diagnostics;
  const hcl::File file = hcl::parse_file("fuzz.hcl", text, diagnostics);
  int64_t steps = 20'000;
  hcl::EvalContext context;
  context.functions = &functions;
  context.steps_left = &steps;
  context.variables.emplace("var", hcl::Value::object({{"x", hcl::Value::integer(1)}}));
  evaluate_body(file.body, context);
  static_cast<void>(hcl::format_source(text));
  return 0;
}
