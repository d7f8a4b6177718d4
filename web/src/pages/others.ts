// Every page but the first ones, and what opens over them: one file of code, loaded when it is needed.
export { GettingStarted } from "../components/getting-started.tsx";
export { KeyHelp } from "../components/key-help.tsx";
export { DatabasePage } from "./database.tsx";
export { DatabasesPage } from "./databases.tsx";
export { DeploymentPage } from "./deployment.tsx";
export { GoTo } from "./go-to.tsx";
export { MigrationsPage } from "./migrations.tsx";
export { PlanPage } from "./plan.tsx";
export { PlansPage } from "./plans.tsx";
export { RepoPage } from "./repo.tsx";
export { TagByIdPage } from "./repo-tags.tsx";
export { ReposPage } from "./repos.tsx";
export { SetPage } from "./set.tsx";
export { SetupPage } from "./setup.tsx";
export { TokensPage } from "./tokens.tsx";
