#include "migrate/run_event.h"

namespace rhumb::migrate {
namespace {

class PlainFileTexts final : public FileTexts {
 public:
  std::string content(std::string_view text, TextForm /*form*/) const override {
    return std::string(text);
  }
  std::string statement(size_t /*number*/,
                        std::string_view text,
                        TextForm /*form*/) const override {
    return std::string(text);
  }
  std::string comment(std::string_view text, TextForm /*form*/) const override {
    return std::string(text);
  }
  RunText statement_error(size_t /*number*/,
                          std::string_view /*statement*/,
                          std::string_view error) const override {
    return {.shown = std::string(error), .reported = std::string(error)};
  }
};

}  // namespace

RunText FileTexts::both_forms(size_t number, std::string_view text) const {
  return {.shown = statement(number, text, TextForm::kShown),
          .reported = statement(number, text, TextForm::kReported)};
}

std::string StatementText::in(TextForm form) const {
  return texts_->statement(number_, statement_->text, form);
}

std::vector<std::string> StatementText::comments(TextForm form) const {
  std::vector<std::string> comments;
  comments.reserve(statement_->comments.size());
  for (const std::string_view comment : statement_->comments) {
    comments.push_back(texts_->comment(comment, form));
  }
  return comments;
}

void PlannedFile::visit_statements(size_t skipped,
                                   size_t count,
                                   const std::function<void(const StatementText&)>& visit) const {
  StatementReader reader = source_.statements.read();
  for (size_t number = 1; number <= skipped + count; ++number) {
    const std::optional<sql::Statement> statement = reader.next();
    if (!statement) {
      return;
    }
    if (number > skipped) {
      visit({*source_.texts, number, *statement});
    }
  }
}

void PlannedFile::update_digest(codec::Sha256Hasher& hasher) const {
  StatementReader reader = source_.statements.read();
  while (const std::optional<sql::Statement> statement = reader.next()) {
    hasher.update(std::string_view("\0", 1)).update(statement->text);
  }
}

std::shared_ptr<const FileTexts> PlainTextRenderer::open_file(const RunFile& /*file*/,
                                                              const SharedText& /*content*/) {
  return std::make_shared<PlainFileTexts>();
}

RunText PlainTextRenderer::message(std::string_view text) {
  return {.shown = std::string(text), .reported = std::string(text)};
}

}  // namespace rhumb::migrate
