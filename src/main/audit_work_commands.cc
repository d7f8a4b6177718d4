// `audit checkpoint|evidence|prune`.

#include <fmt/format.h>

#include "base/text.h"
#include "cli/migrate_flags.h"
#include "main/audit_commands.h"
#include "main/store_commands.h"
#include "registry/audit/checkpoint_target.h"
#include "registry/audit/evidence.h"
#include "registry/audit/prune.h"
#include "sys/environment.h"
#include "sys/files.h"

namespace rhumb {
namespace {

using cli::Command;
using cli::Invocation;
using registry::AuditKey;
using registry::Session;

int64_t now_of(const Invocation& invocation) {
  return invocation.app.clock.now().time_since_epoch().count();
}

// ------------------------------------------------------------------------------------- checkpoint

Result<registry::SignedCheckpoint> sign_head(const Invocation& invocation) {
  const std::unique_ptr<Session> session = TRY(registry::open_store_reader(read_store(invocation)));
  const AuditKey key = TRY(read_signing_key(invocation, *session));
  TRY(session->begin_read());
  const registry::AuditHead head = TRY(registry::audit_head(*session));
  if (head.seq == 0) {
    return Error(ErrorCode::kNotFound, "the audit log has no entry yet");
  }
  const std::string org = TRY(registry::checkpoint_org(*session));
  return registry::sign_checkpoint(key, {.head = head, .time = now_of(invocation), .org = org});
}

Result<int> run_checkpoint(Invocation& invocation) {
  const std::unique_ptr<provider::HttpSender> sender =
      registry::make_network_sender(invocation.app.environment);
  const registry::TargetTools tools{
      .environment = invocation.app.environment, .clock = invocation.app.clock, .sender = *sender};
  std::vector<std::unique_ptr<registry::CheckpointTarget>> targets;
  for (const std::string& text : invocation.flags.list("to")) {
    targets.push_back(TRY(registry::make_target(text, tools)));
  }
  const registry::SignedCheckpoint checkpoint = TRY(sign_head(invocation));
  for (const auto& target : targets) {
    TRY(target->send(checkpoint));
  }
  invocation.app.out << registry::format_checkpoint(checkpoint) << "\n";
  return 0;
}

}  // namespace

Command make_audit_checkpoint_command() {
  Command command;
  command.name = "checkpoint";
  command.arguments = "[flags]";
  command.summary = "Sign the newest entry of the audit log, and send that to places outside.";
  command.description =
      "'audit checkpoint' prints a signed line with the number and the hash of the newest entry, "
      "and\n"
      "sends it: to a file, which gets a line; to s3://bucket/folder?region=...&endpoint=..., "
      "which\n"
      "gets an object, signed with the AWS credentials of the environment; or to an https URL, "
      "which\n"
      "gets a POST. A server does so by itself, see 'serve --help', and sends later what a place "
      "did\n"
      "not take. 'audit verify --checkpoints' compares a log with such lines.";
  command.examples =
      "  rhumb audit checkpoint --data /var/lib/rhumb >> checkpoints.jsonl\n"
      "  rhumb audit checkpoint --to s3://audit-of-acme/rhumb?region=eu-central-1";
  command.flags = {data_flag(), store_flag(),
                   cli::with_kind(cli::text_flag("to", "", "place to send it to (repeatable)"),
                                  cli::FlagKind::kArray),
                   signing_key_flag()};
  command.run = run_checkpoint;
  return command;
}

// --------------------------------------------------------------------------------------- evidence

namespace {

Result<registry::EvidenceRequest> read_request(const Invocation& invocation, Session& session) {
  const std::string& org = invocation.flags.text("org");
  const registry::Value id =
      TRY(session.scalar(org.empty() ? "SELECT min(id) FROM organizations"
                                     : "SELECT id FROM organizations WHERE slug = ?",
                         org.empty() ? registry::Params{} : registry::Params{org}));
  if (id.is_null()) {
    return Error(ErrorCode::kNotFound, fmt::format("organization \"{}\" not found", org));
  }
  return registry::EvidenceRequest{.org_id = id.number(),
                                   .repo = invocation.flags.text("repo"),
                                   .version = invocation.flags.text("version"),
                                   .env = invocation.flags.text("env")};
}

Result<int> run_evidence(Invocation& invocation) {
  TRY(cli::check_required_flags(invocation.command, invocation.flags));
  const std::unique_ptr<Session> session = TRY(registry::open_store_reader(read_store(invocation)));
  const AuditKey key = TRY(read_signing_key(invocation, *session));
  TRY(session->begin_read());
  const registry::EvidenceRequest request = TRY(read_request(invocation, *session));
  const std::string pack = TRY(registry::make_evidence_pack(
      [&session](const auto& job) { return job(*session); }, request, key));
  const std::string& path = invocation.flags.text("output");
  TRY(sys::write_file_atomic(path, pack));
  invocation.app.out << fmt::format("Packed version {} of {} into {}, signed by key {}\n",
                                    request.version, request.repo, path,
                                    registry::key_name(key.public_key));
  return 0;
}

}  // namespace

Command make_audit_evidence_command() {
  Command command;
  command.name = "evidence";
  command.arguments = "[flags]";
  command.summary = "Pack everything that is known of one version into a signed archive.";
  command.description =
      "'audit evidence' writes a tar.gz with the files of a version, who handed it in and "
      "approved\n"
      "it, what the policy decided, every run by environment and database with its result, and "
      "the\n"
      "entries of the audit log about all of that with the hashes that tie them to a signed\n"
      "checkpoint. README.txt in it is for whoever reads it. The same facts give the same bytes.\n"
      "'audit verify FILE --key KEY' checks it without a server. An administrator gets the same "
      "over\n"
      "HTTP, from /audit/evidence?repo=...&version=...";
  command.examples =
      "  rhumb audit evidence --repo app --version 20260512141500 -o evidence.tar.gz\n"
      "  rhumb audit evidence --repo app --version 20260512141500 --env prod -o prod.tar.gz";
  cli::FlagSpec output = cli::text_flag("output", "", "file to write");
  output.shorthand = 'o';
  command.flags = {data_flag(),
                   store_flag(),
                   cli::text_flag("repo", "", "slug or name of the repository"),
                   cli::text_flag("version", "", "version that it is about"),
                   cli::text_flag("env", "", "only runs of this environment"),
                   cli::text_flag("org", "", "slug of the organization; the first when empty"),
                   output,
                   signing_key_flag()};
  command.required_flags = {"repo", "version", "output"};
  command.run = run_evidence;
  return command;
}

// ------------------------------------------------------------------------------------------ prune

namespace {

Result<int> run_prune(Invocation& invocation) {
  TRY(cli::check_required_flags(invocation.command, invocation.flags));
  const std::optional<int64_t> before = TRY(read_time_flag(invocation, "before"));
  const std::unique_ptr<registry::Store> store =
      TRY(registry::open_store(read_store(invocation), registry::StoreOpening::kExisting));
  Result<AuditKey> key = Error(ErrorCode::kInternal, "the job did not run");
  TRY(store->write([&](Session& session) -> Result<void> {
    TRY(registry::ensure_audit_key(session, now_of(invocation)));
    key = read_signing_key(invocation, session);
    return {};
  }));
  const AuditKey signing = TRY(std::move(key));
  registry::Origin origin;
  origin.actor.name = "audit prune";
  const registry::PruneReport report = TRY(registry::prune_audit(
      *store, signing,
      {.before = before.value_or(0), .origin = origin, .now = now_of(invocation)}));
  invocation.app.out << fmt::format("Pruned {}; the audit log begins behind entry {}\n",
                                    plural(static_cast<size_t>(report.entries), "entry", "entries"),
                                    report.base.seq);
  return 0;
}

}  // namespace

Command make_audit_prune_command() {
  Command command;
  command.name = "prune";
  command.arguments = "[flags]";
  command.summary = "Take the oldest entries out of the audit log; its server must be stopped.";
  command.description =
      "'audit prune' takes out the entries of the time before a date. Export them first. What is "
      "left\n"
      "begins behind a signed checkpoint, from which 'audit verify' follows it. Pruning is an "
      "entry\n"
      "itself. Nothing else in the store is touched. A running server prunes with "
      "--audit-keep-days.";
  command.examples =
      "  rhumb audit export --to 2025-01-01 -o audit-2024.jsonl && rhumb audit prune --before "
      "2025-01-01";
  command.flags = {
      data_flag(), store_flag(),
      cli::text_flag("before", "", "RFC 3339 time or date of the first entry that stays"),
      signing_key_flag()};
  command.required_flags = {"before"};
  command.run = run_prune;
  return command;
}

}  // namespace rhumb
