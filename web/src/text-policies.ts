// Sentences of the pages of environments, promotion policies and approvals, which are not among the first ones.
import type { ReasonKind } from "./lib/approvals.ts";

export const policyText = {
  lead: "Which versions environments take. A policy keeps a version out of an environment until it has passed where it should have.",
  emptyTitle: "No policy yet",
  empty: "Every environment takes every version. Write a policy below, or in a file that is kept beside the migrations:",
  emptyReader: "Every environment takes every version. Whoever has the role ADMIN or OWNER makes a policy:",
  noEnvironments: "No environment yet. One appears with its first reported deployment, or when it is given a place here.",
  environments: "Runs in a protected environment need a permit of the registry. An environment stays unless it is one that comes and goes; it gives up its protection here.",
  ephemeral: "Such as the previews of pull requests. Their databases count in no figure, and are archived when nothing was reported for so long. Protected ones stay.",
  stay: "Environments of these names count again from now on, and stay.",
  readOnly: "Environments and policies are changed with the role ADMIN or OWNER.",
  everyRepo: "every repository without its own",
  noRules: "every version",
  command: "The same from the command line:",
  noCommand: "The command is shown as soon as nothing is wrong any more.",
  remove: "Environments take every version again, unless another policy is about them. Approvals that were given stay in the audit log.",
  replaces: "This repository has a policy of its own. Change that one instead.",
  everyReplaces: "There is a policy of every repository already. Change that one, or name a repository.",
  envs: "Names, * and ? stand for others: prod, prod-*",
  coverage: "ALL, ANY or a part such as 80%",
  soak: "A duration such as 24h",
  weekly: "Fri 16:00 - Mon 08:00",
  zone: "Whose clocks count, such as Europe/Berlin",
  check: "What migrate apply would be told about the content that was pushed last, and why.",
  allowed: "It may be deployed.",
  refused: "It may not be deployed.",
  noReason: "Nothing speaks against it.",
} as const;

/** What can be done about a reason. */
export const reasonAdvice: Record<ReasonKind, string> = {
  approvals: "People who did not push it approve it under Approvals.",
  content: "Its files were changed after they had run there. Push the content that ran, or deploy the new content there first.",
  coverage: "Deploy it there first; what is missing is listed.",
  freeze: "Wait until it is over. What cannot wait is deployed with migrate apply --override-reason, which leaves an entry in the audit log.",
  protection: "Who deploys there has the role DEPLOYER, ADMIN or OWNER, or a token with the scope report:write.",
  soak: "Wait until then.",
  other: "",
};

export const approvalText = {
  lead: "Versions, reverts and plans that go on when somebody other than who asked for them says so.",
  emptyTitle: "Nothing waits for an approval",
  empty: "A version waits when the policy of its repository asks for approvals, a revert where the repository protects them:",
  readOnly: "Approving needs the role APPROVER, ADMIN or OWNER, or the scope plan:approve.",
  versions: "The latest version of each directory that was pushed here, where a policy asks for approvals and a database lacks it. An approval is of the content that was pushed.",
  older: "Another version",
  noneGiven: "Nothing was decided yet.",
  noOlder: "There are no older ones.",
  givenVersions: "Approvals of versions stand in the audit log, which the roles ADMIN and OWNER see.",
  comment: "Why, for whoever reads it later",
} as const;
