#include "registry/audit/evidence_readme.h"

#include <fmt/format.h>

namespace rhumb::registry {
namespace {

using codec::Json;

std::string text_at(const Json& json, std::string_view member) {
  return json.string_or_empty(member);
}

std::string who(const Json& json) {
  const Json* const actor = json.find_object("actor");
  return actor == nullptr
             ? std::string("somebody")
             : fmt::format("{} ({})", text_at(*actor, "name"), text_at(*actor, "kind"));
}

std::string list_pushes(const EvidenceFacts& facts) {
  std::string out;
  for (const Json& push : facts.pushes.as_array()) {
    const std::string tag = text_at(push, "tag");
    out += fmt::format("  {}  {}  tag {}  content {}\n", text_at(push, "pushedAt"), who(push),
                       tag.empty() ? "latest" : tag, text_at(push, "hash"));
  }
  return out.empty() ? "  never; it is known from reports of runs only\n" : out;
}

std::string list_approvals(const EvidenceFacts& facts) {
  std::string out;
  for (const Json& approval : facts.approvals.as_array()) {
    if (approval.contains("stage")) {
      out += fmt::format("  {}  {} let it into stage \"{}\"\n", text_at(approval, "approvedAt"),
                         who(approval), text_at(approval, "stage"));
      continue;
    }
    out += fmt::format("  {}  {} asked to revert {} from {} to {}: {}\n",
                       text_at(approval, "requestedAt"), who(approval), text_at(approval, "target"),
                       text_at(approval, "fromVersion"), text_at(approval, "toVersion"),
                       text_at(approval, "status"));
    for (const Json& decision : approval.at("decisions").as_array()) {
      out += fmt::format("    {}  {} {}\n", text_at(decision, "decidedAt"), who(decision),
                         decision.find_bool("approved").value_or(false) ? "approved" : "refused");
    }
  }
  return out.empty() ? "  none\n" : out;
}

std::string list_decisions(const EvidenceFacts& facts) {
  std::string out;
  for (const Json& decision : facts.policy.at("decisions").as_array()) {
    const bool is_override = text_at(decision, "action") == "policy.override";
    out += fmt::format("  {}  {}  {}{}\n", text_at(decision, "time"), text_at(decision, "object"),
                       is_override ? "passed over by " : "refused to ", text_at(decision, "actor"));
  }
  return out.empty() ? "  none was refused, none was passed over\n" : out;
}

std::string list_runs(const EvidenceFacts& facts) {
  std::string out;
  for (const Json& env : facts.environments.as_array()) {
    out += fmt::format("  environment {}\n", text_at(env, "id"));
    for (const Json& database : env.at("databases").as_array()) {
      out += fmt::format("    database {}\n", text_at(database, "name"));
      for (const Json& run : database.at("runs").as_array()) {
        const std::string error = text_at(run, "error");
        out +=
            fmt::format("      {}  {}{}{}  {}  run {}{}\n", text_at(run, "completedAt"),
                        text_at(run, "status"), text_at(run, "kind") == "DOWN" ? " (revert)" : "",
                        run.find_bool("dryRun").value_or(false) ? " (dry run)" : "", who(run),
                        run.find_int("id").value_or(0), error.empty() ? "" : ": " + error);
      }
    }
  }
  return out.empty() ? "  none\n" : out;
}

}  // namespace

std::string format_evidence_readme(const Evidence& evidence,
                                   const std::string& type,
                                   const EvidenceFacts& facts) {
  const std::string env =
      evidence.env.empty() ? "" : fmt::format("Environment:   {} only\n", evidence.env);
  return fmt::format(
      "EVIDENCE ABOUT ONE DATABASE CHANGE\n"
      "\n"
      "Organization:  {}\n"
      "Repository:    {} ({})\n"
      "Version:       {}\n"
      "Content:       {}\n"
      "{}"
      "\n"
      "This archive holds what the registry recorded of this version. Times are UTC.\n"
      "\n"
      "When it was handed in\n{}\n"
      "Who approved it\n{}\n"
      "What the promotion policy said\n{}\n"
      "Where it was run, and how that ended\n{}\n"
      "WHAT THE FILES ARE\n"
      "\n"
      "  files/                  the change itself, and what it builds on, as it was handed in;\n"
      "                          atlas.sum is the list of their checksums\n"
      "  facts/files.json        the files with the checksums that databases remember\n"
      "  facts/pushes.json       when it was handed in, by whom, from where\n"
      "  facts/ci-runs.json      automatic reviews\n"
      "  facts/approvals.json    approvals, and requests to take it back\n"
      "  facts/policy.json       the rules for its way through the environments, and decisions\n"
      "  facts/deployments.json  every run, by environment and database, with its result\n"
      "  chain.jsonl             the entries of the registry's audit log about all of this, with "
      "the\n"
      "                          hashes that tie them to checkpoints which the registry signed\n"
      "  manifest.json           the SHA-256 of every file above\n"
      "  manifest.sig            its signature (Ed25519, base64)\n"
      "  key.pem                 the public key of the registry\n"
      "\n"
      "HOW TO CHECK IT\n"
      "\n"
      "  rhumb audit verify PACK --key KEY\n"
      "\n"
      "with the public key as its owner gave it to you, not the one in here: whoever makes up a "
      "pack\n"
      "makes up a key, too. No server is asked. The checkpoints in chain.jsonl are the same that "
      "the\n"
      "registry sent to places outside of it while all of this happened; --checkpoints FILE "
      "compares\n"
      "them with those.\n"
      "\n"
      "Without that program: the signature is of the bytes of manifest.json (for example with\n"
      "`openssl pkeyutl -verify -pubin -inkey key.pem -rawin -in manifest.json -sigfile SIG`, SIG\n"
      "being manifest.sig decoded), and `sha256sum` gives the numbers in it.\n",
      evidence.org, evidence.repo, type == "SCHEMA" ? "a schema" : "a directory of migration files",
      evidence.version, facts.hash.empty() ? "unknown" : facts.hash, env, list_pushes(facts),
      list_approvals(facts), list_decisions(facts), list_runs(facts));
}

}  // namespace rhumb::registry
