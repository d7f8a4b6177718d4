// Sentences of the pages of webhooks, which are not among the first ones.

export const webhookText = {
  lead: "A webhook tells a program, a channel or a mailbox of what happens here.",
  emptyTitle: "Nobody is told yet",
  empty: "Add an address below, or from the command line:",
  secret: "The address and the secret are stored sealed and never shown again.",
  remove: "Nobody is told at this address any more. What was sent to it is forgotten.",
  off: "It was switched off. Mend the receiver, then enable it.",
  failing: "The last message did not arrive. It is tried again for some hours; after three days of failures the webhook is switched off.",
  noDeliveries: "Nothing was sent yet. A ping shows whether the address works.",
} as const;

/** What can be chosen, with what most people want first. */
export const webhookEvents: [string, string][] = [
  ["deployment_set.finished", "a run over several databases ended"],
  ["deployment.failed", "a deployment failed"],
  ["deployment.passed", "a deployment passed"],
  ["database.failed", "a database is failed"],
  ["database.pending", "a database is behind"],
  ["database.synced", "a database is up to date again"],
  ["down.pending", "a revert waits for approval"],
  ["down.decided", "a revert was decided"],
  ["plan.pending", "a plan waits for approval"],
  ["plan.approved", "a plan is approved"],
  ["policy.violation", "a run went against a policy"],
  ["drift.detected", "a database is not what it should be"],
  ["drift.resolved", "a database is what it should be again"],
  ["ci.failed", "a check of changes failed"],
  ["ci.passed", "a check of changes passed"],
  ["dir.pushed", "a directory was pushed"],
  ["schema.pushed", "a schema was pushed"],
  ["tag.moved", "a tag was moved"],
  ["token.expiring", "a token is about to end"],
  ["deployment.no_action", "a deployment had nothing to do"],
  ["deployment.dry_run", "a dry run ended"],
];

/** Not told of unless they are chosen. */
export const unusualEvents = ["deployment.no_action", "deployment.dry_run"];

export const webhookTypes: [string, string][] = [
  ["GENERIC", "a program (JSON)"],
  ["SLACK", "Slack"],
  ["TEAMS", "Microsoft Teams"],
  ["DISCORD", "Discord"],
  ["WORKPLACE", "Workplace"],
  ["EMAIL", "e-mail"],
];
