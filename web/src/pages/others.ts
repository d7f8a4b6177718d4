// Every page but the first ones, and what opens over them: one file of code, loaded when it is needed.
export { GettingStarted } from "../components/getting-started.tsx";
export { KeyHelp } from "../components/key-help.tsx";
export { GoTo } from "./go-to.tsx";
export { InvitePage } from "./invite.tsx";
export { LoginPage } from "./login.tsx";
export { OtherRoutes } from "./routes.tsx";
export { SetupPage } from "./setup.tsx";
