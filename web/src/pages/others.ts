// Every page but the first ones: one file of code that is loaded after them.
export { DatabasePage } from "./database.tsx";
export { DatabasesPage } from "./databases.tsx";
export { DeploymentPage } from "./deployment.tsx";
export { MigrationsPage } from "./migrations.tsx";
export { RepoPage } from "./repo.tsx";
export { TagByIdPage } from "./repo-tags.tsx";
export { ReposPage } from "./repos.tsx";
export { SetPage } from "./set.tsx";
export { SetupPage } from "./setup.tsx";
export { TokensPage } from "./tokens.tsx";
