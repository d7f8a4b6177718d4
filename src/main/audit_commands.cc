#include "main/audit_commands.h"

#include <fmt/format.h>

#include <fstream>

#include "base/text.h"
#include "cli/app.h"
#include "cli/migrate_flags.h"
#include "main/store_commands.h"
#include "registry/audit/checkpoint.h"
#include "registry/audit/evidence.h"
#include "registry/audit/export.h"
#include "registry/audit/verify_log.h"
#include "sys/environment.h"
#include "sys/files.h"

namespace rhumb {
namespace {

using cli::Command;
using cli::Invocation;
using registry::AuditKey;
using registry::Session;

std::string entries(int64_t count) {
  return plural(static_cast<size_t>(count), "entry", "entries");
}

// ----------------------------------------------------------------------------------------- verify

/// `--key` is a file or the key itself.
Result<registry::TrustedKeys> read_trusted(const Invocation& invocation) {
  registry::TrustedKeys keys;
  for (const std::string& key : invocation.flags.list("key")) {
    const bool is_file = sys::file_exists(key);
    const std::string text = is_file ? TRY(sys::read_file(key)) : key;
    keys.push_back(TRY(registry::parse_public_key(text).context(is_file ? key : "--key")));
  }
  return keys;
}

Result<registry::ExpectedHashes> read_expected(const Invocation& invocation,
                                               const registry::TrustedKeys& trusted) {
  registry::ExpectedHashes expected;
  const std::string& file = invocation.flags.text("checkpoints");
  if (!file.empty()) {
    const std::string text = TRY(sys::read_file(file));
    expected = TRY(registry::read_checkpoints(text, trusted).context(file));
  }
  const std::string& noted = invocation.flags.text("checkpoint");
  if (!noted.empty()) {
    const registry::AuditHead head = TRY(registry::parse_noted_entry(noted));
    const auto [known, is_new] = expected.try_emplace(head.seq, head.hash);
    if (!is_new && known->second != head.hash) {
      return Error(ErrorCode::kConflict,
                   fmt::format("--checkpoint and --checkpoints differ about entry {}", head.seq));
    }
  }
  return expected;
}

/// What was compared with checkpoints from elsewhere.
std::string compared(size_t expected, int64_t unseen) {
  if (expected == 0) {
    return "";
  }
  const std::string checked =
      plural(expected - static_cast<size_t>(unseen), "checkpoint", "checkpoints");
  return unseen == 0 ? fmt::format(", fits {}", checked)
                     : fmt::format(", fits {}, {} of entries that are not in it", checked, unseen);
}

std::string signer(const registry::TrustedKeys& trusted, const codec::Ed25519PublicKey& key) {
  return fmt::format("signed by key {}{}", registry::key_name(key),
                     trusted.empty() ? "; --key tells whether that is yours" : "");
}

Result<int> verify_pack_file(Invocation& invocation,
                             const registry::TrustedKeys& trusted,
                             const registry::ExpectedHashes& expected) {
  const std::string& path = invocation.positionals.front();
  const std::string bytes = TRY(sys::read_file(path));
  const registry::PackReport report =
      TRY(registry::verify_pack(bytes, trusted, expected).context(path));
  invocation.app.out << fmt::format(
      "The evidence is intact: version {} of {}{}, {}, {} of the audit log{}; {}\n", report.version,
      report.repo, report.env.empty() ? "" : " in " + report.env,
      plural(static_cast<size_t>(report.files), "file", "files"), entries(report.chain.entries),
      compared(expected.size(), report.chain.unseen), signer(trusted, report.key));
  return 0;
}

Result<int> verify_file(Invocation& invocation,
                        const registry::TrustedKeys& trusted,
                        const registry::ExpectedHashes& expected) {
  const std::string& path = invocation.positionals.front();
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    return Error(ErrorCode::kNotFound, fmt::format("{} cannot be read", path));
  }
  std::string begin(2, '\0');
  file.read(begin.data(), 2);
  if (registry::is_pack(begin)) {
    return verify_pack_file(invocation, trusted, expected);
  }
  file.clear();
  file.seekg(0);
  const registry::ExportReport report =
      TRY(registry::verify_export(file, trusted, expected).context(path));
  std::string range =
      report.entries == 0 ? "" : fmt::format(" ({} to {})", report.first, report.last);
  range += report.complete
               ? (report.base.seq == 0 ? ", all from the first on"
                                       : fmt::format(", all behind entry {}", report.base.seq))
               : ", a part of the log";
  if (report.unproven > 0) {
    range += fmt::format(", in {} that nothing holds together",
                         plural(static_cast<size_t>(report.unproven) + 1, "piece", "pieces"));
  }
  const std::string signature = report.key ? signer(trusted, *report.key) : "nobody has signed it";
  invocation.app.out << fmt::format("The export is intact: {}{}{}; {}\n", entries(report.entries),
                                    range, compared(expected.size(), report.unseen), signature);
  return 0;
}

Result<int> verify_store(Invocation& invocation,
                         const registry::TrustedKeys& trusted,
                         const registry::ExpectedHashes& expected) {
  const registry::AuditReport report =
      TRY(registry::verify_audit_log(read_store(invocation), expected, trusted));
  const std::string pruned =
      report.pruned == 0 ? "" : fmt::format(" behind entry {}, where it was pruned", report.pruned);
  invocation.app.out << fmt::format(
      "The audit log is intact: {}{}{}, checkpoint {}:{}\n", entries(report.entries), pruned,
      compared(expected.size(), report.unseen), report.head_seq, report.head_hash);
  return 0;
}

Result<int> run_verify(Invocation& invocation) {
  const registry::TrustedKeys trusted = TRY(read_trusted(invocation));
  const registry::ExpectedHashes expected = TRY(read_expected(invocation, trusted));
  return invocation.positionals.empty() ? verify_store(invocation, trusted, expected)
                                        : verify_file(invocation, trusted, expected);
}

Command verify_command() {
  Command command;
  command.name = "verify";
  command.arguments = "[flags] [FILE]";
  command.summary = "Check that no entry of the audit log was changed or removed.";
  command.description =
      "'audit verify' reads the audit log of a store, whose server may be running, and follows "
      "the\n"
      "chain of its hashes; with a FILE that 'audit export' or 'audit\n"
      "evidence' wrote it needs neither store nor server.\n"
      "It names the first entry that does not fit and ends with status 1.\n"
      "\n"
      "Whoever can write to the store can make the whole chain anew. Checkpoints that were kept "
      "in\n"
      "another place show that (--checkpoints), and they show a log that was cut short. --key is "
      "the\n"
      "public key of the registry ('audit key'), which must have signed them, and the export.";
  command.examples =
      "  rhumb audit verify --data /var/lib/rhumb\n"
      "  rhumb audit verify --checkpoints checkpoints.jsonl --key audit.pem\n"
      "  rhumb audit verify audit-2026.jsonl --key audit.pem\n"
      "  rhumb audit verify evidence.tar.gz --key audit.pem";
  command.flags = {
      data_flag(), store_flag(),
      cli::text_flag("checkpoint", "",
                     "ENTRY:HASH printed earlier; shows also a log that was cut short"),
      cli::text_flag("checkpoints", "", "file of signed checkpoints that the log must contain"),
      cli::with_kind(cli::text_flag("key", "", "public key to trust, or its file (repeatable)"),
                     cli::FlagKind::kArray)};
  command.count = {0, 1};
  command.run = run_verify;
  return command;
}

// ----------------------------------------------------------------------------------------- export

Result<registry::ExportOptions> read_export_options(const Invocation& invocation,
                                                    Session& session) {
  registry::ExportOptions options;
  options.format = TRY(registry::parse_export_format(invocation.flags.text("format")));
  options.filter.from = TRY(read_time_flag(invocation, "from"));
  options.filter.to = TRY(read_time_flag(invocation, "to"));
  options.filter.actions = invocation.flags.list("action");
  options.filter.actor = invocation.flags.text("actor");
  options.filter.object = invocation.flags.text("object");
  options.key = TRY(find_signing_key(invocation, session));
  return options;
}

Result<int> run_export(Invocation& invocation) {
  const std::unique_ptr<Session> session = TRY(registry::open_store_reader(read_store(invocation)));
  const registry::ExportOptions options = TRY(read_export_options(invocation, *session));
  const std::string& path = invocation.flags.text("output");
  std::ofstream file;
  if (!path.empty()) {
    file.open(path, std::ios::binary | std::ios::trunc);
  }
  std::ostream& out = path.empty() ? invocation.app.out : file;
  const int64_t written = TRY(registry::export_audit(
      [&session](const auto& job) { return job(*session); }, options,
      [&](const std::string& bytes) -> Result<void> {
        out << bytes;
        return out ? Result<void>()
                   : Error(ErrorCode::kIo, fmt::format("{} cannot be written",
                                                       path.empty() ? "standard output" : path));
      }));
  out.flush();
  if (!path.empty()) {
    invocation.app.out << fmt::format("Exported {} to {}\n", entries(written), path);
  }
  return out ? Result<int>(0) : Error(ErrorCode::kIo, "the export cannot be written");
}

Command export_command() {
  Command command;
  command.name = "export";
  command.arguments = "[flags]";
  command.summary = "Write the audit log, or a part of it, as a file that proves itself.";
  command.description =
      "'audit export' writes one record a line: the entries, the hashes that hold them together,\n"
      "and a signed end. 'audit verify FILE' checks it without the store. A part of the log has "
      "the\n"
      "hashes of the entries between its own, as far as the next checkpoint. The server may be\n"
      "running; over HTTP an administrator gets the same from /audit/export.";
  command.examples =
      "  rhumb audit export --data /var/lib/rhumb -o audit.jsonl\n"
      "  rhumb audit export --format csv --from 2026-01-01 --to 2026-04-01 -o q1.csv\n"
      "  rhumb audit export --action policy.override,down.approve --actor alice";
  cli::FlagSpec output = cli::text_flag("output", "", "file to write; standard output when empty");
  output.shorthand = 'o';
  command.flags = {data_flag(),
                   store_flag(),
                   cli::text_flag("format", "jsonl", "jsonl or csv"),
                   output,
                   cli::text_flag("from", "", "RFC 3339 time or date of the first entry"),
                   cli::text_flag("to", "", "time behind the last entry"),
                   cli::with_kind(cli::text_flag("action", "", "only these actions (repeatable)"),
                                  cli::FlagKind::kList),
                   cli::text_flag("actor", "", "only what somebody of this name did"),
                   cli::text_flag("object", "", "only what was done to it, such as repo/app"),
                   signing_key_flag()};
  command.run = run_export;
  return command;
}

// -------------------------------------------------------------------------------------------- key

Result<int> run_key(Invocation& invocation) {
  const std::unique_ptr<Session> session = TRY(registry::open_store_reader(read_store(invocation)));
  const AuditKey key = TRY(read_signing_key(invocation, *session));
  invocation.app.out << registry::format_public_key(key.public_key);
  return 0;
}

Command key_command() {
  Command command;
  command.name = "key";
  command.arguments = "[flags]";
  command.summary = "Print the public key that checkpoints, exports and evidence are signed with.";
  command.description =
      "'audit key' prints the public key as PEM. Keep it, with the checkpoints, where nobody who\n"
      "runs the registry can write: 'audit verify --key FILE' trusts no other.";
  command.examples = "  rhumb audit key --data /var/lib/rhumb > audit.pem";
  command.flags = {data_flag(), store_flag(), signing_key_flag()};
  command.run = run_key;
  return command;
}

}  // namespace

cli::FlagSpec signing_key_flag() {
  return cli::text_flag("signing-key", "",
                        "file of the Ed25519 key that signs (RHUMB_AUDIT_SIGNING_KEY); the store's "
                        "when empty");
}

Result<std::optional<AuditKey>> find_signing_key(const Invocation& invocation, Session& session) {
  std::string file = invocation.flags.text("signing-key");
  if (file.empty()) {
    file = invocation.app.environment.get("RHUMB_AUDIT_SIGNING_KEY").value_or("");
  }
  if (file.empty()) {
    return registry::find_audit_key(session);
  }
  const AuditKey key = TRY(registry::read_audit_key_file(file));
  return std::optional(key);
}

Result<AuditKey> read_signing_key(const Invocation& invocation, Session& session) {
  const std::optional<AuditKey> key = TRY(find_signing_key(invocation, session));
  return key ? Result<AuditKey>(*key)
             : Error(ErrorCode::kNotFound, "the store has no key yet; start its server once");
}

Result<std::optional<int64_t>> read_time_flag(const Invocation& invocation, std::string_view flag) {
  std::string text = invocation.flags.text(flag);
  if (text.empty()) {
    return std::optional<int64_t>();
  }
  constexpr size_t kDateSize = 10;
  text += text.size() == kDateSize ? "T00:00:00Z" : "";
  codec::Json json = codec::Json::object();
  json.set(flag, text);
  const int64_t time = TRY(registry::read_audit_time(json, flag));
  return std::optional(time);
}

cli::Command make_audit_command() {
  Command group;
  group.name = "audit";
  group.summary = "Work with the audit log of a registry.";
  group.children.push_back(verify_command());
  group.children.push_back(export_command());
  group.children.push_back(key_command());
  group.children.push_back(make_audit_checkpoint_command());
  group.children.push_back(make_audit_evidence_command());
  group.children.push_back(make_audit_prune_command());
  return group;
}

}  // namespace rhumb
