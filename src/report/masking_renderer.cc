#include "report/masking_renderer.h"

#include <utility>

namespace rhumb::report {

MaskingRenderer::MaskingRenderer(FileMaskOptions options, const std::vector<std::string>& secrets)
    : options_(std::move(options)) {
  for (HiddenValues* values : {&secrets_, &hidden_shown_, &hidden_reported_}) {
    values->add(secrets);
  }
}

Result<void> MaskingRenderer::add_file(std::string_view name, std::string_view content) {
  FileMask mask = TRY(FileMask::create(name, content, options_));
  hidden_shown_.add(mask.values(MaskForm::kShown));
  hidden_reported_.add(mask.values(MaskForm::kReported));
  files_.insert_or_assign(std::string(name), std::move(mask));
  return {};
}

Result<void> MaskingRenderer::check() const {
  if (bad_file_) {
    return *bad_file_;
  }
  return {};
}

MaskCounts MaskingRenderer::counts() const {
  MaskCounts sum;
  for (const auto& file : files_) {
    const MaskCounts counts = file.second.counts();
    sum.values += counts.values;
    sum.statements += counts.statements;
  }
  return sum;
}

const FileMask* MaskingRenderer::find(std::string_view name) const {
  const auto found = files_.find(name);
  return found == files_.end() ? nullptr : &found->second;
}

std::string MaskingRenderer::without_secrets(std::string text) const {
  return replace_spans(text, secrets_.find_in(text));
}

migrate::RunText MaskingRenderer::unknown(std::string_view text) const {
  const MaskPolicy policy{.literals = options_.report_literals};
  return {.shown = without_secrets(std::string(text)),
          .reported = without_secrets(mask_statement(text, options_.lex, policy).text)};
}

migrate::RunText MaskingRenderer::content(const migrate::RunFile& file, std::string_view text) {
  if (find(file.name) == nullptr) {
    const Result<void> added = add_file(file.name, text);
    if (!added.has_value()) {
      bad_file_ = bad_file_ ? *bad_file_ : added.error();
      return {.shown = std::string(kPlaceholder), .reported = std::string(kPlaceholder)};
    }
  }
  const FileMask& mask = *find(file.name);
  return {.shown = without_secrets(mask.content(MaskForm::kShown)),
          .reported = without_secrets(mask.content(MaskForm::kReported))};
}

migrate::RunText MaskingRenderer::statement(const migrate::RunFile& file,
                                            size_t number,
                                            std::string_view text) {
  const FileMask* mask = find(file.name);
  if (mask == nullptr) {
    return unknown(text);
  }
  return {.shown = without_secrets(mask->statement(number, text, MaskForm::kShown).text),
          .reported = without_secrets(mask->statement(number, text, MaskForm::kReported).text)};
}

migrate::RunText MaskingRenderer::statement_error(const migrate::RunFile& file,
                                                  size_t number,
                                                  std::string_view statement,
                                                  std::string_view error) {
  const FileMask* mask = find(file.name);
  if (mask == nullptr) {
    const MaskPolicy policy{.literals = options_.report_literals};
    const MaskedSql masked = mask_statement(statement, options_.lex, policy);
    HiddenValues hidden = secrets_;
    hidden.add(masked.values);
    return {.shown = mask_text(error, secrets_),
            .reported = mask_error(error, {.text = statement, .masked = &masked}, policy, hidden)};
  }
  return {.shown = mask->statement_error(number, statement, error, MaskForm::kShown, secrets_),
          .reported =
              mask->statement_error(number, statement, error, MaskForm::kReported, secrets_)};
}

migrate::RunText MaskingRenderer::message(std::string_view text) {
  return {.shown = mask_text(text, hidden_shown_), .reported = mask_text(text, hidden_reported_)};
}

}  // namespace rhumb::report
