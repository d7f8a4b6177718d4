import type { ComponentChildren, FunctionComponent } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { Link, useLocation } from "wouter-preact";
import type { Me } from "../api/types.ts";
import type { Destination } from "../lib/palette.ts";
import { useShortcuts } from "./keys.ts";

type Page = Destination & { key: string };

const mainPages: Page[] = [
  { path: "/", name: "Home", key: "h", kind: "page" },
  { path: "/repos", name: "Repositories", key: "r", kind: "page" },
  { path: "/databases", name: "Databases", key: "d", kind: "page" },
  { path: "/migrations", name: "Migrations", key: "m", kind: "page" },
  { path: "/plans", name: "Plans", key: "p", kind: "page" },
  { path: "/approvals", name: "Approvals", key: "a", kind: "page" },
  { path: "/environments", name: "Environments", key: "e", kind: "page" },
];

const settings: Page[] = [
  { path: "/settings/tokens", name: "Tokens", key: "t", kind: "page" },
  { path: "/settings/webhooks", name: "Webhooks", key: "w", kind: "page" },
  { path: "/settings/members", name: "Members", key: "b", kind: "page" },
  { path: "/settings/audit", name: "Audit log", key: "l", kind: "page" },
];

const pages = [...mainPages, ...settings];

function isCurrent(path: string, location: string): boolean {
  return path === "/" ? location === "/" : location === path || location.startsWith(`${path}/`);
}

interface PageLinksProps {
  label: string;
  links: Pick<Page, "path" | "name">[];
  location: string;
  children?: ComponentChildren;
}

function PageLinks({ label, links, location, children }: PageLinksProps) {
  return (
    <nav aria-label={label}>
      {links.map(({ path, name }) => (
        <Link key={path} href={path} aria-current={isCurrent(path, location) ? "page" : undefined}>
          {name}
        </Link>
      ))}
      {children}
    </nav>
  );
}

/** The way into the settings, of which the bar has room for one. */
function SettingsLink({ location }: { location: string }) {
  return (
    <Link href={settings[0]?.path ?? "/"} aria-current={isCurrent("/settings", location) ? "true" : undefined}>
      Settings
    </Link>
  );
}

/** After a change of page the reader is at its top, as after a change of document. */
function useFocusOnNavigation(location: string): { current: HTMLElement | null } {
  const main = useRef<HTMLElement>(null);
  const before = useRef(location);
  useEffect(() => {
    if (before.current === location) return;
    before.current = location;
    main.current?.focus();
    window.scrollTo(0, 0);
  }, [location]);
  return main;
}

interface ShellProps {
  me: Me;
  Help: FunctionComponent<{ pages: { key: string; name: string }[]; onClose: () => void }>;
  Palette: FunctionComponent<{ pages: Destination[]; onGo: (path: string) => void; onClose: () => void }>;
  onLogout: () => void;
  children: ComponentChildren;
}

export function Shell({ me, Help, Palette, onLogout, children }: ShellProps) {
  const [location, navigate] = useLocation();
  const [open, setOpen] = useState<"help" | "palette" | null>(null);
  const main = useFocusOnNavigation(location);
  useShortcuts(pages, { go: navigate, open: setOpen });
  const close = (): void => setOpen(null);
  return (
    <>
      <a class="skip" href="#main">
        Skip to content
      </a>
      <header class="bar">
        <Link href="/" class="brand">
          <img src="/favicon.svg" alt="" width="22" height="22" /> Rhumb
        </Link>
        <PageLinks label="Pages" links={mainPages} location={location}>
          <SettingsLink location={location} />
        </PageLinks>
        <span class="who">
          <button type="button" class="find" onClick={() => setOpen("palette")}>
            Go to <kbd>Ctrl K</kbd>
          </button>
          <span>
            {me.kind === "USER" ? <Link href="/account">{me.name}</Link> : me.name} · {me.orgName || me.org}
          </span>
          <button type="button" onClick={onLogout}>
            Log out
          </button>
        </span>
        {isCurrent("/settings", location) && <PageLinks label="Settings" links={settings} location={location} />}
      </header>
      <main id="main" tabIndex={-1} ref={main}>
        {children}
      </main>
      {open === "help" && <Help pages={pages} onClose={close} />}
      {open === "palette" && <Palette pages={pages} onGo={navigate} onClose={close} />}
    </>
  );
}
