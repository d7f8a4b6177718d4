#include "report/masking_renderer.h"

#include <utility>

namespace rhumb::report {
namespace {

constexpr std::string_view kMark = "atlas:sensitive";

}  // namespace

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

bool MaskingRenderer::is_plain(std::string_view name) const {
  return !plain_files_.empty() && plain_files_.contains(name);
}

migrate::RunText MaskingRenderer::plain(std::string_view text) const {
  return {.shown = without_secrets(std::string(text)), .reported = {}};
}

std::string MaskingRenderer::without_secrets(std::string text) const {
  if (secrets_.empty()) {
    return text;
  }
  return replace_spans(text, secrets_.find_in(text));
}

migrate::RunText MaskingRenderer::unknown(std::string_view text) const {
  const MaskPolicy policy{.literals = options_.report_literals};
  return {.shown = without_secrets(std::string(text)),
          .reported = without_secrets(mask_statement(text, options_.lex, policy).text)};
}

migrate::RunText MaskingRenderer::content(const migrate::RunFile& file, std::string_view text) {
  if (!options_.is_reported && find(file.name) == nullptr &&
      text.find(kMark) == std::string_view::npos) {
    plain_files_.emplace(file.name);
    return plain(text);
  }
  if (find(file.name) == nullptr) {
    const Result<void> added = add_file(file.name, text);
    if (!added.has_value()) {
      bad_file_ = bad_file_ ? *bad_file_ : added.error();
      return {.shown = std::string(kPlaceholder), .reported = std::string(kPlaceholder)};
    }
  }
  const FileMask& mask = *find(file.name);
  return {.shown = without_secrets(mask.content(MaskForm::kShown)),
          .reported = options_.is_reported ? without_secrets(mask.content(MaskForm::kReported))
                                           : std::string()};
}

migrate::RunText MaskingRenderer::statement(const migrate::RunFile& file,
                                            size_t number,
                                            std::string_view text) {
  if (is_plain(file.name)) {
    return plain(text);
  }
  const FileMask* mask = find(file.name);
  if (mask == nullptr) {
    return unknown(text);
  }
  return {.shown = without_secrets(mask->statement(number, text, MaskForm::kShown).text),
          .reported = options_.is_reported ? without_secrets(mask->statement(
                                                 number, text, MaskForm::kReported).text)
                                           : std::string()};
}

migrate::RunText MaskingRenderer::statement_error(const migrate::RunFile& file,
                                                  size_t number,
                                                  std::string_view statement,
                                                  std::string_view error) {
  if (is_plain(file.name)) {
    return {.shown = mask_text(error, secrets_), .reported = {}};
  }
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
