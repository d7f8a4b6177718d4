// Sentences of the audit log's page, which is not among the first ones.

export const auditText = {
  lead: "Every write and every refusal: who, from where, what, and what was there before and after. The newest first.",
  noMatch: "No entry fits these filters.",
  emptyTitle: "No entry yet",
  chain: "Each entry is sealed with the hash of the one before it. This command checks all of them, on the server's machine, and that the newest one of now is still there:",
  checkpoints: "The registry signs the newest entry from time to time. Kept in another place, a checkpoint shows whether somebody made the log anew.",
  noCheckpoint: "No checkpoint was signed yet. One is signed with this command, or every hour while rhumb serve runs:",
  export: "What fits the filters, with what proves that it is part of this log. Exports are entries, too. From the command line:",
  nothing: "Nothing else was recorded.",
} as const;

/** What can be filtered by; an entry may have an action that a newer server writes. */
export const auditActions = [
  "account.app", "account.app_proposed", "account.app_remove", "account.password", "account.update", "audit.prune", "bot.create", "bot.remove",
  "ci.report", "database.archive", "database.merge", "database.rename", "database.split", "database.unmerge", "deployment.policy_violation", "deployment.report", "device.approve", "device.refuse",
  "dir.push", "down.abort", "down.approve", "down.request", "drawing.create", "export.run", "login.end", "login.fail", "login.ok", "member.invite",
  "member.remove", "member.reset", "member.role", "organization.create", "plan.approve", "plan.push", "plan.remove", "policy.approve", "policy.block",
  "policy.delete", "policy.environment", "policy.override", "policy.set", "policy.update", "repo.archive", "repo.create", "repo.delete",
  "repo.rename", "request.refused", "schema.push", "settings.ephemeral", "settings.redact", "settings.update", "snapshot.push", "tag.delete", "tag.move", "token.create",
  "token.exchange", "token.revoke", "token.rotate", "trust.create", "trust.delete", "webhook.create", "webhook.delete", "webhook.disable",
  "webhook.ping", "webhook.redeliver", "webhook.update",
] as const;
