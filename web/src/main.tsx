import { render } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Route, Switch, useRoute } from "wouter-preact";
import { logOut, session, storedToken } from "./api/client.ts";
import { meDocument } from "./api/first-documents.ts";
import { useRemote } from "./api/remote.ts";
import type { Me } from "./api/types.ts";
import { MeContext } from "./components/me.ts";
import { Shell } from "./components/shell.tsx";
import { Loaded } from "./components/state.tsx";
import { HomePage } from "./pages/home.tsx";
import { lazyPages } from "./pages/lazy-pages.ts";

const preloadMs = 1500;

const InvitePage = lazyPages.page((pages) => pages.InvitePage);
const LoginPage = lazyPages.page((pages) => pages.LoginPage);
const OtherRoutes = lazyPages.page((pages) => pages.OtherRoutes);
const SetupPage = lazyPages.page((pages) => pages.SetupPage);
const GoTo = lazyPages.dialog((pages) => pages.GoTo);
const KeyHelp = lazyPages.dialog((pages) => pages.KeyHelp);

function Routes() {
  return (
    <Switch>
      <Route path="/">{() => <HomePage />}</Route>
      <Route>{() => <OtherRoutes />}</Route>
    </Switch>
  );
}

function Inside({ onLogout }: { onLogout: () => void }) {
  const [remote, reload] = useRemote<{ me: Me }>(meDocument);
  // What comes after the first screen is fetched when that one is done; a failure shows when it is needed.
  useEffect(() => {
    const timer = setTimeout(() => void lazyPages.preload().catch(() => undefined), preloadMs);
    return () => clearTimeout(timer);
  }, []);
  return (
    <Loaded remote={remote} reload={reload}>
      {({ me }) => (
        <MeContext.Provider value={me}>
          <Shell me={me} Help={KeyHelp} Palette={GoTo} onLogout={onLogout}>
            <Routes />
          </Shell>
        </MeContext.Provider>
      )}
    </Loaded>
  );
}

function App() {
  const [hasToken, setHasToken] = useState(storedToken() !== null);
  const [isSetup, setup] = useRoute("/setup/:code");
  const [isInvite] = useRoute("/invite");
  const leave = (): void => {
    logOut();
    setHasToken(false);
  };
  const enter = (): void => setHasToken(true);
  useEffect(() => {
    session.addEventListener("lost", leave);
    return () => session.removeEventListener("lost", leave);
  }, []);
  if (isSetup) return <SetupPage code={setup.code} onDone={enter} />;
  if (isInvite) return <InvitePage onDone={enter} />;
  return hasToken ? <Inside onLogout={leave} /> : <LoginPage onDone={enter} />;
}

const root = document.getElementById("app");
if (root !== null) render(<App />, root);
