#include "gotmpl/template.h"

#include <utility>

#include "base/go_format.h"
#include "gotmpl/builtins.h"
#include "gotmpl/walker.h"

namespace rhumb::gotmpl {

TemplateSet::TemplateSet(FunctionMap functions, TemplateOptions options)
    : functions_(std::make_shared<const FunctionMap>(std::move(functions))), options_(options) {}

Result<void> TemplateSet::add(std::string name, std::string text) {
  auto source =
      std::make_shared<const Source>(Source{.name = std::move(name), .text = std::move(text)});
  Trees parsed = TRY(parse_trees(source, [this](std::string_view word) {
    return functions_->contains(word) || find_builtin(word) != nullptr;
  }));
  for (auto& [key, tree] : parsed) {
    if (!trees_.contains(key) || !is_blank_list(*tree.root)) {
      trees_.insert_or_assign(key, std::move(tree));
    }
  }
  return {};
}

bool TemplateSet::contains(std::string_view name) const {
  return trees_.contains(name);
}

Result<void> TemplateSet::execute(std::string_view name,
                                  const Value& root,
                                  std::string& out) const {
  const auto found = trees_.find(name);
  if (found == trees_.end()) {
    return invalid("template: no template " + go_quote(name));
  }
  return Walker(*this, out).run(found->second, root);
}

Result<Template> parse_template(std::string name,
                                std::string text,
                                FunctionMap functions,
                                TemplateOptions options) {
  TemplateSet set(std::move(functions), options);
  TRY(set.add(name, std::move(text)));
  return Template(std::move(name), std::move(set));
}

Result<void> execute(const Template& parsed, const Value& root, std::string& out) {
  return parsed.set().execute(parsed.name(), root, out);
}

}  // namespace rhumb::gotmpl
