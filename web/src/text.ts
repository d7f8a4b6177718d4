// Sentences and commands shown to people. Column heads and labels stand where they are used.

export const text = {
  home: {
    emptyTitle: "Nothing has been pushed or reported yet",
    empty: "Push a migration directory, then deploy it. Both show up here by themselves.",
    quiet: "No deployment has failed.",
    synced: "Every database is on the latest version of its directory.",
  },
  repos: {
    emptyTitle: "No repository yet",
    empty: "The first push of a migration directory makes one.",
    noMatch: "No repository fits these filters.",
  },
  repo: {
    reportOnly: "Deployments of this directory are reported, its files were never pushed. Push it to see them here.",
    reportOnlySchema: "Deployments of this schema are reported, it was never pushed.",
    noState: "No schema was pushed here yet.",
    noTags: "No tag yet. CI usually pushes each commit under its hash:",
    noFiles: "No file in this state of the directory.",
    noDatabases: "No database has reported a deployment of this directory yet.",
    noDeployments: "No deployment of this directory fits.",
  },
  databases: {
    emptyTitle: "No database yet",
    empty: "A database appears with its first reported deployment.",
    noMatch: "No database fits these filters.",
    unknownVersion: "This version is not in the latest state of the directory: its history was edited, or the database is ahead of what was pushed.",
    duplicate: "Another database reports the same identifier. One is probably a copy of the other, made with its revisions table.",
    merged: "It was merged into another database, which has its deployments.",
    merge: "This row is archived and leads to the other one, which gets what it has. There is no way back.",
    split: "Each keeps its own deployments, neither tells of the other any more, and reports are told apart by their URL.",
  },
  migrations: {
    emptyTitle: "No deployment yet",
    empty: "Every reported run of migrate apply appears here.",
    noMatch: "No deployment fits these filters.",
  },
  deployment: {
    noFiles: "This run executed no file.",
    noLog: "The client sent no log.",
    dryRun: "A dry run: nothing was written to the database.",
    reverted: "back: the files were reverted",
    violation: "Policy violation: this run was executed although it was not let in.",
  },
  set: {
    running: "This run has not ended. The page follows it.",
    noTargets: "No target fits this filter.",
    rerun: "Open a failed target for its statement and error. When the cause is gone, these commands deploy what failed and what was not started; put the passwords back in.",
    rerunAll: "Or run the whole set again. Targets that succeeded have nothing pending.",
    tooMany: (count: number): string => `${count} targets are missing. Run the whole set again; targets that succeeded have nothing pending.`,
    notStarted: "The run ended before these targets had their turn.",
  },
  plans: {
    lead: "Reverts that clients asked for. Where a repository protects them, migrate down waits until its plan is approved.",
    emptyTitle: "No plan yet",
    empty: "A plan appears when migrate down runs on the directory of a repository that asks for approvals:",
    pending: "It waits for somebody other than who asked for it. To approve it, run this with a token that has plan:approve:",
    abort: "Or, so that it will not be carried out:",
    approved: "Approved. Whoever asked carries it out by calling migrate down again.",
    aborted: "Aborted, expired, or overtaken by a deployment: it will not be carried out.",
  },
  notFound: {
    title: "There is nothing here",
    page: "No page of this registry has this address.",
  },
  errors: {
    unreachable: "The registry does not answer. Is rhumb serve running?",
    unauthorized: "This token is not valid here, or not any more.",
    status: (status: number): string => `The registry answered with status ${status}.`,
    forbidden: "Your token does not allow this",
    failed: "This could not be loaded",
  },
} as const;
